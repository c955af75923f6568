import assert from 'node:assert/strict';
import type { CaptionState } from '../../../src/records/captionStates';
import { textHash } from '../../../src/records/recordEntry';
import { captionHistory } from '../../../src/snapshots/captionHistory';
import type { CaptionInSnapshot } from '../../../src/snapshots/captionInSnapshots';
import { usualLimits, type Snapshot } from '../../../src/snapshots/store/snapshotTypes';

describe('The history of a caption', () => {
  const written = (text: string, when: number): CaptionState => ({
    hash: textHash(text),
    text,
    kind: 'written',
    when,
    author: { by: 'tagger', name: 'wd' },
  });
  const found = (text: string): CaptionState => ({ hash: textHash(text), text, kind: 'found' });
  const seen = (created: number, content: string | null): CaptionInSnapshot => {
    const snapshot: Snapshot = {
      id: `s${created}`,
      created,
      cause: 'hand',
      folder: '',
      captionExtension: '.txt',
      images: 1,
      captions: 1,
      unread: 0,
      added: 0,
      limits: usualLimits,
      lists: [],
    };
    return { snapshot, content: content === null ? null : Buffer.from(content) };
  };
  const shown = (states: readonly CaptionState[], snapshots: readonly CaptionInSnapshot[]): unknown[] =>
    captionHistory(states, snapshots).map(({ text, kind, when, snapshots: in_ }) =>
      [text, kind, when, ...in_.map(({ id }) => id)].filter((one) => one !== undefined),
    );

  it('says of each state what came and went, and in which snapshots it is', () => {
    const history = captionHistory([written('hat, cat', 10), written('hat, dog', 20)], [seen(15, 'hat, cat\n')]);
    assert.deepEqual(
      history.map(({ difference, snapshots }) => [difference, snapshots.map(({ id }) => id)]),
      [
        [{ came: ['hat', 'cat'], went: [] }, ['s15']],
        [{ came: ['dog'], went: ['cat'] }, []],
      ],
    );
  });

  it('has states that only a snapshot knows, in the order of time', () => {
    assert.deepEqual(
      shown([written('a', 10), written('b', 30)], [seen(5, 'first'), seen(20, 'between'), seen(40, 'b')]),
      [
        ['first', 'snapshot', 5, 's5'],
        ['a', 'written', 10],
        ['between', 'snapshot', 20, 's20'],
        ['b', 'written', 30, 's40'],
      ],
    );
  });

  it('takes what stood in a snapshot for what was found there by the next write', () => {
    assert.deepEqual(
      shown([written('a', 10), found('b'), written('c', 30)], [seen(20, 'b'), seen(25, 'b'), seen(31, 'c')]),
      [
        ['a', 'written', 10],
        ['b', 'found', 's20', 's25'],
        ['c', 'written', 30, 's31'],
      ],
    );
  });

  it('has one state for snapshots of the same text, and none for an empty beginning', () => {
    assert.deepEqual(shown([], [seen(1, null), seen(2, 'a'), seen(3, 'a\r\n'), seen(4, null)]), [
      ['a', 'snapshot', 2, 's2', 's3'],
      ['', 'snapshot', 4, 's4'],
    ]);
  });

  it('has a text that no record has, where a snapshot has it', () => {
    const unknown: CaptionState = { ...written('long', 10), text: undefined };
    assert.deepEqual(shown([unknown], [seen(11, 'long')]), [['long', 'written', 10, 's11']]);
  });
});
