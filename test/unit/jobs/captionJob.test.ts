import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CaptionError } from '../../../src/dataset/files/CaptionError';
import { Dataset } from '../../../src/dataset/Dataset';
import { InPlaceWriter } from '../../../src/dataset/files/FileWriter';
import { jobFault } from '../../../src/jobs/run/jobFault';
import { taggerFault } from '../../../src/protocol/tagging/taggerFault';
import { Crash, nameOf, numberedImages, runJob, tagOfName } from './captionJobs';
import { captionOf, openDataset } from '../dataset/openDataset';
import { fingerprint, namesIn, testFolder, writeFiles, type TestFiles } from '../shared/testFolder';

describe('A caption job', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const textOf = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');

  const open = (files: TestFiles): Promise<Dataset> => openDataset(folder(), files);

  it('fills the empty captions and leaves the others alone to the byte', async () => {
    const dataset = await open({ ...numberedImages(4), '1.txt': 'mine', '2.txt': '', '3.txt': ' \r\n' });
    const before = await fingerprint(inFolder('1.txt'));
    const result = await runJob(dataset, tagOfName, { mode: 'empty' });
    assert.equal(result.status, 'completed');
    assert.deepEqual([...result.results.keys()].sort(), ['2.png', '3.png', '4.png']);
    assert.equal(await fingerprint(inFolder('1.txt')), before);
    for (const name of ['2', '3', '4']) assert.match(await textOf(`${name}.txt`), new RegExp(`^tag of ${name}.png`));
  });

  it('replaces all captions, keeps their line ends, and can be undone to the byte', async () => {
    const dataset = await open({ ...numberedImages(2), '1.txt': '\uFEFFold\r\n' });
    const result = await runJob(dataset, tagOfName);
    assert.equal(await textOf('1.txt'), '\uFEFFtag of 1.png\r\n');
    assert.deepEqual(dataset.replay(result.changes, 'undo'), []);
    await dataset.save();
    assert.equal(await textOf('1.txt'), '\uFEFFold\r\n');
    assert.deepEqual(await namesIn(folder()), ['1.png', '1.txt', '2.png']);
  });

  it('lists bad images with their reasons, writes nothing for them and does all others', async () => {
    const dataset = await open(numberedImages(20));
    await symlink('gone', inFolder('dangling.png'));
    await dataset.load();
    const bad = ['3.png', '4.png', 'dangling.png'];
    const result = await runJob(dataset, (imagePath) => {
      if (!bad.includes(nameOf(imagePath))) return tagOfName(imagePath);
      return Promise.reject(Object.assign(new Error('The image is damaged.'), { code: 'IMAGE_TRUNCATED' }));
    });
    assert.equal(result.status, 'completed');
    assert.equal(result.results.size, 18);
    assert.equal(result.total, 21);
    assert.deepEqual([...result.failed.keys()].sort(), [...bad].sort());
    assert.equal(result.failed.get('3.png'), 'The image is damaged.');
    const captions = (await namesIn(folder())).filter((name) => name.endsWith('.txt'));
    assert.equal(captions.length, 18);
    assert.ok(!captions.includes('3.txt') && !captions.includes('dangling.txt'));
  });

  /** Opens images some of whose captions are links to files elsewhere, and another disk than theirs fails every write. */
  async function openWithLinks(count: number, links: readonly number[], failing = links): Promise<Dataset> {
    await writeFiles(folder(), numberedImages(count));
    for (const link of links) {
      await writeFiles(folder(), { [`elsewhere/old ${link}.txt`]: 'old' });
      await symlink(inFolder(`elsewhere/old ${link}.txt`), inFolder(`${link}.txt`));
    }
    const names = failing.map((one) => `${one}.txt`);
    const writer = new InPlaceWriter();
    const dataset = new Dataset(
      folder(),
      { captionExtension: '.txt', emptiedCaption: 'delete' },
      {
        write: (write) =>
          names.includes(nameOf(write.file))
            ? Promise.reject(new CaptionError('READ_ONLY', 'The file system is read-only.', write.file))
            : writer.write(write),
      },
    );
    await dataset.load();
    return dataset;
  }

  it('keeps captions that are JSON where it adds tags, without asking the tagger, and lists them', async () => {
    const json = '{\n  "scene": "a portrait, studio light"\n}\n';
    const line = '["1girl", "solo"]';
    const dataset = await open({ ...numberedImages(3), '1.txt': json, '2.txt': line, '3.txt': 'mine' });
    for (const mode of ['append', 'prepend'] as const) {
      const asked: string[] = [];
      const outcomes = new Map<string, string>();
      const { results, failed } = await runJob(
        dataset,
        (imagePath) => {
          asked.push(nameOf(imagePath));
          return tagOfName(imagePath);
        },
        {
          write: { mode, keepFirst: 0, separator: ', ' },
          onOutcome: ({ path: image }, outcome) => outcomes.set(image, outcome),
        },
      );
      assert.deepEqual(asked, ['3.png']);
      assert.deepEqual([...results.keys()], ['3.png']);
      assert.deepEqual([outcomes.get('1.png'), outcomes.get('2.png')], ['kept', 'kept']);
      assert.match(failed.get('1.png') ?? '', /JSON/);
      assert.deepEqual([await textOf('1.txt'), await textOf('2.txt')], [json, line]);
    }
    await runJob(dataset, tagOfName, { mode: 'all' });
    assert.equal(await textOf('1.txt'), 'tag of 1.png\n');
  });

  it('goes on past a caption that the disk cannot read, and past a link to a disk that cannot be written', async () => {
    const dataset = await openWithLinks(20, [7]);
    const bad = new CaptionError('DISK_ERROR', 'The disk does not answer (EIO).', inFolder('4.txt'));
    captionOf(dataset, '4.png').unreadable = bad;
    const { status, results, failed } = await runJob(dataset, tagOfName);
    assert.equal(status, 'completed');
    assert.equal(results.size, 18);
    assert.deepEqual(Object.fromEntries(failed), { '4.png': bad.message, '7.png': 'The file system is read-only.' });
    assert.equal(await textOf('elsewhere/old 7.txt'), 'old');
  });

  it('ends when links fail one after another, as their disk is the one that the job writes to', async () => {
    const links = Array.from({ length: 40 }, (_, index) => index + 1);
    const { status, error, failed } = await runJob(await openWithLinks(40, links), tagOfName);
    assert.equal(status, 'error');
    assert.equal((error as CaptionError).code, 'READ_ONLY');
    assert.ok(failed.size <= 12, `${failed.size} images failed`);
  });

  it('ends at once, and blames no image, when the disk of a caption that is no link is read-only', async () => {
    const { status, error, failed } = await runJob(await openWithLinks(20, [], [7]), tagOfName);
    assert.equal(status, 'error');
    assert.equal((error as CaptionError).code, 'READ_ONLY');
    assert.equal(failed.size, 0);
  });

  it('ends when the tagger says that no image is to blame, and leaves all that are left open', async () => {
    const dataset = await open(numberedImages(40));
    let asked = 0;
    const result = await runJob(
      dataset,
      (imagePath) => (++asked > 10 ? Promise.reject(new Error('the server is away')) : tagOfName(imagePath)),
      { faultOf: (thrown) => (String(thrown).includes('away') ? 'machine' : undefined) },
    );
    assert.equal(result.status, 'error');
    assert.equal(result.message, 'the server is away');
    assert.deepEqual([result.results.size, result.failed.size], [10, 0]);
    assert.ok(asked <= 14, `${asked} images were tried`);
  });

  it('ends after some failures in a row that may be the fault of no image, not after single ones', async () => {
    const dataset = await open(numberedImages(60));
    const faultOf = (): 'unclear' => 'unclear';
    let asked = 0;
    const some = await runJob(
      dataset,
      (imagePath) => {
        asked++;
        return asked % 3 === 0 ? Promise.reject(new Error('500')) : tagOfName(imagePath);
      },
      { faultOf },
    );
    assert.equal(some.status, 'completed');
    assert.equal(some.failed.size, 20);
    const all = await runJob(dataset, () => Promise.reject(new Error('500')), { faultOf });
    assert.equal(all.status, 'error');
    assert.ok(all.failed.size <= 8, `${all.failed.size} failed`);
  });

  it('lists each image for which the model gives no numbers, and ends where it gives no probabilities', async () => {
    const dataset = await open(numberedImages(30));
    const failing = (code: string) => (imagePath: string) =>
      nameOf(imagePath) === '30.png'
        ? tagOfName(imagePath)
        : Promise.reject(Object.assign(new Error(`${code}.`), { code }));
    const numbers = await runJob(dataset, failing('SCORES_NOT_NUMBERS'), { faultOf: taggerFault });
    assert.equal(numbers.status, 'completed');
    assert.deepEqual([numbers.failed.size, numbers.results.size, numbers.untagged], [29, 1, 0]);
    const range = await runJob(dataset, failing('SCORES_OUT_OF_RANGE'), { faultOf: taggerFault });
    assert.equal(range.status, 'error');
    assert.equal(jobFault(range.error).code, 'TAGGER_FAILED');
  });

  it('captions images that share a caption file once, from the first', async () => {
    const dataset = await open({ 'a.png': '', 'a.jpg': '', 'b.png': '' });
    const asked: string[] = [];
    const result = await runJob(dataset, (imagePath) => {
      asked.push(nameOf(imagePath));
      return tagOfName(imagePath);
    });
    assert.deepEqual(asked.sort(), ['a.jpg', 'b.png']);
    assert.equal(result.total, 2);
    assert.equal(await textOf('a.txt'), 'tag of a.jpg');
  });

  it('keeps the caption of an image without a tag, makes no file for it and counts it', async () => {
    const dataset = await open({ ...numberedImages(3), '1.txt': 'old' });
    const before = await fingerprint(inFolder('1.txt'));
    const result = await runJob(dataset, (imagePath) =>
      nameOf(imagePath) === '3.png' ? tagOfName(imagePath) : Promise.resolve(''),
    );
    assert.deepEqual([...result.results].sort(), [
      ['1.png', ''],
      ['2.png', ''],
      ['3.png', 'tag of 3.png'],
    ]);
    assert.equal(result.untagged, 2);
    assert.equal(await fingerprint(inFolder('1.txt')), before);
    assert.deepEqual(await namesIn(folder()), ['1.png', '1.txt', '2.png', '3.png', '3.txt']);
  });

  it('reports every image once, up to the end', async () => {
    const dataset = await open(numberedImages(9));
    const seen: number[] = [];
    await runJob(dataset, tagOfName, {
      onProgress: ({ handled, total }) => {
        assert.equal(total, 9);
        seen.push(handled);
      },
    });
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  for (const concurrency of [1, 2, 4, 8, 16]) {
    it(`loses no image when the tagger is killed under it once, ${concurrency} at a time`, async () => {
      const dataset = await open(numberedImages(30));
      let started = 0;
      let killed = false;
      const inWork = new Set<(error: Error) => void>();
      const result = await runJob(
        dataset,
        (imagePath) =>
          new Promise((resolve, reject) => {
            inWork.add(reject);
            setTimeout(() => {
              inWork.delete(reject);
              resolve(`tag of ${nameOf(imagePath)}`);
            }, 2);
            if (++started === 17 && !killed) {
              killed = true;
              for (const fail of inWork) fail(new Crash('killed'));
            }
          }),
        { concurrency },
      );
      assert.equal(result.status, 'completed');
      assert.equal(result.results.size, 30);
      assert.equal(result.failed.size, 0);
    });
  }

  it('sets an image aside that always kills the tagger, and does all others', async () => {
    const dataset = await open(numberedImages(40));
    const killers = ['5.png', '6.png', '20.png', '21.png', '22.png'];
    let inWork: ((error: Error) => void)[] = [];
    const result = await runJob(
      dataset,
      (imagePath) =>
        new Promise((resolve, reject) => {
          inWork.push(reject);
          setTimeout(() => {
            if (killers.includes(nameOf(imagePath))) {
              // All that were in work die with the process.
              for (const fail of inWork) fail(new Crash('SIGSEGV'));
              inWork = [];
            } else resolve('tag');
          }, 1);
        }),
    );
    assert.equal(result.status, 'completed');
    assert.deepEqual([...result.failed.keys()].sort(), [...killers].sort());
    for (const reason of result.failed.values()) assert.match(reason, /crash/i);
    assert.equal(result.results.size, 35);
  });

  it('gives up soon when the tagger always dies, and says why', async () => {
    const dataset = await open(numberedImages(200));
    let started = 0;
    const result = await runJob(dataset, () => {
      started++;
      return Promise.reject(new Crash('The tagger process ended unexpectedly (SIGILL).'));
    });
    assert.equal(result.status, 'error');
    assert.match(result.message, /SIGILL/);
    assert.ok(started < 50, `${started} images`);
    assert.equal(result.results.size, 0);
  });

  it('ends with the reason when the disk is full', async function () {
    await mkdir(inFolder('disk'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', inFolder('disk')], { stdio: 'ignore' });
    } catch {
      // Only root may mount; there is no other way to a full disk.
      this.skip();
    }
    try {
      await writeFile(inFolder('disk/filler'), Buffer.alloc(40_000));
      await writeFiles(inFolder('disk'), numberedImages(100));
      const dataset = new Dataset(inFolder('disk'), { captionExtension: '.txt', emptiedCaption: 'delete' });
      await dataset.load();
      const result = await runJob(dataset, tagOfName);
      assert.equal(result.status, 'error');
      assert.match(result.message, /disk is full/i);
      assert.ok(result.results.size > 0);
      for (const [name, caption] of result.results) {
        assert.equal(await textOf(`disk/${name.replace('.png', '.txt')}`), caption);
      }
      const names = await namesIn(inFolder('disk'));
      assert.equal(names.filter((name) => name.endsWith('.txt')).length, result.results.size);
      assert.equal(names.filter((name) => name.endsWith('.tmp')).length, 0);
      for (const { caption } of dataset.allImages) assert.equal(caption.isDirty, false);
    } finally {
      execFileSync('umount', [inFolder('disk')]);
    }
  });

  it('stops when it is cancelled; what is written is whole, what is not is as it was', async () => {
    const dataset = await open(numberedImages(50));
    const controller = new AbortController();
    let started = 0;
    const result = await runJob(
      dataset,
      async (imagePath, signal) => {
        if (++started === 10) controller.abort();
        await new Promise((resolve) => setTimeout(resolve, 1));
        signal.throwIfAborted();
        return tagOfName(imagePath);
      },
      { signal: controller.signal },
    );
    assert.equal(result.status, 'cancelled');
    assert.equal(result.failed.size, 0);
    assert.ok(result.results.size >= 5 && result.results.size <= 10, `${result.results.size}`);
    const captions = (await namesIn(folder())).filter((name) => name.endsWith('.txt'));
    assert.equal(captions.length, result.results.size);
    for (const { caption } of dataset.allImages) assert.equal(caption.isDirty, false);
  });

  it('keeps what the user typed meanwhile and reports it', async () => {
    const dataset = await open({ ...numberedImages(3), '1.txt': 'old', '2.txt': 'old', '3.txt': 'old' });
    const result = await runJob(
      dataset,
      (imagePath) => {
        if (nameOf(imagePath) === '1.png') dataset.setText(dataset.image('2.png')!.caption, 'typed');
        return tagOfName(imagePath);
      },
      { concurrency: 1 },
    );
    assert.deepEqual([...result.failed.keys()], ['2.png']);
    assert.match(result.failed.get('2.png')!, /edited meanwhile/);
    await dataset.save();
    assert.equal(await textOf('2.txt'), 'typed');
    assert.equal(await textOf('3.txt'), 'tag of 3.png');
  });

  it('that fills empty captions is content with one that the user or another program wrote meanwhile', async () => {
    const dataset = await open(numberedImages(3));
    const result = await runJob(
      dataset,
      async (imagePath) => {
        if (nameOf(imagePath) === '1.png') dataset.setText(dataset.image('2.png')!.caption, 'typed');
        if (nameOf(imagePath) === '3.png') await writeFile(inFolder('3.txt'), 'theirs');
        return tagOfName(imagePath);
      },
      { concurrency: 1, mode: 'empty' },
    );
    assert.deepEqual([...result.results.values()], ['tag of 1.png', 'typed', 'theirs']);
    assert.equal(await textOf('3.txt'), 'theirs');
    assert.equal(dataset.image('3.png')!.caption.inConflict, false);
    await dataset.save();
    assert.equal(await textOf('2.txt'), 'typed');
  });

  it('keeps a caption that another program changed since it was read', async () => {
    const dataset = await open({ ...numberedImages(2), '1.txt': 'old' });
    await writeFile(inFolder('1.txt'), 'theirs');
    const result = await runJob(dataset, tagOfName);
    assert.deepEqual([...result.failed.keys()], ['1.png']);
    assert.equal(await textOf('1.txt'), 'theirs');
    assert.equal(dataset.image('1.png')!.caption.text, 'theirs');
    assert.equal(dataset.image('1.png')!.caption.inConflict, false);
  });

  it('keeps a caption that is not UTF-8 and lists it', async () => {
    const latin = Buffer.from([0x63, 0x61, 0x66, 0xe9]);
    const dataset = await open({ ...numberedImages(2), '1.txt': latin });
    const result = await runJob(dataset, tagOfName);
    assert.match(result.failed.get('1.png')!, /UTF-8/);
    assert.deepEqual(await readFile(inFolder('1.txt')), latin);
    assert.equal(await textOf('2.txt'), 'tag of 2.png');
  });

  it('goes on when the folder of some captions is gone', async () => {
    const dataset = await open({ 'sub/1.png': '', '2.png': '', '3.png': '' });
    await unlink(inFolder('2.png'));
    await mkdir(inFolder('2.txt'));
    const result = await runJob(dataset, tagOfName);
    assert.deepEqual([...result.failed.keys()], ['2.png']);
    assert.match(result.failed.get('2.png')!, /^A folder.*has the name of the caption file\.$/);
    assert.equal(result.results.size, 2);
  });

  it('ends when the whole folder is renamed or deleted in its middle: no image is to blame', async () => {
    const dataset = await open(numberedImages(40));
    let asked = 0;
    const result = await runJob(dataset, async (imagePath) => {
      if (++asked === 10) await rename(folder(), `${folder()}-away`);
      return tagOfName(imagePath);
    });
    await rename(`${folder()}-away`, folder());
    assert.equal(result.status, 'error');
    assert.equal((result.error as CaptionError | undefined)?.code, 'FOLDER_MISSING');
    assert.deepEqual([...result.failed], []);
    assert.ok(asked <= 18, `${asked} images were tried`);
  });
});
