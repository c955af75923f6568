import assert from 'node:assert/strict';
import {
  detailBeforeAsking,
  questionBeforeAsking,
  type PlannedQuestions,
} from '../../../../src/extension/captioning/captionerQuestion';

const usual: PlannedQuestions = {
  name: 'Qwen',
  where: 'https://pod.example, to the model qwen3-vl',
  mode: 'update',
  images: 1200,
  changed: 0,
  isRecorded: true,
  missing: new Map(),
};

describe('The question before a captioner is asked', () => {
  it('names it, how many images, and where the pictures go', () => {
    assert.equal(questionBeforeAsking(usual), 'Caption 1,200 images with Qwen?');
    assert.equal(questionBeforeAsking({ ...usual, images: 1 }), 'Caption 1 image with Qwen?');
    assert.equal(detailBeforeAsking(usual), 'The pictures are sent to https://pod.example, to the model qwen3-vl.');
  });

  it('names the images that have nothing for a placeholder, five at most', () => {
    const images = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ path: `${name}.png` }));
    const missing = new Map([
      ['{tags}', images],
      ['{origin:hand}', images.slice(0, 1)],
    ]);
    const said = detailBeforeAsking({ ...usual, missing });
    assert.ok(
      said.includes('7 images have nothing for {tags} of the prompt: a.png, b.png, c.png, d.png, e.png, ….'),
      said,
    );
    assert.ok(said.includes('1 image has nothing for {origin:hand} of the prompt: a.png.'), said);
    assert.ok(said.includes('left out'), said);
  });

  it('says what becomes of the captions that are there, by the write mode, and that undo brings them back', () => {
    const said = (more: Partial<PlannedQuestions>): string => detailBeforeAsking({ ...usual, changed: 3, ...more });
    assert.match(said({}), /3 captions will be updated: what you wrote or deleted stays so\.\n\nUndo/);
    assert.match(said({ isRecorded: false }), /not recorded here/);
    assert.match(said({ mode: 'replace' }), /3 captions will be replaced\./);
    assert.match(said({ mode: 'append' }), /appended to 3 captions/);
    assert.match(said({ mode: 'prepend', changed: 1 }), /in front of 1 caption/);
    assert.doesNotMatch(said({ changed: 0 }), /Undo/);
  });

  it('does not let a name look like more than a name', () => {
    assert.equal(
      questionBeforeAsking({ ...usual, images: 1, name: 'Q\nwen' }),
      String.raw`Caption 1 image with Q\nwen?`,
    );
  });
});
