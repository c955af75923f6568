import * as l10n from '@vscode/l10n';
import { formatSeconds } from './downloadText';

/**
 * Window over which the rate is averaged, in milliseconds: the average of the whole run would include the model's
 * warm-up.
 */
const rateWindow = 15_000;

/** Measures how fast a job is, and estimates how long it will take. */
export class JobRate {
  /** times in milliseconds, with the number of images processed by then; oldest first */
  private readonly samples: { time: number; handled: number }[] = [];

  /**
   * Records the progress and returns images per second and the seconds left; undefined until enough is known.
   * @param time now, in milliseconds of any clock that never goes back
   */
  measure(time: number, handled: number, total: number): { imagesPerSecond: number; secondsLeft: number } | undefined {
    const last = this.samples.at(-1);
    if (last === undefined || time - last.time >= 250) this.samples.push({ time, handled });
    while (this.samples.length > 2 && time - (this.samples[1]?.time ?? time) >= rateWindow) this.samples.shift();
    const first = this.samples[0];
    if (first === undefined || time - first.time < 1000 || handled <= first.handled) return undefined;
    const imagesPerSecond = ((handled - first.handled) / (time - first.time)) * 1000;
    return { imagesPerSecond, secondsLeft: Math.max(total - handled, 0) / imagesPerSecond };
  }

  /** The result of {@link measure} in one line, such as `12.3 images/s, 3 min left`; empty while that is undefined. */
  describe(time: number, handled: number, total: number): string {
    const measured = this.measure(time, handled, total);
    return measured === undefined ? '' : describeRate(measured.imagesPerSecond, measured.secondsLeft);
  }
}

/** One line such as `12.3 images/s, 3 min left`. */
export function describeRate(perSecond: number, secondsLeft: number): string {
  const rate =
    perSecond >= 99.5 ? perSecond.toFixed(0) : perSecond >= 0.95 ? perSecond.toFixed(1) : perSecond.toFixed(2);
  return secondsLeft <= 0
    ? l10n.t('{0} images/s', rate)
    : l10n.t('{0} images/s, {1} left', rate, formatSeconds(secondsLeft));
}
