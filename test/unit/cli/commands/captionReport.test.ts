import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { CaptionReport } from '../../../../src/cli/commands/CaptionReport';
import type { CommandInput } from '../../../../src/cli/shared/Command';
import { Console } from '../../../../src/cli/shared/Console';
import { Dataset } from '../../../../src/dataset/Dataset';
import type { ScanProblem } from '../../../../src/dataset/scan/scanDataset';
import type { ImageOutcome } from '../../../../src/jobs/imageOutcomes';
import { readJobInfo } from '../../../../src/jobs/folder/jobInfo';
import { testFolder, writeFiles } from '../../shared/testFolder';
import { makeJob } from '../../jobs/testJobs';

describe('The report of a captioned folder', () => {
  const folder = testFolder();

  /** The report of a job with these outcomes of `1.png`, `2.png`, …, for people and as JSON. */
  async function reportOf(
    outcomes: readonly (readonly [ImageOutcome, string?])[],
    problems: readonly ScanProblem[] = [],
    others: readonly string[] = [],
  ): Promise<{ outcome: string; json: Record<string, unknown>; lines: string[] }> {
    const root = path.join(folder(), 'set');
    await mkdir(root);
    await writeFiles(root, Object.fromEntries(outcomes.map((_, index) => [`${index + 1}.png`, ''])));
    await writeFiles(root, Object.fromEntries(others.map((name) => [name, ''])));
    const job = await makeJob(path.join(folder(), 'jobs'), root);
    const journal = await job.openJournal();
    for (const [index, [outcome, reason]] of outcomes.entries()) {
      await journal.append(reason === undefined ? ['o', index, outcome, 1] : ['o', index, outcome, 1, reason]);
    }
    await journal.close();
    await job.writeState({ ...(await job.readState()), status: 'completed' });
    const dataset = new Dataset(root, { captionExtension: '.txt', emptiedCaption: 'delete' });
    await dataset.load();
    const report = new CaptionReport(dataset, problems, []);
    await report.add(job, { info: await readJobInfo(job), result: undefined });
    const printed: string[] = [];
    const lines: string[] = [];
    const output = Object.assign(new Console(), {
      note: (line: string) => lines.push(line),
      result: (text: string) => {
        printed.push(text);
        return Promise.resolve();
      },
    });
    await report.print({ json: true, output } as unknown as CommandInput);
    return { outcome: report.outcome, json: JSON.parse(printed.join('')) as Record<string, unknown>, lines };
  }
  const inSet = (name: string): string => path.join(folder(), 'set', name);

  it('has captions that somebody else wrote as an outcome of their own, which is no failure', async () => {
    const { outcome, json, lines } = await reportOf([['written'], ['kept', 'The edit was kept.'], ['kept']]);
    assert.equal(outcome, 'done');
    assert.deepEqual(json.kept, {
      [inSet('2.png')]: 'The edit was kept.',
      [inSet('3.png')]: 'Somebody wrote a caption meanwhile; it was kept.',
    });
    assert.deepEqual([json.failed, json.done, json.total], [{}, 1, 3]);
    assert.ok(lines.includes('Completed: 1 of 3 done, 2 kept as they are'), lines.join('\n'));
  });

  it('names the images that have the caption file of another one, which is captioned for all of them', async () => {
    const { outcome, json, lines } = await reportOf([['written']], [], ['1.jpg', '1.webp']);
    assert.equal(outcome, 'done');
    assert.deepEqual(json.shared, { [inSet('1.png')]: inSet('1.jpg'), [inSet('1.webp')]: inSet('1.jpg') });
    const named = lines.filter((line) => line.startsWith(`${inSet('1.webp')}: `) && line.includes(inSet('1.jpg')));
    assert.equal(named.length, 1);
    assert.ok(lines.includes('Completed: 1 of 1 done, 2 more share their caption files with others'), lines.join('\n'));
  });

  it('counts images that failed, and those whose names cannot be used, and nothing else, as failures', async () => {
    const bad = { path: 'bad.png', reason: 'Its name is not UTF-8. Rename it.', isImage: true };
    const locked = { path: 'locked', reason: 'No permission to read this folder.', isImage: false };
    const failed = await reportOf([['written'], ['failed', 'It is damaged.']], [bad, locked]);
    assert.equal(failed.outcome, 'someFailed');
    assert.deepEqual(failed.json.failed, { [inSet('2.png')]: 'It is damaged.', [inSet('bad.png')]: bad.reason });
    assert.deepEqual(failed.json.problems, { [inSet('locked')]: locked.reason });
    assert.equal(failed.lines.filter((line) => line.startsWith(inSet('locked'))).length, 1);
  });
});
