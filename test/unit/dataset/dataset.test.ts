import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readFile, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EmptiedCaption } from '../../../src/dataset/captions/Caption';
import { CaptionError } from '../../../src/dataset/files/CaptionError';
import { Dataset } from '../../../src/dataset/Dataset';
import { mergeTags } from '../../../src/tags/tagCounts';
import { captionOf, openDataset } from './openDataset';
import { fingerprint, namesIn, testFolder, writeFiles, type TestFiles } from '../shared/testFolder';

describe('A dataset', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const textOf = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');

  const open = (files: TestFiles, emptied?: EmptiedCaption): Promise<Dataset> => openDataset(folder(), files, emptied);

  describe('saving', () => {
    it('writes the edited captions exactly and touches nothing else', async () => {
      const dataset = await open({
        'a.jpg': '',
        'a.txt': 'old',
        'b.jpg': '',
        'c.jpg': '',
        'c.txt': '\uFEFFkept\r\n',
        'd.jpg': '',
        'd.txt': 'x\r\ny\r\n',
      });
      const before = [await fingerprint(inFolder('c.txt')), await fingerprint(inFolder('a.jpg'))];
      dataset.setText(captionOf(dataset, 'a.jpg'), '1girl, caf\u00e9 \u{1F600}');
      dataset.setText(captionOf(dataset, 'b.jpg'), ' new ');
      dataset.setText(captionOf(dataset, 'd.jpg'), 'x\ny, z');
      assert.deepEqual(await dataset.save(), { saved: 3, failures: [] });
      assert.equal(await textOf('a.txt'), '1girl, caf\u00e9 \u{1F600}');
      assert.equal(await textOf('b.txt'), ' new ');
      assert.equal(await textOf('d.txt'), 'x\r\ny, z\r\n');
      assert.deepEqual([await fingerprint(inFolder('c.txt')), await fingerprint(inFolder('a.jpg'))], before);
      assert.equal((await namesIn(folder())).length, 8);
    });

    it('does not touch a caption that was typed and taken back', async () => {
      for (const raw of ['old', '\uFEFFa\r\nb\rc\n\n', '', ' ']) {
        const dataset = await open({ 'a.jpg': '', 'a.txt': raw });
        const before = await fingerprint(inFolder('a.txt'));
        const caption = captionOf(dataset, 'a.jpg');
        const { text } = caption;
        for (const typed of [`${text}x`, '', text]) dataset.setText(caption, typed);
        await dataset.save();
        assert.equal(await fingerprint(inFolder('a.txt')), before);
      }
    });

    it('keeps what is typed while it runs for the next save', async () => {
      const dataset = await open({ 'a.jpg': '', 'a.txt': 'old' });
      const caption = captionOf(dataset, 'a.jpg');
      dataset.setText(caption, 'one');
      const saving = dataset.save();
      dataset.setText(caption, 'two');
      await saving;
      assert.equal(caption.text, 'two');
      await dataset.save();
      assert.equal(await textOf('a.txt'), 'two');
      assert.equal(caption.isDirty, false);
    });

    it('ends with what was typed last, whenever the keys fall, also when that is the old text', async () => {
      const dataset = await open({ 'a.jpg': '', 'a.txt': 'old' });
      const caption = captionOf(dataset, 'a.jpg');
      for (let round = 0; round < 60; round++) {
        const old = caption.text;
        dataset.setText(caption, `new ${round}`);
        const saving = dataset.save();
        for (let turn = 0; turn < round; turn++) await new Promise((resolve) => setImmediate(resolve));
        const last = round % 2 === 0 ? old : `newer ${round}`;
        dataset.setText(caption, last);
        await saving;
        await dataset.load();
        assert.equal(caption.text, last);
        await dataset.save();
        assert.equal(await textOf('a.txt'), last);
      }
    });

    it('removes an emptied caption, or leaves one line end, and undo brings the very bytes back', async () => {
      for (const emptied of ['delete', 'keepLineEnd'] as const) {
        const raw = '\uFEFFa\r\nb\r\n';
        const dataset = await open({ 'a.jpg': '', 'a.txt': raw }, emptied);
        const change = dataset.setText(captionOf(dataset, 'a.jpg'), '  ')!;
        await dataset.save();
        if (emptied === 'delete') assert.deepEqual(await namesIn(folder()), ['a.jpg']);
        else assert.equal(await textOf('a.txt'), '\n');
        assert.deepEqual(dataset.replay([change], 'undo'), []);
        await dataset.save();
        assert.equal(await textOf('a.txt'), raw);
        assert.deepEqual(dataset.replay([change], 'redo'), []);
        await dataset.save();
        assert.equal(captionOf(dataset, 'a.jpg').isEmpty, true);
      }
    });

    it('writes through a caption that is a link, and keeps the link when it is emptied and undone', async () => {
      await writeFiles(folder(), { 'store/real.txt': 'old' });
      await symlink('store/real.txt', inFolder('a.txt'));
      const dataset = await open({ 'a.jpg': '' });
      const caption = captionOf(dataset, 'a.jpg');
      const change = dataset.setText(caption, '')!;
      assert.deepEqual(await dataset.save(), { saved: 1, failures: [] });
      assert.ok((await lstat(inFolder('a.txt'))).isSymbolicLink());
      assert.equal(await textOf('store/real.txt'), '\n');
      assert.deepEqual(dataset.replay([change], 'undo'), []);
      await dataset.save();
      assert.equal(await textOf('store/real.txt'), 'old');
      assert.ok((await lstat(inFolder('a.txt'))).isSymbolicLink());
      dataset.replay([change], 'redo');
      await dataset.save();
      assert.equal(await textOf('store/real.txt'), '\n');
    });

    it('says why a caption could not be written and keeps its text', async () => {
      const dataset = await open({ 'sub/a.jpg': '', 'sub/a.txt': 'old', 'b.jpg': '' });
      dataset.setText(captionOf(dataset, 'sub/a.jpg'), 'mine');
      dataset.setText(captionOf(dataset, 'b.jpg'), 'fine');
      await mkdir(inFolder('b.txt'));
      const report = await dataset.save();
      assert.equal(report.saved, 1);
      assert.deepEqual(
        report.failures.map((failure) => failure.path),
        ['b.txt'],
      );
      assert.equal(captionOf(dataset, 'b.jpg').text, 'fine');
      assert.equal(captionOf(dataset, 'b.jpg').isDirty, true);
      assert.equal(captionOf(dataset, 'b.jpg').failure?.code, 'FILE_ERROR');
      assert.equal(captionOf(dataset, 'b.jpg').saving, false);
    });

    it('goes on after a full disk once there is room', async function () {
      await mkdir(inFolder('disk'));
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', inFolder('disk')], { stdio: 'ignore' });
      } catch {
        // Only root may mount; there is no other way to a full disk.
        this.skip();
      }
      try {
        const dataset = await open({ 'disk/a.jpg': '', 'disk/a.txt': 'old' });
        await writeFile(inFolder('disk/filler'), Buffer.alloc(100_000)).catch(() => undefined);
        const caption = captionOf(dataset, 'disk/a.jpg');
        dataset.setText(caption, 'new, '.repeat(2000));
        const report = await dataset.save();
        assert.match(report.failures[0]!.reason, /disk is full/i);
        assert.equal(await textOf('disk/a.txt'), 'old');
        assert.equal(caption.text, 'new, '.repeat(2000));
        await unlink(inFolder('disk/filler'));
        assert.equal((await dataset.save()).saved, 1);
        assert.equal(await textOf('disk/a.txt'), 'new, '.repeat(2000));
        assert.equal(caption.failure, undefined);
      } finally {
        execFileSync('umount', [inFolder('disk')]);
      }
    });
  });

  describe('with backups', () => {
    it('brings unsaved edits back, and a conflict where the file changed meanwhile', async () => {
      const first = await open({
        'a.jpg': '',
        'a.txt': 'old a\r\n',
        'b.jpg': '',
        'b.txt': 'old b',
        'c.jpg': '',
        'd.jpg': '',
      });
      for (const name of ['a', 'b', 'c', 'd']) first.setText(captionOf(first, `${name}.jpg`), `mine ${name}`);
      const edits = JSON.parse(JSON.stringify(first.unsavedEdits())) as ReturnType<Dataset['unsavedEdits']>;
      await writeFile(inFolder('b.txt'), 'theirs');
      await writeFile(inFolder('c.txt'), 'mine c');
      await unlink(inFolder('d.jpg'));
      const second = new Dataset(folder(), first.options);
      await second.load();
      await second.restoreEdits(edits);
      assert.equal(captionOf(second, 'a.jpg').text, 'mine a');
      assert.equal(captionOf(second, 'b.jpg').inConflict, true);
      assert.equal(captionOf(second, 'c.jpg').isDirty, false);
      assert.equal(captionOf(second, 'd.jpg').text, 'mine d');
      assert.equal((await second.save()).saved, 2);
      assert.equal(await textOf('a.txt'), 'mine a\r\n');
      assert.equal(await textOf('b.txt'), 'theirs');
      assert.equal(await textOf('d.txt'), 'mine d');
    });
  });

  it('keeps what was typed before an older unsaved edit was brought back, and undo brings that one', async () => {
    const dataset = await open({ 'a.jpg': '', 'a.txt': 'old' });
    const caption = captionOf(dataset, 'a.jpg');
    dataset.setText(caption, 'typed just now');
    const base = Buffer.from('old').toString('base64');
    const changes = await dataset.restoreEdits([
      { captionPath: 'a.txt', images: ['a.jpg'], raw: 'typed before', base },
    ]);
    assert.equal(caption.text, 'typed just now');
    assert.deepEqual(dataset.replay(changes, 'undo'), []);
    assert.equal(caption.text, 'typed before');
  });

  describe('with a caption that is not UTF-8', () => {
    const latin = Buffer.from([0x63, 0x61, 0x66, 0xe9]);
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('caf\u00e9', 'utf16le')]);
    for (const [what, bytes] of [
      ['Windows-1252', latin],
      ['UTF-16', utf16],
    ] as const) {
      it(`never rewrites it until the user agrees, then as UTF-8: ${what}`, async () => {
        const dataset = await open({ 'a.jpg': '', 'a.txt': bytes, 'b.jpg': '' });
        const before = await fingerprint(inFolder('a.txt'));
        const caption = captionOf(dataset, 'a.jpg');
        assert.equal(caption.text, 'caf\u00e9');
        const notUtf8 = (error: unknown): boolean => error instanceof CaptionError && error.code === 'CAPTION_NOT_UTF8';
        assert.throws(() => dataset.setText(caption, 'x'), notUtf8);
        await assert.rejects(
          dataset.writeGenerated(caption, () => 'x', caption.raw),
          notUtf8,
        );
        dataset.setText(captionOf(dataset, 'b.jpg'), 'x');
        await dataset.save();
        assert.equal(await fingerprint(inFolder('a.txt')), before);
        caption.agreeToConvert();
        dataset.setText(caption, 'caf\u00e9, x');
        await dataset.save();
        assert.equal(await textOf('a.txt'), 'caf\u00e9, x');
      });
    }

    it('says why, when an edit made before stands against it', async () => {
      const dataset = await open({ 'a.jpg': '', 'a.txt': 'base' });
      const caption = captionOf(dataset, 'a.jpg');
      dataset.setText(caption, 'mine');
      await writeFile(inFolder('a.txt'), latin);
      await dataset.save();
      const change = dataset.resolveConflict(caption, 'theirs', mergeTags)!;
      dataset.replay([change], 'undo');
      const report = await dataset.save();
      assert.equal(report.saved, 0);
      assert.equal(report.failures.length, 1);
      assert.deepEqual(await readFile(inFolder('a.txt')), latin);
    });
  });

  it('has one caption for images that share its file', async () => {
    const dataset = await open({ 'a.jpg': '', 'a.png': '', 'a.txt': 'old' });
    const caption = captionOf(dataset, 'a.jpg');
    assert.equal(captionOf(dataset, 'a.png'), caption);
    assert.deepEqual(caption.images, ['a.jpg', 'a.png']);
  });

  it('shows a caption that cannot be read as such, and again when it can', async () => {
    await symlink('circle.txt', inFolder('circle.txt'));
    await symlink('circle.txt', inFolder('a.txt'));
    const dataset = await open({ 'a.jpg': '' });
    const caption = captionOf(dataset, 'a.jpg');
    assert.ok(caption.unreadable);
    assert.throws(() => dataset.setText(caption, 'x'), CaptionError);
    await unlink(inFolder('a.txt'));
    await dataset.load();
    assert.equal(caption.unreadable, undefined);
  });

  it('removes temporary files that a process left behind long ago, and no others', async () => {
    const old = '.dataset-captions-4242-0123456789ab.tmp';
    const young = '.dataset-captions-4242-ba9876543210.tmp';
    await writeFiles(folder(), { 'a.jpg': '', [old]: 'x', [young]: 'x', '.other.tmp': 'x', [`sub/${old}`]: 'x' });
    await utimes(inFolder(young), new Date(), new Date());
    await open({});
    assert.deepEqual(await namesIn(folder()), [young, '.other.tmp', 'a.jpg', 'sub'].sort());
    assert.deepEqual(await namesIn(inFolder('sub')), []);
  });
});
