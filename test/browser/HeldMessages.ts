import type { Port } from '../../src/protocol/channel/Channel';

/** A line between page and host that can be cut: what is sent meanwhile waits, or is lost. */
export class HeldMessages {
  isOpen = true;
  private waiting: (() => void)[] = [];

  /** A port that sends and receives through this line. */
  over(port: Port): Port {
    const pass = (deliver: () => void): void => {
      if (this.isOpen) deliver();
      else this.waiting.push(deliver);
    };
    return {
      post: (message) => {
        pass(() => {
          port.post(message);
        });
      },
      listen: (listener) =>
        port.listen((message) => {
          pass(() => {
            listener(message);
          });
        }),
    };
  }

  /** Delivers what waits, and all that follows. */
  open(): void {
    this.isOpen = true;
    for (const deliver of this.waiting.splice(0)) deliver();
  }

  /** Drops what waits, and delivers all that follows. */
  lose(): void {
    this.waiting = [];
    this.isOpen = true;
  }
}
