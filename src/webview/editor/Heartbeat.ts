import { ConnectionWatch } from './ConnectionWatch';

/** Pause between two looks at the connection, in milliseconds. */
const lookPause = 500;

/** What a heartbeat does and knows. */
interface HeartbeatPort {
  /** asks the host for a sign of life; whatever the host says is reported to {@link Heartbeat.heard} */
  ping(): void;
  /** whether something was sent that the host has not answered or confirmed */
  isWaiting(): boolean;
  /** the connection was lost, or is there again */
  changed(isLost: boolean): void;
}

/** Gives a {@link ConnectionWatch} its clock, for a page in a window. */
export class Heartbeat {
  private readonly watch = new ConnectionWatch(performance.now());
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly port: HeartbeatPort) {}

  /** Begins to look at the connection. */
  start(): void {
    this.timer ??= setInterval(() => {
      this.look();
    }, lookPause);
  }

  /** Ends it. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** The host said something. */
  heard(): void {
    this.change(() => {
      this.watch.heard(performance.now());
    });
  }

  /** Looks at the connection now, as after something was sent. */
  look(): void {
    if (this.timer === undefined) return;
    const isUsed = document.visibilityState === 'visible' && document.hasFocus();
    this.change(() => {
      if (this.watch.look(performance.now(), { isWaiting: this.port.isWaiting(), isUsed })) this.port.ping();
    });
  }

  private change(act: () => void): void {
    const { isLost } = this.watch;
    act();
    if (this.watch.isLost !== isLost) this.port.changed(this.watch.isLost);
  }
}
