import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { WorkerThread } from '../../../src/base/WorkerThread';
import { testFolder } from '../shared/testFolder';

interface Lost {
  code: number;
  cause: unknown;
}

describe('A thread of a pool', () => {
  const folder = testFolder();

  /** A thread that answers with twice the number, throws at -1 and exits with 7 at -2. */
  async function start(): Promise<{
    thread: WorkerThread<number | ArrayBuffer, number>;
    reply: Promise<number>;
    lost: Promise<Lost>;
    losses: Lost[];
  }> {
    const file = path.join(folder(), 'worker.cjs');
    await writeFile(
      file,
      `const { parentPort, workerData } = require('node:worker_threads');
       parentPort.on('message', (request) => {
         if (request === -1) throw new Error('thrown in the thread');
         if (request === -2) process.exit(7);
         parentPort.postMessage(request instanceof ArrayBuffer ? request.byteLength : request * workerData);
       });`,
    );
    let onReply: (value: number) => void = () => undefined;
    let onLost: (lost: Lost) => void = () => undefined;
    const reply = new Promise<number>((resolve) => (onReply = resolve));
    const lost = new Promise<Lost>((resolve) => (onLost = resolve));
    const losses: Lost[] = [];
    const thread = new WorkerThread<number | ArrayBuffer, number>({
      file,
      workerData: 2,
      onReply: (value) => {
        onReply(value);
      },
      onLost: (code, cause) => {
        losses.push({ code, cause });
        onLost({ code, cause });
      },
    });
    return { thread, reply, lost, losses };
  }

  it('answers, and takes memory over', async () => {
    const first = await start();
    first.thread.post(21);
    assert.equal(await first.reply, 42);
    await first.thread.retire();
    const second = await start();
    const memory = new ArrayBuffer(5);
    second.thread.post(memory, [memory]);
    assert.equal(await second.reply, 5);
    assert.equal(memory.byteLength, 0, 'it is not here any more');
    await second.thread.retire();
    assert.deepEqual([first.losses, second.losses], [[], []], 'a thread that was retired is not lost');
  });

  it('is lost once when it ends by itself, with what it threw or its exit code', async () => {
    const throwing = await start();
    throwing.thread.post(-1);
    const { cause } = await throwing.lost;
    assert.match(String(cause), /thrown in the thread/);
    const exiting = await start();
    exiting.thread.post(-2);
    assert.deepEqual(await exiting.lost, { code: 7, cause: undefined });
    await exiting.thread.retire();
    assert.deepEqual([throwing.losses.length, exiting.losses.length], [1, 1]);
  });

  it('is lost when its script is not there', async () => {
    let onLost: (cause: unknown) => void = () => undefined;
    const lost = new Promise((resolve) => (onLost = resolve));
    const file = path.join(folder(), 'none.cjs');
    new WorkerThread({
      file,
      onReply: () => undefined,
      onLost: (_, cause) => {
        onLost(cause);
      },
    });
    assert.match(String(await lost), /none\.cjs/);
  });

  it('keeps its process alive only while it is to', async () => {
    const script = path.join(folder(), 'main.cjs');
    const worker = path.join(folder(), 'idle.cjs');
    await writeFile(worker, `require('node:worker_threads').parentPort.on('message', () => undefined);`);
    buildSync({
      stdin: {
        contents: `
          import { WorkerThread } from './src/base/WorkerThread';
          const thread = new WorkerThread({ file: process.argv[2], onReply: () => undefined, onLost: () => undefined });
          thread.post(1);
          setTimeout(() => { console.log('held'); thread.holdProcess(false); }, 300).unref();`,
        resolveDir: path.resolve(__dirname, '../../..'),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
    });
    const child = spawn(process.execPath, [script, worker], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (data: Buffer) => (said += data.toString()));
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.equal(said, 'held\n');
  });
});
