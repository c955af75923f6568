import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { captionChange } from '../../../../src/records/captionChange';
import { recordFiles } from '../../../../src/records/recordFolder';
import { RecordHistory } from '../../../../src/records/RecordHistory';
import { RecordWriter } from '../../../../src/records/RecordWriter';
import { endRunner, jobIs, makeJob, pictureFolder, testRunner } from '../../jobs/testJobs';
import { program, root as projectRoot } from '../../shared/runCli';
import { namesIn, seededRandom, testFolder, until } from '../../shared/testFolder';
import { tagger } from '../writeEntries';
import { originsIn } from './OpenDataset';

/** 50 with `npm run soak -- records`. */
const kills = Number(process.env.DATASET_CAPTIONS_RECORD_KILLS ?? '3');

describe('Records and captions agree when a process is killed', function () {
  this.timeout(60_000 + kills * 20_000);
  const folder = testFolder();
  const jobsFolder = (): string => path.join(folder(), 'jobs');
  const newClient = testRunner(jobsFolder);
  const random = seededRandom(Date.now());

  /** Kills a process that prints something when it has begun to write, at a random moment after that. */
  async function killInWork(file: string, ...args: string[]): Promise<void> {
    const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    await sleep(random(400));
    assert.equal(child.exitCode, null, 'it works until it is killed');
    child.kill('SIGKILL');
    await ended;
  }

  it('that edits them as a window', async () => {
    const script = path.join(folder(), 'window.cjs');
    const entry = path.join(projectRoot, 'test/unit/records/edits/windowScript.ts');
    buildSync({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
      external: ['sharp'],
    });
    const worker = { bundle: true, platform: 'node', format: 'cjs' } as const;
    buildSync({
      ...worker,
      entryPoints: [path.join(projectRoot, 'src/dataset/scan/scanWorker.ts')],
      outfile: path.join(folder(), 'scanWorker.js'),
    });
    const set = path.join(await pictureFolder(folder(), 12));
    const written = '1girl, d1, solo, d2, d3, d4, d5';
    const writer = new RecordWriter(set);
    const names = (await namesIn(set)).map((name) => name.replace('.png', '.txt'));
    for (const name of names) {
      const change = captionChange('', written, new Map(written.split(', ').map((tag) => [tag, 0.9])));
      const finish = await writer.write({ kind: 'written', caption: name, author: tagger, ...change });
      await writeFile(path.join(set, name), written);
      finish();
    }
    await writer.close();
    for (let kill = 0; kill < kills; kill++) {
      await killInWork(script, set, String(random(1e9)));
      const history = await RecordHistory.read(set);
      for (const name of names) {
        const text = await readFile(path.join(set, name), 'utf8');
        const { parts, deleted } = await originsIn(set, name);
        const writers = { h: 'hand', b: 'bulk', d: 'tagger', 1: 'tagger', s: 'tagger' } as const;
        for (const part of parts) assert.equal(part.by, writers[part.text.charAt(0) as 'h'], `${part.text} of ${name}`);
        const gone = written.split(', ').filter((tag) => !text.split(', ').includes(tag));
        assert.deepEqual(deleted.map((part) => part.text).sort(), gone, `deleted from ${name}`);
        // The text is one of those that the records have, without the help of the file.
        assert.ok(
          history.statesOf(name).some((state) => state.text === text),
          `${name} is as recorded`,
        );
      }
    }
    // Some were killed before their first save.
    assert.ok((await recordFiles(set)).length > kills / 3, 'windows recorded what they did');
  });

  it('that captions them as the runner, or as a command line', async () => {
    const count = 100 * kills;
    const set = await pictureFolder(folder(), count);
    const captions = async (): Promise<string[]> => (await namesIn(set)).filter((name) => name.endsWith('.txt'));
    for (let index = 1; index <= count; index += 3) await writeFile(path.join(set, `${index}.txt`), 'mine');
    const job = await makeJob(jobsFolder(), set, { mode: 'all', write: 'update' });
    for (let kill = 0; kill < kills; kill++) {
      const before = await written();
      const enough = async (): Promise<boolean> => (await written()) > before + random(20);
      if (kill % 2 === 0) {
        const client = newClient();
        await client.request('start', { id: job.id });
        await until(enough, 'some are written');
        await endRunner(jobsFolder(), 'SIGKILL');
        client.dispose();
      } else {
        const child = spawn(
          process.execPath,
          [program, 'caption', set, '--mode', 'all', '--write-mode', 'update', '--jobs', jobsFolder()],
          { stdio: 'ignore' },
        );
        await until(async () => child.exitCode !== null || (await enough()), 'some are written');
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      const history = await RecordHistory.read(set);
      for (const name of await captions()) {
        const text = await readFile(path.join(set, name), 'utf8');
        const { parts, deleted } = history.originsOf(name, text);
        assert.deepEqual(deleted, [], name);
        for (const part of parts)
          assert.equal(part.by, part.text === 'mine' ? 'hand' : 'tagger', `${part.text} of ${name}`);
        if (text !== 'mine')
          assert.ok(
            history.statesOf(name).some((state) => state.text === text),
            name,
          );
      }
    }
    const client = newClient();
    await client.request('start', { id: job.id });
    await jobIs(client, job.id, ({ status }) => status === 'completed', 60_000 + 20 * count);
    for (let index = 1; index <= count; index += 3)
      assert.match(await readFile(path.join(set, `${index}.txt`), 'utf8'), /mine/);

    async function written(): Promise<number> {
      const texts = await Promise.all(
        (await captions()).map((name) => readFile(path.join(set, name), 'utf8').catch(() => '')),
      );
      return texts.filter((text) => text.includes('theme')).length;
    }
  });
});
