import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describeDownload } from '../../../../src/protocol/text/downloadText';
import { formatBytes } from '../../../../src/protocol/text/formatBytes';
import type { DownloadProgress } from '../../../../src/protocol/tagging/modelListing';

describe('A number of bytes in words', () => {
  for (const [bytes, text] of [
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [999.7, '1 kB'],
    [1000, '1 kB'],
    [253_906, '254 kB'],
    [999_499, '999 kB'],
    [999_700, '1 MB'],
    [1_234_567, '1.23 MB'],
    [1024 * 1024, '1.05 MB'],
    [9_996_000, '10 MB'],
    [12_345_678, '12.3 MB'],
    [25_400_000, '25.4 MB'],
    [326_197_340, '326 MB'],
    [999_600_000, '1 GB'],
    [1_260_645_673, '1.26 GB'],
    [3e12, '3 TB'],
    [2.5e15, '2500 TB'],
  ] as const) {
    it(`writes ${bytes} as ${text}`, () => {
      assert.equal(formatBytes(bytes), text);
    });
  }

  it('writes the number as the language does', () => {
    assert.equal(formatBytes(1_260_645_673, 'de'), '1,26 GB');
    assert.equal(formatBytes(1_260_645_673, 'ja'), '1.26 GB');
  });

  it('reads the same in the progress of a download', () => {
    const progress = { phase: 'downloading', totalBytes: 0, bytesPerSecond: 0, id: 'any' } as const;
    for (const receivedBytes of [1, 999, 253_906, 1024 * 1024, 1_260_645_673]) {
      const running: DownloadProgress = { ...progress, receivedBytes };
      for (const language of [undefined, 'de'])
        assert.equal(describeDownload(running, language), formatBytes(receivedBytes, language));
    }
  });

  it('is written by one function, so that it reads the same everywhere', async () => {
    const source = path.resolve(__dirname, '../../../src');
    const names = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts'));
    assert.ok(names.length > 400, `${names.length} files`);
    const writers: string[] = [];
    for (const name of names) {
      const code = (await readFile(path.join(source, name), 'utf8')).replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
      // A unit behind a value in a text, or in a text of its own.
      if (/\} ?[kMGT]i?B\b|['"`][kMGT]i?B['"`]/.test(code)) writers.push(name.split(path.sep).join('/'));
    }
    assert.deepEqual(writers, ['protocol/text/formatBytes.ts']);
  });
});
