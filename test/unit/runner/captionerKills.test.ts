import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { namesIn, seededRandom, testFolder, until, writtenAs } from '../shared/testFolder';
import { ChatServer, makeCaptionerJob, testProfile, timesAsked } from '../jobs/captionerJobs';
import { endRunner, jobIs, pictureFolder, testRunner } from '../jobs/testJobs';

/** The full numbers are for the soak. */
const kills = Number(process.env.DATASET_CAPTIONS_CAPTIONER_KILLS ?? '3');
const images = Number(process.env.DATASET_CAPTIONS_CAPTIONER_IMAGES ?? '80');
/** How long an answer takes, in milliseconds. */
const answerTime = 40;
/** most requests at a time, so that the last kill, too, finds it at work */
const inFlight = 4;

describe('A job by a captioner whose process is killed again and again', function () {
  this.timeout(60_000 + kills * 15_000 + images * 200);
  const folder = testFolder();
  const jobsFolder = (): string => path.join(folder(), 'jobs');
  const newClient = testRunner(jobsFolder);

  it('asks again only for what was in flight, and writes every answer once', async () => {
    const root = await pictureFolder(folder(), images);
    let answers = 0;
    const server = await ChatServer.start(async (image) => {
      const number = ++answers;
      await delay(answerTime);
      return image === '7'
        ? "I'm sorry, but I can't help with that."
        : `Picture ${image} is red, says answer ${number}.`;
    });
    try {
      const profile = testProfile(server.url, { maximumInFlight: inFlight });
      const job = await makeCaptionerJob(jobsFolder(), root, profile, { mode: 'all' });
      const captions = async (): Promise<string[]> => (await namesIn(root)).filter((name) => name.endsWith('.txt'));
      const random = seededRandom(7);
      /** how often each image may be asked about: once, and once more for each kill that it was in flight at */
      const allowed = new Map<string, number>();
      const seen = new Map<string, string>();
      let killedInWork = 0;
      for (let round = 0; round < kills; round++) {
        const before = server.asked.length;
        const client = newClient();
        await client.request('start', { id: job.id });
        await until(() => server.asked.length > before, 'an image is asked about', 30_000);
        await delay(random((0.6 * images * answerTime) / inFlight / kills));
        client.dispose();
        await endRunner(jobsFolder(), 'SIGKILL');
        const written = new Set(await captions());
        if (written.size < images - 1) killedInWork++;
        const lost = [...new Set(server.asked.slice(before))].filter((image) => !written.has(`${image}.txt`));
        // The one whose answer is flagged has no caption, and its outcome may be in the journal all the same.
        assert.ok(lost.filter((image) => image !== '7').length <= inFlight, `lost: ${lost.join(' ')}`);
        for (const image of lost) allowed.set(image, (allowed.get(image) ?? 0) + 1);
        for (const name of written) {
          const print = await writtenAs(path.join(root, name));
          assert.equal(print, seen.get(name) ?? print, `${name} was written again`);
          seen.set(name, print);
        }
      }
      assert.equal(killedInWork, kills, 'it was done before the last kill');
      const client = newClient();
      await client.request('start', { id: job.id });
      const limit = 30_000 + images * 100;
      const done = await jobIs(client, job.id, ({ status }) => status === 'completed', limit);
      assert.deepEqual([done.counts.written, done.counts.flagged, done.counts.failed], [images - 1, 1, 0]);
      for (const [name, print] of seen) assert.equal(await writtenAs(path.join(root, name)), print, name);
      for (const [image, times] of timesAsked(server)) {
        const most = 1 + (allowed.get(image) ?? 0);
        assert.ok(times <= most, `${image} was asked about ${String(times)} times, and ${String(most)} are needed`);
      }
      for (const name of await captions()) {
        const image = path.basename(name, '.txt');
        assert.match(
          await readFile(path.join(root, name), 'utf8'),
          new RegExp(`^Picture ${image} is red, says answer \\d+\\.$`),
        );
      }
      assert.equal((await namesIn(root)).filter((name) => name.endsWith('.tmp')).length, 0);
    } finally {
      await server.stop();
    }
  });
});
