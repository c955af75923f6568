import assert from 'node:assert/strict';
import path from 'node:path';
import { ImageView } from '../../../../src/dataset/view/ImageView';
import { captionChange } from '../../../../src/records/captionChange';
import { RecordWriter } from '../../../../src/records/RecordWriter';
import * as make from '../../base/pictureHead/pictureFiles';
import { openDataset } from '../../dataset/openDataset';
import { cli } from '../../shared/runCli';
import { testFolder } from '../../shared/testFolder';

describe('The command "list" with a search', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const files = {
    'b10.png': make.png(70, 50, [make.chunk('eXIf', make.exif(6))]),
    'b10.txt': 'long hair, cat',
    'b2.jpg': make.jpeg(50, 60),
    'b2.txt': 'short hair, cat',
    'lying.gif': make.gif([70, 50], [0, 0, 70, 50]),
    'lying.txt': 'cat',
    'sub/unknown.png': 'no picture',
  };

  async function found(...args: string[]): Promise<string[]> {
    const { code, stdout, stderr } = await cli('list', folder(), ...args, '--json');
    assert.equal(code, 0, stderr);
    const { images, count } = JSON.parse(stdout) as { images: { filename: string }[]; count: number };
    assert.equal(count, images.length);
    return images.map(({ filename }) => filename);
  }

  it('finds what the editor finds, in the same order', async () => {
    const dataset = await openDataset(folder(), files);
    const view = new ImageView(dataset);
    const queries: Record<string, string[]> = {
      'width:50 tag:cat': ['b2.jpg', 'b10.png'],
      'ratio:<1 -tag:"short hair"': ['b10.png'],
      'is:empty OR name:lying': ['lying.gif', path.posix.join('sub', 'unknown.png')],
      'width:>5000': [],
    };
    for (const [query, expected] of Object.entries(queries)) {
      await view.setQuery(query);
      assert.deepEqual(
        view.images.map((image) => image.path),
        expected,
        query,
      );
    }
    view.dispose();
    for (const query of Object.keys(queries).slice(0, 2)) {
      assert.deepEqual(await found('--search', query), queries[query], query);
    }
    const { stdout, stderr } = await cli('list', folder(), '--search', 'tag:cat');
    assert.deepEqual(stdout.split('\n').length - 1, 3);
    assert.match(stderr, /3 of 4 images/);
  });

  it('finds captions by who wrote them', async () => {
    await openDataset(folder(), files);
    const writer = new RecordWriter(folder());
    const author = { by: 'tagger', name: 'WD', job: 'j1' } as const;
    for (const [caption, text] of [
      ['b10.txt', 'long hair, cat, hat'],
      ['b2.txt', 'short hair, cat'],
    ] as const) {
      const given = new Map(text.split(', ').map((tag) => [tag, 0.5]));
      (await writer.write({ kind: 'written', caption, author, ...captionChange('', text, given) }))();
    }
    await writer.close();
    assert.deepEqual(await found('--search', 'origin:wd'), ['b2.jpg', 'b10.png']);
    assert.deepEqual(await found('--search', 'origin:hand'), ['lying.gif']);
    assert.deepEqual(await found('--search', 'by:job tag:cat'), ['b2.jpg']);
    assert.deepEqual(await found('--search', 'deleted:hat'), ['b10.png']);
    assert.deepEqual(await found('--search=-origin:*'), ['sub/unknown.png']);
  });

  it('ends with 1 for a mistake in the search, and says where it is', async () => {
    await openDataset(folder(), files);
    const { code, stdout, stderr } = await cli('list', folder(), '--search', 'cat width:wide', '--json');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /--search "cat width:wide", at "width:wide": width: needs a number after it/);
    assert.match((await cli('list', '/gone', '--search', '(cat')).stderr, /parenthesis is not closed/);
  });
});
