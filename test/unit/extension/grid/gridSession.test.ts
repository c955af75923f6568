import assert from 'node:assert/strict';
import { symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Caption } from '../../../../src/dataset/captions/Caption';
import type { Dataset } from '../../../../src/dataset/Dataset';
import type { CaptionMarks } from '../../../../src/extension/grid/cardItem';
import { GridSession, type GridDocument } from '../../../../src/extension/grid/GridSession';
import { captionOf, openDataset } from '../../dataset/openDataset';
import { testFolder, writeFiles } from '../../shared/testFolder';

const files = {
  'a.png': '',
  'a.txt': 'cat, sky',
  'b.png': '',
  'b.txt': 'dog',
  'c.png': '',
  'c.txt': 'cat, dog',
  'd.png': '',
};

/** A document without VS Code: the same dataset, and the one way in which a session edits it. */
class TestDocument implements GridDocument {
  readonly unsavedInEditors = new Set<string>();
  loaded: Promise<void> = Promise.resolve();

  constructor(readonly dataset: Dataset) {}

  readonly onDidChange = (listener: () => void): { dispose(): unknown } => ({
    dispose: this.dataset.onDidChange(listener),
  });

  whenLoaded(): Promise<void> {
    return this.loaded;
  }

  draft(imagePath: string, text: string): Caption | undefined {
    const caption = this.dataset.image(imagePath)?.caption;
    if (caption !== undefined) this.dataset.setText(caption, text);
    return caption;
  }
}

describe('The session of a grid', () => {
  const folder = testFolder();
  const marks: CaptionMarks = {
    stateOf: (caption) => (caption.path === 'a.txt' ? 'captioning' : undefined),
    failureOf: (caption) => (caption.path === 'b.txt' ? 'it is no picture' : undefined),
  };
  let dataset: Dataset;
  let document: TestDocument;
  let session: GridSession<TestDocument>;

  beforeEach(async () => {
    dataset = await openDataset(folder(), files);
    document = new TestDocument(dataset);
    session = new GridSession(document, marks);
    // Its first search, which follows the reading of the dataset, is over.
    await session.view.refresh();
  });
  afterEach(() => {
    session.dispose();
  });

  /** A key that leaves this text, typed on what the caption holds. */
  const type = (image: string, text: string, draft: number): void => {
    session.draft({ path: image, text, draft, from: dataset.image(image)?.caption.text ?? '', run: draft });
  };
  const pathsOf = (images: readonly { path: string }[]): string[] => images.map((image) => image.path);
  const cardsOf = async (start = 0, count = 10) => (await session.items(start, count)).items;

  describe('selects', () => {
    it('one image, a further one, and takes one back', () => {
      session.select({ kind: 'only', path: 'b.png' });
      session.select({ kind: 'toggle', path: 'd.png' });
      assert.deepEqual(session.selection.all.sort(), ['b.png', 'd.png']);
      session.select({ kind: 'toggle', path: 'b.png' });
      assert.deepEqual(session.selection.all, ['d.png']);
      session.select({ kind: 'only', path: 'a.png' });
      assert.deepEqual(session.selection.all, ['a.png']);
    });

    it('a range in either direction, in place of the selection or in addition to it', () => {
      const { order } = session.view;
      session.select({ kind: 'only', path: 'd.png' });
      session.select({ kind: 'range', from: 1, to: 0, order, keep: true });
      assert.deepEqual(session.selection.all.sort(), ['a.png', 'b.png', 'd.png']);
      session.select({ kind: 'range', from: 1, to: 2, order, keep: false });
      assert.deepEqual(session.selection.all.sort(), ['b.png', 'c.png']);
    });

    it('nothing of a range whose positions are of an older order', async () => {
      const { order } = session.view;
      await session.view.setSort({ key: 'name', descending: true });
      session.select({ kind: 'only', path: 'a.png' });
      session.select({ kind: 'range', from: 0, to: 1, order, keep: false });
      assert.deepEqual(session.selection.all, ['a.png']);
    });

    it('the images that stood at positions when the page was told of them, though the order is another one now', async () => {
      const order = session.noteOrder();
      await session.view.setSort({ key: 'name', descending: true });
      assert.deepEqual(pathsOf(session.view.images), ['d.png', 'c.png', 'b.png', 'a.png']);
      session.select({ kind: 'range', from: 0, to: 1, order, keep: false });
      assert.deepEqual(session.selection.all.sort(), ['a.png', 'b.png']);
      session.select({ kind: 'toggleAt', index: 3, order });
      session.select({ kind: 'toggleAt', index: 0, order });
      assert.deepEqual(session.selection.all.sort(), ['b.png', 'd.png']);
      session.select({ kind: 'toggleAt', index: 3, order: session.view.order });
      assert.deepEqual(session.selection.all.sort(), ['a.png', 'b.png', 'd.png']);
      session.select({ kind: 'toggleAt', index: 9, order });
      session.select({ kind: 'toggleAt', index: 0, order: 999 });
      assert.deepEqual(session.selection.all.sort(), ['a.png', 'b.png', 'd.png'], 'nothing stood there');
    });

    it('all that the search finds, and none', async () => {
      await session.view.setQuery('tag:cat');
      session.select({ kind: 'all' });
      assert.deepEqual(session.selection.all.sort(), ['a.png', 'c.png']);
      session.select({ kind: 'none' });
      assert.deepEqual(session.selection.all, []);
    });

    it('and keeps images selected that a search hides, until they leave the dataset', async () => {
      session.select({ kind: 'only', path: 'b.png' });
      session.select({ kind: 'toggle', path: 'c.png' });
      await session.view.setQuery('tag:cat');
      assert.deepEqual(pathsOf(session.view.images), ['a.png', 'c.png']);
      assert.equal(session.selection.hiddenFrom(session.view.images), 1);
      assert.deepEqual(
        (await cardsOf()).map(({ path: image, selected }) => [image, selected]),
        [
          ['a.png', false],
          ['c.png', true],
        ],
      );
      await session.view.setQuery('');
      assert.deepEqual(
        (await cardsOf()).filter(({ selected }) => selected).map(({ path: image }) => image),
        ['b.png', 'c.png'],
      );
      session.selection.add([{ path: 'gone.png' }]);
      session.deselectMissing();
      assert.deepEqual(session.selection.all.sort(), ['b.png', 'c.png']);
    });

    it('for a page after the search that it asked for before, and nothing that this hides', async () => {
      const { view } = session;
      const searching = view.setQuery('tag:cat');
      const selecting = [
        session.selectFound({ kind: 'only', path: 'b.png' }),
        session.selectFound({ kind: 'all' }),
        session.selectFound({ kind: 'toggle', path: 'd.png' }),
        session.selectFound({ kind: 'toggle', path: 'a.png' }),
      ];
      assert.deepEqual(session.selection.all, [], 'they wait');
      // What is done with the selection waits, too.
      assert.deepEqual(pathsOf(await session.imagesIn('selection')), ['c.png']);
      await Promise.all([searching, ...selecting]);
      assert.deepEqual(session.selection.all, ['c.png']);
      void session.selectFound({ kind: 'toggle', path: 'a.png' });
      assert.deepEqual(session.selection.all.sort(), ['a.png', 'c.png'], 'at once while nothing is searched for');
    });

    it('for a page among the images of a search that is still running, not of the one before it', async () => {
      void session.view.setQuery('tag:cat');
      assert.deepEqual(pathsOf(await session.imagesIn('filtered')), ['a.png', 'c.png']);
    });

    it('what a search for selected images finds', async () => {
      session.select({ kind: 'only', path: 'd.png' });
      await session.view.setQuery('is:selected');
      assert.deepEqual(pathsOf(session.view.images), ['d.png']);
    });
  });

  describe('gives the images', () => {
    it('of a scope: all, those found in the order of the view, and the selected ones though they are hidden', async () => {
      await session.view.setSort({ key: 'name', descending: true });
      await session.view.setQuery('tag:cat');
      session.select({ kind: 'only', path: 'd.png' });
      session.select({ kind: 'toggle', path: 'a.png' });
      assert.deepEqual(pathsOf(await session.imagesIn('all')), ['a.png', 'b.png', 'c.png', 'd.png']);
      assert.deepEqual(pathsOf(await session.imagesIn('filtered')), ['c.png', 'a.png']);
      assert.deepEqual(pathsOf(await session.imagesIn('selection')), ['a.png', 'd.png']);
    });

    it('that were selected when it was asked, though others are when the dataset has been read', async () => {
      let read: () => void = () => undefined;
      document.loaded = new Promise((resolve) => {
        read = resolve;
      });
      session.select({ kind: 'only', path: 'd.png' });
      const images = session.imagesIn('selection');
      session.select({ kind: 'only', path: 'a.png' });
      read();
      assert.deepEqual(pathsOf(await images), ['d.png']);
    });

    it('of a scope when the dataset has been read, not before', async () => {
      let read: () => void = () => undefined;
      document.loaded = new Promise((resolve) => {
        read = resolve;
      });
      let isThere = false;
      const images = session.imagesIn('all').finally(() => {
        isThere = true;
      });
      await new Promise(setImmediate);
      assert.equal(isThere, false);
      read();
      assert.equal((await images).length, 4);
    });

    it('of a selection no more when nobody waits for them', async () => {
      session.select({ kind: 'all' });
      const reason = new Error('a newer plan');
      await assert.rejects(session.imagesIn('selection', AbortSignal.abort(reason)), reason);
    });

    it('by their paths, and an error with a code for one that is not there', () => {
      assert.equal(session.image('a.png').caption, captionOf(dataset, 'a.png'));
      assert.throws(() => session.image('gone.png'), {
        name: 'GridError',
        code: 'NOT_IN_DATASET',
        message: 'gone.png is not in the dataset any more.',
      });
    });
  });

  describe('makes cards', () => {
    it('with their positions, texts, save states and what jobs do, of the order and version that they are of', async () => {
      const { items, order, version } = await session.items(0, 10);
      assert.equal(order, session.view.order);
      assert.equal(version, session.version);
      assert.deepEqual(
        items.map(({ index, path: image, captionPath, text, save }) => [index, image, captionPath, text, save.state]),
        [
          [0, 'a.png', 'a.txt', 'cat, sky', 'saved'],
          [1, 'b.png', 'b.txt', 'dog', 'saved'],
          [2, 'c.png', 'c.txt', 'cat, dog', 'saved'],
          [3, 'd.png', 'd.txt', '', 'saved'],
        ],
      );
      assert.deepEqual(
        items.map(({ job, jobFailure }) => [job, jobFailure]),
        [
          ['captioning', undefined],
          [undefined, 'it is no picture'],
          [undefined, undefined],
          [undefined, undefined],
        ],
      );
    });

    it('of a part of the view only, and none beyond its end', async () => {
      assert.deepEqual(pathsOf(await cardsOf(1, 2)), ['b.png', 'c.png']);
      assert.deepEqual(
        (await cardsOf(3, 5)).map(({ index, path: image }) => [index, image]),
        [[3, 'd.png']],
      );
      assert.deepEqual(await cardsOf(4, 5), []);
    });

    it('with the text of an edit, unsaved until it is saved', async () => {
      dataset.setText(captionOf(dataset, 'b.png'), 'dog, red hat');
      const [, edited] = await cardsOf();
      assert.deepEqual([edited?.text, edited?.save], ['dog, red hat', { state: 'unsaved' }]);
      await dataset.save();
      const [, saved] = await cardsOf();
      assert.deepEqual([saved?.text, saved?.save], ['dog, red hat', { state: 'saved' }]);
    });

    it('that say that a text editor has a text that is not saved', async () => {
      document.unsavedInEditors.add('c.txt');
      const [untouched, , open] = await cardsOf();
      assert.deepEqual([untouched?.save, untouched?.warnings], [{ state: 'saved' }, []]);
      assert.deepEqual(open?.save, { state: 'unsaved' });
      assert.equal(open.warnings.length, 1);
    });

    it('that name some of the images which share the caption, and files that trainers do not find', async function () {
      if (process.platform !== 'linux') this.skip();
      const names = Array.from({ length: 9 }, (_, index) => `link ${index}`);
      await writeFiles(folder(), { ...Object.fromEntries(names.map((name) => [`${name}.png`, ''])), 'D.TXT': 'x' });
      for (const name of names) await symlink('a.txt', path.join(folder(), `${name}.txt`));
      await dataset.load();
      await session.view.refresh();
      const cards = await cardsOf(0, 20);
      const warningsOf = (image: string): string[] => cards.find(({ path: one }) => one === image)?.warnings ?? [];
      const others = (...numbers: number[]): string => numbers.map((number) => `link ${number}.png`).join(', ');
      const shared = 'Shares its caption file with';
      assert.deepEqual(warningsOf('a.png'), [`${shared} ${others(0, 1, 2, 3, 4)} and 4 more`]);
      assert.deepEqual(warningsOf('link 8.png'), [`${shared} a.png, ${others(0, 1, 2, 3)} and 4 more`]);
      assert.deepEqual(warningsOf('d.png'), ['Trainers do not find D.TXT: they look for d.txt. Rename the file.']);
    });

    it('with another version of the image when its file changed', async () => {
      const [before, other] = await cardsOf();
      await utimes(path.join(folder(), 'a.png'), 2_000_000, 2_000_000);
      const [after, same] = await cardsOf();
      assert.notEqual(after?.imageVersion, before?.imageVersion);
      assert.equal(same?.imageVersion, other?.imageVersion);
    });
  });

  describe('takes drafts', () => {
    it('and says with each card which draft of its caption arrived last', async () => {
      type('a.png', 'cat, sky, s', 1);
      type('a.png', 'cat, sky, se', 2);
      type('d.png', 'tree', 3);
      assert.deepEqual(
        (await cardsOf()).map(({ text, draft }) => [text, draft]),
        [
          ['cat, sky, se', 2],
          ['dog', 0],
          ['cat, dog', 0],
          ['tree', 3],
        ],
      );
    });

    it('that another grid of the same dataset shows as an edit with no draft of its own', async () => {
      const other = new GridSession(document, marks);
      type('a.png', 'cat', 7);
      const [card] = (await other.items(0, 1)).items;
      assert.deepEqual([card?.text, card?.draft], ['cat', 0]);
      other.dispose();
    });

    it('but no number for an image that is gone, or a text that is refused', async () => {
      assert.throws(() => {
        type('gone.png', 'text', 4);
      }, /gone\.png is not in the dataset/);
      document.draft = () => {
        throw new Error('it is read-only');
      };
      assert.throws(() => {
        type('a.png', 'text', 5);
      }, /read-only/);
      assert.deepEqual(
        (await cardsOf()).map(({ draft }) => draft),
        [0, 0, 0, 0],
      );
    });
  });

  describe('adds what was typed before a caption had come', () => {
    it('to the end of the caption of the image that stands at the place, or of the named one', () => {
      const place = { order: session.noteOrder(), index: 1 };
      session.typedAhead({ number: 1, place, path: null, text: ', cow', joined: 'text' });
      session.typedAhead({ number: 2, place, path: 'a.png', text: 'tree', joined: 'tags' });
      assert.equal(dataset.image('b.png')?.caption.text, 'dog, cow');
      assert.equal(dataset.image('a.png')?.caption.text, 'cat, sky, tree');
    });

    it('but refuses what belongs to no image any more', () => {
      const place = { order: 9999, index: 0 };
      assert.throws(() => {
        session.typedAhead({ number: 1, place, path: null, text: 'lost', joined: 'text' });
      }, /Nobody knows/);
    });

    it('once, when the next page sends it again', () => {
      const typing = { number: 1, place: { order: session.noteOrder(), index: 1 }, path: null, text: ', cow' } as const;
      assert.equal(session.resumeAhead({ ...typing, joined: 'text' }), true, 'it did not arrive before');
      assert.equal(session.resumeAhead({ ...typing, joined: 'text' }), true);
      assert.equal(dataset.image('b.png')?.caption.text, 'dog, cow');
    });

    it('but not where an earlier host may have done it, or at a place that this host has not told of', () => {
      const before = { order: session.view.order - 5, index: 1 };
      const again = { number: 1, place: before, path: 'b.png', text: 'dog', joined: 'tags' } as const;
      assert.equal(session.resumeAhead(again), false, 'the text is there, whoever has typed it');
      assert.equal(session.resumeAhead({ ...again, path: null, text: 'cow' }), false);
      assert.equal(dataset.image('b.png')?.caption.text, 'dog');
      assert.equal(session.resumeAhead({ ...again, text: 'cow' }), true, 'its image is known, and has not got it');
      assert.equal(dataset.image('b.png')?.caption.text, 'dog, cow');
    });
  });

  describe('reports a change', () => {
    /** How often the session reported a change while something was done; each report has a new version. */
    const reportsOf = async (action: () => unknown): Promise<number> => {
      const versions: number[] = [session.version];
      const stop = session.onDidChange(() => versions.push(session.version));
      await action();
      stop();
      assert.deepEqual(
        versions,
        [...new Set(versions)].sort((a, b) => a - b),
        'each report has a higher version',
      );
      return versions.length - 1;
    };

    it('of the selection, of a draft, of the search, and of what its owner knows', async () => {
      assert.equal(
        await reportsOf(() => {
          session.select({ kind: 'all' });
        }),
        1,
      );
      assert.equal(
        await reportsOf(() => {
          type('a.png', 'cat', 1);
        }),
        1,
      );
      assert.ok((await reportsOf(() => session.view.setQuery('tag:dog'))) >= 1);
      assert.equal(
        await reportsOf(() => {
          session.changed();
        }),
        1,
      );
    });

    it('of the dataset, whoever made it', async () => {
      assert.ok((await reportsOf(() => dataset.setText(captionOf(dataset, 'c.png'), 'bird'))) >= 1);
    });

    it('not when something was only looked at', async () => {
      const reports = await reportsOf(async () => {
        await session.items(0, 4);
        await session.imagesIn('all');
        session.image('a.png');
      });
      assert.equal(reports, 0);
    });

    it('to nobody who stopped listening, and to nobody after its end', async () => {
      let reports = 0;
      const count = (): void => {
        reports++;
      };
      session.onDidChange(count)();
      session.changed();
      assert.equal(reports, 0);
      session.onDidChange(count);
      session.dispose();
      dataset.setText(captionOf(dataset, 'a.png'), 'bird');
      await session.view.setQuery('tag:bird');
      assert.equal(reports, 0);
    });

    it('and searches again when a dataset has been read that was searched too early', async () => {
      let read: () => void = () => undefined;
      document.loaded = new Promise((resolve) => {
        read = resolve;
      });
      const early = new GridSession(document, marks);
      await early.view.setQuery('tag:bird');
      assert.deepEqual(early.view.images, []);
      document.draft('b.png', 'bird');
      read();
      await early.imagesIn('all');
      await new Promise<void>((resolve) => {
        early.onDidChange(() => {
          if (early.view.searching === undefined) resolve();
        });
      });
      assert.deepEqual(pathsOf(early.view.images), ['b.png']);
      early.dispose();
    });
  });
});
