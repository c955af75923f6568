import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundled } from './bundled.mjs';

/**
 * Opens a dataset in the real workbench and waits for its first cards.
 * @template T
 * @param {{ root: string, folder: string, settings?: Record<string, unknown>,
 *   viewport?: { width: number, height: number } }} options
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
export async function inEditor({ root, folder, settings = {}, viewport }, work) {
  const { Workbench } = await bundled('test/browser/Workbench.ts');
  const temporary = mkdtempSync(path.join(tmpdir(), 'dataset-captions-bench-editor-'));
  const report = path.join(temporary, 'report.json');
  // An empty window never gets ready: its Explorer shows no file.
  writeFileSync(path.join(temporary, 'empty.txt'), '');
  const workbench = await Workbench.open({
    folder: temporary,
    extensions: [path.join(root, 'bench/open-helper')],
    env: { DATASET_CAPTIONS_BENCH_REPORT: report, DATASET_CAPTIONS_BENCH_FOLDER: folder },
    settings: { 'files.watcherExclude': {}, ...settings },
    viewport,
  });
  try {
    // The workbench itself is busy for a while after it started.
    await sleep(5000);
    await workbench.runCommand('Open Benchmark Dataset');
    const frame = workbench.webview();
    await frame
      .getByRole('textbox', { name: /^Caption of/ })
      .first()
      .waitFor({ timeout: 60_000 });
    const now = Date.now();
    const sinceCommand = (at = Date.now()) => at - Number(readFileSync(`${report}.begun`, 'utf8'));
    return await work({
      workbench,
      frame,
      firstMs: sinceCommand(now),
      sinceCommand,
      report: async () => {
        await workbench.runCommand('Report Benchmark');
        while (!existsSync(report)) await sleep(50);
        await sleep(100);
        return JSON.parse(readFileSync(report, 'utf8'));
      },
    });
  } finally {
    await workbench.dispose();
    rmSync(temporary, { recursive: true, force: true });
  }
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
