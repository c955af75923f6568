import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { activationTime } from './activationTime';
import { makeScratch, processesOf } from './datasetFiles';
import { DatasetView, until } from './DatasetView';
import { Workbench } from './Workbench';

/**
 * Milliseconds that VS Code may say the start took. On a machine that does other things too the best of several starts counts,
 * and more is allowed by the number of programs that share each core: the window itself starts at the same time.
 */
const limit = (): number => 30 * Math.max(1, (1.5 * loadavg()[0]!) / availableParallelism());
const starts = 6;

describe('the start of the extension', function () {
  this.timeout(120_000);
  let scratch: string;
  let workbench: Workbench | undefined;

  beforeEach(async () => {
    scratch = await makeScratch();
  });
  afterEach(async function () {
    await workbench?.disposeAfter(this.currentTest);
    workbench = undefined;
    await rm(scratch, { recursive: true, force: true });
  });

  it('is quick, loads nothing native and starts no process until a dataset is opened', async () => {
    workbench = await Workbench.open({ folder: scratch });
    const times = [await activationTime(workbench)];
    while (Math.min(...times) > limit() && times.length < starts) {
      await workbench.reload();
      times.push(await activationTime(workbench));
    }
    const allowed = Math.round(limit());
    console.log(`      VS Code says ${times.join(', ')} ms; ${allowed} ms are allowed on a machine as busy as this.`);
    assert.ok(Math.min(...times) <= allowed, `the starts took ${times.join(', ')} ms, ${allowed} ms are allowed`);
    assert.equal(await isLoaded(workbench), false, 'most of the code is not loaded before it is used');
    assert.deepEqual(await nativeFiles(), []);
    assert.deepEqual(await processesOf('/dist/tagger.js'), []);
    assert.deepEqual(await processesOf('/dist/runner.js'), []);

    await DatasetView.open(workbench, 'dataset');
    await until(
      'thumbnails are made by a process of their own',
      async () => (await processesOf('/dist/tagger.js')).length > 0,
    );
    assert.equal(await isLoaded(workbench), true);
    assert.deepEqual(await nativeFiles(), [], 'the extension host itself never loads anything native');
  });
});

/** Whether the extension has loaded all of its code in one of the starts: then its log begins with what runs. */
async function isLoaded(workbench: Workbench): Promise<boolean> {
  return (await workbench.extensionHostLog()).includes('[info] Dataset Captions ');
}

/** Libraries of the product that the extension host has loaded. */
async function nativeFiles(): Promise<string[]> {
  const hosts = await processesOf('type=extensionHost');
  assert.ok(hosts.length > 0, 'there is an extension host');
  if (process.platform !== 'linux') return [];
  const lines = hosts.flatMap((pid) => readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n'));
  return [...new Set(lines.flatMap((line) => /\/\S*(?:sharp|libvips|onnxruntime)\S*$/.exec(line)?.[0] ?? []))];
}
