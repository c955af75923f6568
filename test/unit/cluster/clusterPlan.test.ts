import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { ImageList } from '../../../src/cluster/ImageList';
import { JournalTail } from '../../../src/cluster/JournalTail';
import { redisAddress } from '../../../src/cluster/redisAddress';
import { jobKey, parseShardData, planShards, shardId, shardOfId, type ShardData } from '../../../src/cluster/shards';
import { mountOf, pathOnShared } from '../../../src/jobs/folder/clusterJob';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import { PreviousContents } from '../../../src/jobs/folder/PreviousContents';
import type { ClusterPlace } from '../../../src/jobs/jobTypes';
import type { JournalLine } from '../../../src/jobs/folder/journalEntries';
import { retryJournalName, shardJournalName, shardJournals } from '../../../src/jobs/folder/shardJournals';
import { testFolder } from '../shared/testFolder';

const lineOf = (line: JournalLine): string => `${JSON.stringify(line)}\n`;

describe('The plan of a job on a cluster', () => {
  const folder = testFolder();
  async function images(count: number, expected: string | null = null): Promise<ImageList> {
    const lines = Array.from({ length: count }, (_, index) => `${JSON.stringify([`größe ${index}.png`, expected])}\n`);
    await writeFile(path.join(folder(), 'images.jsonl'), lines.join(''));
    return ImageList.read(folder());
  }
  const job = { job: 'x', folder: 'data/.dataset-captions/jobs/x', manifest: 'm', generation: 0 };

  it('has every open image in exactly one shard, whose bytes are its lines', async () => {
    const list = await images(100);
    const text = Buffer.from(list.content);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.array(fc.nat(99)), (size, done) => {
        const isOpen = (index: number): boolean => !done.includes(index);
        const shards = planShards(job, list, size, isOpen);
        const covered = new Map<number, number>();
        for (const { first, count, bytes, shard } of shards) {
          assert.equal(first, shard * size);
          const lines = text
            .subarray(...bytes)
            .toString()
            .trimEnd()
            .split('\n');
          assert.deepEqual(
            lines.map((line) => (JSON.parse(line) as [string])[0]),
            Array.from({ length: count }, (_, index) => `größe ${first + index}.png`),
          );
          for (let index = first; index < first + count; index++) covered.set(index, (covered.get(index) ?? 0) + 1);
        }
        for (let index = 0; index < 100; index++) {
          assert.ok(isOpen(index) ? covered.get(index) === 1 : (covered.get(index) ?? 0) <= 1);
        }
      }),
    );
  });

  it('gives the same job the same ids, and another one others', async () => {
    const key = jobKey('data/jobs/x', '{"id":"x"}', await images(3));
    assert.equal(jobKey('data/jobs/x', '{"id":"x"}', await images(3)), key);
    const others = [
      jobKey('data/jobs/y', '{"id":"x"}', await images(3)),
      jobKey('data/jobs/x', '{"id":"y"}', await images(3)),
      jobKey('data/jobs/x', '{"id":"x"}', await images(4)),
      jobKey('data/jobs/x', '{"id":"x"}', await images(3, 'another caption')),
      jobKey('data/jobs/x{"id', '":"x"}', await images(3)),
    ];
    assert.equal(new Set([key, ...others]).size, 6);
    const id = shardId(key, { shard: 12, generation: 3 });
    assert.ok(!id.includes(':') && !/^\d+$/.test(id));
    assert.equal(shardOfId(key, id), 12);
    assert.equal(shardOfId(key, shardId(key, { shard: 0, generation: 0 })), 0);
    assert.equal(shardOfId(others[0]!, id), undefined);
    assert.notEqual(shardId(key, { shard: 1, generation: 1 }), shardId(key, { shard: 1, generation: 0 }));
  });

  it('takes nothing from the queue that leads out of the shared folder or is no shard', async () => {
    const [shard] = planShards(job, await images(3), 2, () => true);
    assert.deepEqual(parseShardData(JSON.parse(JSON.stringify(shard))), shard);
    const wrong: Partial<Record<keyof ShardData, unknown>>[] = [
      ...['/etc', '../x', 'a/../../x', 'C:\\x', '\\\\host\\x', 'a\0b', 7].map((bad) => ({ folder: bad })),
      ...[{ version: 2 }, { first: -1 }, { bytes: [0] }, { bytes: ['0', 1] }, { shard: 0.5 }, { job: null }],
    ];
    for (const change of wrong) {
      assert.throws(() => parseShardData({ ...shard, ...change }), /cannot read/, JSON.stringify(change));
    }
    assert.throws(() => parseShardData(null), /cannot read/);
  });

  it('knows the shared folder by the place of the dataset in it, also through links', async () => {
    const place: Omit<ClusterPlace, 'dataset'> = { kind: 'cluster', queue: 'q', shardSize: 1, models: [] };
    assert.equal(mountOf({ root: '/mnt/all/a/b' }, { ...place, dataset: 'a/b' }), '/mnt/all');
    assert.equal(mountOf({ root: '/mnt/all' }, { ...place, dataset: '' }), '/mnt/all');
    await mkdir(path.join(folder(), 'disk/data'), { recursive: true });
    await symlink(path.join(folder(), 'disk/data'), path.join(folder(), 'link'));
    assert.equal(await pathOnShared(path.join(folder(), 'disk'), path.join(folder(), 'link')), 'data');
    assert.equal(await pathOnShared(path.join(folder(), 'disk/data'), folder()), undefined);
  });
});

describe('The journals of a cluster', () => {
  const folder = testFolder();
  const previous = Buffer.from('by hand').toString('base64');
  const journal = (generation: number, shard: number, worker: string, ...lines: JournalLine[]): Promise<void> =>
    appendFile(path.join(folder(), shardJournalName(generation, shard, worker)), lines.map(lineOf).join(''));
  async function tail(count: number): Promise<JournalTail> {
    const lines = Array.from({ length: count }, (_, index) => `${JSON.stringify([`${index}.png`, null])}\n`);
    await writeFile(path.join(folder(), 'images.jsonl'), lines.join(''));
    return new JournalTail(folder(), await ImageList.read(folder()));
  }

  it('are read in the order of generations, and others are passed over', () => {
    const names = ['journal.jsonl', 'journal-0001.jsonl', 'journal-0001-000002.b.jsonl', 'journal-0000-000010.a.jsonl'];
    assert.deepEqual(
      shardJournals([...names, 'state.json', 'journal-0000-000010.a.jsonl.tmp', 'journal-1.jsonl']).map(
        ({ name }) => name,
      ),
      ['journal-0000-000010.a.jsonl', 'journal-0001.jsonl', 'journal-0001-000002.b.jsonl'],
    );
  });

  it('say that a caption was written when one worker wrote it, whatever another one says', async () => {
    await journal(0, 0, 'a', ['w', 0, previous, 'h'], ['o', 0, 'written', 5], ['o', 1, 'failed', 5, 'no']);
    await journal(0, 0, 'b', ['o', 0, 'kept', 5, 'edited'], ['o', 1, 'untagged', 5], ['w', 2, null, 'x']);
    const records = await new JobFolder(folder()).readJournal();
    assert.equal(records.get(0)?.outcome, 'written');
    assert.equal(
      (await PreviousContents.use((contents) => contents.read(records.get(0)!.intent!.previous!))).toString(),
      'by hand',
    );
    assert.equal(records.get(1)?.outcome, 'untagged');
    assert.equal(records.get(2)?.outcome, undefined);
    const follower = await tail(4);
    await follower.update();
    assert.deepEqual(follower.counts, { written: 1, same: 0, untagged: 1, kept: 0, flagged: 0, failed: 0 });
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => follower.isOpen(index)),
      [false, false, true, true],
    );
  });

  it('are followed line by line, and each image is told of once', async () => {
    const follower = await tail(3);
    const told: [number, string | undefined][] = [];
    const update = (): Promise<void> => follower.update((index, failure) => told.push([index, failure]));
    const file = path.join(folder(), shardJournalName(0, 0, 'a'));
    await appendFile(file, `\n${lineOf(['o', 0, 'written', 1])}["o",1,"fai`);
    await update();
    assert.deepEqual(told, [[0, undefined]]);
    await appendFile(file, `led",1,"broken"]\n`);
    await update();
    await journal(0, 0, 'b', ['o', 0, 'same', 1], ['o', 1, 'written', 1]);
    await update();
    assert.deepEqual(told, [
      [0, undefined],
      [1, 'broken'],
    ]);
    assert.deepEqual(follower.counts, { written: 2, same: 0, untagged: 0, kept: 0, flagged: 0, failed: 0 });
    assert.deepEqual(follower.failures, []);
    assert.equal(follower.handled, 2);
  });

  it('give images that failed another try, and no others', async () => {
    await journal(0, 0, 'a', ['o', 0, 'written', 1], ['o', 1, 'failed', 1, 'no'], ['o', 2, 'kept', 1, 'edited']);
    const follower = await tail(3);
    await follower.update();
    await follower.retry(new Set(['failed']));
    assert.deepEqual(
      [0, 1, 2].map((index) => follower.isOpen(index)),
      [false, true, false],
    );
    assert.equal(follower.generation, 1);
    await journal(1, 0, 'b', ['o', 1, 'failed', 1, 'still not']);
    await follower.update();
    assert.deepEqual(follower.failures.map(({ reason }) => reason).sort(), ['edited', 'still not']);
    const again = await tail(3);
    await again.update();
    assert.deepEqual(again.counts, follower.counts);
    const records = await new JobFolder(folder()).readJournal();
    assert.equal(records.get(1)?.reason, 'still not');
    assert.ok((await readdir(folder())).includes(retryJournalName(1)));
  });
});

describe('The address of a queue', () => {
  it('has TLS, a user, a password with odd characters and a number', () => {
    const { login, shown } = redisAddress(' rediss://captioner:p%40ss%3A%2F@redis.example:6380/3 ');
    assert.deepEqual(login, {
      ...{ host: 'redis.example', port: 6380, username: 'captioner', password: 'p@ss:/', db: 3 },
      tls: { servername: 'redis.example' },
    });
    assert.equal(shown, 'rediss://redis.example:6380/3');
    assert.deepEqual(redisAddress('redis://[::1]').login, { host: '::1', port: 6379 });
  });

  it('never shows its password', () => {
    const url = 'redis://u:p%40ss-word@host';
    const { hide } = redisAddress(url);
    for (const text of [`at ${url}`, 'AUTH u p@ss-word failed', 'p%40ss-word']) {
      assert.ok(!/p(@|%40)ss-word/.test(hide(text)), hide(text));
    }
    for (const wrong of [
      'secret',
      'http://u:secret@host',
      'redis://u:secret@',
      'redis://u:%zzsecret@host',
      'redis://:secret@host/x',
    ]) {
      assert.throws(
        () => redisAddress(wrong),
        (thrown: Error) =>
          !thrown.message.includes('secret') && thrown.message.startsWith('The address of the queue is none'),
      );
    }
  });
});
