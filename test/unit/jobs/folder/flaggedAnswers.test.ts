import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { flaggedAnswers } from '../../../../src/jobs/folder/flaggedAnswers';
import type { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import type { JournalLine } from '../../../../src/jobs/folder/journalEntries';
import { retryJournalName, shardJournalName } from '../../../../src/jobs/folder/shardJournals';
import { testFolder, writeFiles } from '../../shared/testFolder';
import { makeCaptionerJob, testProfile } from '../captionerJobs';

const answer = 'I’m sorry,\nbut "I" can’t \\ help with that.';
const refused: JournalLine = ['o', 1, 'flagged', 20, 'The model refused.', 'refused', answer];
const text = (...lines: (JournalLine | string)[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

describe('The flagged answers of a job', () => {
  const folder = testFolder();
  let job: JobFolder;

  beforeEach(async () => {
    const root = path.join(folder(), 'set');
    await writeFiles(folder(), { 'set/1.png': '', 'set/2.png': '', 'set/3.png': '' });
    job = await makeCaptionerJob(path.join(folder(), 'jobs'), root, testProfile('http://127.0.0.1:9/v1'));
  });

  const write = (name: string, content: string): Promise<void> => writeFile(path.join(job.path, name), content);

  it('are read from its journal as they came, with the image, the flag and its words', async () => {
    await write('journal.jsonl', text(['o', 0, 'written', 9], refused, ['o', 2, 'failed', 1, 'The image is damaged.']));
    assert.deepEqual(await flaggedAnswers(job), [
      { index: 1, path: '2.png', flag: 'refused', reason: 'The model refused.', text: answer },
    ]);
  });

  it('are there no more when they are asked again, and are those of the last answer', async () => {
    const empty: JournalLine = ['o', 1, 'flagged', 20, 'The answer is empty.', 'empty', ''];
    await write('journal.jsonl', text(refused, ['r', 1]));
    assert.deepEqual(await flaggedAnswers(job), []);
    await write('journal.jsonl', text(refused, ['r', 1], empty));
    assert.deepEqual(
      (await flaggedAnswers(job)).map(({ flag, text: said }) => [flag, said]),
      [['empty', '']],
    );
    await write('journal.jsonl', text(refused, ['r', 1], ['o', 1, 'written', 20]));
    assert.deepEqual(await flaggedAnswers(job), []);
  });

  it('never are lines that a crash cut off, nor some that name no flag: the image is asked about again', async () => {
    const cut = JSON.stringify(refused).slice(0, -5);
    await write('journal.jsonl', text(cut, '["o",2,"flagged",20,"words"]', '["o",0,"flagged",20,"words","mood","x"]'));
    assert.deepEqual(await flaggedAnswers(job), []);
    const outcomes = [...(await job.readJournal()).values()].map(({ outcome }) => outcome);
    assert.deepEqual(
      outcomes.filter((outcome) => outcome !== undefined),
      [],
    );
  });

  it('of a cluster are those of all workers, until they are asked again', async () => {
    await write(shardJournalName(0, 0, 'w1'), text(refused));
    assert.equal((await flaggedAnswers(job))[0]?.text, answer);
    await write(retryJournalName(1), text(['r', 1]));
    assert.deepEqual(await flaggedAnswers(job), []);
  });
});
