import type { PaceClock } from '../../../src/captioner/pace/PaceClock';
import type { CaptionerProfile } from '../../../src/protocol/captioning/captionerProfile';

/** The least of a JPEG: the size in its head is what a test looks at. */
export function jpegOf(width: number, height: number): Uint8Array {
  const frame = [0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0];
  return Uint8Array.from([0xff, 0xd8, ...frame, 0xff, 0xd9]);
}

/** A profile of the model "m" at some servers. */
export function profileAt(endpoints: string[], more: Partial<CaptionerProfile> = {}): CaptionerProfile {
  return {
    name: 'test',
    endpoints,
    model: 'm',
    system: 'You caption.',
    prompt: 'unused',
    trigger: '',
    sampling: { maxTokens: 300 },
    imageSide: 1024,
    maximumInFlight: 8,
    timeoutSeconds: 5,
    output: { template: '{prose}', openings: [], language: '' },
    ...more,
  };
}

/** A clock that runs so many times as fast, so that pauses between tries take no time. */
export function fastClock(factor: number): PaceClock {
  const begun = performance.now();
  return {
    now: () => (performance.now() - begun) * factor,
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds / factor);
      return () => {
        clearTimeout(timer);
      };
    },
    random: Math.random,
  };
}
