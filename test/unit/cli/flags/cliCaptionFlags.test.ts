import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { captionFlagHelp, captionFlags } from '../../../../src/cli/flags/captionFlags';
import { cli, type CaptionReport } from '../../shared/runCli';
import { fingerprint, namesIn, testFolder, writeFiles } from '../../shared/testFolder';

/** What the palette model sees in a red picture, in this order; all four ratings are equally likely. */
const redTags = 'monochrome, red theme, red background, simple background';

describe('The flags of captions', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const textOf = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');
  let red: Uint8Array;

  before(async () => {
    red = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#d01010' } })
      .png()
      .toBuffer();
  });

  async function captionJson(...args: string[]): Promise<CaptionReport> {
    const { code, stdout, stderr } = await cli('caption', folder(), ...args, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as CaptionReport;
  }

  it('are all explained', () => {
    const explained = captionFlagHelp.flatMap((line) => /^--([a-z-]+)/.exec(line)?.[1] ?? []);
    assert.deepEqual(explained.sort(), Object.keys(captionFlags).sort());
  });

  it('make the tags of a caption', async () => {
    await writeFiles(folder(), { 'a.png': red });
    await captionJson();
    assert.equal(await textOf('a.txt'), redTags);
    await captionJson(
      '--mode',
      'all',
      '--maximum-tags',
      '3',
      '--rating',
      'last',
      '--rating-names',
      'general=rating: safe',
    );
    assert.equal(await textOf('a.txt'), 'monochrome, red theme, red background, rating: safe');
    await captionJson(
      ...['--mode', 'all', '--keep-underscores', '--excluded-tags', 'mono*', '--excluded-tags', 'x, red background'],
      ...['--always-first-tags', 'simple background,nothing', '--added-tags', 'ohwx style, (me)'],
      ...['--replacements', 'red theme=crimson\\, deep=er', '--separator', ' | '],
    );
    assert.equal(await textOf('a.txt'), 'ohwx style | (me) | simple_background | crimson | deep=er');
    await captionJson('--mode', 'all', '--replacements', 'monochrome=,red_theme=red', '--replacements', 'a\\=b=c');
    assert.equal(await textOf('a.txt'), 'red, red background, simple background');
  });

  it('add tags to the captions that are there, all of them unless told otherwise', async () => {
    await writeFiles(folder(), {
      'a.png': red,
      'a.txt': '\uFEFFmine, Red Theme\r\nsecond line\r\n',
      'b.png': red,
      'b.txt': `${redTags}, mine`,
      'c.png': red,
    });
    const complete = await fingerprint(inFolder('b.txt'));
    const report = await captionJson('--write-mode', 'append');
    assert.deepEqual([report.done, report.total], [3, 3]);
    assert.equal(
      await textOf('a.txt'),
      '\uFEFFmine, Red Theme, monochrome, red background, simple background\r\nsecond line\r\n',
    );
    assert.equal(await fingerprint(inFolder('b.txt')), complete);
    assert.equal(await textOf('c.txt'), redTags);
  });

  it('put tags in front, behind the first ones that are kept', async () => {
    await writeFiles(folder(), { 'a.png': red, 'a.txt': 'ohwx, mine', 'b.png': red });
    await captionJson('--write-mode', 'prepend', '--keep-first-tags', '1', '--maximum-tags', '2');
    assert.equal(await textOf('a.txt'), 'ohwx, monochrome, red theme, mine');
    await captionJson('--mode', 'all', '--keep-first-tags', '1', '--excluded-tags', '*theme');
    assert.equal(await textOf('a.txt'), 'ohwx, monochrome, red background, simple background');
  });

  it('fill empty captions only, in either spelling', async () => {
    await writeFiles(folder(), { 'a.png': red, 'a.txt': 'mine', 'b.png': red });
    const before = await fingerprint(inFolder('a.txt'));
    const report = await captionJson('--mode', 'all', '--write-mode', 'only-empty');
    assert.deepEqual(Object.keys(report.results), [inFolder('b.png')]);
    assert.equal((await captionJson('--mode', 'all', '--write-mode', 'onlyEmpty')).total, 0);
    assert.equal(await fingerprint(inFolder('a.txt')), before);
  });

  it('that cannot be used end the program with what is wrong, before anything is written', async () => {
    await writeFiles(folder(), { 'a.png': red });
    const cases: [args: string[], message: RegExp][] = [
      [['--mcut', 'on'], /--mcut must be off, general, character or both, not "on"/],
      [['--maximum-tags', '1.5'], /--maximum-tags must be a whole number.*"1\.5"/],
      [['--rating', 'front'], /--rating must be off, first or last/],
      [['--rating-names', 'general'], /--rating-names takes NAME=OTHER.*"general"/],
      [['--replacements', 'a=b,=c'], /--replacements takes NAME=OTHER.*"=c"/],
      [['--tag-order', 'abc'], /--tag-order must be confidence or model/],
      [
        ['--write-mode', 'overwrite'],
        /--write-mode must be replace, append, prepend, update or only-empty, not "overwrite"/,
      ],
      [['--keep-first-tags', 'two'], /--keep-first-tags must be a whole number/],
      [['--separator', ''], /--separator must not be empty/],
      [['--separator', '\n'], /--separator must not have a line end/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await cli('caption', folder(), ...args, '--json');
      assert.deepEqual([code, stdout], [1, ''], args.join(' '));
      assert.match(stderr, message);
    }
    assert.deepEqual(await namesIn(folder()), ['a.png']);
  });
});
