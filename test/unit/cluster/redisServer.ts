import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { until } from '../shared/testFolder';

const programs = ['redis-server', 'valkey-server'];

function findServer(): string | undefined {
  return programs.find((program) => {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}

/** A server of queues of its own on this machine, which keeps what it knows in a file and survives being killed. */
export class RedisServer {
  readonly password = 'p@ss/word:1';
  private child: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(program: string): Promise<RedisServer> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'dataset-captions-redis-'));
    const server = new RedisServer(program, folder, await freePort());
    await server.run();
    return server;
  }

  /** With the password as it must stand in an address. */
  get url(): string {
    return `redis://:${encodeURIComponent(this.password)}@127.0.0.1:${this.port}`;
  }

  /** Starts it, with what it knew. */
  async run(): Promise<void> {
    const options = [
      '--port',
      `${this.port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
      '--requirepass',
      this.password,
    ];
    const kept = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', '--maxmemory-policy', 'noeviction'];
    this.child = spawn(this.program, [...options, ...kept], { stdio: 'ignore' });
    await until(() => this.answers(), 'the server of queues answers', 20_000);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Says something to it, such as `CONFIG SET …`. @returns what it answers */
  async say(command: string): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write(`AUTH ${this.password}\r\n${command}\r\n`);
      let answer = '';
      socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
      await until(() => answer.split('\r\n').length > 2, `the server answers ${command}`);
      return answer;
    } finally {
      socket.destroy();
    }
  }

  private async answers(): Promise<boolean> {
    try {
      return (await this.say('PING')).includes('+PONG');
    } catch {
      return false;
    }
  }
}

/**
 * Gives the tests of the surrounding `describe` a server of queues. Where there is none on this machine they fail, or are
 * left out where SKIP_REDIS=1 says that this is known.
 */
export function redisServer(): () => RedisServer {
  let server: RedisServer | undefined;
  before(async function () {
    const program = findServer();
    if (program === undefined) {
      if (process.env.SKIP_REDIS === '1') this.skip();
      throw new Error(
        'There is no redis-server on this machine. Install it, or set SKIP_REDIS=1 to leave these tests out.',
      );
    }
    server = await RedisServer.start(program);
  });
  beforeEach(async () => {
    await server?.say('FLUSHALL');
  });
  after(() => server?.remove());
  return () => server!;
}
