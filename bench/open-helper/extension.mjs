import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import { measureApi } from './measureApi.mjs';

/** All extensions share one process: what is measured here is the product's as well. */
export function activate() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const file = process.env.DATASET_CAPTIONS_BENCH_REPORT;
  const folder = process.env.DATASET_CAPTIONS_BENCH_FOLDER;
  let before;
  vscode.commands.registerCommand('openHelper.open', async () => {
    collect();
    before = process.memoryUsage();
    delay.enable();
    const begun = Date.now();
    writeFileSync(`${file}.begun`, String(begun));
    await vscode.commands.executeCommand('datasetCaptions.open', vscode.Uri.file(folder));
  });
  vscode.commands.registerCommand('openHelper.report', () => {
    delay.disable();
    collect();
    const after = process.memoryUsage();
    const megabytes = (key) => Math.round((after[key] - before[key]) / 1e5) / 10;
    const report = {
      longestBlockMs: Math.round(delay.max / 1e6),
      heapMB: megabytes('heapUsed'),
      externalMB: megabytes('external'),
      rssMB: megabytes('rss'),
    };
    writeFileSync(file, JSON.stringify(report));
  });
  vscode.commands.registerCommand('openHelper.api', async () => {
    writeFileSync(file, JSON.stringify(await measureApi(folder)));
  });
}
