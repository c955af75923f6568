import assert from 'node:assert/strict';
import fc from 'fast-check';
import { entriesOfTagger } from '../../../src/records/edits/entriesOfTagger';
import { originsOf } from '../../../src/records/originsOf';
import { textHash, type RecordEntry } from '../../../src/records/recordEntry';
import { updatedCaption } from '../../../src/records/updateCaption';
import { update } from './writeEntries';

const tags = ['1girl', 'hat', 'cat', 'long hair', 'tree', 'sky'];
const wish = 'trigger';

interface Recorded {
  entry: RecordEntry;
  record: number;
  number: number;
}

/** A job that writes one caption: it looks, records, compares, writes and says so, with anything in between. */
interface Job {
  found: string[];
  asked: boolean;
  /** how far its clock is off, in milliseconds */
  clock: number;
  /** writes though another one wrote since it looked, as nothing keeps two from comparing at once */
  isBlind: boolean;
  isDoneLost: boolean;
}

const job: fc.Arbitrary<Job> = fc.record({
  found: fc.shuffledSubarray(tags, { minLength: 1 }),
  asked: fc.boolean(),
  clock: fc.integer({ min: -3, max: 3 }),
  isBlind: fc.boolean(),
  isDoneLost: fc.boolean(),
});

/** The steps of a job: look and record; write; say so. */
const steps = 3;

class Caption {
  text = '';
  readonly entries: Recorded[] = [];
  private time = 1000;

  get known(): RecordEntry[] {
    return this.entries
      .toSorted((a, b) => a.entry.when - b.entry.when || a.record - b.record || a.number - b.number)
      .map(({ entry }) => entry);
  }

  *run({ found, asked, clock, isBlind, isDoneLost }: Job, record: number): Generator<void> {
    const before = this.text;
    const given = asked ? [wish, ...found] : found;
    const after = updatedCaption(before, originsOf(this.known, before), given, update);
    if (after === before) return;
    const made = entriesOfTagger({
      caption: 'a.txt',
      before,
      after,
      found: { tags: given, scores: given.map((tag) => (tag === wish ? -1 : 0.9)) },
      asked: asked ? [wish] : [],
      author: { by: 'tagger', name: 'wd', job: `j${record}` },
    }).map((entry, number): Recorded => ({
      entry: { ...entry, when: this.time++ + clock, isDone: false },
      record,
      number,
    }));
    this.entries.push(...made);
    yield;
    if (this.text !== before && !isBlind) return;
    this.text = after;
    yield;
    if (!isDoneLost) for (const { entry } of made) entry.isDone = true;
  }
}

describe('Two jobs that write one caption', () => {
  /** A person writes something, then jobs write at once, each step whenever its turn comes. */
  function written(jobs: readonly Job[], turns: readonly number[], mine: readonly string[]): Caption {
    const caption = new Caption();
    const first = { found: tags.slice(0, 3), asked: false, clock: 0, isBlind: false, isDoneLost: false };
    Array.from(caption.run(first, 0));
    caption.text = [...mine, caption.text].join(', ');
    const running = jobs.map((one, index) => caption.run(one, index + 1));
    const rest = Array.from({ length: jobs.length * (steps + 1) }, (_, index) => index);
    for (const turn of [...turns, ...rest]) running[turn % running.length]?.next();
    return caption;
  }

  const turns = fc.array(fc.nat(2), { minLength: 2 * steps, maxLength: 4 * steps });
  const typed = fc.subarray(['mine', 'my hat']);
  const options = { numRuns: Number(process.env.DATASET_CAPTIONS_RECORD_RUNS ?? '300') };

  it('leave what they wrote as the machine’s and nothing as deleted, whenever each does its steps', () => {
    const two = fc.array(job, { minLength: 2, maxLength: 2 });
    const property = fc.property(two, turns, typed, (jobs, order, mine) => {
      const caption = written(jobs, order, mine);
      const { parts, deleted } = originsOf(caption.known, caption.text);
      for (const { text, by } of parts) {
        const isPersons = mine.includes(text) || text === wish;
        assert.equal(by, isPersons ? 'hand' : 'tagger', `${text} in ${caption.text}`);
      }
      assert.deepEqual(deleted, []);
    });
    fc.assert(property, options);
  });

  it('leave what a person wrote as that, also where there are more of them', () => {
    const many = fc.array(job, { minLength: 3, maxLength: 4 });
    const property = fc.property(many, turns, typed, (jobs, order, mine) => {
      const caption = written(jobs, order, mine);
      const whose = new Map(originsOf(caption.known, caption.text).parts.map(({ text, by }) => [text, by]));
      for (const text of mine) assert.equal(whose.get(text), 'hand', `${text} in ${caption.text}`);
      if (whose.has(wish)) assert.equal(whose.get(wish), 'hand');
    });
    fc.assert(property, options);
  });

  it('leave what a person deleted and typed after them as that', () => {
    const caption = new Caption();
    const one = { asked: false, clock: 0, isBlind: false, isDoneLost: false };
    const running = [
      caption.run({ ...one, found: ['1girl', 'tree', 'cat'] }, 1),
      caption.run({ ...one, found: ['1girl', 'hat', 'cat'], clock: 2 }, 2),
    ];
    for (const run of [...running, ...running, ...running]) run.next();
    caption.text = 'mine, 1girl, tree';
    const { parts, deleted } = originsOf(caption.known, caption.text);
    assert.deepEqual(
      parts.map(({ text, by }) => `${text}: ${by}`),
      ['mine: hand', '1girl: tagger', 'tree: tagger'],
    );
    assert.ok(deleted.some(({ text }) => text === 'cat'));
  });

  it('are told apart from two between which somebody took back what the first wrote, without a record', () => {
    const caption = new Caption();
    const one = { asked: false, clock: 0, isBlind: false, isDoneLost: false };
    caption.text = 'mine';
    Array.from(caption.run({ ...one, found: ['hat'] }, 1));
    caption.text = 'mine';
    // Nobody is through with another editor within a second.
    Array.from(caption.run({ ...one, found: ['hat', 'cat'], clock: 1000 }, 2));
    assert.equal(caption.text, 'mine, cat');
    assert.deepEqual(
      originsOf(caption.known, caption.text).deleted.map(({ text }) => text),
      ['hat'],
    );
  });

  it('are told apart from one and a person who takes back what it wrote', () => {
    const entry = (before: string, after: string, when: number, by: 'tagger' | 'hand'): RecordEntry => ({
      kind: 'written',
      caption: 'a.txt',
      when,
      author: { by },
      before: textHash(before),
      after: textHash(after),
      parts: after.split(', ').map((text) => ({ text, mark: before.includes(text) ? 'stood' : 'new' })),
      removed: before.split(', ').flatMap((text, at) => (text === '' || after.includes(text) ? [] : [{ text, at }])),
      reordered: false,
      isDone: true,
    });
    const entries = [entry('', 'hat, cat', 1, 'tagger'), entry('hat, cat', 'hat', 2, 'hand')];
    assert.deepEqual(
      originsOf(entries, 'hat').deleted.map(({ text }) => text),
      ['cat'],
    );
  });
});
