import assert from 'node:assert/strict';
import { isOtherLanguage } from '../../../../src/captioner/answer/languages';

describe('The language of an answer', () => {
  for (const text of [
    'Hier ist ein roter Stall.',
    '一位年轻女子站在海边，穿着白色的连衣裙。',
    'Karlı bir tarlada duran kırmızı bir ahır ve bu ahırın önünde bir at.',
    'Sebuah lumbung merah berdiri di ladang yang bersalju dengan seorang anak.',
    'Một người phụ nữ đang đứng trên bãi biển với chiếc váy màu trắng.',
    'Žena, která stojí na pláži, má na sobě bílé šaty a před ní je pes.',
    'Egy nő áll a tengerparton, és egy kutya ül előtt a homokban.',
    'O femeie stă pe plajă cu un câine și poartă o rochie care este albă.',
    'En kvinna står på stranden med en hund och har en vit klänning som är lång.',
    'En kvinne står på stranden med en hund og har en hvit kjole som er lang.',
  ]) {
    it(`is not English: ${text}`, () => {
      assert.equal(isOtherLanguage(text, 'en'), true);
    });
  }

  for (const text of [
    'A menu lists tacos al pastor, pollo con arroz, sopa de tortilla y carne asada con queso.',
    'A poster for the film "La vie est un long fleuve tranquille" hangs on a wall.',
    'A street sign reads Rue de la Paix in front of the Hotel du Louvre.',
    'Poster: El Gato con Botas.',
    'A bottle of vin de pays stands beside a plate of coq au vin.',
    'Hatsune Miku and Kagamine Rin stand on a stage, smiling.',
    'Leonardo da Vinci, self portrait.',
    'A shop front with the words 東京駅前 above the door.',
    '1girl, solo, en pointe, ballet.',
    'A man wearing a lederhosen at Oktoberfest.',
    'A red barn in snow.',
  ]) {
    it(`is English: ${text}`, () => {
      assert.equal(isOtherLanguage(text, 'en'), false);
    });
  }
});
