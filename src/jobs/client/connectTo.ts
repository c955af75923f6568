import { lstat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { isOwn } from '../../base/machine/ownership';

/**
 * Opens a connection to a runner.
 * @param address path of its socket; on Windows, name of its pipe
 * @returns undefined if nobody listens there, or if the socket belongs to another user
 */
export async function connectTo(address: string): Promise<Socket | undefined> {
  if (process.platform !== 'win32' && !(await isSocketOfUser(address))) return undefined;
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', () => {
      resolve(undefined);
    });
  });
}

/** Whether socket and folder are of this user: tokens and passwords are sent to whoever made them. */
async function isSocketOfUser(address: string): Promise<boolean> {
  try {
    const folder = path.dirname(address);
    return isOwn(await lstat(address), folder) && isOwn(await lstat(folder), folder);
  } catch {
    return false;
  }
}
