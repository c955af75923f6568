// How well requests keep servers of vision-language models busy, over real HTTP to stand-ins that compute nothing: one with
// 32 slots and 2 s an answer, one that takes a request after the other, one that refuses more than 8 at a time. And how
// many pictures a core prepares: JPEG of 1 megapixel to 1024 pixels.
import { performance } from 'node:perf_hooks';
import { bundled } from './bundled.mjs';
import { photos, rounded, table } from './measure.mjs';

/** Until the window has settled, in milliseconds. */
const settling = 20_000;

/**
 * @param {{ seconds: number }} options
 */
export async function measure({ seconds }) {
  const { prepareJpeg } = await bundled('src/tagger/pictures/prepareJpeg.ts');
  const files = await photos(24);
  const prepared = await measurePreparing(prepareJpeg, files, Math.max(5000, seconds * 100));
  const { jpeg } = await prepareJpeg({ imagePath: files[0], side: 1024, maximumBytes: 5e6 });
  const { Captioner } = await bundled('src/captioner/Captioner.ts');
  const { StandInServer } = await bundled('test/unit/shared/StandInServer.ts');
  const time = Math.max(60_000, seconds * 1000);
  const run = (options) => measureServer(Captioner, StandInServer, jpeg, options, time);
  const [slots, serial, refusing] = await Promise.all([
    run({ slots: 32, latency: 2000 }),
    run({ slots: 1, latency: 1000 }),
    run({ latency: 500, refuseAbove: 8 }),
  ]);
  return {
    servers: [
      { server: '32 slots, 2 s', capacity: 16, ...slots },
      { server: 'one after the other, 1 s', capacity: 1, ...serial },
      { server: '429 above 8, 0.5 s', capacity: 16, ...refusing },
    ].map(({ capacity, ...row }) => ({ ...row, '% of capacity': rounded((row['images/s'] / capacity) * 100) })),
    prepared,
  };
}

/** @param {Awaited<ReturnType<typeof measure>>} result */
export function describe({ servers, prepared }) {
  return `${table(servers)}\n\nJPEG of 1 MP prepared at 1024 pixels, for each core: ${prepared} pictures/s`;
}

async function measureServer(Captioner, StandInServer, jpeg, options, time) {
  const server = await StandInServer.start(options);
  const captioner = await Captioner.open({
    profile: {
      name: 'bench',
      endpoints: [server.url],
      model: 'stand-in',
      system: '',
      sampling: { maxTokens: 200 },
      imageSide: 1024,
      maximumInFlight: 64,
      timeoutSeconds: 120,
    },
    keys: new Map(),
    preparePicture: () => Promise.resolve(jpeg),
  });
  const end = new globalThis.AbortController();
  const begun = performance.now();
  const answers = [];
  let errors = 0;
  let most = 0;
  /** When a request was refused: refusals within two seconds are one try. */
  const tries = [];
  let refused = 0;
  const watch = globalThis.setInterval(() => {
    const now = performance.now() - begun;
    if (server.refused > refused) {
      if (now - (tries.at(-1) ?? -1e9) > 2000) tries.push(now);
      // What counts is what comes after the last try.
      most = 0;
    }
    refused = server.refused;
    if (now > settling) most = Math.max(most, server.inFlight);
  }, 10);
  const workers = Array.from({ length: captioner.imagesInWork }, async () => {
    while (!end.signal.aborted) {
      try {
        await captioner.ask('picture', 'Describe the picture.', end.signal);
        answers.push(performance.now() - begun);
      } catch {
        if (!end.signal.aborted) errors++;
      }
    }
  });
  await new Promise((resolve) => setTimeout(resolve, time));
  globalThis.clearInterval(watch);
  const { window } = captioner.status().endpoints[0];
  end.abort();
  await Promise.all(workers);
  await captioner.close();
  await server.stop();
  const counted = answers.filter((at) => at >= settling && at < time).length;
  return {
    'images/s': rounded((counted * 1000) / (time - settling)),
    errors,
    'most in flight': most,
    window,
    'tries refused': tries.length,
  };
}

async function measurePreparing(prepareJpeg, files, milliseconds) {
  for (const imagePath of files.slice(0, 3)) await prepareJpeg({ imagePath, side: 1024, maximumBytes: 5e6 });
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let done = 0;
  while (performance.now() - begun < milliseconds) {
    await prepareJpeg({ imagePath: files[done % files.length], side: 1024, maximumBytes: 5e6 });
    done++;
  }
  const { user, system } = process.cpuUsage(cpu);
  // Of the processor's time, as other programs may use the machine, too.
  return rounded((done * 1e6) / (user + system));
}
