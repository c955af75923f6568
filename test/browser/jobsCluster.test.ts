import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { until } from './DatasetView';
import { captions } from './datasetFiles';
import { JobsView } from './JobsView';
import { useWorkbench } from './useWorkbench';

describe('Caption on Cluster in the real workbench', () => {
  const suite = useWorkbench();
  const processes: ChildProcess[] = [];

  beforeEach(function () {
    if (process.env.SKIP_REDIS === '1') this.skip();
  });

  afterEach(async () => {
    // The worker before the queue that it takes leave of.
    for (const child of processes.splice(0).reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
  });

  /** Starts a program that ends with the test, and waits until it says this. */
  async function start(command: string, args: readonly string[], ready: RegExp): Promise<void> {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    processes.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    child.on('error', (error) => (said += error.message));
    await until(`${command} to begin`, () => {
      if (child.exitCode !== null || child.pid === undefined) throw new Error(`${command} cannot be started: ${said}`);
      return Promise.resolve(ready.test(said));
    });
  }

  it('hands the empty images to a worker and shows the job like any other', async () => {
    const { dataset } = suite;
    const port = await freePort();
    const url = `redis://127.0.0.1:${String(port)}`;
    const data = path.join(suite.scratch, 'redis');
    await mkdir(data, { recursive: true });
    const redis = ['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--save', ''];
    await start('redis-server', redis, /Ready to accept connections/);
    await start(process.execPath, ['dist/cli.js', 'worker', '--redis', url, '--root', dataset], /./);
    const { workbench } = await suite.open();
    const { page } = workbench;
    const before = await captions(dataset);

    await workbench.runCommand('Dataset Captions: Caption on Cluster…');
    await page.locator('.quick-input-list').getByText('Caption Empty').click();
    const input = page.locator('.quick-input-widget input').first();
    await page.getByText('Kept in the secret storage').waitFor();
    await input.fill(url);
    await page.keyboard.press('Enter');
    await page.getByText('The dataset must be in it').waitFor();
    assert.equal(await input.inputValue(), dataset);
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    const jobs = await JobsView.open(workbench);
    await jobs.says(`Caption Empty – ${suite.name}`, /Completed/, 30_000);
    await workbench.screenshot('jobs cluster');
    const after = await captions(dataset);
    assert.ok(after['5_scenery/sunset.txt']);
    for (const [name, text] of Object.entries(before)) assert.equal(after[name], text, name);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
