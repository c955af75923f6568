// Entry point of a worker thread that writes caption files one after another. `WriteThreads` starts it.
import { parentPort } from 'node:worker_threads';
import { useInheritedLanguage } from '../../base/displayLanguage';
import { writeCaptionFile, type FileWrite } from './FileWriter';
import { announceWrites } from './writeFileSafely';
import { toFailedWrite, type FileWritten, type WriteReply, type WriteRequest } from './writeMessages';

useInheritedLanguage();

parentPort?.on('message', (request: WriteRequest) => {
  announceWrites(request.filter(({ expected }) => expected !== null).map(({ file }) => file));
  const reply: WriteReply = request.map(written);
  parentPort?.postMessage(reply);
});

function written(write: FileWrite): FileWritten {
  try {
    return { written: writeCaptionFile(write) };
  } catch (thrown) {
    return toFailedWrite(thrown, write.file);
  }
}
