/** Milliseconds over which the speed is averaged. */
const window = 5000;
/** Milliseconds before a speed says anything. */
const shortest = 500;

/** The mean speed of the last seconds. */
export class SpeedMeter {
  private samples: { at: number; bytes: number }[] = [];

  /**
   * @param bytes received so far in this run
   * @param now in milliseconds
   * @returns bytes per second; 0 while it is not known
   */
  measure(bytes: number, now: number): number {
    this.samples.push({ at: now, bytes });
    // The sample just before the window stays, so that a pause longer than the window shows as a low speed.
    while ((this.samples[1]?.at ?? now) <= now - window) this.samples.shift();
    const first = this.samples[0];
    if (first === undefined || now - first.at < shortest) return 0;
    return Math.max(0, Math.round(((bytes - first.bytes) * 1000) / (now - first.at)));
  }
}
