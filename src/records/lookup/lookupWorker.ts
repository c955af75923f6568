// Entry point of a worker thread that reads the records of one dataset. `RecordLookup` starts it.
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from '../../base/machine/giveWay';
import type { LookupReply, LookupRequest, LookupWorkerData } from './lookupMessages';
import { RecordReader } from './RecordReader';

/** A `nice` value: above 0, the thread gives way to others. */
const readingPriority = 5;

// On machines with few cores, the editor must not wait for this thread. Only on Linux: elsewhere this would lower the
// priority of the whole process.
if (process.platform === 'linux') giveWay(0, readingPriority);

const reader = new RecordReader((workerData as LookupWorkerData).root);

parentPort?.on('message', (request: LookupRequest) => {
  const { id } = request;
  answer(request).then(
    (reply) => parentPort?.postMessage({ ...reply, later: reader.laterFiles } satisfies LookupReply),
    (thrown: unknown) => {
      const failure = thrown instanceof Error ? thrown.message : String(thrown);
      parentPort?.postMessage({ id, failure } satisfies LookupReply);
    },
  );
});

async function answer(request: LookupRequest): Promise<LookupReply> {
  const { id } = request;
  switch (request.task) {
    case 'origins':
      return { id, origins: await reader.originsOf(request.questions) };
    case 'match':
      return { id, matches: await reader.matches(request.questions, request.terms, request.isFirst) };
    case 'names':
      return { id, names: await reader.names() };
  }
}
