import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import type { Port } from '../../protocol/channel/Channel';

/** A message longer than this, in characters, is none of ours. */
const longestMessage = 64 * 1024 * 1024;

/** A channel's port on a local socket: one JSON text for each message, ended by a line end. */
export function socketPort(socket: Socket): Port {
  return {
    post: (message) => {
      if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
    },
    listen: (listener) => {
      const decoder = new StringDecoder('utf8');
      let rest = '';
      const receive = (piece: Buffer): void => {
        rest += decoder.write(piece);
        const lines = rest.split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > longestMessage) socket.destroy();
        for (const line of lines) {
          const message = parse(line);
          if (message !== undefined) listener(message);
        }
      };
      socket.on('data', receive);
      return () => socket.off('data', receive);
    },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
