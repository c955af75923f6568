/** The number of loads that count: what the link was long ago says nothing about now. */
const remembered = 16;
/** From this round trip on the host is far away, in milliseconds: within a building it is a few. */
const farRoundTrip = 80;

/** A load that has begun. */
export interface BegunLoad {
  readonly at: number;
  /** what had been delivered when it began, and when the last of it had been */
  readonly delivered: number;
  readonly deliveredAt: number;
}

/**
 * Measures the link to the host by what comes over it: answers say how far it is, pictures how much it carries. The
 * page does not learn how many bytes a picture has, so amounts are in pixels of thumbnails: what matters is how long
 * the pictures to come will take.
 */
export class LinkMeter {
  private delivered = 0;
  private deliveredAt = 0;
  private inFlight = 0;
  /** apart from each other: pictures that the host has to make first must not push out how soon it answers */
  private readonly answers: number[] = [];
  private readonly durations: number[] = [];
  private readonly rates: number[] = [];

  /** The shortest time in which an answer or a picture came lately, in milliseconds; undefined before the first. */
  get roundTrip(): number | undefined {
    const times = [...this.answers, ...this.durations];
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** How much came at best lately, in pixels of thumbnails a millisecond; undefined before the first. */
  get rate(): number | undefined {
    return this.rates.length === 0 ? undefined : Math.max(...this.rates);
  }

  /** Whether the host is so far away that what is loaded in vain is paid for by what is looked at. */
  get isFar(): boolean {
    return (this.roundTrip ?? 0) >= farRoundTrip;
  }

  /** The host answered a question within this time, in milliseconds. */
  answered(milliseconds: number): void {
    keep(this.answers, milliseconds);
  }

  /** A load begins. */
  begin(now: number): BegunLoad {
    // While nothing was loaded the link was not slow but idle.
    if (this.inFlight === 0) this.deliveredAt = now;
    this.inFlight++;
    return { at: now, delivered: this.delivered, deliveredAt: this.deliveredAt };
  }

  /** A load ended. @param pixels how many came, as pixels of thumbnails; 0 where it failed or was called off */
  end(load: BegunLoad, pixels: number, now: number): void {
    this.inFlight--;
    if (pixels === 0) return;
    this.delivered += pixels;
    this.deliveredAt = now;
    keep(this.durations, now - load.at);
    // Since it began, others came, too: together they say what the link can do, each alone says how far it is.
    keep(this.rates, (this.delivered - load.delivered) / Math.max(1, now - load.deliveredAt));
  }
}

function keep(values: number[], value: number): void {
  values.push(value);
  if (values.length > remembered) values.shift();
}
