import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { stat, rm, readFile } from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { parseShardData } from '../../../src/cluster/shards';
import { ClusterError } from '../../../src/cluster/ClusterError';
import { WriteThreads } from '../../../src/dataset/files/WriteThreads';
import { readUnsavedEdits } from '../../../src/extension/document/JournalFile';
import { isJobInfo, isJobManifest, isJobState } from '../../../src/jobs/folder/jobChecks';
import { imageOfLine } from '../../../src/jobs/folder/JobFolder';
import { parseOutcomes, readJournal } from '../../../src/jobs/folder/journalEntries';
import { runnerEvents, runnerParams, runnerResults } from '../../../src/jobs/client/runnerChecks';
import { newEndpoint } from '../../../src/jobs/client/runnerEndpoint';
import { runnerProtocolVersion } from '../../../src/jobs/client/runnerProtocol';
import { gridParams, webviewEvents } from '../../../src/protocol/page/gridChecks';
import { taggerEvents, taggerParams, taggerResults } from '../../../src/protocol/tagging/taggerChecks';
import { readWireError, RemoteError } from '../../../src/protocol/channel/wireError';
import { JobQueue } from '../../../src/runner/JobQueue';
import { RunnerServer } from '../../../src/runner/RunnerServer';
import { DownloadError } from '../../../src/tagger/download/DownloadError';
import { downloadFile } from '../../../src/tagger/download/downloadFile';
import { fuzzAsync, fuzzSeconds, oddTexts } from './fuzzRun';
import { sha256 } from '../tagger/models/hubServer';
import { testFolder } from '../shared/testFolder';

const keys = [
  'path',
  'text',
  'draft',
  'id',
  'start',
  'count',
  'scope',
  'form',
  'command',
  'kind',
  'setup',
  'models',
  'jobs',
];
const odd = fc.anything({
  key: fc.oneof(fc.constantFrom(...keys, '__proto__', 'constructor', 'type', 'method'), fc.string()),
  withBigInt: true,
  withDate: true,
  withMap: true,
  withTypedArray: true,
  withNullPrototype: true,
  maxDepth: 4,
});
const json = fc.jsonValue({ maxDepth: 4 });

describe('Whatever another process sends', function () {
  this.timeout(fuzzSeconds * 1000 + 20_000);
  const folder = testFolder();

  it('is taken or refused by the checks of every boundary, and by what reads the files of jobs', async () => {
    const checks = [
      gridParams,
      webviewEvents,
      taggerParams,
      taggerResults,
      taggerEvents,
      runnerParams,
      runnerResults,
      runnerEvents,
    ]
      .flatMap((table) => Object.values(table) as ((value: unknown) => boolean)[])
      .concat([isJobInfo, isJobManifest, isJobState]);
    await fuzzAsync(
      fc.asyncProperty(
        fc.oneof(odd, json),
        oddTexts('["w",1', '["o",2,"written",', '{"captionPath":', ']'),
        async (value, text) => {
          for (const check of checks) assert.equal(typeof check(value), 'boolean');
          new RemoteError(readWireError(value));
          try {
            parseShardData(value);
          } catch (thrown) {
            assert.ok(thrown instanceof ClusterError);
          }
          try {
            imageOfLine(text);
          } catch (thrown) {
            assert.ok(thrown instanceof SyntaxError);
          }
          parseOutcomes(`${text}\n${safeJson(value)}`);
          const file = path.join(folder(), 'journal');
          await writeFile(file, `${text}\n${safeJson(value)}`);
          await readJournal(file);
          if (!text.startsWith('[')) await readUnsavedEdits(file);
        },
      ),
    );
  });

  it('does not keep the process that runs jobs from answering the next one', async () => {
    const lines: string[] = [];
    const writer = new WriteThreads({ workerFile: path.resolve(__dirname, '../../../dist/writeWorker.js') });
    const nothing = (): void => undefined;
    const queue = new JobQueue({
      ...{ jobsFolder: folder(), taggerEntry: 'none', writer, onLog: (line) => lines.push(line) },
      ...{ onChange: nothing, onHandled: nothing, onRemoved: nothing },
    });
    const endpoint = newEndpoint();
    const server = new RunnerServer(queue, endpoint, {
      onRetire: nothing,
      onClients: nothing,
      onLog: (line) => lines.push(line),
    });
    await server.listen();
    const socketMode = (await stat(endpoint.address)).mode & 0o777;
    assert.equal(socketMode, 0o600);
    assert.equal((await stat(path.dirname(endpoint.address))).mode & 0o777, 0o700);
    const socket = connect(endpoint.address);
    await once(socket, 'connect');
    let id = 1_000_000;
    const ask = askOver(socket);
    await ask(++id, 'hello', { token: endpoint.token, version: runnerProtocolVersion });
    const methods = fc.constantFrom(
      ...Object.keys(runnerParams).filter((name) => name !== 'retire'),
      '__proto__',
      'toString',
    );
    const message = fc.oneof(
      json,
      fc.record(
        {
          type: fc.oneof(fc.constantFrom('request', 'result', 'error', 'cancel', 'event'), json),
          id: fc.oneof(fc.nat(9), json),
          method: fc.oneof(methods, json),
          params: json,
          name: json,
          payload: json,
          error: json,
          result: json,
        },
        { requiredKeys: [] },
      ),
      fc.record({
        type: fc.constant('request'),
        id: fc.nat(9),
        method: methods,
        params: fc.oneof(
          json,
          fc.record(
            {
              id: fc.constantFrom('..', '../x', 'a/b', '', 'x\0', '20200101T000000-00000000'),
              before: json,
              secrets: json,
            },
            { requiredKeys: [] },
          ),
        ),
      }),
    );
    try {
      await fuzzAsync(
        fc.asyncProperty(
          fc.array(fc.oneof(message.map(safeJson), oddTexts('{', '}', '"type":')), { maxLength: 8 }),
          async (sent) => {
            for (const line of sent) socket.write(`${line}\n`);
            const answer = await ask(++id, 'unloadTagger', {});
            assert.equal(answer, true);
          },
        ),
      );
    } finally {
      socket.destroy();
      server.close();
      await queue.close();
      await rm(path.dirname(endpoint.address), { recursive: true, force: true });
    }
    assert.ok(lines.length < 40, `${lines.length} lines in the log`);
  });

  it('of a hub either gives the file that was asked for, or a reason, and no other file', async () => {
    const content = Buffer.from('the model that was asked for'.repeat(40));
    const target = path.join(folder(), 'model.onnx');
    let head: { status: number; headers: string[] } = { status: 200, headers: [] };
    let answers: { status: number; headers: string[]; body: Buffer }[] = [];
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data: Buffer) => {
        const isHead = data.toString('latin1').startsWith('HEAD');
        const next = isHead
          ? { ...head, body: Buffer.alloc(0) }
          : (answers.shift() ?? { status: 404, headers: [], body: Buffer.alloc(0) });
        socket.write(
          `HTTP/1.1 ${next.status} X\r\n${next.headers.map((line) => `${line}\r\n`).join('')}connection: close\r\n\r\n`,
        );
        socket.end(next.body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const value = fc.oneof(
      fc.constantFrom(
        '-1',
        '0',
        'NaN',
        '1e9',
        '99999999999999999999',
        String(content.length),
        'bytes 0-9/10',
        `bytes 5-${content.length - 1}/${content.length}`,
        'bytes */*',
        'bytes 9-1/3',
      ),
      fc.constantFrom(
        `"${sha256(content)}"`,
        `"${'0'.repeat(64)}"`,
        'W/"x"',
        'text/html',
        'Wed, 21 Oct 2099 07:28:00 GMT',
      ),
      fc.constantFrom(
        '/again',
        `${origin}/other`,
        'file:///etc/passwd',
        'http://',
        '//',
        'http://[::',
        'http://127.0.0.1:1/',
        'ftp://x/y',
        'javascript:1',
      ),
      fc.string({ maxLength: 12 }).map((text) => text.replace(/[^\x20-\x7e]/g, '?')),
    );
    const header = fc
      .tuple(
        fc.constantFrom(
          'location',
          'content-length',
          'content-range',
          'etag',
          'x-linked-etag',
          'x-linked-size',
          'retry-after',
          'content-type',
          'content-encoding',
          'accept-ranges',
        ),
        value,
      )
      .map(([name, text]) => `${name}: ${text}`);
    const status = fc.constantFrom(
      200,
      200,
      200,
      206,
      206,
      301,
      302,
      307,
      400,
      401,
      403,
      404,
      405,
      416,
      429,
      500,
      503,
      204,
      304,
    );
    const body = fc.oneof(
      fc.constant(content),
      fc.nat(content.length).map((end) => content.subarray(0, end)),
      fc.nat(content.length).map((start) => content.subarray(start)),
      fc.constant(Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\nsize 3\n`)),
      fc.constant(Buffer.from('<!doctype html><title>Sign in</title>')),
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
    );
    const answer = fc.record({ status, headers: fc.array(header, { maxLength: 4 }), body });
    const plain = fc.record({ status: fc.constant(200), headers: fc.constant<string[]>([]), body });
    try {
      await fuzzAsync(
        fc.asyncProperty(
          fc.record({ status, headers: fc.array(header, { maxLength: 3 }) }),
          fc.array(fc.oneof(answer, plain), { maxLength: 7 }),
          fc.boolean(),
          async (first, rest, isKnown) => {
            head = first;
            answers = [...rest];
            const secret = 'hub-token-that-nobody-must-see';
            try {
              await downloadFile({
                ...{ url: `${origin}/owner/model`, target, timeout: 500, token: { value: secret, origin } },
                ...(isKnown ? { size: content.length } : {}),
                hash: { algorithm: 'sha256', encoding: 'hex', digest: sha256(content) },
                environment: { sleep: () => Promise.resolve(), freeSpace: () => Promise.resolve(1e12) },
              });
              assert.deepEqual(await readFile(target), content);
            } catch (thrown) {
              assert.ok(thrown instanceof DownloadError, String(thrown));
              assert.ok(!thrown.message.includes(secret));
              await assert.rejects(stat(target), { code: 'ENOENT' });
            }
            for (const file of [target, `${target}.partial`, `${target}.partial.json`]) await rm(file, { force: true });
          },
        ),
      );
    } finally {
      server.close();
    }
  });
});

function safeJson(value: unknown): string {
  try {
    const text: unknown = JSON.stringify(value);
    return typeof text === 'string' ? text : 'null';
  } catch {
    return 'null';
  }
}

/** Asks over a socket by hand, and gives whether there was an answer that is no error. */
function askOver(socket: Socket): (id: number, method: string, params: unknown) => Promise<boolean> {
  let rest = '';
  const waiting = new Map<number, (isResult: boolean) => void>();
  socket.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { id, type } = JSON.parse(line) as { id: number; type: string };
      waiting.get(id)?.(type === 'result');
      waiting.delete(id);
    }
  });
  socket.on('close', () => {
    for (const end of waiting.values()) end(false);
  });
  return (id, method, params) => {
    const answered = new Promise<boolean>((resolve) => waiting.set(id, resolve));
    socket.write(`${JSON.stringify({ type: 'request', id, method, params })}\n`);
    return answered;
  };
}
