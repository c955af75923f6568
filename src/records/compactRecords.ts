import { open, stat, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { fileLines } from '../base/fileLines';
import { ownFileMode } from '../base/machine/ownFolder';
import { identityText, isAlive, parseIdentity, thisProcess } from '../base/machine/processIdentity';
import { syncFolder } from '../dataset/files/writeFileSafely';
import { lineOf, RecordEncoder } from './RecordEncoder';
import { isLaterRecord, parseRecordLine } from './RecordDecoder';
import { isLink } from './recordFileSystem';
import { newRecordName, recordFiles, recordFolderOf, recordFoldersOf } from './recordFolder';

/** If there are at least so many files, those of processes that have ended are merged. */
const manyFiles = 64;
/** Minimum number of files that can be merged for it to be worth it. */
const worthMerging = 16;
/** Longer files are left alone, in bytes: they would be copied again and again. */
const longestMerged = 16 * 1024 * 1024;
/** How long a file is left alone if it cannot be found out whether its process lives, in milliseconds. */
const silence = 30 * 24 * 3_600_000;
/** Lines are written in pieces of this many characters. */
const pieceLength = 1024 * 1024;

/** With these each record begins. */
const firstLetters = '["r",';
const lastLine = Buffer.from(lineOf(['z']));

/**
 * Merges the files of records of processes that have ended into one, where there are many. Others may read and write
 * records meanwhile: the new file is complete before the old ones go, and an entry that stands in both counts once. So
 * two processes may merge at the same time, or one may be killed meanwhile.
 * @param root of the dataset, absolute
 * @returns how many files were merged
 * @throws errors of the file system; then nothing was removed that the new file does not have
 */
export async function compactRecords(root: string, least = manyFiles): Promise<number> {
  const all = await recordFiles(root);
  const inDataset = recordFolderOf(root);
  const folders = new Set(all.map((file) => path.dirname(file)));
  let merged = 0;
  for (const folder of folders) {
    // Files behind a link may belong to another dataset, and must not be removed.
    if (folder === inDataset && (await hasLink(recordFoldersOf(root)))) continue;
    const files = all.filter((file) => path.dirname(file) === folder);
    merged += await mergeFiles(files, least, folder === inDataset ? 0o666 : ownFileMode);
  }
  return merged;
}

async function hasLink(folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) if (await isLink(folder)) return true;
  return false;
}

/** Merges files of one folder. @param mode of the new file */
async function mergeFiles(files: readonly string[], least: number, mode: number): Promise<number> {
  if (files.length < least) return 0;
  const ended: string[] = [];
  for (const file of files) if (await mayBeMerged(file).catch(() => false)) ended.push(file);
  if (ended.length < Math.min(least, worthMerging)) return 0;
  const now = Date.now();
  const name = newRecordName(new Date(now));
  const merged = path.join(path.dirname(files[0] ?? ''), name);
  const handle = await open(merged, 'wx', mode);
  try {
    // Its first line names this process, so that other processes leave the file alone until it is complete.
    const head = new RecordEncoder(path.basename(name, '.jsonl'), now, identityText(thisProcess())).head();
    await copyLines(ended, handle, head);
    await handle.sync();
  } catch (thrown) {
    await handle.close();
    await unlink(merged).catch(() => undefined);
    throw thrown;
  }
  const { ino, size } = await handle.stat();
  await handle.close();
  await syncFolder(path.dirname(merged));
  // If somebody removed or truncated the new file, keep the old ones.
  const written = await stat(merged);
  if (written.ino !== ino || written.size !== size) return 0;
  for (const file of ended) await unlink(file).catch(() => undefined);
  return ended.length;
}

async function copyLines(files: readonly string[], target: FileHandle, head: string): Promise<void> {
  let piece = head;
  for (const file of files) {
    // If the first line of a record is damaged, its lines would count as part of the record before it.
    let hasBegun = false;
    for await (const lines of fileLines(file, (byte) => byte === lastLine[0])) {
      for (const { text } of lines) {
        if (!isWhole(text)) continue;
        hasBegun ||= text.startsWith(firstLetters);
        if (hasBegun) piece += `${text}\n`;
      }
      if (piece.length < pieceLength) continue;
      await target.appendFile(piece);
      piece = '';
    }
    if (hasBegun) piece += lastLine.toString();
  }
  await target.appendFile(`${piece}${lastLine.toString()}`);
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Whether a file is not written any more. */
async function mayBeMerged(file: string): Promise<boolean> {
  const { size, mtimeMs } = await stat(file);
  if (size > longestMerged || (await isLink(file)) || !(await isReadable(file))) return false;
  if (await endsWith(file, size)) return true;
  if (Date.now() - mtimeMs > silence) return true;
  const writer = parseIdentity(await writerOf(file));
  return writer !== undefined && isAlive(writer, mtimeMs, file) === 'dead';
}

async function endsWith(file: string, size: number): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const end = Buffer.alloc(lastLine.length);
    const { bytesRead } = await handle.read(end, 0, end.length, Math.max(0, size - end.length));
    return bytesRead === end.length && end.equals(lastLine);
  } finally {
    await handle.close();
  }
}

/** Whether a file has no record of a later version, whose lines this version does not understand. */
async function isReadable(file: string): Promise<boolean> {
  for await (const lines of fileLines(file)) {
    for (const { text } of lines) if (text.startsWith(firstLetters) && isLater(text)) return false;
  }
  return true;
}

function isLater(head: string): boolean {
  const line = parseRecordLine(head);
  return line !== undefined && isLaterRecord(line);
}

/** The process that the first line of a file names; empty if it names none. */
async function writerOf(file: string): Promise<string> {
  for await (const [first] of fileLines(file)) {
    const line: unknown = JSON.parse(first?.text ?? '[]');
    const writer: unknown = Array.isArray(line) && line[0] === 'r' ? line[4] : undefined;
    return typeof writer === 'string' ? writer : '';
  }
  return '';
}
