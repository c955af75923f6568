import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundled } from './bundled.mjs';

/**
 * Opens an empty window of the real workbench with the helper that measures the extension host.
 * @template T
 * @param {{ root: string, folder: string, settings?: Record<string, unknown>,
 *   viewport?: { width: number, height: number }, link?: { delay: number, bandwidth?: number } }} options
 *   `folder`: the dataset that the helper works on; `link`: what lies between the browser and the server
 * @param {(window: { workbench: any, reportFile: string, report: (command: string) => Promise<any> }) => Promise<T>} work
 *   `report`: runs a command of the helper and gives what it reported
 * @returns {Promise<T>}
 */
export async function inWindow({ root, folder, settings = {}, viewport, link }, work) {
  const { Workbench } = await bundled('test/browser/Workbench.ts');
  const temporary = mkdtempSync(path.join(tmpdir(), 'dataset-captions-bench-editor-'));
  const reportFile = path.join(temporary, 'report.json');
  // An empty window never gets ready: its Explorer shows no file.
  writeFileSync(path.join(temporary, 'empty.txt'), '');
  const workbench = await Workbench.open({
    folder: temporary,
    extensions: [path.join(root, 'bench/open-helper')],
    env: { DATASET_CAPTIONS_BENCH_REPORT: reportFile, DATASET_CAPTIONS_BENCH_FOLDER: folder },
    settings: { 'files.watcherExclude': {}, ...settings },
    viewport,
    link,
  });
  const report = async (/** @type {string} */ command) => {
    await workbench.runCommand(command);
    while (!existsSync(reportFile)) await sleep(50);
    await sleep(100);
    return JSON.parse(readFileSync(reportFile, 'utf8'));
  };
  try {
    // The workbench itself is busy for a while after it started.
    await sleep(5000);
    return await work({ workbench, reportFile, report });
  } finally {
    await workbench.dispose();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Opens a dataset in the real workbench and waits for its first cards.
 * @template T
 * @param {Parameters<typeof inWindow>[0]} options
 * @param {(editor: {
 *   workbench: any,
 *   frame: import('playwright-core').FrameLocator,
 *   firstMs: number,
 *   sinceCommand: () => number,
 *   report: () => Promise<Record<string, number>>,
 * }) => Promise<T>} work
 *   `firstMs`: from the command to the first cards; `report`: what the extension host measured meanwhile
 * @returns {Promise<T>}
 */
export function inEditor(options, work) {
  return inWindow(options, async ({ workbench, reportFile, report }) => {
    await workbench.runCommand('Open Benchmark Dataset');
    const frame = workbench.webview();
    await frame
      .getByRole('textbox', { name: /^Caption of/ })
      .first()
      .waitFor({ timeout: 60_000 });
    const now = Date.now();
    const sinceCommand = (at = Date.now()) => at - Number(readFileSync(`${reportFile}.begun`, 'utf8'));
    return work({
      workbench,
      frame,
      firstMs: sinceCommand(now),
      sinceCommand,
      report: () => report('Report Benchmark'),
    });
  });
}

/**
 * Waits until the toolbar counts all images.
 * @param {import('playwright-core').FrameLocator} frame
 * @param {number} total
 */
export async function allImages(frame, total) {
  const all = new Intl.NumberFormat('en').format(total);
  await frame
    .locator('.summary')
    .filter({ hasText: new RegExp(`^\\s*${all} images`) })
    .waitFor({ timeout: 120_000 });
}
