// Whether the package for platforms without ONNX Runtime can be installed and used, and says why it does not caption.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundled } from './bundled.mjs';
import { installPackage } from '../scripts/package/installedPackage.mjs';
import { makePackage } from '../scripts/package/makePackage.mjs';
import { targetNamed } from '../scripts/package/targets.mjs';

/**
 * @param {{ root: string }} options
 * @returns {Promise<import('../test/browser/universalInWorkbench').UniversalRun>}
 */
export async function measure({ root }) {
  // Not below the checkout, where it would find the native packages of that.
  const scratch = await mkdtemp(path.join(tmpdir(), 'dataset-captions-universal-'));
  try {
    const [file, installed] = ['product.vsix', 'extensions'].map((name) => path.join(scratch, name));
    await makePackage(root, targetNamed('universal'), file);
    await installPackage(file, installed);
    process.env.DATASET_CAPTIONS_INSTALLED = installed;
    const { makeScratch, removeScratch } = await bundled('test/browser/datasetFiles.ts');
    const { Workbench } = await bundled('test/browser/Workbench.ts');
    const { universalInWorkbench } = await bundled('test/browser/universalInWorkbench.ts');
    const folder = await makeScratch();
    let workbench;
    try {
      return await universalInWorkbench(folder, async () => (workbench = await Workbench.open({ folder })));
    } catch (error) {
      console.error(`Screenshot: ${await workbench?.screenshot('failed universal')}`);
      throw error;
    } finally {
      await workbench?.dispose();
      await removeScratch(folder);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** @param {import('../test/browser/universalInWorkbench').UniversalRun} result */
export function describe({ thumbnails, reason, screenshots }) {
  return [`Thumbnails: ${thumbnails}`, `It says: ${reason}`, ...screenshots].join('\n');
}
