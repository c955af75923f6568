import assert from 'node:assert/strict';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { serialize } from 'node:v8';
import { captionHash } from '../../../../src/dataset/captions/captionHash';
import { JobJournal } from '../../../../src/jobs/folder/JobJournal';
import { PreviousContents } from '../../../../src/jobs/folder/PreviousContents';
import { type ImageRecord, parseOutcomes, readJournal } from '../../../../src/jobs/folder/journalEntries';
import { testFolder } from '../../shared/testFolder';

describe('The journal of a job', () => {
  const folder = testFolder();
  const file = (): string => path.join(folder(), 'journal.jsonl');
  const read = (): Promise<Map<number, ImageRecord>> => readJournal(file());
  const previousOf = (record: ImageRecord | undefined): Promise<Buffer> =>
    PreviousContents.use((contents) => contents.read(record!.intent!.previous!));

  it('remembers what a file held, what was written and what became of the image', async () => {
    const journal = await JobJournal.open(file());
    const previous = Buffer.from('\uFEFFold, größe\r\n');
    await journal.append(['w', 3, previous.toString('base64'), captionHash('new')], true);
    await journal.append(['o', 3, 'written', 12]);
    await journal.append(['w', 4, null, captionHash('x')]);
    await journal.append(['o', 5, 'failed', 7, 'It is no picture.']);
    await journal.close();
    const records = await read();
    assert.deepEqual(await previousOf(records.get(3)), previous);
    assert.equal(records.get(3)?.intent?.written, captionHash('new'));
    assert.deepEqual([records.get(3)?.outcome, records.get(3)?.milliseconds], ['written', 12]);
    assert.deepEqual([records.get(4)?.outcome, records.get(4)?.intent?.previous], [undefined, null]);
    assert.deepEqual([records.get(5)?.outcome, records.get(5)?.reason], ['failed', 'It is no picture.']);
  });

  it('loses no line that was complete when the process is killed while it writes, at any byte', async () => {
    const journal = await JobJournal.open(file());
    for (let index = 0; index < 3; index++) await journal.append(['o', index, 'written', 1]);
    await journal.close();
    const whole = await readFile(file());
    for (let length = 0; length <= whole.length; length++) {
      await writeFile(file(), whole);
      await truncate(file(), length);
      const complete = whole.subarray(0, length).toString().split('\n').slice(0, -1).filter(Boolean).length;
      const again = await JobJournal.open(file());
      await again.append(['o', 9, 'failed', 1, 'later']);
      await again.close();
      const records = await read();
      assert.equal(records.get(9)?.reason, 'later', `cut after ${length} bytes`);
      assert.ok(records.size - 1 >= complete, `cut after ${length} bytes`);
      for (let index = 0; index < complete; index++) assert.equal(records.get(index)?.outcome, 'written');
    }
  });

  it('passes over what is none of its lines', async () => {
    await appendFile(
      file(),
      '\0\0\0\n["o",1,"done",3]\n["o","1","written",3]\n{"a":1}\n["w",1,5,6]\n["o",2,"same",3]\n[]\n',
    );
    assert.deepEqual([...(await read()).keys()], [2]);
  });

  it('takes an image up again that is to be tried again', () => {
    const records = parseOutcomes('["o",1,"failed",3,"bad"]\n["r",1]\n');
    assert.deepEqual([records.get(1)?.outcome, records.get(1)?.reason], [undefined, undefined]);
  });

  it('keeps the order of many lines that are asked for at the same time', async () => {
    const journal = await JobJournal.open(file());
    await Promise.all(Array.from({ length: 1000 }, (_, index) => journal.append(['o', index, 'written', index])));
    await journal.close();
    assert.deepEqual(
      [...(await read()).keys()],
      Array.from({ length: 1000 }, (_, index) => index),
    );
  });

  it('is read and gives back what a file held, also where it is longer than a string can be', async () => {
    const line = (index: number, previous: string): string =>
      `["w",${index},"${Buffer.from(previous).toString('base64')}","hash"]\n["o",${index},"written",1]\n`;
    await writeFile(file(), line(1, 'first') + line(2, 'before'));
    // A hole, as a disk leaves it that lost power.
    await truncate(file(), 540_000_000);
    await appendFile(file(), `\n${line(2, 'größe')}${line(3, 'last')}`);
    const records = await read();
    assert.deepEqual([...records.keys()], [1, 2, 3]);
    const previous = [];
    for (const record of records.values()) previous.push((await previousOf(record)).toString());
    assert.deepEqual(previous, ['first', 'größe', 'last']);
  });

  it('keeps no bytes of captions in memory', async () => {
    const previous = Buffer.alloc(30_000, 'a').toString('base64');
    const lines = Array.from({ length: 200 }, (_, index) => `["w",${index},"${previous}",null]\n`);
    await writeFile(file(), lines.join(''));
    assert.ok(serialize(await read()).length < 100_000);
  });

  it('gives nothing back from a line that is not there any more', async () => {
    await writeFile(file(), '["w",1,"YQ==",null]\n');
    const records = await read();
    await writeFile(file(), '["w",1,');
    await assert.rejects(previousOf(records.get(1)), { code: 'JOB_UNREADABLE' });
  });

  it('says so when it cannot be written', async () => {
    await assert.rejects(JobJournal.open(path.join(folder(), 'gone', 'journal.jsonl')), { code: 'JOURNAL_FAILED' });
  });
});
