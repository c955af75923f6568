import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** How a link is. */
export interface LinkOptions {
  /** time that each byte takes one way, in milliseconds */
  delay: number;
  /** bytes a second in each direction, of all connections together; without it there is no limit */
  bandwidth?: number;
}

/** One direction of a link, which all connections share. */
interface Lane {
  /** when the last byte that was sent is on its way, in the clock of the performance API */
  free: number;
}

/**
 * A TCP proxy that behaves like a distant server: what comes in on one side goes out on the other after a delay, no
 * faster than the bandwidth, in order. It can be cut: silently, as by a tunnel that lost its way, or with all
 * connections broken.
 */
export class SlowLink {
  /** bytes that the server sent to the browser */
  received = 0;
  private readonly sockets = new Set<Socket>();
  /** what should have arrived during a silence */
  private held: (() => void)[] = [];
  private state: 'open' | 'silent' | 'broken' = 'open';
  private readonly up: Lane = { free: 0 };
  private readonly down: Lane = { free: 0 };

  private constructor(
    private readonly server: Server,
    private options: LinkOptions,
  ) {}

  /** Listens on a free port of this machine. @param port where the server behind the link listens */
  static async open(port: number, options: LinkOptions): Promise<SlowLink> {
    // A side that has nothing more to say may still listen: its end must not overtake what is on its way to it.
    const server = createServer({ allowHalfOpen: true });
    const link = new SlowLink(server, options);
    server.on('connection', (near) => {
      link.join(near, port);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return link;
  }

  /** The port to connect to. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The time that a byte takes one way now, in milliseconds. */
  get delay(): number {
    return this.options.delay;
  }

  /** What is sent from now on takes this long; it overtakes nothing that is on its way. */
  change(options: LinkOptions): void {
    this.options = options;
  }

  /** Nothing passes any more; the connections do not know it. What is sent meanwhile arrives after {@link mend}. */
  silence(): void {
    this.state = 'silent';
  }

  /** All connections end with an error, and new ones are refused. */
  break(): void {
    this.state = 'broken';
    this.held = [];
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** The link is as before. */
  mend(): void {
    this.state = 'open';
    for (const deliver of this.held.splice(0)) deliver();
  }

  /** Ends all connections and listens no more. */
  async close(): Promise<void> {
    this.break();
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private join(near: Socket, port: number): void {
    if (this.state === 'broken') {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      // Its `close` follows, which ends the other side.
      socket.on('error', () => undefined);
    }
    this.carry(near, far, this.up);
    this.carry(far, near, this.down);
  }

  /** Carries bytes, and then the end, from one socket to another. */
  private carry(from: Socket, to: Socket, lane: Lane): void {
    const waiting: { at: number; deliver: () => void }[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const arrive = (deliver: () => void): void => {
      if (this.state === 'silent') this.held.push(deliver);
      else deliver();
    };
    const next = (): void => {
      timer = undefined;
      for (let first = waiting[0]; first !== undefined && first.at <= performance.now(); first = waiting[0]) {
        waiting.shift();
        arrive(first.deliver);
      }
      const [first] = waiting;
      if (first !== undefined) timer = setTimeout(next, Math.max(0, first.at - performance.now()));
    };
    const send = (bytes: number, deliver: () => void): void => {
      const now = performance.now();
      const { delay, bandwidth } = this.options;
      lane.free = Math.max(lane.free, now) + (bandwidth === undefined ? 0 : (bytes / bandwidth) * 1000);
      // Bytes of one connection stay in order, also where the delay has just become shorter.
      const at = Math.max(lane.free + delay, waiting.at(-1)?.at ?? 0);
      // A link without a delay costs not even the millisecond that a timer takes.
      if (at <= now && waiting.length === 0) arrive(deliver);
      else {
        waiting.push({ at, deliver });
        timer ??= setTimeout(next, at - now);
      }
    };
    from.on('data', (data) => {
      if (lane === this.down) this.received += data.length;
      send(data.length, () => {
        if (to.writable) to.write(data);
      });
    });
    from.on('end', () => {
      send(0, () => to.end());
    });
    from.on('close', (hadError) => {
      if (hadError) send(0, () => to.resetAndDestroy());
    });
  }
}
