import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobInfo } from '../../../../src/jobs/jobTypes';
import { ChatServer, testProfile, timesAsked } from '../../jobs/captionerJobs';
import { endRunner, pictureFolder } from '../../jobs/testJobs';
import { cli, program, type CaptionReport, type Ended } from '../../shared/runCli';
import { namesIn, testFolder } from '../../shared/testFolder';

const refusal = "I'm sorry, but I can't assist with that request.";
const prompt = 'Describe {filename}, please.';

interface CaptionerReport extends CaptionReport {
  jobs: string[];
  flagged: Record<string, { reason: string; text: string }>;
  message?: string;
}

describe('Captioners on the command line', function () {
  this.timeout(120_000);
  const folder = testFolder();
  const jobs = (): string => path.join(folder(), 'jobs');
  let root: string;
  let server: ChatServer;
  let isSorry: boolean;

  beforeEach(async () => {
    isSorry = true;
    root = await pictureFolder(folder(), 3);
    server = await ChatServer.start((image) =>
      image === '2' && isSorry ? refusal : `Picture ${image} is red, all over.`,
    );
  });
  afterEach(async () => {
    await endRunner(jobs(), 'SIGTERM');
    await server.stop();
  });

  const inFolder = (name: string): string => path.join(root, name);
  const caption = (...flags: string[]): Promise<Ended> => cli('caption', root, '--jobs', jobs(), '--json', ...flags);
  const atServer = (...flags: string[]): Promise<Ended> =>
    caption('--endpoint', server.url, '--endpoint-model', 'test-model', '--prompt', prompt, ...flags);
  function reportOf({ stdout, stderr }: Ended): CaptionerReport {
    assert.notEqual(stdout, '', stderr);
    return JSON.parse(stdout) as CaptionerReport;
  }

  it('captions what it can, lists what is flagged with reason and text, and ends with 2', async () => {
    const ended = await atServer();
    assert.equal(ended.code, 2, ended.stderr);
    const report = reportOf(ended);
    assert.deepEqual([report.status, report.done, report.total], ['completed', 2, 3]);
    assert.deepEqual(report.results[inFolder('1.png')], 'Picture 1 is red, all over.');
    assert.deepEqual(report.flagged, { [inFolder('2.png')]: { reason: 'refused', text: refusal } });
    assert.deepEqual(report.failed, {});
    assert.match(ended.stderr, /2\.png: The model refused/);
    assert.match(ended.stderr, /1 flagged/);
    assert.deepEqual(
      (await namesIn(root)).filter((name) => name.endsWith('.txt')),
      ['1.txt', '3.txt'],
    );
  });

  it('fills the placeholders of the system text, too, and names those that it does not know', async () => {
    isSorry = false;
    const ended = await atServer('--system', 'Its name is {filename}.');
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(server.systems.sort(), ['Its name is 1.', 'Its name is 2.', 'Its name is 3.']);
    const wrong = await atServer('--system', 'Like {bogus}.');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /\{bogus\}/);
  });

  it('asks nothing about a caption that cannot be written', async () => {
    isSorry = false;
    await writeFile(inFolder('2.txt'), Buffer.from('\xff\xfeh\0i\0', 'latin1'));
    const ended = await atServer('--mode', 'all');
    assert.equal(ended.code, 2, ended.stderr);
    assert.match(reportOf(ended).failed[inFolder('2.png')] ?? '', /not UTF-8/);
    assert.equal(timesAsked(server).get('2'), undefined);
  });

  it('ends with 0 where every answer is a caption, and asks nothing about what has one', async () => {
    isSorry = false;
    assert.equal((await atServer()).code, 0);
    const again = await atServer();
    assert.equal(again.code, 0, again.stderr);
    assert.equal(server.asked.length, 3);
  });

  it('asks again for what was flagged: with the same captioner, and with another one', async () => {
    const first = reportOf(await atServer('--mode', 'all'));
    isSorry = false;
    const other = await atServer('--mode', 'all', '--retry-of', first.jobs[0]!, '--system', 'Be frank.');
    assert.equal(other.code, 0, other.stderr);
    assert.deepEqual([reportOf(other).total, timesAsked(server).get('1'), timesAsked(server).get('2')], [1, 1, 2]);
    assert.equal(await readFile(inFolder('2.txt'), 'utf8'), 'Picture 2 is red, all over.');
    isSorry = true;
    const third = reportOf(await atServer('--mode', 'all', '--template', 'x {prose}'));
    isSorry = false;
    assert.equal((await cli('jobs', '--retry-flagged', third.jobs[0]!, '--jobs', jobs())).code, 0);
    assert.equal((await cli('attach', third.jobs[0]!, '--jobs', jobs())).code, 0);
    assert.equal(await readFile(inFolder('2.txt'), 'utf8'), 'x Picture 2 is red, all over.');
  });

  it('goes on in the background, with the key from the environment, and is shown and taken back', async () => {
    isSorry = false;
    const key = 'marker-7a1b';
    const child = spawn(
      process.execPath,
      [program, 'caption', root, '--endpoint', server.url, '--prompt', prompt, '--detach', '--jobs', jobs()],
      { env: { ...process.env, DATASET_CAPTIONS_ENDPOINT_KEY: key }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await once(child, 'close');
    const id = printed.trim();
    const attached = await cli('attach', id, '--jobs', jobs(), '--json');
    assert.equal(attached.code, 0, attached.stderr);
    const { job } = JSON.parse(attached.stdout) as { job: JobInfo };
    assert.deepEqual([job.status, job.counts.written, job.tagger], ['completed', 3, 'command line']);
    assert.ok(server.keys.has(`Bearer ${key}`));
    const origins = JSON.parse((await cli('origins', inFolder('1.png'), '--json')).stdout) as Record<
      string,
      { parts: { text: string; by: string }[] }
    >;
    assert.deepEqual(
      Object.values(origins)[0]?.parts.map(({ text, by }) => [text, by]),
      [['Picture 1 is red, all over.', 'captioner']],
    );
    const reverted = await cli('revert', id, '--jobs', jobs());
    assert.equal(reverted.code, 0, reverted.stderr);
    assert.deepEqual(
      (await namesIn(root)).filter((name) => name.endsWith('.txt')),
      [],
    );
  });

  it('begins nothing where a placeholder has nothing for an image, and says for which; or leaves these out', async () => {
    await writeFile(inFolder('1.txt'), '1girl, solo');
    const withTags = ['--mode', 'all', '--write-mode', 'append', '--prompt', `${prompt} {tags}`];
    const refused = await atServer(...withTags);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /There is nothing for \{tags\} in 2 of 3 images: .*2\.png, .*3\.png/);
    assert.match(refused.stderr, /--skip-missing/);
    assert.deepEqual(server.asked, []);
    const skipped = await atServer(...withTags, '--skip-missing');
    assert.equal(skipped.code, 0, skipped.stderr);
    assert.deepEqual(server.prompts, ['Describe 1, please. 1girl, solo']);
    assert.equal(await readFile(inFolder('1.txt'), 'utf8'), '1girl, solo. Picture 1 is red, all over.');
  });

  it('takes a captioner by its name from a file as VS Code has it, with changes for one job', async () => {
    isSorry = false;
    const file = path.join(folder(), 'captioners.json');
    const { name, endpoints, model } = testProfile(server.url);
    await writeFile(file, JSON.stringify({ 'datasetCaptions.captioners': [{ name, endpoints, model, prompt }] }));
    const listed = await cli('captioners', 'list', '--captioners', file);
    assert.match(listed.stdout, /Test captioner\n +test-model at http/);
    const ended = await caption(
      '--captioner',
      name,
      '--captioners',
      file,
      '--template',
      '{trigger}, {prose}',
      '--trigger',
      'ohwx',
    );
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(await readFile(inFolder('1.txt'), 'utf8'), 'ohwx, Picture 1 is red, all over.');
    const unknown = await caption('--captioner', 'Nobody', '--captioners', file);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /There is no captioner "Nobody".*"Test captioner"/);
  });

  it('says what is behind an address', async () => {
    const ended = await cli('captioners', 'check', server.url, '--json');
    assert.equal(ended.code, 0, ended.stderr);
    const report = JSON.parse(ended.stdout) as { works: boolean; model: string };
    assert.deepEqual([report.works, report.model], [true, 'test-model']);
    const nobody = await cli('captioners', 'check', 'http://127.0.0.1:9');
    assert.equal(nobody.code, 1);
    assert.notEqual(nobody.stderr.trim(), '');
  });

  const mistakes: [flags: string[], message: RegExp][] = [
    [['--dry-run'], /--dry-run is for taggers/],
    [['--model', 'palette'], /--model is for taggers/],
    [['--general-threshold', '0.3'], /--general-threshold is for taggers/],
    [['--temperature', '3'], /from 0 to 2/],
    [['--prompt', 'Use {nonsense}.'], /\{nonsense\} is no placeholder/],
    [['--template', '{tags}'], /\{prose\}/],
    [['--max-tokens', '0'], /--max-tokens/],
  ];
  for (const [flags, message] of mistakes) {
    it(`refuses ${flags.join(' ')} before anything is asked`, async () => {
      const ended = await atServer(...flags);
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, message);
      assert.deepEqual(server.asked, []);
    });
  }

  it('refuses words for captioners where none is named', async () => {
    const ended = await caption('--prompt', prompt);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /--prompt is for captioners/);
  });
});
