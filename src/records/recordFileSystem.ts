import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { errno } from '../base/errno';
import { noFollow } from '../dataset/files/openFlags';
import { makeOwnFolder, ownFileMode } from '../base/machine/ownFolder';
import { syncFolder } from '../dataset/files/writeFileSafely';

/** A new file that is written from its beginning to its end. */
export interface AppendedFile {
  /** @param flushed resolve only when the disk has it */
  append(text: string, flushed: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What records need of a file system. */
export interface RecordFileSystem {
  /** Creates missing folders, the outermost first. The parent of the first has to exist. */
  makeFolders(folders: readonly string[]): Promise<void>;
  /** Makes a file that does not exist. */
  create(file: string): Promise<AppendedFile>;
  /** Writes a file anew, and flushes it. */
  rewrite(file: string, text: string): Promise<void>;
}

/**
 * The file system of the machine, for records in a dataset: they have the permissions of new files, as captions do.
 */
export const recordFileSystem: RecordFileSystem = fileSystem(0o666, async (folders) => {
  for (const folder of folders) {
    await mkdir(folder).catch((thrown: unknown) => {
      if (errno(thrown) !== 'EEXIST') throw thrown;
    });
    await refuseLink(folder);
  }
});

/**
 * A link could lead anywhere, and anybody who may write into the dataset may have made it: writing through it could
 * overwrite files of somebody else. @throws if a folder is a link
 */
async function refuseLink(folder: string): Promise<void> {
  if (!(await isLink(folder))) return;
  throw new Error(`${folder} is a link, which is not followed. Put a folder in its place.`);
}

/** Whether a path is a symbolic link; false if that cannot be found out. */
export async function isLink(file: string): Promise<boolean> {
  const info = await lstat(file).catch(() => undefined);
  return info?.isSymbolicLink() === true;
}

/** The same for records in the user's own folder, which nobody else may read. */
export const ownRecordFileSystem: RecordFileSystem = fileSystem(ownFileMode, async (folders) => {
  for (const folder of folders) await makeOwnFolder(folder);
});

function fileSystem(mode: number, makeFolders: RecordFileSystem['makeFolders']): RecordFileSystem {
  return {
    makeFolders,
    async create(file) {
      const handle = await open(file, 'ax', mode);
      await syncFolder(path.dirname(file));
      return {
        async append(text, flushed) {
          // Unlike `write`, it repeats until everything is written.
          await handle.appendFile(text);
          if (flushed) await handle.datasync();
        },
        close: () => handle.close(),
      };
    },
    async rewrite(file, text) {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | noFollow;
      const handle = await open(file, flags, mode);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}
