import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { captionChange } from '../../../../src/records/captionChange';
import { compactRecords } from '../../../../src/records/compactRecords';
import { RecordIndex } from '../../../../src/records/lookup/RecordIndex';
import type { Author, RecordEntry } from '../../../../src/records/recordEntry';
import { recordFiles, recordFolderOf } from '../../../../src/records/recordFolder';
import { RecordHistory } from '../../../../src/records/RecordHistory';
import { RecordWriter } from '../../../../src/records/RecordWriter';
import { testFolder } from '../../shared/testFolder';

const authors: readonly Author[] = [
  { by: 'tagger', name: 'wd', job: 'j1', thresholds: [{ general: 0.35, character: 0.85 }] },
  { by: 'tagger', name: 'other "odd"', separator: ';' },
  { by: 'hand' },
  { by: 'bulk', job: 'e1' },
];
const captions = ['a.txt', 'b/ä.txt', 'c "odd" \\.txt', 'ねこ/d.txt', 'e\ud800.txt', 'f.txt'];
const tags = ['1girl', 'hat', 'a [b]', 'say "hi"', 'back\\slash', 'ねこ', 'A cat sits on a mat.', '["d",1]'];

type Step =
  | { do: 'write'; writer: number; caption: number; author: number; text: number[]; kind: number; isDone: boolean }
  | { do: 'close'; writer: number }
  | { do: 'move'; writer: number; from: number; to: number }
  | { do: 'merge' | 'look' }
  | { do: 'cut'; file: number; bytes: number }
  | { do: 'spoil'; file: number; at: number };

const write = fc.record({
  do: fc.constant('write' as const),
  writer: fc.nat(3),
  caption: fc.nat(captions.length - 1),
  author: fc.nat(authors.length - 1),
  text: fc.array(fc.nat(tags.length - 1), { maxLength: 5 }),
  kind: fc.nat(9),
  isDone: fc.boolean(),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: write },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), writer: fc.nat(3) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('move' as const),
        writer: fc.nat(3),
        from: fc.nat(captions.length - 1),
        to: fc.nat(captions.length - 1),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('merge' as const, 'look' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), file: fc.nat(5), bytes: fc.nat(300) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('spoil' as const), file: fc.nat(5), at: fc.nat(1000) }) },
  ),
  { maxLength: 60 },
);

/** A dataset whose records are written, merged, cut off and spoilt. */
class Recorded {
  private readonly writers: (RecordWriter | undefined)[] = [];
  private readonly texts = new Map<string, string>();
  readonly index: RecordIndex;

  constructor(readonly root: string) {
    this.index = new RecordIndex(root);
  }

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case 'write':
        return this.write(step);
      case 'close':
        await this.writers[step.writer]?.close();
        this.writers[step.writer] = undefined;
        return;
      case 'move': {
        const [from = '', to = ''] = [captions[step.from], captions[step.to]];
        if (from !== to) await (this.writers[step.writer] ??= new RecordWriter(this.root)).move({ from, to });
        return;
      }
      case 'merge':
        await compactRecords(this.root, 2);
        return;
      case 'look':
        return this.compare();
      case 'cut':
        return this.change(step.file, async (file, { length }) => truncate(file, Math.max(0, length - step.bytes)));
      case 'spoil':
        return this.change(step.file, async (file, bytes) => {
          if (bytes.length === 0) return;
          bytes[step.at % bytes.length] = 0;
          await writeFile(file, bytes);
          // Nobody looks again at what was read, if the file is as long as before.
          this.index.reset();
        });
    }
  }

  async compare(): Promise<void> {
    // What is written after them has come says that ends of writes have come: nobody waits for those.
    const forgotten = { kind: 'forgotten', caption: 'other.txt', author: { by: 'hand' } } as const;
    for (const writer of this.writers) await writer?.write({ ...forgotten, ...captionChange('', '', 'all') });
    await this.index.refresh();
    const history = await RecordHistory.read(this.root);
    const found = this.index.entriesOf(captions);
    for (const [index, caption] of captions.entries()) {
      assert.deepEqual(found[index], history.entriesOf(caption), caption);
      const text = this.texts.get(caption) ?? 'hat';
      assert.deepEqual(this.index.originsOf([{ caption, text, seen: 5 }]), [history.originsOf(caption, text, 5)]);
    }
  }

  async close(): Promise<void> {
    for (const writer of this.writers.splice(0)) await writer?.close();
  }

  private async write({ writer: own, caption: at, author, text, kind, isDone }: Step & { do: 'write' }): Promise<void> {
    const writer = (this.writers[own] ??= new RecordWriter(this.root));
    const caption = captions[at] ?? '';
    const before = this.texts.get(caption) ?? '';
    const parts = text.map((tag) => tags[tag] ?? '');
    const given = new Map(parts.map((part, index) => [part, index / 10]));
    const after = parts.join(', ');
    const kinds: Partial<Record<number, RecordEntry['kind']>> = { 8: 'undone', 9: 'forgotten' };
    const end = await writer.write({
      kind: kinds[kind] ?? 'written',
      caption,
      author: authors[author] ?? { by: 'hand' },
      ...captionChange(before, after, given),
    });
    if (isDone) end();
    this.texts.set(caption, after);
  }

  /** What is spoilt is not what a process still writes: that one would go on in the middle of it. */
  private async change(at: number, change: (file: string, bytes: Buffer) => Promise<void>): Promise<void> {
    await this.close();
    const files = await recordFiles(this.root);
    const file = files[at % Math.max(1, files.length)];
    if (file === undefined) return;
    await change(file, await readFile(file));
  }
}

describe('The index of records', () => {
  const newFolder = testFolder();

  it('says the same as the history that reads them all, whatever was written, merged, cut off or spoilt', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const recorded = new Recorded(await mkdtemp(path.join(newFolder(), 'run-')));
        for (const step of all) await recorded.step(step);
        await recorded.close();
        await recorded.compare();
      }),
      { numRuns: 150 },
    );
  });

  it('reads what comes to a file later, also a line that came in two pieces', async () => {
    const root = newFolder();
    const writer = new RecordWriter(root);
    await writer.write({
      kind: 'written',
      caption: 'a.txt',
      author: { by: 'hand' },
      ...captionChange('', 'hat', 'all'),
    });
    await writer.close();
    const [file = ''] = await recordFiles(root);
    const whole = await readFile(file, 'utf8');
    const index = new RecordIndex(root);
    for (let cut = 0; cut <= whole.length; cut += 7) {
      await writeFile(file, whole.slice(0, cut));
      await index.refresh();
      await appendFile(file, whole.slice(cut));
      await index.refresh();
      assert.deepEqual(
        index.entriesOf(['a.txt'])[0]?.map(({ after, isDone }) => ({ after, isDone })),
        [{ after: captionChange('', 'hat', 'all').after, isDone: false }],
        `cut at ${cut}`,
      );
    }
  });

  it('reads entries whose lines are longer than what is read at once, and skips what is no line', async () => {
    const root = newFolder();
    const writer = new RecordWriter(root);
    const long = Array.from({ length: 30_000 }, (_, at) => `tag number ${at} ${'x'.repeat(150)}`).join(', ');
    await writer.write({
      kind: 'written',
      caption: 'a.txt',
      author: { by: 'hand' },
      ...captionChange('', long, 'all'),
    });
    await writer.close();
    const [file = ''] = await recordFiles(root);
    const lines = (await readFile(file, 'utf8')).split('\n');
    // The zeros of a disk that lost power.
    await writeFile(file, `${lines[0]}\n${'\0'.repeat(6_000_000)}\n${lines.slice(1).join('\n')}`);
    const index = new RecordIndex(root);
    await index.refresh();
    assert.equal(index.entriesOf(['a.txt'])[0]?.[0]?.parts.length, 30_000);
  });

  it('follows captions that got other names, and gives a name that was left to who has it now', async () => {
    const root = newFolder();
    const writer = new RecordWriter(root);
    const write = (caption: string, text: string): Promise<() => void> =>
      writer.write({ kind: 'written', caption, author: { by: 'hand' }, ...captionChange('', text, 'all') });
    await write('a.txt', 'hat');
    await writer.close();
    const [file = ''] = await recordFiles(root);
    const begun = (JSON.parse((await readFile(file, 'utf8')).split('\n')[0] ?? '') as number[])[3] ?? 0;
    const at = (): number => Date.now() + 1 - begun;
    const move = (record: string, to: string, from: string): Promise<void> =>
      appendFile(
        file,
        `${JSON.stringify(['r', 1, record, begun, '1'])}\n${JSON.stringify(['m', 0, to, at(), from])}\n`,
      );
    await move('second', 'b.txt', 'a.txt');
    await new Promise((resolve) => setTimeout(resolve, 10));
    await write('b.txt', 'cat');
    await write('a.txt', 'dog');
    await writer.close();
    await move('third', 'c/ä.txt', 'b.txt');
    const index = new RecordIndex(root);
    await index.refresh();
    const texts = index
      .entriesOf(['a.txt', 'b.txt', 'c/ä.txt'])
      .map((entries) => entries.flatMap(({ parts }) => parts.map(({ text }) => text)));
    assert.deepEqual(texts, [['dog'], [], ['hat', 'cat']]);
  });

  it('has no entries where there is no folder, and those of a folder that came later', async () => {
    const root = newFolder();
    const index = new RecordIndex(root);
    await index.refresh();
    assert.equal(index.size, 0);
    const writer = new RecordWriter(root);
    await writer.write({
      kind: 'written',
      caption: 'a.txt',
      author: { by: 'hand' },
      ...captionChange('', 'hat', 'all'),
    });
    await writer.close();
    await index.refresh();
    assert.equal(index.size, 1);
    assert.equal(path.dirname((await recordFiles(root))[0] ?? ''), recordFolderOf(root));
  });
});
