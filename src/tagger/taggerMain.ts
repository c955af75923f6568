// The entry of the child process: sharp and ONNX Runtime run here and nowhere else. Each is loaded when it is first
// needed, so a process that only makes thumbnails never loads the runtime.
import { writeSync } from 'node:fs';
import path from 'node:path';
import { useInheritedLanguage } from '../base/displayLanguage';
import { WorkerThread } from '../base/WorkerThread';
import { Channel, type Port, type RequestHandlers } from '../protocol/channel/Channel';
import type { DownloadProgress } from '../protocol/tagging/modelListing';
import { heartbeatDescriptor, heartbeatEnds } from '../protocol/tagging/heartbeat';
import { taggerParams } from '../protocol/tagging/taggerChecks';
import type { TaggerEvents, TaggerRequests } from '../protocol/tagging/taggerProtocol';
import { captionHandlers } from './process/captionHandlers';
import { cudaHandlers } from './process/cudaHandlers';
import { modelHandlers } from './process/modelHandlers';
import { pictureHandlers } from './process/pictureHandlers';

useInheritedLanguage();

// First, as the main thread may be blocked soon.
const heartbeat = new WorkerThread<never, never>({
  file: path.join(__dirname, 'heartbeatWorker.js'),
  onReply: () => undefined,
  onLost: (exitCode, cause) => {
    console.error(`The thread of the heartbeat has ended (${String(exitCode)}).`, cause);
    try {
      // Otherwise this process would count as hung.
      writeSync(heartbeatDescriptor, `${heartbeatEnds}\n`);
    } catch {
      // The parent is gone.
    }
  },
});
heartbeat.holdProcess(false);

const parent: Port = {
  post: (message) => {
    // Without a callback a failed send is thrown. It fails when the parent has just exited; 'disconnect' follows.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  },
  listen: (listener) => {
    process.on('message', listener);
    return () => process.off('message', listener);
  },
};

const handlers: RequestHandlers<TaggerRequests> = {
  ...captionHandlers(reportIdle),
  ...modelHandlers(reportProgress),
  ...cudaHandlers(reportProgress),
  ...pictureHandlers(reportDecoding),
};
const channel = new Channel<TaggerRequests, Record<string, never>, Record<string, never>, TaggerEvents>(
  parent,
  handlers,
  {},
  {
    params: taggerParams,
    results: {},
    events: {},
    onInvalid: (problem) => {
      console.error(problem);
    },
  },
);

/** Tells the parent that the models are idle. It then ends this process: nothing else frees all of its GPU memory. */
function reportIdle(): void {
  channel.tell('idle', {});
}

function reportDecoding(imagePath: string): void {
  channel.tell('decoding', { imagePath });
}

function reportProgress(progress: DownloadProgress): void {
  channel.tell('downloadProgress', progress);
}

process.on('disconnect', () => {
  process.exit();
});
