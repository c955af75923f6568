import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../shared/runCli';
import { testFolder, writeFiles } from '../shared/testFolder';

interface Target {
  name: string;
}
interface Scripts {
  checkStage(target: Target, stage: string): Promise<string[]>;
  targetNamed(name: string | undefined): Target;
  isAllowed(expression: unknown): boolean;
  packagedReadme(readme: string, root: string, hasRepository: boolean): Promise<string>;
}

async function script<K extends keyof Scripts>(file: string, name: K): Promise<Scripts[K]> {
  const loaded = (await import(pathToFileURL(path.join(root, 'scripts/package', file)).href)) as Scripts;
  return loaded[name];
}

/** The head of a 64-bit executable of Linux for a processor, by the number that the ELF specification gives it. */
function elf(machine: number): Buffer {
  const head = Buffer.alloc(128);
  head.write('\x7fELF', 'latin1');
  head.writeUInt16LE(machine, 18);
  return head;
}

describe('The check of what is packed', () => {
  const folder = testFolder();

  it('finds files that do not belong into a package, missing ones, and executables of other machines', async () => {
    const native = 'dist/node_modules/onnxruntime-node/bin/napi-v6';
    await writeFiles(folder(), {
      'src/extension/extension.ts': '',
      'dist/extension.js': '',
      'dist/extension.js.map': '',
      'dist/node_modules/sharp/dist/sharp.cjs': '',
      'dist/node_modules/sharp/README.md': '',
      'dist/node_modules/adm-zip/adm-zip.js': '',
      [`${native}/linux/x64/libonnxruntime.so.1`]: elf(62),
      [`${native}/linux/x64/onnxruntime_binding.node`]: elf(183),
      [`${native}/linux/arm64/libonnxruntime.so.1`]: elf(183),
    });
    const [checkStage, targetNamed] = [
      await script('checkPackage.mjs', 'checkStage'),
      await script('targets.mjs', 'targetNamed'),
    ];
    const problems = await checkStage(targetNamed('linux-x64'), folder());
    const unwanted = problems.filter((problem) => problem.endsWith('is not on the allow-list'));
    assert.deepEqual(
      unwanted.map((problem) => problem.split(' ')[1]).sort(),
      [
        'dist/extension.js.map',
        'dist/node_modules/adm-zip/adm-zip.js',
        `${native}/linux/arm64/libonnxruntime.so.1`,
        'dist/node_modules/sharp/README.md',
        'src/extension/extension.ts',
      ].sort(),
    );
    assert.ok(problems.includes('linux-x64: ThirdPartyNotices.txt is missing'));
    const foreign = problems.filter((problem) => problem.includes('another machine'));
    assert.equal(foreign.length, 2, foreign.join('\n'));
    assert.ok(foreign.every((problem) => problem.includes('elf 183')));
    assert.ok(
      !problems.some((problem) => problem.includes('sharp.cjs') || problem.includes('x64/libonnxruntime.so.1')),
    );
  });

  it('knows which licences are allowed, also where a package names several', async () => {
    const isAllowed = await script('notices.mjs', 'isAllowed');
    for (const licence of [
      'MIT',
      '(MIT OR CC0-1.0)',
      'Apache-2.0 AND LGPL-3.0-or-later AND MIT',
      'GPL-2.0-only OR ISC',
    ]) {
      assert.equal(isAllowed(licence), true, licence);
    }
    for (const licence of ['GPL-3.0-only', 'MIT AND GPL-2.0-only', 'UNLICENSED', undefined]) {
      assert.equal(isAllowed(licence), false, String(licence));
    }
  });

  it('gives the README pictures and links that need no repository', async () => {
    const packagedReadme = await script('packagedReadme.mjs', 'packagedReadme');
    await mkdir(path.join(folder(), 'docs'));
    await writeFile(path.join(folder(), 'docs/grid.png'), 'PNG');
    const readme =
      '![The grid](docs/grid.png) [search](docs/search.md#tags) [jobs](#jobs) [home](https://example.org/)';
    assert.equal(
      await packagedReadme(readme, folder(), false),
      '![The grid](data:image/png;base64,UE5H) search [jobs](#jobs) [home](https://example.org/)',
    );
    assert.equal(await packagedReadme(readme, folder(), true), readme);
    await assert.rejects(
      packagedReadme('![x](docs/none.png)', folder(), false),
      /shows docs\/none\.png, and there is no such file/,
    );
  });

  it('lists the targets to those who name another', async () => {
    const targetNamed = await script('targets.mjs', 'targetNamed');
    assert.throws(() => targetNamed('darwin-x64'), /no target darwin-x64\. The targets are linux-x64, .*, universal/);
    assert.throws(() => targetNamed(undefined), /--target <linux-x64\|.*\|universal>/);
  });
});
