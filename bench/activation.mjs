// How long VS Code says that the start of the installed extension takes: to load its code and to run `activate`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundled } from './bundled.mjs';
import { median, table } from './measure.mjs';
import { installPackage } from '../scripts/package/installedPackage.mjs';
import { makePackage } from '../scripts/package/makePackage.mjs';
import { ownTarget } from '../scripts/package/targets.mjs';

/**
 * @param {{ root: string, seconds: number }} options
 * @returns {Promise<{ rows: Record<string, string | number>[] }>}
 */
export async function measure({ root, seconds }) {
  const target = ownTarget();
  if (target === undefined) throw new Error('There is no package for this platform that could be installed.');
  const { Workbench } = await bundled('test/browser/Workbench.ts');
  const { activationTime } = await bundled('test/browser/activationTime.ts');
  const scratch = mkdtempSync(path.join(tmpdir(), 'dataset-captions-bench-activation-'));
  // An empty window never gets ready: its Explorer shows no file.
  const folder = mkdtempSync(path.join(scratch, 'folder-'));
  writeFileSync(path.join(folder, 'empty.txt'), '');
  const before = process.env.DATASET_CAPTIONS_INSTALLED;
  try {
    const installed = path.join(scratch, 'extensions');
    await makePackage(root, target, path.join(scratch, 'product.vsix'));
    await installPackage(path.join(scratch, 'product.vsix'), installed);
    process.env.DATASET_CAPTIONS_INSTALLED = installed;
    const workbench = await Workbench.open({ folder });
    try {
      const times = [await activationTime(workbench)];
      const end = Date.now() + seconds * 1000;
      while (times.length < 3 || (Date.now() < end && times.length < 20)) {
        await workbench.reload();
        times.push(await activationTime(workbench));
      }
      const row = { starts: times.length, 'first, ms': times[0] ?? 0, 'median, ms': median(times) };
      return { rows: [{ ...row, 'best, ms': Math.min(...times), 'worst, ms': Math.max(...times) }] };
    } finally {
      await workbench.dispose();
    }
  } finally {
    // What is measured after this runs as it is built.
    if (before === undefined) delete process.env.DATASET_CAPTIONS_INSTALLED;
    else process.env.DATASET_CAPTIONS_INSTALLED = before;
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {{ rows: Record<string, string | number>[] }} result */
export function describe({ rows }) {
  return table(rows);
}
