import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/**
 * Does what other extensions and language models do with a large folder: closed at first, then open as a dataset.
 * @param {string} folder
 * @returns {Promise<Record<string, string | number>[]>} what each call took
 */
export async function measureApi(folder) {
  const product = vscode.extensions.getExtension('dataset-captions.dataset-captions');
  const api = (await product.activate()).getAPI(1);
  const uri = vscode.Uri.file(folder);
  const results = [];
  const measure = async (call, dataset, work) => {
    // What the call before left to be collected is not this one's.
    await sleep(1000);
    const collections = [];
    const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()));
    observer.observe({ entryTypes: ['gc'] });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const begun = performance.now();
    let error;
    try {
      await work();
    } catch (thrown) {
      error = String(thrown);
    }
    const ms = Math.round(performance.now() - begun);
    await sleep(50);
    delay.disable();
    observer.disconnect();
    const longestCollectionMs = Math.round(Math.max(0, ...collections.map(({ duration }) => duration)));
    results.push({ call, dataset, ms, longestBlockMs: Math.round(delay.max / 1e6), longestCollectionMs, error });
  };
  let batch;
  const startBatch = async () => {
    batch = await api.startBatch(folder, 'all');
    await api.cancelBatch(batch.id);
  };
  const allCalls = async (dataset) => {
    await measure('list', dataset, () => api.listImages(uri));
    await measure('list again', dataset, () => api.listImages(uri));
    await measure('a page of a search', dataset, () => api.listImages(uri, { query: 'tag:solo', limit: 100 }));
    await measure('count tags', dataset, () => api.getTagCounts(uri));
    await measure('count tags of a search', dataset, () => api.getTagCounts(uri, { query: 'tag:solo' }));
    await measure('start a batch and cancel it', dataset, startBatch);
    await measure('status of a batch', dataset, () => api.getBatchStatus(batch.id));
  };
  const tool = (name, input) =>
    vscode.lm.invokeTool(`datasetCaptions_${name}`, {
      input: { directory: folder, ...input },
      toolInvocationToken: undefined,
    });
  await allCalls('closed');
  await measure('open', 'closed', async () => {
    await vscode.commands.executeCommand('datasetCaptions.open', uri);
    await api.listImages(uri, { limit: 1 });
  });
  // What the grid shows of it is not measured.
  await sleep(5000);
  await allCalls('open');
  await measure('a search by a language model', 'open', () => tool('listImages', { query: 'tag:solo' }));
  await measure('tags for a language model', 'open', () => tool('countTags', {}));
  return results;
}
