/** Rates are averages over so many milliseconds: single answers take seconds. */
const rateWindow = 30_000;

/** The rate of answers, and of their tokens, per second. */
export class AnswerRate {
  /** oldest first */
  private readonly answers: { time: number; tokens: number | undefined }[] = [];
  private begun: number | undefined;

  /** The first request is sent. @param now in milliseconds of a clock that never goes back */
  begin(now: number): void {
    this.begun ??= now;
  }

  /** @param tokens of the answer; undefined where the server does not report them */
  add(now: number, tokens: number | undefined): void {
    this.answers.push({ time: now, tokens });
    this.forget(now);
  }

  /** The averages now; `tokensPerSecond` only where servers reported tokens. */
  measure(now: number): { imagesPerSecond: number; tokensPerSecond?: number } {
    this.forget(now);
    const seconds = Math.max(1, Math.min(rateWindow, now - (this.begun ?? now)) / 1000);
    const told = this.answers.flatMap(({ tokens }) => tokens ?? []);
    const imagesPerSecond = this.answers.length / seconds;
    if (told.length === 0) return { imagesPerSecond };
    return { imagesPerSecond, tokensPerSecond: told.reduce((sum, tokens) => sum + tokens, 0) / seconds };
  }

  private forget(now: number): void {
    while (this.answers[0] !== undefined && now - this.answers[0].time > rateWindow) this.answers.shift();
  }
}
