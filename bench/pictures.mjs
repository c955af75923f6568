// More than 500 pictures made by Pillow in all its modes and options, and by hand from its pixels, through the child that decodes
// them: the same pixels, sizes and orientation as Pillow's. npm run soak -- pictures
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { table } from './measure.mjs';
import { runSuites } from './runSuites.mjs';

/** @param {{ root: string }} options */
export async function measure({ root }) {
  const fixtures = path.join(root, 'test/fixtures/pillow');
  const { pillow } = JSON.parse(readFileSync(path.join(fixtures, 'pictures/index.json'), 'utf8'));
  const scratch = mkdtempSync(path.join(tmpdir(), 'dataset-captions-pictures-'));
  try {
    const python = pythonWith(pillow, scratch);
    const folder = path.join(scratch, 'pictures');
    execFileSync(python, [path.join(fixtures, 'makePictures.py'), folder, '--kinds'], { stdio: ['ignore', 2, 2] });
    const { pictures } = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8'));
    const counts = await runSuites(root, ['unit/pillowPictures'], { DATASET_CAPTIONS_PILLOW_PICTURES: folder });
    return { pillow, pictures: Object.keys(pictures).length, ...counts };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * A Python with the Pillow that made the pictures of the tests: versions differ in what they read.
 * @param {string} version of Pillow
 * @param {string} scratch where an environment with it is made, unless the machine's Python has it
 * @returns {string} the command
 */
function pythonWith(version, scratch) {
  const usual = spawnSync('python3', ['-c', 'import PIL; print(PIL.__version__)'], { encoding: 'utf8' });
  if (usual.stdout?.trim() === version) return 'python3';
  const environment = path.join(scratch, 'python');
  console.error(`Installing Pillow ${version} ...`);
  execFileSync('python3', ['-m', 'venv', environment], { stdio: ['ignore', 2, 2] });
  const python = path.join(environment, 'bin/python');
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', `pillow==${version}`], { stdio: ['ignore', 2, 2] });
  return python;
}

/** @param {Awaited<ReturnType<typeof measure>>} result */
export function describe(result) {
  return table([result]);
}
