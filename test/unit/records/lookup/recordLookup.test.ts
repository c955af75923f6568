import assert from 'node:assert/strict';
import { readFile, rm, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OriginTerm } from '../../../../src/dataset/query/QueryNode';
import { captionChange } from '../../../../src/records/captionChange';
import { compactRecords } from '../../../../src/records/compactRecords';
import { matchCaptions } from '../../../../src/records/lookup/matchCaptions';
import { RecordLookup } from '../../../../src/records/lookup/RecordLookup';
import { RecordReader } from '../../../../src/records/lookup/RecordReader';
import type { Author } from '../../../../src/records/recordEntry';
import { recordFiles, recordFolderOf } from '../../../../src/records/recordFolder';
import { RecordWriter } from '../../../../src/records/RecordWriter';
import { testFolder } from '../../shared/testFolder';

const workerFile = path.resolve(__dirname, '../../../dist/lookupWorker.js');
const tagger: Author = { by: 'tagger', name: 'WD-Tagger', job: 'job-1' };

describe('Looking up who wrote what', () => {
  const root = testFolder();
  let lookup: RecordLookup;

  beforeEach(() => {
    lookup = new RecordLookup(root(), workerFile);
  });
  afterEach(() => {
    lookup.dispose();
  });

  async function write(caption: string, before: string, after: string, author: Author = tagger): Promise<void> {
    const writer = new RecordWriter(root());
    const given = author.by === 'tagger' ? new Map(after.split(', ').map((tag) => [tag, 0.5] as const)) : 'all';
    const end = await writer.write({ kind: 'written', caption, author, ...captionChange(before, after, given) });
    end();
    await writer.close();
  }

  const who = async (text: string, caption = 'a.txt'): Promise<string[] | undefined> =>
    (await lookup.originsOf([{ caption, text }]))?.[0]?.parts.map((part) => `${part.text}: ${part.by}`);
  const matches = async (field: OriginTerm['field'], pattern: string): Promise<string[]> => {
    const captions = [
      { caption: 'a.txt', text: 'hat, cat' },
      { caption: 'b.txt', text: 'hat, dog' },
      { caption: 'c.txt', text: 'mine' },
      { caption: 'd.txt', text: '' },
      { caption: 'e.txt', text: 'sky' },
    ];
    const found = await matchCaptions(
      (...asked) => lookup.matches(...asked),
      captions,
      (each) => each,
      [
        { field, pattern },
        { field: 'by', pattern: 'nobody' },
      ],
    );
    return captions.filter((_, index) => found[2 * index] === 1).map(({ caption }) => caption.charAt(0));
  };

  it('starts no thread where nothing is recorded, and begins when something is', async () => {
    assert.equal(await who('hat'), undefined);
    assert.deepEqual(await lookup.names(), []);
    assert.ok(!lookup.isReading);
    await write('a.txt', '', 'hat, cat');
    assert.deepEqual(await who('hat, cat, dog'), ['hat: tagger', 'cat: tagger', 'dog: hand']);
    assert.deepEqual(await lookup.names(), ['WD-Tagger']);
  });

  it('knows what was written since, merged meanwhile, and gone', async () => {
    for (let count = 0; count < 20; count++) await write(`${count}.txt`, '', `tag ${count}`);
    assert.deepEqual(await who('tag 3', '3.txt'), ['tag 3: tagger']);
    assert.equal(await compactRecords(root(), 2), 20);
    assert.deepEqual(await who('tag 3', '3.txt'), ['tag 3: tagger']);
    await write('3.txt', 'tag 3', 'tag 3, more');
    assert.deepEqual(await who('tag 3, more', '3.txt'), ['tag 3: tagger', 'more: tagger']);
    await rm(path.dirname(recordFolderOf(root())), { recursive: true });
    assert.deepEqual(await who('tag 3', '3.txt'), ['tag 3: hand']);
  });

  it('reads again where a file went between looking and reading', async () => {
    await write('a.txt', '', 'hat');
    const reader = new RecordReader(root());
    const terms = [{ field: 'origin', pattern: 'tagger' }] as const;
    const [file = ''] = await recordFiles(root());
    await reader.names();
    const text = await readFile(file);
    await unlink(file);
    await writeFile(file.replace(/[0-9a-f]{8}(?=\.jsonl)/, 'ffffffff'), text);
    assert.deepEqual([...(await reader.matches([{ caption: 'a.txt', text: 'hat' }], terms, false))], [1]);
  });

  it('finds captions by who wrote a part, who wrote last, and what a person deleted', async () => {
    await write('a.txt', '', 'hat, cat, red_scarf');
    await write('b.txt', '', 'hat, dog');
    await write('e.txt', 'cloud', 'sky', { by: 'bulk' });
    assert.deepEqual(await matches('origin', 'hand'), ['c']);
    assert.deepEqual(await matches('origin', 'wd*'), ['a', 'b']);
    assert.deepEqual(await matches('origin', 'wd'), []);
    assert.deepEqual(await matches('origin', 'bulk'), ['e']);
    assert.deepEqual(await matches('deleted', 'red scarf'), ['a']);
    assert.deepEqual(await matches('deleted', 'red_*'), ['a']);
    assert.deepEqual(await matches('deleted', 'cloud'), ['e']);
    // The person who took out a tag of a.txt wrote it last.
    assert.deepEqual(await matches('by', 'job'), ['b']);
    assert.deepEqual(await matches('by', 'job-1'), ['b']);
    assert.deepEqual(await matches('by', 'hand'), ['a', 'c']);
    assert.deepEqual(await matches('by', '*'), ['a', 'b', 'c', 'e']);
  });

  it('finds all captions by hand where nothing is recorded', async () => {
    assert.deepEqual(await matches('origin', 'hand'), ['a', 'b', 'c', 'e']);
    assert.deepEqual(await matches('by', 'h*'), ['a', 'b', 'c', 'e']);
    assert.deepEqual(await matches('origin', 'tagger'), []);
    assert.deepEqual(await matches('deleted', '*'), []);
    assert.ok(!lookup.isReading);
  });

  it('tells how far a search is, and ends when it is cancelled', async () => {
    await write('a.txt', '', 'hat');
    const captions = Array.from({ length: 2500 }, (_, index) => ({ caption: `${index}.txt`, text: 'hat' }));
    const terms = [{ field: 'origin', pattern: 'hand' }] as const;
    const match = lookup.matches.bind(lookup);
    const steps: number[] = [];
    const onProgress = (done: number): void => {
      steps.push(done);
    };
    const all = await matchCaptions(match, captions, (each) => each, terms, { onProgress });
    assert.deepEqual(steps, [1000, 2000, 2500]);
    assert.ok(all.every((each) => each === 1));
    const cancel = new AbortController();
    const { signal } = cancel;
    const cancelled = matchCaptions(match, captions, (each) => each, terms, {
      signal,
      onProgress: () => {
        cancel.abort();
      },
    });
    await assert.rejects(cancelled, { name: 'AbortError' });
  });

  it('fails with a sentence when it is closed, and when its thread cannot be started', async () => {
    await write('a.txt', '', 'hat');
    const broken = new RecordLookup(root(), path.join(root(), 'none.js'));
    await assert.rejects(broken.originsOf([{ caption: 'a.txt', text: 'hat' }]), {
      code: 'RECORD_FAILED',
      message: 'The records of who wrote what cannot be read: The thread that reads them ended.',
    });
    lookup.dispose();
    await assert.rejects(lookup.originsOf([{ caption: 'a.txt', text: 'hat' }]), /The dataset was closed/);
  });
});
