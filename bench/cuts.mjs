// What is typed while there is no connection, in all ways that it goes and comes back, in the real VS Code:
// npm run soak -- cuts
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { table } from './measure.mjs';
import { runSuites } from './runSuites.mjs';

/** How long there is no connection, in seconds. */
const cuts = [10, 180];

/** @param {{ root: string }} options */
export async function measure({ root }) {
  // VS Code does not connect again to the host of an extension under development.
  const installed = mkdtempSync(path.join(tmpdir(), 'dataset-captions-cuts-'));
  try {
    execFileSync(process.execPath, ['scripts/testPackage.mjs', '--install', installed], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    });
    const rows = [];
    for (const seconds of cuts) {
      const sizes = { DATASET_CAPTIONS_CUT: String(1000 * seconds), DATASET_CAPTIONS_INSTALLED: installed };
      // Ending VS Code takes longer than mocha gives a hook.
      const counts = await runSuites(root, ['browser/connectionWorkbench'], sizes, ['--timeout', '120000']);
      rows.push({ 'seconds without a connection': seconds, ...counts });
    }
    return rows;
  } finally {
    rmSync(installed, { recursive: true, force: true });
  }
}

/** @param {Awaited<ReturnType<typeof measure>>} rows */
export function describe(rows) {
  return table(rows);
}
