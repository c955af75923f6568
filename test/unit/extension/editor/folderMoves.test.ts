import assert from 'node:assert/strict';
import type { Uri } from 'vscode';
import type { UnsavedEdit } from '../../../../src/dataset/captions/unsavedEdit';
import { FolderMoves, type MovingDocument, type MovingGrid } from '../../../../src/extension/editor/FolderMoves';

/** A URI, as far as a rename needs it. */
function uri(path: string): Uri {
  return {
    scheme: 'file',
    path,
    toString: () => `file://${path}`,
    with: (change: { path: string }) => uri(change.path),
  } as unknown as Uri;
}

class FakeDocument implements MovingDocument {
  readonly uri: Uri;
  isClosed = false;
  isHandedOver = false;
  edits: UnsavedEdit[];

  constructor(folder: string, text: string) {
    this.uri = uri(folder);
    this.edits = [{ captionPath: 'a.txt', images: ['a.png'], raw: text, base: null }];
  }

  handOver(): UnsavedEdit[] {
    this.isHandedOver = true;
    return this.edits;
  }

  takeBack(): void {
    this.isHandedOver = false;
  }
}

const renamed = (from: string, to: string): { oldUri: Uri; newUri: Uri }[] => [{ oldUri: uri(from), newUri: uri(to) }];

describe('Datasets whose folders are renamed', () => {
  let moves: FolderMoves;
  beforeEach(() => {
    moves = new FolderMoves();
  });

  function announce(document: MovingDocument, from: string, to: string): void {
    const target = FolderMoves.target(document.uri, renamed(from, to));
    const grid: MovingGrid = {
      document,
      to: target!,
      column: undefined,
      view: { query: '', sort: { key: 'name', descending: false }, selected: [] },
    };
    moves.announce([grid]);
  }
  const finished = (from: string, to: string): [string, string, string | null | undefined][] =>
    moves.finish(renamed(from, to)).map((move) => [move.from.path, move.to.path, move.edits[0]?.raw]);

  it('are followed with what is unsaved, also where a folder above them is renamed', () => {
    announce(new FakeDocument('/data/set', 'typed'), '/data', '/other');
    assert.deepEqual(finished('/data', '/other'), [['/data/set', '/other/set', 'typed']]);
    assert.deepEqual(finished('/data', '/other'), [], 'and are followed once');
  });

  it('stay where they are when the rename failed and something else is renamed', () => {
    announce(new FakeDocument('/a', 'typed'), '/a', '/taken');
    announce(new FakeDocument('/b', 'other'), '/b', '/c');
    assert.deepEqual(finished('/b', '/c'), [['/b', '/c', 'other']]);
    assert.deepEqual(finished('/x.txt', '/y.txt'), []);
  });

  it('go where they are renamed to when that failed with another name before', () => {
    const document = new FakeDocument('/a', 'typed');
    announce(document, '/a', '/taken');
    announce(document, '/a', '/free');
    assert.deepEqual(finished('/x', '/taken'), []);
    assert.deepEqual(finished('/a', '/free'), [['/a', '/free', 'typed']]);
  });

  it('take what was typed while the folder was being renamed with them, as long as they are open', () => {
    const open = new FakeDocument('/a', 'typed');
    announce(open, '/a', '/b');
    open.edits = [{ ...open.edits[0]!, raw: 'typed more' }];
    assert.deepEqual(finished('/a', '/b'), [['/a', '/b', 'typed more']]);
    const closed = new FakeDocument('/c', 'typed');
    announce(closed, '/c', '/d');
    closed.isClosed = true;
    closed.edits = [];
    assert.deepEqual(finished('/c', '/d'), [['/c', '/d', 'typed']]);
  });

  it('write again what is unsaved when they are closed, a minute after a rename of which nothing was heard', () => {
    const { setTimeout: before } = globalThis;
    let later: { work: () => void; time: number } | undefined;
    globalThis.setTimeout = ((work: () => void, time: number) => {
      later = { work, time };
      return { unref: () => undefined };
    }) as unknown as typeof setTimeout;
    const document = new FakeDocument('/a', 'typed');
    try {
      announce(document, '/a', '/b');
    } finally {
      globalThis.setTimeout = before;
    }
    assert.deepEqual([document.isHandedOver, later?.time], [true, 60_000]);
    later?.work();
    assert.equal(document.isHandedOver, false);
  });
});
