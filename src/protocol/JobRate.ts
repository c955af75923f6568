import { formatSeconds } from './downloadText';

/** The rate is that of so many last milliseconds: the first images wait for the model to warm up. */
const span = 15_000;

/** How fast a job is, and how long it will take. */
export class JobRate {
  /** moments in milliseconds, and how many images were handled by then; oldest first */
  private readonly samples: { time: number; handled: number }[] = [];

  /**
   * One line such as `12.3 images/s, 3 min left`; empty until there is something to tell.
   * @param time now, in milliseconds of any clock that never goes back
   */
  describe(time: number, handled: number, total: number): string {
    const last = this.samples.at(-1);
    if (last === undefined || time - last.time >= 250) this.samples.push({ time, handled });
    while (this.samples.length > 2 && time - (this.samples[1]?.time ?? time) >= span) this.samples.shift();
    const first = this.samples[0];
    if (first === undefined || time - first.time < 1000 || handled <= first.handled) return '';
    const perSecond = ((handled - first.handled) / (time - first.time)) * 1000;
    const rate =
      perSecond >= 99.5 ? perSecond.toFixed(0) : perSecond >= 0.95 ? perSecond.toFixed(1) : perSecond.toFixed(2);
    const left = handled >= total ? '' : `, ${formatSeconds((total - handled) / perSecond)} left`;
    return `${rate} images/s${left}`;
  }
}
