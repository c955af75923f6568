import assert from 'node:assert/strict';
import type { ServerClientOptions } from '../../../../src/tagger/server/ServerClient';
import type { ServerSession } from '../../../../src/tagger/server/ServerSession';
import { OipServer } from './oipServer';
import { failure, OipSessions, picture, run, scoresOfBlue, status } from './oipSessions';
import { until } from '../../shared/testFolder';

const blue = picture(255, 0, 51);

describe('A server', function () {
  this.timeout(60_000);
  const at = new OipSessions();
  const open = (more: Partial<ServerClientOptions> = {}, name = 'tiny', tags = 3): Promise<ServerSession> =>
    at.open(more, name, tags);

  describe('that is away or has too much to do', () => {
    for (const code of [429, 502, 503, 504]) {
      it(`is asked again after ${code}`, async () => {
        const session = await open();
        at.server.next(status(code, '{"error":"busy"}'), status(code, 'not yet'));
        assert.deepEqual(await run(session), scoresOfBlue);
        assert.equal(at.server.inferences.length, 4);
        assert.deepEqual(at.log, [
          `${at.server.url}/v2/models/tiny/infer answered ${code}: "busy". Trying again.`,
          `${at.server.url} answers again.`,
        ]);
      });
    }

    for (const code of [400, 401, 403, 404, 413, 500, 501]) {
      it(`is not asked again after ${code}`, async () => {
        const session = await open();
        const before = at.server.inferences.length;
        at.server.next(status(code, '{"error":"no"}'));
        const { code: own, message } = await failure(run(session));
        assert.equal(own, code >= 500 ? 'SERVER_FAILED' : 'SERVER_REFUSED');
        assert.match(message, new RegExp(`/v2/models/tiny/infer answered ${code}: "no"\\.`));
        assert.equal(at.server.inferences.length, before + 1);
      });
    }

    it('gets the pause that it asks for', async () => {
      const session = await open();
      at.server.next(status(503, '', { 'retry-after': '1' }));
      const begun = performance.now();
      assert.deepEqual(await run(session), scoresOfBlue);
      assert.ok(performance.now() - begun >= 1000);
    });

    it('is given up at once when it wants a pause that is too long', async () => {
      const session = await open();
      at.server.next(status(429, 'come back later', { 'retry-after': '3600' }));
      const before = at.server.inferences.length;
      const begun = performance.now();
      const { code, message } = await failure(run(session));
      assert.equal(code, 'SERVER_UNREACHABLE');
      assert.match(message, /answered 429: "come back later"\.$/);
      assert.ok(performance.now() - begun < 1000);
      assert.equal(at.server.inferences.length, before + 1);
    });

    it('is given up when it stays away, and says what a proxy wrote', async () => {
      const session = await open({ patience: 600 });
      const page = `<html><head><title>503</title><style>body { color: red }</style></head><body><h1>503 Service
        Unavailable</h1><p>upstream &quot;gpu&quot; is down</p>${'<p>more</p>'.repeat(500)}</body></html>`;
      at.server.next(...Array.from({ length: 30 }, () => status(503, page, { 'content-type': 'text/html' })));
      const begun = performance.now();
      const { code, message } = await failure(run(session));
      assert.equal(code, 'SERVER_UNREACHABLE');
      assert.match(message, /answered 503: "503 503 Service Unavailable upstream "gpu" is down more more/);
      assert.match(message, /It was tried [3-9] times in 1 s\.$/);
      assert.ok(message.length < 450, `${message.length} characters`);
      assert.doesNotMatch(message, /[<>{]/);
      assert.ok(performance.now() - begun < 3000);
    });

    it('may restart in the middle of a run', async () => {
      const session = await open({ patience: 5000 });
      at.server.next(() => {
        void at.server.stop();
      });
      const scores = run(session);
      await until(() => at.server.broken === 1, 'it is gone');
      await new Promise((resolve) => setTimeout(resolve, 300));
      await at.server.start();
      assert.deepEqual(await scores, scoresOfBlue);
      assert.match(at.log.join('\n'), /does not answer\. .*Trying again\.\n.* answers again\.$/);
    });

    it('may close idle connections', async () => {
      const session = await open();
      await at.server.stop();
      await at.server.start();
      assert.deepEqual(await run(session), scoresOfBlue);
    });

    it('may break off in the middle of an answer', async () => {
      const session = await open();
      at.server.next((response, { answer }) => {
        const { head, body } = answer();
        response.writeHead(200, { ...head, 'content-length': String(body.length) });
        response.write(body.subarray(0, 30), () => response.destroy());
      });
      assert.deepEqual(await run(session), scoresOfBlue);
    });

    it('may hang: a request has a limit of time', async () => {
      const session = await open({ timeoutSeconds: 1, patience: 10_000 });
      at.server.next(
        () => undefined,
        (response, { answer }) => {
          response.writeHead(200, answer().head).write('{');
        },
      );
      assert.deepEqual(await run(session), scoresOfBlue);
      assert.equal(at.server.inferences.length, 4);
      assert.match(at.log[0] ?? '', /gave no answer within 1 s/);
    });

    it('is left at once when nobody waits for it any more', async () => {
      const session = await open({ patience: 20_000 });
      for (const behaviour of [() => undefined, status(503, '', { 'retry-after': '9' })]) {
        at.server.next(behaviour);
        const cancel = new AbortController();
        const before = at.server.inferences.length;
        const scores = failure(session.run([blue], cancel.signal));
        await until(() => at.server.inferences.length > before, 'it was asked');
        const begun = performance.now();
        setTimeout(() => {
          cancel.abort(new Error('cancelled'));
        }, 50);
        assert.equal((await scores).message, 'cancelled');
        assert.ok(performance.now() - begun < 500);
      }
      await until(() => at.server.broken === 1, 'the server sees it');
      assert.deepEqual(await run(session), scoresOfBlue);
    });

    it('is not waited for long where nobody listens when a model is loaded', async () => {
      await at.server.stop();
      const { code, message } = await failure(open({ patience: 300 }));
      assert.equal(code, 'SERVER_UNREACHABLE');
      assert.match(message, /^The server http:\/\/127\.0\.0\.1:\d+ does not answer\. .*ECONNREFUSED/);
    });

    it('is waited for while its model is not ready', async () => {
      at.server.readyStatus = 503;
      setTimeout(() => {
        at.server.readyStatus = 200;
      }, 300);
      assert.deepEqual(await run(await open()), scoresOfBlue);
      at.server.readyStatus = 400;
      const { code, message } = await failure(open());
      assert.equal(code, 'SERVER_UNREACHABLE');
      assert.match(message, /The model "tiny" is not ready\./);
    });
  });

  describe('that wants a token', () => {
    const token = 'secret-7';
    it('gets it with every request, and no other server does', async () => {
      const session = await open({ token });
      await run(session);
      assert.ok(at.server.seen.length >= 4);
      assert.ok(at.server.seen.every(({ headers }) => headers.authorization === `Bearer ${token}`));
      const other = new OipServer();
      await other.start();
      try {
        at.server.next(status(307, '', { location: `${other.url}/v2/models/tiny/infer` }));
        const { code, message } = await failure(run(session));
        assert.equal(code, 'SERVER_REFUSED');
        assert.match(message, /answered 307\. It redirects to http/);
        assert.equal(other.seen.length, 0);
      } finally {
        await other.stop();
      }
    });

    it('is sent none where none is set', async () => {
      await run(await open());
      assert.ok(at.server.seen.every(({ headers }) => !('authorization' in headers)));
    });

    it('never finds it in a message, whatever the server says', async () => {
      const session = await open({ token, patience: 300 });
      for (const code of [401, 503]) {
        at.server.next(...Array.from({ length: 9 }, () => status(code, `{"error":"Bearer ${token} is not known"}`)));
        const { message } = await failure(run(session));
        assert.match(message, /"Bearer \*\*\* is not known"/);
        assert.doesNotMatch(message + at.log.join('\n'), /secret-7/);
        if (code === 401) assert.match(message, /Set Server Token, or DATASET_CAPTIONS_SERVER_TOKEN/);
        at.server.forget();
      }
    });

    it('must not have it in its address', async () => {
      const { code, message } = await failure(open({ url: at.server.url.replace('//', '//user:secret-7@') }));
      assert.equal(code, 'SERVER_REFUSED');
      assert.match(message, /has a user name or password in it/);
      assert.doesNotMatch(message, /secret-7/);
    });
  });

  for (const [url, sentence] of [
    ['', /^No server is named: set datasetCaptions\.serverUrl \(--server\)/],
    ['gpu-box', /^"gpu-box" is no address of a server/],
    ['ftp://gpu', /^"ftp:\/\/gpu" is no address of a server/],
  ] as const) {
    it(`has an address, which "${url}" is not`, async () => {
      const { code, message } = await failure(open({ url }));
      assert.equal(code, 'SERVER_REFUSED');
      assert.match(message, sentence);
    });
  }
});
