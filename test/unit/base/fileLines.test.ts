import assert from 'node:assert/strict';
import { appendFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type FileLine, fileLines } from '../../../src/base/fileLines';
import { testFolder } from '../shared/testFolder';

describe('The lines of a file', () => {
  const folder = testFolder();
  const file = (): string => path.join(folder(), 'lines');

  async function read(mayBegin?: (byte: number) => boolean): Promise<FileLine[]> {
    const found: FileLine[] = [];
    for await (const lines of fileLines(file(), mayBegin)) found.push(...lines);
    return found;
  }

  it('are whole wherever the pieces end in which they are read, also in the middle of a letter', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => `${index} ${'größe 東京 '.repeat(index * 7)}`);
    await writeFile(file(), lines.join('\n'));
    const found = await read();
    assert.deepEqual(
      found.map(({ text }) => text),
      lines,
    );
    const bytes = Buffer.from(lines.join('\n'));
    for (const { text, start, length } of found) {
      assert.equal(bytes.subarray(start, start + length).toString(), text);
    }
  });

  it('are none of an empty file, and empty ones are left out', async () => {
    await writeFile(file(), '');
    assert.deepEqual(await read(), []);
    await writeFile(file(), '\n\na\n\n');
    assert.deepEqual(await read(), [{ text: 'a', start: 2, length: 1 }]);
  });

  it('are read behind a hole of many megabytes, which is no line where one may not begin so', async () => {
    await writeFile(file(), 'a\n');
    await truncate(file(), 300_000_000);
    await appendFile(file(), '\nb');
    assert.deepEqual(
      (await read((byte) => byte !== 0)).map(({ text, start }) => [text, start]),
      [
        ['a', 0],
        ['b', 300_000_001],
      ],
    );
  });

  it('are not read of a file that is not there', async () => {
    await assert.rejects(read(), { code: 'ENOENT' });
  });
});
