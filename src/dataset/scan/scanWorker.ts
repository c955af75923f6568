import { parentPort, workerData } from 'node:worker_threads';
import { useInheritedLanguage } from '../../base/displayLanguage';
import { giveWay } from '../../base/machine/giveWay';
import { CaptionError, fileError } from '../files/CaptionError';
import { scanDataset, type FolderListing, type ScanRest } from './scanDataset';
import { readCaptions } from './readCaptions';
import { readExact } from './readExact';
import { readFacts } from './readFacts';
import {
  packPaths,
  packSparse,
  type ScanBatch,
  type ScanFailure,
  type ScanReply,
  type ScanRequest,
  type ScanWorkerData,
} from './scanMessages';

/** Images per batch: the first batch fills a screen and is sent early; later ones grow, which costs less per image. */
const firstBatch = 100;
const maxBatch = 2000;
/** A `nice` value: above 0, the thread gives way to others. */
const readingPriority = 5;

const { folder, captionExtension } = workerData as ScanWorkerData;

// On machines with few cores, the editor must not wait for these threads. Only on Linux: elsewhere this would lower the
// priority of the whole process.
if (process.platform === 'linux') giveWay(0, readingPriority);

useInheritedLanguage();

parentPort?.on('message', (request: ScanRequest) => {
  const { id } = request;
  try {
    switch (request.task) {
      case 'scan':
        send({ id, result: scan(id) });
        break;
      case 'read': {
        const result = readCaptions(request, folder, captionExtension);
        send({ id, result }, [result.kinds.buffer, result.lengths.buffer, result.stamps.buffer]);
        break;
      }
      case 'exact': {
        const result = readExact(request, folder, captionExtension);
        const { kinds, bytes, lengths, hashes, stamps } = result;
        send({ id, result }, [kinds.buffer, bytes.buffer, lengths.buffer, hashes.buffer, stamps.buffer]);
        break;
      }
      case 'facts': {
        const result = readFacts(request, folder);
        send({ id, result }, [result.stats.buffer, result.pixels.buffer]);
        break;
      }
      default:
        request satisfies never;
    }
  } catch (thrown) {
    const { code, message, path } = thrown instanceof CaptionError ? thrown : fileError(thrown, folder, 'read');
    send({ id, failure: { code, message, path } satisfies ScanFailure });
  }
});

function scan(id: number): ScanRest {
  let size = firstBatch;
  /** images of folders that are too small for a batch of their own */
  let waiting: FolderListing['images'] = [];
  let linkedWait = false;
  const flush = (): void => {
    if (waiting.length === 0) return;
    const hasCaption = Uint8Array.from(waiting, (image) => (image.hasCaption ? 1 : 0));
    const batch: ScanBatch = {
      images: packPaths(waiting.map(({ path }) => path)),
      hasCaption,
      captionFiles: packSparse(waiting.map(({ captionFile }) => captionFile)),
      lookalikes: packSparse(waiting.map(({ lookalike }) => lookalike)),
      linked: linkedWait,
    };
    send({ id, batch }, [hasCaption.buffer]);
    waiting = [];
    size = Math.min(size * 2, maxBatch);
  };
  const folders = scanDataset(folder, captionExtension);
  for (;;) {
    const next = folders.next();
    if (next.done === true) {
      flush();
      return next.value;
    }
    const { images, linked } = next.value;
    if (linked !== linkedWait) flush();
    linkedWait = linked;
    let start = 0;
    while (start < images.length) {
      const taken = images.slice(start, start + size - waiting.length);
      waiting = waiting.length === 0 ? taken : waiting.concat(taken);
      start += taken.length;
      if (waiting.length >= size) flush();
    }
  }
}

function send(reply: ScanReply, transfer: ArrayBufferLike[] = []): void {
  parentPort?.postMessage(reply, transfer as ArrayBuffer[]);
}
