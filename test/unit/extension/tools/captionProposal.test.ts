import assert from 'node:assert/strict';
import { Dataset } from '../../../../src/dataset/Dataset';
import {
  confirmation,
  propose,
  proposedEdits,
  type ProposedEdit,
} from '../../../../src/extension/tools/captionProposal';
import { testFolder, writeFiles } from '../../shared/testFolder';

describe('captions that a language model wants to change', () => {
  const scratch = testFolder();
  let dataset: Dataset;

  beforeEach(async () => {
    const files = { 'a.png': '', 'a.txt': 'cat, sky\n', 'sub/b.jpg': '', 'sub/b.png': '', 'sub/b.txt': 'one\r\ntwo' };
    await writeFiles(scratch(), files);
    dataset = new Dataset(scratch(), { captionExtension: '.txt', emptiedCaption: 'delete' });
    await dataset.load();
  });

  const tried = (edits: ProposedEdit[], prefix = ''): ReturnType<typeof propose> => propose(dataset, prefix, edits);

  it('are changes where the caption is the one that the model has read, whatever blanks and line ends it sends', () => {
    const { changes, refused } = tried([
      { image: 'a.png', expected: 'cat, sky ', caption: 'dog, sky' },
      { image: 'sub/b.jpg', expected: 'one\ntwo\n', caption: 'one\nthree' },
    ]);
    assert.deepEqual(
      changes.map(({ image, before, text }) => [image, before, text]),
      [
        ['a.png', 'cat, sky', 'dog, sky'],
        ['sub/b.jpg', 'one\ntwo', 'one\nthree'],
      ],
    );
    assert.deepEqual(refused, []);
  });

  it('are refused, each with a reason, where it is another one, is twice the same, or nothing would change', () => {
    const { changes, refused } = tried([
      { image: 'a.png', expected: 'what it was', caption: 'x' },
      { image: 'none.png', expected: '', caption: 'x' },
      { image: '../a.png', expected: '', caption: 'x' },
      { image: 'sub/b.jpg', expected: 'one\ntwo', caption: 'x' },
      { image: 'sub/b.png', expected: 'one\ntwo', caption: 'y' },
    ]);
    assert.deepEqual(
      changes.map(({ image }) => image),
      ['sub/b.jpg'],
    );
    assert.deepEqual(refused, [
      { image: 'a.png', reason: 'It was changed meanwhile.' },
      { image: 'none.png', reason: 'There is no such image.' },
      { image: '../a.png', reason: 'There is no such image.' },
      { image: 'sub/b.png', reason: 'Another edit is of the same caption.' },
    ]);
    assert.equal(tried([{ image: 'a.png', expected: 'cat, sky', caption: 'cat, sky' }]).changes.length, 0);
  });

  it('are refused while the user edits that caption, unless the model has read the edit', () => {
    const { caption } = dataset.image('a.png')!;
    dataset.setText(caption, 'cat, sky, being typ');
    assert.equal(tried([{ image: 'a.png', expected: 'cat, sky', caption: 'x' }]).changes.length, 0);
    assert.equal(tried([{ image: 'a.png', expected: 'cat, sky, being typ', caption: 'x' }]).changes.length, 1);
  });

  it('are named relative to the folder that was asked for', () => {
    assert.equal(tried([{ image: 'b.jpg', expected: 'one\ntwo', caption: 'x' }], 'sub/').changes.length, 1);
  });

  it('are shown to the user with every tag that comes or goes, and with what is left as it is', () => {
    const proposal = tried([
      { image: 'a.png', expected: 'cat, sky', caption: 'sky, blue' },
      { image: 'none.png', expected: '', caption: 'x' },
    ]);
    const { title, lines } = confirmation(proposal, ', ');
    assert.equal(title, 'Change the caption of a.png?');
    assert.deepEqual(lines, ['a.png: − cat  + blue', 'Left as they are:', 'none.png: There is no such image.']);
  });

  it('are shown in a line each, whatever line ends and control characters they have', () => {
    const proposal = tried([
      { image: 'a.png', expected: 'cat, sky', caption: 'cat, sky, x\n\nLeft as they are:\u001b' },
      { image: 'no\nb.png: + y', expected: '', caption: 'x' },
      { image: 'sub/b.png', expected: 'one\ntwo', caption: 'one\ntwo ' },
    ]);
    const { title, lines } = confirmation(proposal, ', ');
    assert.equal(title, 'Change 2 captions?');
    assert.deepEqual(lines, [
      String.raw`a.png: + , x↵↵Left as they are:\x1b`,
      'sub/b.png: + " "',
      'Left as they are:',
      'no↵b.png: + y: There is no such image.',
    ]);
  });

  it('are at most 50, and texts', () => {
    const edit = { image: 'a.png', expected: '', caption: 'x' };
    assert.deepEqual(proposedEdits({ edits: [edit] }), [edit]);
    const invalid = (edits: unknown): void => {
      assert.throws(
        () => proposedEdits({ edits }),
        (thrown) => (thrown as { code?: string }).code === 'ARGUMENT_INVALID',
      );
    };
    invalid(Array.from({ length: 51 }, () => edit));
    invalid([]);
    invalid('a.png');
    invalid([{ ...edit, caption: 7 }]);
    invalid([null]);
  });
});
