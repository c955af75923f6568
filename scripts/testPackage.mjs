// Packs for this platform, checks what is in the packages of all platforms, and installs the one of this: part of `npm test`.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkPackage, checkStage } from './package/checkPackage.mjs';
import { installPackage } from './package/installedPackage.mjs';
import { makePackage, withStage } from './package/makePackage.mjs';
import { ownTarget, targets } from './package/targets.mjs';
import { root, step } from './setup.mjs';

const { values } = parseArgs({ options: { install: { type: 'string' }, others: { type: 'boolean', default: false } } });
const own = ownTarget();
/** @type {string[]} */
const problems = [];

try {
  if (values.others) await checkOthers();
  else if (own === undefined) console.log('There is no package for this platform: the tests use the checkout.');
  else await packOwn(own);
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error));
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

/** @param {import('./package/targets.mjs').Target} target */
async function packOwn(target) {
  const file = path.join(root, `out/package/${target.name}.vsix`);
  await step(`Packing ${target.name}`, () => makePackage(root, target, file));
  const { install } = values;
  if (install !== undefined) await step('Installing it', () => installPackage(file, path.resolve(install)));
  const checked = await checkPackage(root, target, file);
  console.log(checked.report);
  problems.push(...checked.problems);
  await rm(file);
}

async function checkOthers() {
  for (const target of targets.filter((each) => each !== own)) {
    await step(`Laying out ${target.name}`, () =>
      withStage(root, target, async (stage) => problems.push(...(await checkStage(target, stage)))),
    );
  }
}
