import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CaptionChange } from '../../../../src/dataset/captions/Caption';
import { Dataset } from '../../../../src/dataset/Dataset';
import { connectionHandlers } from '../../../../src/extension/grid/connectionHandlers';
import type { KeptDraft, KeptTyping, ResumedDraft } from '../../../../src/protocol/page/connectionProtocol';
import { textDigest } from '../../../../src/protocol/page/textDigest';

describe('connectionHandlers', () => {
  let folder: string;
  let dataset: Dataset;
  let edits: CaptionChange[];
  let taken: number;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'resumed-'));
    await writeFile(path.join(folder, 'a.png'), '');
    await writeFile(path.join(folder, 'b.png'), '');
    await writeFile(path.join(folder, 'a.txt'), 'old\n');
    dataset = new Dataset(folder, { captionExtension: '.txt', emptiedCaption: 'delete' });
    await dataset.load();
    edits = [];
    taken = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  const resume = (draft: Partial<KeptDraft>): Promise<ResumedDraft | undefined> =>
    resumeTyping({ path: 'a.png', text: 'old, new', draft: 5, from: 'old', steps: [], ...draft });
  const resumeTyping = async (typing: KeptTyping): Promise<ResumedDraft | undefined> => {
    const { resumeDrafts } = connectionHandlers({
      document: {
        dataset,
        whenLoaded: () => Promise.resolve(),
        commit: () => undefined,
        draft: (image, text) => {
          const caption = dataset.image(image)?.caption;
          const change = caption === undefined ? undefined : dataset.setText(caption, text);
          if (change !== undefined) edits.push(change);
          return caption;
        },
        recordEdit: (_, changes) => edits.push(...changes),
      },
      hasDraft: (_, number) => number <= taken,
      resumeAhead: ({ path: image }) => image !== null,
    });
    const { outcomes } = await resumeDrafts({ drafts: [typing] }, new AbortController().signal);
    return outcomes[0];
  };
  const caption = (image = 'a.png') => dataset.image(image)!.caption;

  it('takes in what began from the text that the caption still has', async () => {
    assert.equal(await resume({}), 'taken');
    assert.equal(caption().text, 'old, new');
    assert.equal(edits.length, 1, 'it can be undone');
    assert.equal(await resume({ path: 'b.png', text: 'first', from: '' }), 'taken');
    assert.equal(caption('b.png').text, 'first');
  });

  it('takes in what began earlier, when a text on the way to it had arrived', async () => {
    dataset.setText(caption(), 'old, n');
    assert.equal(await resume({ steps: ['old,', 'old, n', 'old, ne'].map(textDigest) }), 'taken');
    assert.equal(caption().text, 'old, new');
  });

  it('changes nothing that has arrived already', async () => {
    dataset.setText(caption(), 'old, new');
    assert.equal(await resume({}), 'taken');
    assert.deepEqual(edits, []);
    // A bulk edit came after it.
    dataset.setText(caption(), 'old, new, bulk');
    taken = 5;
    assert.equal(await resume({}), 'taken');
    assert.equal(caption().text, 'old, new, bulk');
  });

  it('makes a conflict of it when the file holds another text', async () => {
    await writeFile(path.join(folder, 'a.txt'), 'theirs\n');
    await dataset.load();
    assert.equal(await resume({}), 'conflict');
    assert.equal(caption().text, 'old, new');
    assert.equal(caption().theirs?.raw, 'theirs\n');
    assert.equal(edits.length, 1);
    assert.equal(await readFile(path.join(folder, 'a.txt'), 'utf8'), 'theirs\n');
  });

  it('is no conflict with what the window before writes late of the same typing', async () => {
    const file = path.join(folder, 'a.txt');
    assert.equal(await resume({ steps: ['old,', 'old, n', 'old, ne'].map(textDigest) }), 'taken');
    await writeFile(file, 'old, n\n');
    const { failures } = await dataset.save();
    assert.deepEqual(failures, []);
    assert.equal(await readFile(file, 'utf8'), 'old, new\n');
    assert.equal(caption().isDirty, false);
  });

  it('is a conflict with what another program writes meanwhile, and with a late text once it is saved', async () => {
    const file = path.join(folder, 'a.txt');
    const steps = ['old,', 'old, n'].map(textDigest);
    assert.equal(await resume({ steps }), 'taken');
    await writeFile(file, 'old, not\n');
    const { failures } = await dataset.save();
    assert.equal(failures.length, 1);
    assert.equal(caption().theirs?.raw, 'old, not\n');
    caption().keepMine();
    await dataset.save();
    dataset.setText(caption(), 'old, newer');
    await writeFile(file, 'old, n\n');
    await dataset.save();
    assert.equal(caption().theirs?.raw, 'old, n\n');
  });

  it('has what was typed before its caption had come added by the grid, or leaves it to the page', async () => {
    const ahead = { number: 1, place: { order: 1, index: 0 }, path: 'a.png', text: ', new', joined: 'text' } as const;
    assert.equal(await resumeTyping(ahead), 'taken');
    assert.equal(await resumeTyping({ ...ahead, path: null }), 'refused');
  });

  it('leaves it to the page when the image is gone or has another text that is not saved', async () => {
    assert.equal(await resume({ path: 'gone.png' }), 'refused');
    dataset.setText(caption(), 'somebody else types');
    assert.equal(await resume({}), 'refused');
    assert.equal(caption().text, 'somebody else types');
  });
});
