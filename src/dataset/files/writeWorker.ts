// Entry point of a worker thread that writes caption files one after another. `WriteThreads` starts it.
import { parentPort } from 'node:worker_threads';
import { useInheritedLanguage } from '../../base/displayLanguage';
import { accessListsOf } from './accessLists';
import { writeCaptionFile, type FileWrite } from './FileWriter';
import { toFailedWrite, type FileWritten, type WriteReply, type WriteRequest } from './writeMessages';

useInheritedLanguage();

parentPort?.on('message', (request: WriteRequest) => {
  const replaced = request.filter(({ content, expected }) => content !== null && expected !== null);
  const listed = accessListsOf(replaced.map(({ file }) => file));
  const reply: WriteReply = request.map((write) => written(write, listed));
  parentPort?.postMessage(reply);
});

function written(write: FileWrite, listed: (file: string) => boolean): FileWritten {
  try {
    return { written: writeCaptionFile(write, listed) };
  } catch (thrown) {
    return toFailedWrite(thrown, write.file);
  }
}
