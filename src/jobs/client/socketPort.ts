import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import type { Port } from '../../protocol/channel/Channel';

/** Maximum length of a message, in characters. No message of the runner protocol comes near it. */
const maxMessageLength = 64 * 1024 * 1024;
/**
 * Bytes that may wait for the other side to read them. One that does not read, such as a stopped command, would fill
 * the memory of this process: it is disconnected, and connects again when it continues.
 */
const maxWaiting = 16 * 1024 * 1024;

/**
 * A channel's port on a local socket: each message is a line of JSON. Whoever does not read what is sent is
 * disconnected.
 */
export function socketPort(socket: Socket): Port {
  return {
    post: (message) => {
      if (!socket.writable) return;
      socket.write(`${JSON.stringify(message)}\n`);
      if (socket.writableLength > maxWaiting) socket.destroy();
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
