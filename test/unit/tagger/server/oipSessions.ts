import assert from 'node:assert/strict';
import { errorCode } from '../../../../src/protocol/channel/wireError';
import type { ServerClientOptions } from '../../../../src/tagger/server/ServerClient';
import { ServerSession } from '../../../../src/tagger/server/ServerSession';
import { OipServer, type OipBehaviour } from './oipServer';

/** A signal that is never aborted. */
export const never = new AbortController().signal;

/** A picture of one colour in the order of the model's channels, 4 x 4 pixels. */
export function picture(...color: [number, number, number]): Float32Array {
  return Float32Array.from({ length: 48 }, (_, index) => color[index % 3]!);
}

const blue = picture(255, 0, 51);
/** What the server's model gives for the picture of {@link run}. */
export const scoresOfBlue = [[1, 0, 0.2]];

/** Scores with three digits; every image has to have some. */
export function rounded(scores: readonly (Float32Array | Error)[]): number[][] {
  return scores.map((own) => {
    if (own instanceof Error) throw own;
    return Array.from(own, (score) => Math.round(score * 1000) / 1000);
  });
}

/** Scores one picture. */
export async function run(session: ServerSession, signal = never): Promise<number[][]> {
  return rounded(await session.run([blue], signal));
}

/** The error that some work ends with. */
export async function failure(work: Promise<unknown>): Promise<{ code: string | undefined; message: string }> {
  try {
    await work;
  } catch (thrown) {
    return { code: errorCode(thrown), message: (thrown as Error).message };
  }
  return assert.fail('it did not fail');
}

/** Has a server send the right answer, changed. */
export function changed(change: (head: Record<string, string>, body: Buffer) => Buffer): OipBehaviour {
  return (response, { answer }) => {
    const { head, body } = answer();
    const bytes = change(head, body);
    response.writeHead(200, { ...head, 'content-length': String(bytes.length) }).end(bytes);
  };
}

/** Has a server answer with a status. */
export function status(code: number, body = '', headers: Record<string, string> = {}): OipBehaviour {
  return (response) => {
    response.writeHead(code, headers).end(body);
  };
}

/** For each test of the surrounding `describe`: a server, and sessions with it. */
export class OipSessions {
  server = new OipServer();
  log: string[] = [];
  private sessions: ServerSession[] = [];

  constructor() {
    beforeEach(async () => {
      this.server = new OipServer();
      this.log = [];
      this.sessions = [];
      await this.server.start();
    });
    afterEach(async () => {
      await Promise.all(this.sessions.map((session) => session.release()));
      await this.server.stop();
    });
  }

  async open(more: Partial<ServerClientOptions> = {}, name = 'tiny', tags = 3): Promise<ServerSession> {
    const options = { url: this.server.url, timeoutSeconds: 10, connections: 3, token: undefined, patience: 2000 };
    const onLog = (line: string): void => {
      this.log.push(line);
    };
    const session = await ServerSession.open({ ...options, onLog, ...more }, name, tags);
    this.sessions.push(session);
    return session;
  }
}
