import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import type { Port } from '../../protocol/channel/Channel';

/** Maximum length of a message, in characters. No message of the runner protocol comes near it. */
const maxMessageLength = 64 * 1024 * 1024;

/** A channel's port on a local socket: each message is a line of JSON. */
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
        if (rest.length > maxMessageLength) socket.destroy();
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
