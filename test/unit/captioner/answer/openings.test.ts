import assert from 'node:assert/strict';
import { withoutOpenings } from '../../../../src/captioner/answer/openings';

describe('Openings', () => {
  const table: [why: string, rule: string, text: string, rest: string][] = [
    ['are taken off in any case', 'the image shows', 'The Image shows a fox.', 'A fox.'],
    ['end with a word', 'The image show', 'The image shows a fox.', 'The image shows a fox.'],
    ['may have one of several words', '(The|This) (image|photo) shows', 'This photo shows a fox.', 'A fox.'],
    ['may have some words of the same sentence', 'This * of', 'This lovely picture of a fox.', 'A fox.'],
    [
      'do not reach into the next sentence',
      'This * of',
      'This is it. A picture of a fox.',
      'This is it. A picture of a fox.',
    ],
    ['may lack a sign', 'In this image,? we see', 'In this image we see a fox.', 'A fox.'],
    ['mean other signs as they stand', 'Caption [1.5]:', 'Caption [1.5]: a fox', 'A fox'],
    ['leave a name as it is', 'The image shows', 'The image shows iPhones in a row.', 'iPhones in a row.'],
    ['leave quotation marks', 'The image shows', 'The image shows "open" in red letters.', '"open" in red letters.'],
    ['are not all of an answer', 'The image shows', 'The image shows', 'The image shows'],
    [
      'are no part of another meaning',
      'The image shows',
      'The image shows how a mill works.',
      'The image shows how a mill works.',
    ],
    ['stand at the start only', 'The image shows', 'A fox. The image shows snow.', 'A fox. The image shows snow.'],
    ['with a bracket too many are meant as they stand', 'Well (so', 'Well (so a fox.', 'A fox.'],
    ['without a letter are ignored', '*', 'A fox.', 'A fox.'],
    [
      'with more than three wildcards are ignored',
      'a * b * c * d * e',
      'a 1 b 2 c 3 d 4 e fox',
      'a 1 b 2 c 3 d 4 e fox',
    ],
  ];
  for (const [why, rule, text, rest] of table) {
    it(`${why}: ${rule}`, () => {
      assert.equal(withoutOpenings(text, [rule]), rest);
    });
  }

  it('are taken off one behind another', () => {
    assert.equal(
      withoutOpenings('Sure! Caption: The image shows a fox.', ['Caption:', 'The image shows', 'Sure!']),
      'A fox.',
    );
  });
});
