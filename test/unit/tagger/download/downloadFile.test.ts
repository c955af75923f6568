import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { link, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DownloadError, type DownloadErrorCode } from '../../../../src/tagger/download/DownloadError';
import { downloadFile } from '../../../../src/tagger/download/downloadFile';
import type { DownloadRequest, FileProgress } from '../../../../src/tagger/download/downloadRequest';
import { answer, HubServer, sha256, type Behaviour } from '../models/hubServer';
import { namesIn, testFolder } from '../../shared/testFolder';

const filePath = '/owner/model/resolve/main/model.onnx';
const content = randomBytes(300_000);

describe('A download', () => {
  const folder = testFolder();
  let hub: HubServer;
  let url: string;
  let target: string;
  /** the pauses between tries, in milliseconds: nobody waits for them */
  let pauses: number[];
  beforeEach(async () => {
    hub = new HubServer();
    await hub.start();
    url = hub.add(filePath, content);
    target = path.join(folder(), 'new/model.onnx');
    pauses = [];
  });
  afterEach(() => hub.stop());

  let clock = 0;
  function requestOf(more: Partial<DownloadRequest> = {}): DownloadRequest {
    return {
      url,
      target,
      size: content.length,
      hash: { algorithm: 'sha256', encoding: 'hex', digest: sha256(content) },
      ...more,
      environment: {
        // A second further each time, so that every report is due.
        now: () => (clock += 1000),
        sleep: (time) => {
          pauses.push(time);
          return Promise.resolve();
        },
        ...more.environment,
      },
    };
  }
  const download = (more: Partial<DownloadRequest> = {}): Promise<void> => downloadFile(requestOf(more));
  const cutAt = (position: number): Behaviour => hub.cutAt(position, target);
  const rangesAsked = (): (string | undefined)[] => hub.storage.gets.map(({ headers }) => headers.range);
  const files = (): Promise<string[]> => namesIn(path.dirname(target)).catch(() => []);

  /** Expects a failure with one clear message, and nothing under the final name or beside it. */
  async function fails(code: DownloadErrorCode, message: RegExp, more: Partial<DownloadRequest> = {}): Promise<void> {
    await assert.rejects(download(more), (error) => {
      assert.ok(error instanceof DownloadError, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      assert.equal(error.path, target);
      return true;
    });
    assert.deepEqual(await files(), []);
  }
  async function leavePart(bytes: number): Promise<void> {
    const controller = new AbortController();
    hub.nextOnStorage((_request, response) => {
      response.setHeader('etag', `"storage-${sha256(content).slice(0, 16)}"`);
      response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, bytes));
    });
    const cancelled = download({
      signal: controller.signal,
      onProgress: ({ receivedBytes }) => {
        if (receivedBytes > 0)
          setTimeout(() => {
            controller.abort();
          }, 50);
      },
    });
    await assert.rejects(cancelled, { code: 'CANCELLED' });
    assert.deepEqual(await files(), ['model.onnx.partial', 'model.onnx.partial.json']);
    assert.equal((await stat(`${target}.partial`)).size, bytes);
  }

  for (const [what, make] of [
    ['symbolic', symlink],
    ['hard', link],
  ] as const) {
    it(`overwrites no other file by a ${what} link that others put under the name of its partial file`, async () => {
      const important = path.join(folder(), 'important.txt');
      const part = `${target}.partial`;
      for (const source of [undefined, { url, digest: sha256(content), etag: '"x"' }]) {
        await rm(path.dirname(target), { recursive: true, force: true });
        await mkdir(path.dirname(target));
        await writeFile(important, 'important');
        await make(important, part);
        if (source !== undefined) await writeFile(`${part}.json`, JSON.stringify(source));
        await download();
        assert.equal(await readFile(important, 'utf8'), 'important');
        assert.deepEqual(await readFile(target), content);
        assert.deepEqual(await files(), ['model.onnx']);
      }
    });
  }

  it('asks with HEAD, follows the redirect, and puts the file under its name', async () => {
    const progress: FileProgress[] = [];
    await download({ onProgress: (now) => progress.push(now) });
    assert.deepEqual(await readFile(target), content);
    assert.deepEqual(await files(), ['model.onnx']);
    assert.deepEqual(
      hub.hub.seen.map(({ method, headers }) => [method, headers['accept-encoding']]),
      [
        ['HEAD', 'identity'],
        ['GET', 'identity'],
      ],
    );
    assert.equal(progress[0]?.receivedBytes, 0);
    assert.ok(progress.some(({ bytesPerSecond }) => bytesPerSecond > 0));
    const last = progress.at(-1);
    assert.deepEqual(
      [last?.phase, last?.receivedBytes, last?.totalBytes],
      ['verifying', content.length, content.length],
    );
  });

  it('learns a size that is not known from X-Linked-Size', async () => {
    const totals = new Set<number>();
    await download({ size: undefined, onProgress: ({ totalBytes }) => totals.add(totalBytes) });
    assert.ok(totals.has(content.length));
    assert.deepEqual(await readFile(target), content);
  });

  it('sends the token to its own origin and to no other host', async () => {
    await download({ token: { value: 'hf_secret', origin: hub.hub.origin } });
    for (const { headers } of hub.hub.seen) assert.equal(headers.authorization, 'Bearer hf_secret');
    assert.ok(hub.storage.seen.length > 0);
    for (const { headers, path: asked } of hub.storage.seen) {
      assert.equal(headers.authorization, undefined);
      assert.ok(!JSON.stringify([headers, asked]).includes('hf_secret'));
    }
  });

  it('follows relative redirects with the token, and no circle for ever', async () => {
    const relative: Behaviour = (_request, response) =>
      response.writeHead(307, { location: '/owner/model/resolve/main/model.onnx' }).end();
    hub.nextOnHub(relative);
    await download({ token: { value: 'hf_secret', origin: hub.hub.origin } });
    assert.equal(hub.hub.gets.length, 2);
    for (const { headers } of hub.hub.gets) assert.equal(headers.authorization, 'Bearer hf_secret');
    await rm(target);
    hub.nextOnHub(...Array.from({ length: 20 }, () => relative));
    await fails('REFUSED', /circle/);
  });

  for (const percent of [10, 50, 99]) {
    it(`goes on after a cut at ${percent} % without asking for a byte twice`, async () => {
      const cut = Math.floor((content.length * percent) / 100);
      hub.nextOnStorage(cutAt(cut));
      const progress: FileProgress[] = [];
      await download({ onProgress: (now) => progress.push(now) });
      assert.deepEqual(await readFile(target), content);
      assert.deepEqual(rangesAsked(), [undefined, `bytes=${cut}-`]);
      assert.equal(hub.storage.bodyBytes, content.length);
      assert.ok(progress.some(({ retry }) => retry?.includes('localhost') === true));
      assert.deepEqual(await files(), ['model.onnx']);
    });
  }

  it('goes on however often the line breaks while bytes come, and gives up after five tries without any', async () => {
    hub.nextOnStorage(...Array.from({ length: 12 }, (_, index) => cutAt((index + 1) * 20_000)));
    await download();
    assert.deepEqual(await readFile(target), content);
    assert.equal(hub.storage.bodyBytes, content.length);
    await rm(target);
    pauses = [];
    hub.nextOnStorage(...Array.from({ length: 10 }, () => cutAt(0)));
    await fails('NETWORK', /localhost.*try again/i);
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000]);
  });

  it('starts from the beginning when the server sends 200 in place of 206', async () => {
    hub.nextOnStorage(cutAt(100_000), hub.withoutRanges());
    await download();
    assert.deepEqual(await readFile(target), content);
    assert.deepEqual(rangesAsked(), [undefined, 'bytes=100000-']);
    assert.equal(hub.storage.bodyBytes, 100_000 + content.length);
  });

  it('takes a range that comes with status 200', async () => {
    hub.nextOnStorage(cutAt(100_000), hub.rangeWith200());
    await download();
    assert.deepEqual(await readFile(target), content);
    assert.equal(hub.storage.bodyBytes, content.length);
  });

  it('does not trust a 206 that holds another part', async () => {
    hub.nextOnStorage(cutAt(100_000), answer(206, { 'content-range': `bytes 5-9/${content.length}` }, 'wrong'));
    await download();
    assert.deepEqual(await readFile(target), content);
  });

  it('does not mix a file with an older one when there is no hash to tell by', async () => {
    const plain = hub.add('/plain', content, 'small');
    hub.nextOnHub(cutAt(100_000));
    const unhashed = { url: plain, hash: undefined, size: undefined };
    await download(unhashed);
    assert.deepEqual(await readFile(target), content);
    assert.equal(hub.hub.bodyBytes, content.length);
    await rm(target);
    // Another content under the same address, between two tries.
    const changed = randomBytes(200_000);
    hub.nextOnHub((request, response) => {
      cutAt(100_000)(request, response);
      hub.add('/plain', changed, 'small');
    });
    await download(unhashed);
    assert.deepEqual(await readFile(target), changed);
  });

  it('refuses wrong bytes of the right size, deletes them, and works the next time', async () => {
    hub.nextOnStorage(answer(200, {}, 'x'.repeat(content.length)));
    await fails('WRONG_HASH', /damaged.*deleted/);
    await download();
    assert.deepEqual(await readFile(target), content);
  });

  it('refuses a file with another hash before it receives any of it', async () => {
    await fails('WRONG_HASH', /another file/, {
      hash: { algorithm: 'sha256', encoding: 'hex', digest: 'ab'.repeat(32) },
    });
    assert.equal(hub.storage.seen.length, 0);
  });

  it('refuses a file of another size before it writes any of it', async () => {
    await fails('WRONG_SIZE', /300000 bytes and not 299999/, { size: 299_999 });
    hub.nextOnStorage(answer(200, { 'transfer-encoding': 'chunked' }, 'x'.repeat(content.length + 1)));
    await fails('WRONG_SIZE', /more than 300000/);
  });

  it('recognises a Git LFS pointer', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\nsize ${content.length}\n`;
    hub.nextOnHub(answer(200, { 'content-type': 'text/plain' }, pointer));
    await fails('LFS_POINTER', /Git LFS pointer/);
  });

  it('recognises a web page in place of the file, and keeps what was there', async () => {
    const page = answer(
      200,
      { 'content-type': 'text/html; charset=utf-8' },
      '<!-- portal -->\n<html><body>Sign in</body></html>',
    );
    hub.nextOnStorage(page);
    await fails('NOT_THE_FILE', /web page.*browser/);
    await leavePart(100_000);
    hub.nextOnStorage(page);
    await assert.rejects(download(), { code: 'NOT_THE_FILE' });
    assert.equal((await stat(`${target}.partial`)).size, 100_000);
  });

  it('says what 401, 403 and 404 mean and does not try again', async () => {
    hub.nextOnHub(answer(401), answer(403), answer(404));
    await fails('UNAUTHORIZED', /127\.0\.0\.1.*401.*token/);
    await fails('FORBIDDEN', /403.*licence.*token/);
    await fails('NOT_FOUND', /404.*no such file/);
    assert.equal(hub.hub.gets.length, 3);
    assert.deepEqual(pauses, []);
    hub.nextOnStorage(answer(403));
    await fails('FORBIDDEN', /localhost/);
    await fails('NOT_FOUND', /404/, { url: `${hub.hub.origin}/owner/gone/resolve/main/model.onnx` });
  });

  it('never shows the signature of an address', async () => {
    hub.nextOnStorage(answer(404));
    await assert.rejects(download(), (error: Error) => !error.message.includes('secret'));
  });

  it('waits as long as a 429 says, in seconds or until a date', async () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    hub.nextOnHub(answer(429, { 'retry-after': '7' }), answer(429, { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }));
    await download({ environment: { now: () => now } });
    assert.deepEqual(pauses, [7000, 30_000]);
    assert.deepEqual(await readFile(target), content);
  });

  it('says when to come back where a 429 wants a long pause', async () => {
    hub.nextOnHub(answer(429, { 'retry-after': '3600' }));
    await fails('RATE_LIMITED', /429.*in 3600 seconds/);
    assert.deepEqual(pauses, []);
  });

  it('tries again after 503, 500 and 408, and gives up after the sixth', async () => {
    hub.nextOnHub(answer(503), answer(500), answer(408));
    await download();
    assert.deepEqual(pauses, [500, 1000, 2000]);
    await rm(target);
    hub.nextOnHub(...Array.from({ length: 10 }, () => answer(503)));
    await fails('SERVER_ERROR', /503.*problem/);
    assert.equal(hub.hub.gets.length, 4 + 6);
  });

  it('tries again when a server stops answering', async () => {
    hub.nextOnStorage((_request, response) => {
      response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 100_000));
    });
    await download({ timeout: 300 });
    assert.deepEqual(await readFile(target), content);
    assert.deepEqual(rangesAsked(), [undefined, 'bytes=100000-']);
  });

  it('says that a server cannot be reached or is no server', async () => {
    await fails('NETWORK', /127\.0\.0\.1:1\b.*network/, { url: 'http://127.0.0.1:1/file' });
    assert.equal(pauses.length, 5);
    await fails('BAD_ADDRESS', /no web address/, { url: 'huggingface' });
  });

  it('is cancelled at once, keeps what it has, and goes on with it later', async () => {
    await leavePart(100_000);
    hub.storage.bodyBytes = 0;
    await download();
    assert.deepEqual(await readFile(target), content);
    assert.equal(hub.storage.bodyBytes, content.length - 100_000);
    assert.deepEqual(await files(), ['model.onnx']);
  });

  it('only has to verify when all bytes were there', async () => {
    await leavePart(100_000);
    await writeFile(`${target}.partial`, content);
    const { length } = hub.hub.gets;
    await download();
    assert.deepEqual(await readFile(target), content);
    assert.equal(hub.hub.gets.length, length);
  });

  it('starts anew when the part is damaged, and says so once', async () => {
    await leavePart(100_000);
    await writeFile(`${target}.partial`, Buffer.alloc(100_000));
    await fails('WRONG_HASH', /damaged/);
    await download();
    assert.deepEqual(await readFile(target), content);
  });

  it('goes on with a part from another mirror, since the hash says that it is the same file', async () => {
    await leavePart(100_000);
    hub.storage.bodyBytes = 0;
    await download({ url: hub.add('/mirror/model/resolve/main/model.onnx', content) });
    assert.deepEqual(await readFile(target), content);
    assert.equal(hub.storage.bodyBytes, content.length - 100_000);
  });

  it('replaces a file that is not the right one and leaves the right one alone', async () => {
    await mkdir(path.dirname(target));
    await writeFile(target, 'old');
    hub.nextOnHub(answer(404));
    await assert.rejects(download(), { code: 'NOT_FOUND' });
    assert.equal(await readFile(target, 'utf8'), 'old');
    await download();
    const { length } = hub.hub.seen;
    await download();
    assert.equal(hub.hub.seen.length, length);
    assert.deepEqual(await readFile(target), content);
  });

  it('verifies by SHA-512 in base64 as package feeds give it', async () => {
    const digest = createHash('sha512').update(content).digest('base64');
    await download({ hash: { algorithm: 'sha512', encoding: 'base64', digest } });
    assert.deepEqual(await readFile(target), content);
  });

  it('downloads once when asked twice at a time: the second waits', async () => {
    const phases: string[] = [];
    let release = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      hub.nextOnStorage((request, response) => {
        release = () => {
          hub.withoutRanges()(request, response);
        };
        resolve();
      });
    });
    const first = download();
    await asked;
    const second = download({
      onProgress: ({ phase }) => {
        phases.push(phase);
        if (phase === 'waiting') release();
      },
    });
    await Promise.all([first, second]);
    assert.ok(phases.includes('waiting'));
    assert.equal(hub.storage.bodyBytes, content.length);
    assert.deepEqual(await files(), ['model.onnx']);
  });

  it('checks the free space first', async () => {
    await fails('DISK_FULL', /1 MB free.*33\.9 MB are needed/, {
      environment: { freeSpace: () => Promise.resolve(1_000_000) },
    });
    assert.equal(hub.storage.bodyBytes, 0);
  });

  it('gives the space back when the disk is full in spite of that, and says when it may not write', async function () {
    const disk = path.dirname(target);
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      // Only root may mount; there is no other way to a full disk.
      this.skip();
    }
    try {
      await fails('DISK_FULL', /disk is full/, { environment: { freeSpace: () => Promise.resolve(undefined) } });
      assert.deepEqual(pauses, []);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      await fails('NO_PERMISSION', /no permission.*another folder/);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('says that it may not write where it may not', async () => {
    await writeFile(path.join(folder(), 'new'), 'a file');
    await assert.rejects(download(), { code: 'NOT_WRITABLE', message: /cannot be written/ });
  });
});
