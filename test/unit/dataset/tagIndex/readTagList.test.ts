import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTagList, TagListError, tagListWarning } from '../../../../src/dataset/tagIndex/readTagList';

describe('a list of tags', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tag-list-'));
  });
  after(() => rm(folder, { recursive: true }));

  const listOf = async (content: string | Buffer, name = 'tags.csv'): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, content);
    return file;
  };
  const refused = async (content: string | Buffer): Promise<string> => {
    const file = await listOf(content);
    let message = '';
    await assert.rejects(readTagList(file), (error) => {
      assert.ok(error instanceof TagListError && error.path === file);
      message = error.message.replace(file, 'FILE');
      return true;
    });
    return message;
  };

  it('has tags, counts and other names as tagcomplete writes them', async () => {
    const file = await listOf('1girl,0,4114588,"1girls,sole_female"\r\nhighres,5,3008413,"high_res"\nrare,0,3,\n');
    assert.deepEqual((await readTagList(file)).tags, [
      { tag: '1girl', count: 4114588 },
      { tag: '1girl', count: 4114588, alias: '1girls' },
      { tag: '1girl', count: 4114588, alias: 'sole_female' },
      { tag: 'highres', count: 3008413 },
      { tag: 'highres', count: 3008413, alias: 'high_res' },
      { tag: 'rare', count: 3 },
    ]);
  });

  it('may be a model’s own list, one with other columns, or bare tags', async () => {
    const model = await readTagList(await listOf('\uFEFFtag_id,name,category,count\n470575,1girl,0,4225150\n'));
    assert.deepEqual(model.tags, [{ tag: '1girl', count: 4225150 }]);
    const other = await readTagList(await listOf('aliases,post_count,name\n"a,b",7,x\n'));
    assert.deepEqual(other.tags, [
      { tag: 'x', count: 7 },
      { tag: 'x', count: 7, alias: 'a' },
      { tag: 'x', count: 7, alias: 'b' },
    ]);
    const bare = await readTagList(await listOf('cat\n\ndog ears\n'));
    assert.deepEqual(bare.tags, [
      { tag: 'cat', count: 0 },
      { tag: 'dog ears', count: 0 },
    ]);
  });

  it('leaves bad lines out and says which was the first', async () => {
    const file = await listOf('cat,0,5,\n,0,7,\ndog,0,many,\n"a,b",0,3,\nbird,0,2,\n');
    const list = await readTagList(file);
    assert.deepEqual(
      list.tags.map(({ tag }) => tag),
      ['cat', 'bird'],
    );
    assert.equal(
      tagListWarning(file, list),
      'Line 2 of the tag list tags.csv was left out: it has no tag; 2 more lines were left out, too.',
    );
    const one = await readTagList(await listOf('cat,0,5,\ndog,0,many,\n'));
    assert.equal(
      tagListWarning(file, one),
      'Line 2 of the tag list tags.csv was left out: the count "many" is no number.',
    );
    assert.equal(tagListWarning(file, await readTagList(await listOf('cat,0,5,\n'))), undefined);
  });

  it('survives a quotation mark that is not closed', async () => {
    const file = await listOf('cat,0,5,\n"dog,0,4,\nbird,0,2,\n');
    const list = await readTagList(file);
    assert.deepEqual(list.tags, [{ tag: 'cat', count: 5 }]);
    assert.equal(list.firstProblem?.line, 2);
    assert.equal(list.firstProblem.reason, 'a quotation mark is not closed');
    const inside = await readTagList(await listOf('he said "hi",0,5,\n'));
    assert.deepEqual(inside.tags, [{ tag: 'he said "hi"', count: 5 }]);
  });

  it('says in one sentence why it cannot be used', async () => {
    await assert.rejects(
      readTagList(path.join(folder, 'none.csv')),
      /none\.csv cannot be read: there is no such file\.$/,
    );
    await mkdir(path.join(folder, 'sub'), { recursive: true });
    await assert.rejects(readTagList(path.join(folder, 'sub')), /cannot be read: it is no file\.$/);
    assert.equal(await refused(''), 'The tag list FILE cannot be read: it has no tags.');
    assert.equal(
      await refused('a,0,x,\nb,0,y,\n'),
      'The tag list FILE cannot be read: line 1: the count "x" is no number.',
    );
    assert.match(await refused(Buffer.from([0x66, 0xff, 0xfe, 0x00, 0x2c, 0x0a])), /line 1: it is not UTF-8/);
  });

  it('of 200,000 tags is read while everything else goes on', async () => {
    const rows = Array.from({ length: 200_000 }, (_, number) => `tag_${number},0,${number},"other_${number}"\n`);
    const file = await listOf(rows.join(''), 'large.csv');
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const { tags } = await readTagList(file);
    clearInterval(timer);
    assert.equal(tags.length, 400_000);
    assert.ok(turns > 10, `only ${turns} turns`);
  });
});
