import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { Dataset } from '../../../../src/dataset/Dataset';
import { folderInside, isDatasetPath, staysInside } from '../../../../src/dataset/files/datasetPath';
import { scanDataset } from '../../../../src/dataset/scan/scanDataset';
import { imageOfLine, JobFolder } from '../../../../src/jobs/folder/JobFolder';
import { defaultCaptionOptions } from '../../../../src/protocol/tagging/captionOptions';
import { testFolder, writeFiles } from '../../shared/testFolder';

const name = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '',
    'a',
    'b.jpg',
    '.hidden',
    '...',
    '..jpg',
    'c:',
    'C:\\x',
    '..\\..',
    '\\',
    '\0',
    'a\0b',
    '%2e%2e',
    '~',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const anyPath = fc
  .tuple(fc.constantFrom('', '/', '//', 'C:\\', 'C:/', '\\\\host\\', 'file:///'), fc.array(name, { maxLength: 5 }))
  .map(([start, names]) => start + names.join('/'));

describe('A path from outside', () => {
  const folder = testFolder();

  it('that is taken leads to a place below the dataset, on each system', () => {
    fc.assert(
      fc.property(anyPath, fc.constantFrom('linux' as const, 'win32' as const), (one, platform) => {
        if (!isDatasetPath(one, platform)) return;
        const kind = platform === 'win32' ? path.win32 : path.posix;
        const root = platform === 'win32' ? 'D:\\data\\set' : '/data/set';
        const relative = kind.relative(root, kind.join(root, one));
        assert.equal(relative.split(kind.sep).join('/'), one, 'it is named as the scan names it');
        assert.ok(!one.includes('\0'));
        assert.ok(
          !relative
            .split(kind.sep)
            .slice(0, -1)
            .some((part) => part.startsWith('.')),
        );
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(anyPath, (one) => {
        if (!staysInside(one)) return;
        for (const kind of [path.posix, path.win32]) {
          const root = kind === path.win32 ? 'D:\\share' : '/share';
          const joined = kind.join(root, one);
          assert.ok(joined === root || joined.startsWith(root), joined);
          assert.ok(!kind.relative(root, joined).split(kind.sep).includes('..'));
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('is refused when it is one of the usual tricks', () => {
    for (const trick of [
      '../a.jpg',
      'a/../../b.jpg',
      '/etc/passwd',
      '',
      '.',
      '..',
      'a//b.jpg',
      './a.jpg',
      'a/',
      'a\0.jpg',
      '.git/a.jpg',
    ]) {
      assert.equal(isDatasetPath(trick, 'linux'), false, trick);
      assert.equal(isDatasetPath(trick, 'win32'), false, trick);
    }
    for (const trick of [
      'C:\\a.jpg',
      'C:a.jpg',
      '..\\a.jpg',
      'a\\..\\..\\b.jpg',
      '\\\\host\\share\\a.jpg',
      'a.jpg:stream',
    ])
      assert.equal(isDatasetPath(trick, 'win32'), false, trick);
    for (const trick of ['../x', 'a/../../x', '/x', '\\x', 'C:\\x', 'c:x', '..\\x', 'a\0'])
      assert.equal(staysInside(trick), false, trick);
  });

  it('is taken for all that a scan finds, however it is called', async () => {
    await writeFiles(folder(), { 'a b/ü.jpg': '', 'odd..jpg': '', 'dot .png': '', 'x/y/z/a..jpg.webp': '' });
    await symlink(path.join(folder(), 'x'), path.join(folder(), 'linked'));
    const found = [...scanDataset(folder(), '.txt')].flatMap(({ images }) => images.map((image) => image.path));
    assert.equal(found.length, 4);
    for (const one of found) assert.ok(isDatasetPath(one), one);
  });

  it('in the list of images of a job makes the job unreadable when it leads out of the dataset', async () => {
    for (const trick of ['../../evil.jpg', '/tmp/evil.jpg', '.ssh/id.jpg', 'a\0.jpg', 7, null]) {
      assert.throws(() => imageOfLine(JSON.stringify([trick, null])), SyntaxError);
    }
    const job = path.join(folder(), '20260101T000000-00000000');
    await writeFiles(job, { 'images.jsonl': '["a.jpg",null]\n["../evil.jpg",null]\n' });
    await assert.rejects(new JobFolder(job).readImages(), { code: 'JOB_UNREADABLE' });
  });

  it('in unsaved edits is passed over when it leads out of the dataset, and the others come back', async () => {
    const root = path.join(folder(), 'dataset');
    await writeFiles(folder(), { 'dataset/a.jpg': '', 'dataset/a.txt': 'old', 'evil.txt': 'kept' });
    const dataset = new Dataset(root, { captionExtension: '.txt', emptiedCaption: 'delete' });
    await dataset.load();
    const edit = (captionPath: string, images: string[]): Parameters<Dataset['restoreEdits']>[0][number] => ({
      captionPath,
      images,
      raw: 'new',
      base: null,
    });
    await dataset.restoreEdits([
      edit('../evil.txt', ['a.jpg']),
      edit(path.join(folder(), 'evil.txt'), []),
      edit('b.txt', ['../b.jpg']),
      { ...edit('a.txt', ['a.jpg']), base: Buffer.from('old').toString('base64') },
    ]);
    await dataset.save();
    assert.equal(await readFile(path.join(folder(), 'evil.txt'), 'utf8'), 'kept');
    assert.equal(await readFile(path.join(root, 'a.txt'), 'utf8'), 'new');
    assert.deepEqual(
      dataset.allImages.map((image) => image.path),
      ['a.jpg'],
    );
  });

  it('to a folder that a queue names is followed through links before it is taken', async () => {
    const share = path.join(folder(), 'share');
    await mkdir(path.join(share, 'data/jobs'), { recursive: true });
    await mkdir(path.join(folder(), 'outside'));
    await symlink(path.join(folder(), 'outside'), path.join(share, 'link'));
    await symlink(path.join(share, 'data'), path.join(share, 'inner'));
    assert.equal(await folderInside(share, 'data/jobs'), path.join(share, 'data/jobs'));
    assert.equal(await folderInside(share, 'inner/jobs'), path.join(share, 'inner/jobs'));
    assert.equal(await folderInside(share, ''), share);
    assert.equal(await folderInside(share, 'link'), undefined);
    assert.equal(await folderInside(share, '../outside'), undefined);
    assert.equal(await folderInside(share, path.join(folder(), 'outside')), undefined);
  });

  it('of a job on a shared disk never says what runs on this machine', async () => {
    const made = path.join(folder(), 'shared/20260101T000000-00000000');
    await mkdir(made, { recursive: true });
    const thresholds = { general: 0.3, character: 0.8 };
    const execution = {
      provider: 'auto',
      batchSize: 0,
      preprocess: 'exact',
      preprocessThreads: 0,
      inferenceThreads: 0,
      idleSeconds: 1,
    };
    const manifest = (environment: object, place: object): string =>
      JSON.stringify({
        ...{
          version: 1,
          id: '20260101T000000-00000000',
          created: '',
          label: 'x',
          root: '/data',
          captionExtension: '.txt',
          mode: 'all',
          total: 1,
          options: defaultCaptionOptions,
          place,
        },
        write: { mode: 'replace', keepFirst: 0, separator: ', ' },
        tagger: {
          name: 'x',
          setup: { models: [{ folder: '/m', thresholds }], merge: 'mean', execution },
          environment,
          hashes: [],
        },
      });
    const cluster = { kind: 'cluster', queue: 'q', dataset: '', shardSize: 1, models: [] };
    const link = path.join(folder(), '20260101T000000-00000000');
    await symlink(made, link);
    const reads = async (text: string, at: string): Promise<unknown> => {
      await writeFile(path.join(made, 'manifest.json'), text);
      return new JobFolder(at).readManifest().then(
        () => 'read',
        (thrown: unknown) => (thrown as { code: string }).code,
      );
    };
    assert.equal(await reads(manifest({}, { kind: 'local' }), made), 'read');
    assert.equal(await reads(manifest({ LD_LIBRARY_PATH: '/cuda' }, { kind: 'local' }), made), 'read');
    assert.equal(await reads(manifest({ LD_PRELOAD: '/evil.so' }, { kind: 'local' }), made), 'JOB_UNREADABLE');
    assert.equal(await reads(manifest({}, cluster), link), 'read');
    assert.equal(await reads(manifest({ LD_LIBRARY_PATH: '/evil' }, cluster), link), 'JOB_UNREADABLE');
    assert.equal(await reads(manifest({}, { kind: 'local' }), link), 'JOB_UNREADABLE');
  });
});
