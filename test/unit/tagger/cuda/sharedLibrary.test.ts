import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findVersion, looksLikeSharedLibrary, readSharedLibrary } from '../../../../src/tagger/cuda/sharedLibrary';
import { elfBytes } from './elfBytes';
import { testFolder, writeFiles } from '../../shared/testFolder';

const modules = path.resolve(__dirname, '../../../node_modules');
const runtime = path.join(modules, 'onnxruntime-node/bin/napi-v6/linux/x64');

describe('The reader of shared libraries', () => {
  const folder = testFolder();
  const write = async (bytes: Uint8Array | string): Promise<string> => {
    await writeFiles(folder(), { 'lib.so': bytes });
    return path.join(folder(), 'lib.so');
  };
  const damaged = (message: RegExp): object => ({ name: 'CudaError', code: 'CUDA_LIBRARY_DAMAGED', message });

  it('names what a library needs, in its order', async () => {
    const { needed } = await readSharedLibrary(await write(elfBytes({ needed: ['libb.so.2', 'liba.so.1'] })));
    assert.deepEqual(needed, ['libb.so.2', 'liba.so.1']);
  });

  it("names what ONNX Runtime's binding needs", async () => {
    const { needed } = await readSharedLibrary(path.join(runtime, 'onnxruntime_binding.node'));
    assert.deepEqual(needed, ['libonnxruntime.so.1', 'libstdc++.so.6', 'libm.so.6', 'libgcc_s.so.1', 'libc.so.6']);
  });

  it('agrees with readelf about real libraries', async function () {
    const files = [
      path.join(runtime, 'libonnxruntime.so.1'),
      '/lib/x86_64-linux-gnu/libstdc++.so.6',
      '/lib/x86_64-linux-gnu/libm.so.6',
      '/lib/x86_64-linux-gnu/libc.so.6',
    ].filter((file) => existsSync(file));
    for (const file of files) {
      let listing: string;
      try {
        listing = execFileSync('readelf', ['-d', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      } catch {
        // Without binutils there is nothing to compare with; the made-up libraries above are read in any case.
        this.skip();
      }
      const expected = Array.from(listing.matchAll(/\(NEEDED\).*\[(.+)\]/g), ([, name]) => name);
      assert.ok(expected.length > 0, file);
      assert.deepEqual((await readSharedLibrary(file)).needed, expected, file);
    }
  });

  it('finds the version in a library, whether it has section headers or not', async () => {
    for (const withoutSections of [false, true]) {
      const file = await write(elfBytes({ constant: '1.30.0', withoutSections }));
      const { constants } = await readSharedLibrary(file);
      assert.equal(await findVersion(file, constants, '1.30.0'), '1.30.0');
      assert.equal(await findVersion(file, constants, '1.3.0'), '1.30.0');
    }
  });

  it('finds the version of the real ONNX Runtime', async () => {
    const file = path.join(runtime, 'libonnxruntime.so.1');
    const { constants } = await readSharedLibrary(file);
    assert.equal(await findVersion(file, constants, '1.30.0'), '1.30.0');
  });

  it('does not take a longer number for the version', async () => {
    const file = await write(elfBytes({ constant: '1.30.01' }));
    assert.notEqual(await findVersion(file, (await readSharedLibrary(file)).constants, '1.30.0'), '1.30.0');
  });

  it('finds a version that lies across the pieces it reads', async () => {
    // Pieces are 4 MiB; the texts of this file begin at byte 0.
    const bytes = Buffer.alloc((4 << 20) + 100, 'x');
    bytes.write('\x001.30.0\0', (4 << 20) - 3, 'latin1');
    const file = await write(bytes);
    assert.equal(await findVersion(file, { offset: 0, size: bytes.length }, '1.30.0'), '1.30.0');
  });

  it('refuses what is no library, what is cut off, and what is for another processor', async () => {
    const whole = elfBytes({ needed: ['liba.so.1'] });
    const isNone = /not a shared library for Linux x64/;
    await assert.rejects(
      readSharedLibrary(await write('version https://git-lfs.github.com/spec/v1\n'.repeat(4))),
      damaged(isNone),
    );
    await assert.rejects(readSharedLibrary(await write(elfBytes({ machine: 183 }))), damaged(isNone));
    await assert.rejects(readSharedLibrary(await write(whole.subarray(0, whole.length - 200))), damaged(/cut off/));
    await assert.rejects(readSharedLibrary(await write('')), damaged(/cut off/));
    await assert.rejects(
      readSharedLibrary(path.join(folder(), 'none.so')),
      damaged(/none\.so cannot be used: it is missing\./),
    );
  });

  it('refuses random bytes behind a sound beginning in one sentence', async () => {
    const whole = elfBytes({ needed: ['liba.so.1'] });
    for (let at = 32; at < 64; at += 2) {
      const bytes = Buffer.from(whole);
      bytes.fill(0xff, at, at + 2);
      const file = await write(bytes);
      await readSharedLibrary(file).catch((error: unknown) => {
        assert.match(String(error), /^CudaError: .*lib\.so cannot be used: .+\.$/, `byte ${at}`);
      });
    }
  });

  it('tells libraries from placeholders', async () => {
    assert.equal(await looksLikeSharedLibrary(await write(elfBytes())), true);
    assert.equal(await looksLikeSharedLibrary(await write('')), false);
    assert.equal(await looksLikeSharedLibrary(path.join(folder(), 'none.so')), false);
    assert.equal(await looksLikeSharedLibrary(folder()), false);
  });
});
