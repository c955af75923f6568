import assert from 'node:assert/strict';
import { readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InPlaceWriter } from '../../../../src/dataset/files/FileWriter';
import { captionWork } from '../../../../src/jobs/run/captionWork';
import { writersIn } from '../../records/edits/OpenDataset';
import { testFolder } from '../../shared/testFolder';
import { makeJob } from '../testJobs';

describe('Jobs that update captions, one after the other', () => {
  const folder = testFolder();
  let jobs = 0;
  const place = (name: string): string => path.join(folder(), name);
  const text = (name: string): Promise<string> => readFile(place(name), 'utf8');
  /** A person, or a program that nobody knows, writes a caption. */
  const write = (name: string, caption: string): Promise<void> => writeFile(place(name), caption);
  const picture = (name: string, bytes: number): Promise<void> => writeFile(place(name), 'x'.repeat(bytes));

  /** A job finds the same in every picture. */
  async function job(tags: readonly string[], separator = ', '): Promise<void> {
    const wish = { mode: 'all', write: 'update' } as const;
    const made = await makeJob(path.join(folder(), `.jobs-${String(jobs++)}`), folder(), wish);
    const manifest = await made.readManifest();
    await captionWork({
      beforeWrite: () => Promise.resolve(),
      manifest: { ...manifest, write: { ...manifest.write, separator } },
      images: await made.readImages(),
      firstIndex: 0,
      records: new Map(),
      journal: { append: () => Promise.resolve() },
      flushIntents: false,
      writer: new InPlaceWriter(),
      listedOnly: true,
      onRecordNote: () => undefined,
      signal: new AbortController().signal,
      prepareTagger: () => ({ makeTags: () => Promise.resolve({ tags: [...tags] }), imagesInWork: 1 }),
      onOutcome: () => undefined,
    });
  }

  it('keep a tag that was deleted by hand and typed again after a job had left it out', async () => {
    await picture('a.png', 100);
    await job(['1girl', 'hat', 'cat']);
    await write('a.txt', '1girl, cat, mine');
    await job(['1girl', 'hat', 'cat']);
    assert.equal(await text('a.txt'), '1girl, cat, mine');
    await write('a.txt', '1girl, hat, cat, mine');
    assert.deepEqual(await writersIn(folder(), 'a.txt'), ['1girl: tagger', 'hat: hand', 'cat: tagger', 'mine: hand']);
    await job(['1girl', 'cat']);
    assert.equal(await text('a.txt'), '1girl, hat, cat, mine');
  });

  it('keep a tag whose letters were corrected, also when a program lower-cases them afterwards', async () => {
    await picture('a.png', 100);
    await job(['1girl', 'hat']);
    await write('a.txt', '1girl, HAT');
    await job(['1girl', 'hat']);
    await write('a.txt', '1girl, hat');
    await job(['1girl']);
    assert.equal(await text('a.txt'), '1girl, hat');
  });

  it('bring nothing back that was deleted by hand, when a job empties the caption', async () => {
    await picture('a.png', 100);
    await job(['1girl', 'hat', 'cat']);
    await write('a.txt', 'cat');
    await job(['1girl', 'hat']);
    assert.ok(!(await readdir(folder())).includes('a.txt'), 'what the machine wrote is gone, and so is the file');
    await job(['1girl', 'hat', 'dog']);
    assert.equal(await text('a.txt'), 'dog');
  });

  it('bring nothing back that was deleted by hand, when a person empties the caption after a job saw that', async () => {
    await picture('a.png', 100);
    await job(['1girl', 'hat']);
    await write('a.txt', '1girl');
    await job(['1girl', 'hat']);
    await unlink(place('a.txt'));
    await job(['1girl', 'hat']);
    assert.equal(await text('a.txt'), '1girl');
  });

  it('keep what divides the tags of a caption, when the setting has become another', async () => {
    for (const separator of ['; ', ' | ', '|']) {
      await picture('a.png', 100);
      await job(['1girl', 'red hat'], separator);
      await job(['1girl', 'red hat', 'cat']);
      assert.equal(await text('a.txt'), ['1girl', 'red hat', 'cat'].join(separator));
      await unlink(place('a.txt'));
      await rename(place('.dataset-captions'), place(`.old${String(jobs)}`));
    }
  });

  it('take nothing for a machine’s in an image that took the name of another', async () => {
    await picture('a.png', 100);
    await job(['1girl', 'hat']);
    await picture('a.png', 200);
    await write('a.txt', 'mine, hat');
    assert.deepEqual(await writersIn(folder(), 'a.txt'), ['mine: hand', 'hat: hand', '-1girl']);
    await job(['cat']);
    await job(['dog']);
    assert.equal(await text('a.txt'), 'mine, hat, dog');
  });

  it('add all that is found where the caption has nothing of the image that had the name before', async () => {
    await picture('a.png', 100);
    await job(['1girl', 'hat']);
    await picture('a.png', 200);
    await write('a.txt', 'mine');
    await job(['1girl', 'hat']);
    assert.equal(await text('a.txt'), 'mine, 1girl, hat');
  });

  it('go on with what is known where only the picture was replaced, or only the caption edited', async () => {
    await picture('a.png', 100);
    await job(['1girl', 'hat']);
    await picture('a.png', 200);
    await job(['1girl', 'cat']);
    assert.equal(await text('a.txt'), '1girl, cat');
    await write('a.txt', '1girl, cat, mine');
    await job(['dog']);
    assert.equal(await text('a.txt'), 'mine, dog');
  });

  it('know images that swap their names, and those that are numbered anew', async () => {
    for (const [index, tags] of ['1girl, hat', '1boy, cat', 'dog, tree'].entries()) {
      await picture(`${String(index + 1)}.png`, 100 + index);
      await job(tags.split(', '));
      await write(`${String(index + 1)}.txt`, tags);
    }
    for (const name of ['1', '2', '3']) await unlink(place(`${name}.txt`));
    await rename(place('.dataset-captions'), place('.old'));
    // Each picture has other tags: one job for each, with the others away.
    const tagged = { 1: ['1girl', 'hat'], 2: ['1boy', 'cat'], 3: ['dog', 'tree'] };
    const away = async (names: readonly string[], ending: string): Promise<void> => {
      for (const name of names)
        await rename(place(`${name}.png${ending === '' ? '.away' : ''}`), place(`${name}.png${ending}`));
    };
    for (const [name, tags] of Object.entries(tagged)) {
      const others = Object.keys(tagged).filter((other) => other !== name);
      await away(others, '.away');
      await job(tags);
      await away(others, '');
    }
    // A person deletes a tag from the last one, and a job sees it.
    await write('3.txt', 'dog, mine');
    await job([]);
    for (const name of [3, 2, 1]) {
      for (const extension of ['png', 'txt']) {
        await rename(place(`${String(name)}.${extension}`), place(`${String(name + 1)}.${extension}`));
      }
    }
    assert.deepEqual(await Promise.all(['2.txt', '3.txt', '4.txt'].map((name) => writersIn(folder(), name))), [
      ['1girl: tagger', 'hat: tagger'],
      ['1boy: tagger', 'cat: tagger'],
      ['dog: tagger', 'mine: hand', '-tree'],
    ]);
    await job(['tree', 'hat']);
    assert.deepEqual(await Promise.all(['2.txt', '3.txt', '4.txt'].map(text)), ['tree, hat', 'tree, hat', 'mine, hat']);
  });

  it('are in their order for those that come later, also where a clock went back', async () => {
    await picture('a.png', 100);
    await job(['1girl', 'hat']);
    const records = place('.dataset-captions/records');
    for (const name of await readdir(records)) {
      // The first line has when the record began, in milliseconds since 1970.
      const [head = '', ...lines] = (await readFile(path.join(records, name), 'utf8')).split('\n');
      const [letter, version, record, begun] = JSON.parse(head) as [string, number, string, number];
      const later = JSON.stringify([
        letter,
        version,
        record,
        begun + 86_400_000,
        ...(JSON.parse(head) as unknown[]).slice(4),
      ]);
      await writeFile(path.join(records, name), [later, ...lines].join('\n'));
    }
    await job(['1girl', 'cat']);
    assert.deepEqual(await writersIn(folder(), 'a.txt'), ['1girl: tagger', 'cat: tagger']);
    await job(['1girl', 'hat']);
    assert.equal(await text('a.txt'), '1girl, hat');
  });
});
