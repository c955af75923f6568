// The entry of the child process: sharp and ONNX Runtime run here and nowhere else. Each is loaded when it is first
// needed, so a process that makes thumbnails never holds the runtime.
import { useInheritedLanguage } from '../base/displayLanguage';
import { Channel, type Port, type RequestHandlers } from '../protocol/channel/Channel';
import type { DownloadProgress } from '../protocol/tagging/modelListing';
import { taggerParams } from '../protocol/tagging/taggerChecks';
import type { TaggerEvents, TaggerRequests } from '../protocol/tagging/taggerProtocol';
import { captionHandlers } from './process/captionHandlers';
import { cudaHandlers } from './process/cudaHandlers';
import { modelHandlers } from './process/modelHandlers';
import { pictureHandlers } from './process/pictureHandlers';

useInheritedLanguage();

const parent: Port = {
  post: (message) => {
    // The callback keeps a failed send to a parent that has just gone from being thrown: 'disconnect' follows.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  },
  listen: (listener) => {
    process.on('message', listener);
    return () => process.off('message', listener);
  },
};

const handlers: RequestHandlers<TaggerRequests> = {
  ...captionHandlers(tellIdle),
  ...modelHandlers(tellProgress),
  ...cudaHandlers(tellProgress),
  ...pictureHandlers(),
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

/** The parent ends a process that holds a model for nothing: that alone gives all memory of a GPU back. */
function tellIdle(): void {
  channel.tell('idle', {});
}

function tellProgress(progress: DownloadProgress): void {
  channel.tell('downloadProgress', progress);
}

process.on('disconnect', () => {
  process.exit();
});
