// Makes the package of one platform: npm run package -- --target <name> [--out FILE]. docs/contributing.md says more.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkPackage } from './package/checkPackage.mjs';
import { makePackage } from './package/makePackage.mjs';
import { targetNamed } from './package/targets.mjs';
import { root, setup, step } from './setup.mjs';

try {
  const { values } = parseArgs({ options: { target: { type: 'string' }, out: { type: 'string' } } });
  const target = targetNamed(values.target);
  const { name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const file = path.resolve(values.out ?? `${name}-${target.name}-${version}.vsix`);
  await setup();
  await step(`Packing ${target.name}`, () => makePackage(root, target, file));
  const { problems, report } = await step('Checking what is in it', () => checkPackage(root, target, file));
  console.log(`\n${report}\n`);
  if (problems.length > 0) throw new Error(`${file} must not be published:\n${problems.join('\n')}`);
  console.log(file);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
