// `npm run --silent cli -- …`: the command line, built first where that has not been done yet.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

const built = path.join(root, 'dist/cli.js');
if (!existsSync(built)) {
  // Results go to standard output; what the set-up says must not stand among them.
  const script = "import('./scripts/setup.mjs').then(({ setup }) => setup())";
  const { status } = spawnSync(process.execPath, ['-e', script], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}
await import(pathToFileURL(built).href);
