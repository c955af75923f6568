import assert from 'node:assert/strict';
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CaptionReview } from '../../../../src/extension/captionDialogs/CaptionReview';
import type { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import { countWaiting } from '../../../../src/jobs/folder/reviewedAnswers';
import type { Reviewed } from '../../../../src/protocol/page/reviewProtocol';
import { RecordHistory } from '../../../../src/records/RecordHistory';
import { ChatServer, makeCaptionerJob, testProfile, type Said } from '../../jobs/captionerJobs';
import { pictureFolder } from '../../jobs/testJobs';
import { testFolder, writeFiles } from '../../shared/testFolder';
import { OpenFolder, reviewOf, runJob } from './openJob';

const refusal = "I'm sorry, but I can't help with describing this image.";
const signal = new AbortController().signal;

describe('The review of flagged answers', function () {
  this.timeout(60_000);
  const folder = testFolder();
  let server: ChatServer;
  let root: string;
  let job: JobFolder;
  let document: OpenFolder;
  let names: string[];

  afterEach(async () => {
    await document.close();
    await server.stop();
  });

  /** Runs a job in which the server refuses all pictures at first, and opens the dataset. */
  async function begin(
    how: Parameters<typeof makeCaptionerJob>[3] = {},
    captions: Record<number, string> = {},
    template = '{prose}',
    flagged = refusal,
  ): Promise<CaptionReview> {
    let said: Said = flagged;
    root = await pictureFolder(folder(), 3);
    server = await ChatServer.start(() => said);
    const profile = testProfile(server.url);
    document = await OpenFolder.open(root);
    names = document.dataset.allImages.map((image) => image.path);
    const files = Object.entries(captions).map(([index, text]) => [captionName(Number(index)), text]);
    await writeFiles(root, Object.fromEntries(files) as Record<string, string>);
    job = await makeCaptionerJob(
      path.join(folder(), 'jobs'),
      root,
      { ...profile, output: { ...profile.output, template } },
      how,
    );
    await runJob(job);
    said = 'A red square fills the whole picture.';
    await document.dataset.load();
    return reviewOf(job, document, [{ ...profile, name: 'Another one' }]);
  }

  const captionName = (index: number): string => (names[index] ?? '').replace(/\.\w+$/, '.txt');

  async function take(
    review: CaptionReview,
    index: number,
    more: { text?: string; caption?: string; add?: boolean } = {},
  ): Promise<Reviewed> {
    const { text = null, caption = (await review.answer(index)).caption, add = false } = more;
    return review.take({ id: 1, index, text, caption, add }, signal);
  }

  it('shows each answer as the model said it, with its reason and the caption as it stands', async () => {
    const review = await begin();
    const { count, waiting, captioner, captioners } = review.summary(7);
    assert.deepEqual([count, waiting, captioner], [3, 3, 'Test captioner']);
    assert.deepEqual(
      captioners.map(({ name }) => name),
      ['Test captioner', 'Another one'],
    );
    const answer = await review.answer(1);
    assert.equal(answer.text, refusal);
    assert.equal(answer.reason, 'The model refused to describe the picture.');
    assert.equal(answer.image, names[1]);
    assert.equal(answer.caption, '');
  });

  it('takes an answer as it is: written by the captioner as one edit, and not offered again', async () => {
    const review = await begin();
    const { waiting, refusal: none, answer } = await take(review, 0);
    assert.deepEqual([waiting, none, answer.state], [2, undefined, 'taken']);
    assert.equal(document.textOf(names[0] ?? ''), refusal);
    await document.dataset.save();
    assert.equal((await readFile(path.join(root, captionName(0)), 'utf8')).trim(), refusal);
    const [entry] = (await RecordHistory.read(root)).entriesOf(captionName(0));
    assert.deepEqual(
      [entry?.author.by, entry?.author.name, entry?.author.job],
      ['captioner', 'Test captioner', job.id],
    );
    const again = await reviewOf(job, document);
    assert.equal(again.count, 2);
    assert.equal((await again.answer(0)).image, names[1]);
  });

  it('takes what of an answer is a caption, and shows the whole answer beside it', async () => {
    const thought = '<think>The user wants a caption. I must be brief.</think>';
    const said = `${thought}Sure! Here is a caption: I'm sorry, but I can't help with describing this image.`;
    const review = await begin({}, {}, '{prose}', said);
    const answer = await review.answer(0);
    assert.deepEqual([answer.text, answer.said], [refusal, said]);
    const wanted = { id: 1, index: 0, text: null, caption: '', add: false };
    assert.equal(await review.preview(wanted, signal), refusal);
    assert.equal((await take(review, 0)).answer.state, 'taken', 'nothing was changed by the person');
    assert.equal(document.textOf(names[0] ?? ''), refusal);
    assert.equal(document.authors.at(-1)?.by, 'captioner');
  });

  it('has nothing to take of an answer that is all thinking, and shows it', async () => {
    const said = '<think>It is a red square, so I have to say';
    const review = await begin({}, {}, '{prose}', said);
    const answer = await review.answer(0);
    assert.deepEqual([answer.text, answer.said], ['', said]);
    const { refusal: why, waiting } = await take(review, 0);
    assert.match(why ?? '', /no text to write/);
    assert.deepEqual([waiting, document.textOf(names[0] ?? '')], [3, '']);
  });

  it('takes an answer after changes: written by the person', async () => {
    const review = await begin();
    const { answer } = await take(review, 2, { text: 'A red square, flat.' });
    assert.equal(answer.state, 'edited');
    await document.dataset.save();
    const { parts } = (await RecordHistory.read(root)).originsOf(captionName(2), 'A red square, flat.');
    assert.ok(parts.length > 0 && parts.every(({ by }) => by === 'hand'));
  });

  it('writes nothing where the caption is another one by now than the person saw, and says so', async () => {
    const review = await begin();
    const image = document.dataset.image(names[0] ?? '');
    assert.ok(image !== undefined);
    image.caption.setText('typed meanwhile', 'delete');
    const { refusal: said, waiting, answer } = await take(review, 0, { caption: '' });
    assert.match(said ?? '', /changed meanwhile/);
    assert.deepEqual([waiting, answer.caption], [3, 'typed meanwhile']);
    assert.equal(document.textOf(names[0] ?? ''), 'typed meanwhile');
  });

  it('of a job that fills empty captions overwrites none that somebody wrote since, but can add to it', async () => {
    const review = await begin({ mode: 'empty' });
    document.dataset.image(names[0] ?? '')?.caption.setText('mine', 'delete');
    const shown = await review.answer(0);
    assert.match(shown.problem ?? '', /not overwritten/);
    assert.equal(shown.mayAdd, true);
    assert.match((await take(review, 0)).refusal ?? '', /not overwritten/);
    assert.equal(document.textOf(names[0] ?? ''), 'mine');
    assert.equal((await take(review, 0, { add: true, text: 'A red square fills the picture.' })).refusal, undefined);
    const text = document.textOf(names[0] ?? '') ?? '';
    assert.ok(text.startsWith('mine') && text.endsWith('A red square fills the picture.'), text);
  });

  it('of a job that replaces captions replaces the one that it was to replace, and none that was edited since', async () => {
    const review = await begin({ mode: 'all', write: { mode: 'replace' } }, { 0: 'old', 1: 'old, too' });
    assert.equal((await take(review, 0)).refusal, undefined);
    assert.equal(document.textOf(names[0] ?? ''), refusal);
    document.dataset.image(names[1] ?? '')?.caption.setText('edited', 'delete');
    assert.match((await take(review, 1)).refusal ?? '', /edited since the job began/);
    assert.equal(document.textOf(names[1] ?? ''), 'edited');
  });

  it('writes by the template of the job', async () => {
    const review = await begin({ mode: 'all', write: { mode: 'replace' } }, { 0: 'red, square' }, '{tags}. {prose}');
    const { caption } = await review.answer(0);
    const wanted = { id: 1, index: 0, text: 'It fills the whole picture.', caption, add: false };
    assert.equal(await review.preview(wanted, signal), 'red, square. It fills the whole picture.');
    await review.take(wanted, signal);
    assert.equal(document.textOf(names[0] ?? ''), 'red, square. It fills the whole picture.');
  });

  it('remembers what is discarded, and writes nothing for it', async () => {
    const review = await begin();
    const { waiting, answer } = await review.discard(1);
    assert.deepEqual([waiting, answer.state], [2, 'discarded']);
    assert.equal(document.textOf(names[1] ?? ''), '');
    assert.equal(await countWaiting(job), 2);
    // A line that a crash cut off hides none of the others.
    await appendFile(path.join(job.path, 'reviewed.jsonl'), '[2,"tak');
    await review.discard(0);
    assert.equal(await countWaiting(job), 1);
  });

  it('offers an answer again whose edit was taken back, and not when it is made again', async () => {
    const review = await begin();
    await take(review, 0);
    await document.replay('undo');
    assert.equal(document.textOf(names[0] ?? ''), '');
    for (let tries = 0; tries < 100 && (await countWaiting(job)) !== 3; tries++) await new Promise(setImmediate);
    assert.equal(await countWaiting(job), 3);
    await document.replay('redo');
    for (let tries = 0; tries < 100 && (await countWaiting(job)) !== 2; tries++) await new Promise(setImmediate);
    assert.equal(await countWaiting(job), 2);
  });

  it('takes decisions back, the last one first, and none across another edit', async () => {
    const review = await begin();
    const back = (index: number): Promise<Reviewed> => review.takeBack(index, () => true);
    await take(review, 0);
    await take(review, 1, { text: 'My own words.' });
    await review.discard(2);
    assert.deepEqual(review.summary(1).decided, [0, 1, 2]);
    assert.match((await back(0)).refusal ?? '', /not the last/);
    const { answer, waiting, refusal: none } = await back(2);
    assert.deepEqual([answer.state, waiting, none], ['waiting', 1, undefined]);
    assert.deepEqual((await back(1)).answer.state, 'waiting');
    assert.equal(document.textOf(names[1] ?? ''), '');
    assert.deepEqual(review.summary(1).decided, [0]);
    assert.equal(await countWaiting(job), 2);
    const other = document.dataset.image(names[2] ?? '');
    assert.ok(other !== undefined);
    await document.applyEdits('Typed', [{ caption: other.caption, text: 'typed' }], { by: 'hand' });
    assert.match((await back(0)).refusal ?? '', /edited since/);
    assert.equal(document.textOf(names[0] ?? ''), refusal);
    assert.deepEqual(review.summary(1).decided, [0]);
  });

  it('gives an answer that was taken and then discarded back as taken', async () => {
    const review = await begin();
    await take(review, 0);
    await review.discard(0);
    assert.equal((await review.takeBack(0, () => true)).answer.state, 'taken');
    assert.equal((await review.takeBack(0, () => true)).answer.state, 'waiting');
    assert.equal(document.textOf(names[0] ?? ''), '');
  });

  it('offers another answer to the same image, whatever was decided on the one before', async () => {
    const review = await begin();
    await review.discard(0);
    await server.stop();
    server = await ChatServer.start(() => refusal);
    const manifest = await job.readManifest();
    assert.ok('captioner' in manifest);
    // At the address where the server is now.
    await runJob(job, { retryFlagged: true, endpoints: [server.url] });
    assert.equal(await countWaiting(job), 3);
  });

  it('asks again in the way of the job, with another captioner and temperature; what it says is taken as that one’s', async () => {
    const review = await begin();
    const { answer, refusal: none } = await review.askAgain(0, 'Another one', 0.3, signal);
    assert.equal(none, undefined);
    assert.deepEqual([answer.isGood, answer.askedAgain], [true, 'Another one']);
    assert.equal(answer.text, 'A red square fills the whole picture.');
    assert.equal(server.prompts.at(-1), server.prompts[0], 'the same words');
    assert.equal(document.textOf(names[0] ?? ''), '', 'nothing is written yet');
    await take(review, 0);
    assert.equal(document.textOf(names[0] ?? ''), 'A red square fills the whole picture.');
    assert.equal(document.authors.at(-1)?.name, 'Another one');
  });

  it('says in words why a captioner did not answer, and keeps what there was', async () => {
    const review = await begin();
    await server.stop();
    const { answer, refusal: said } = await review.askAgain(0, 'Gone', null, signal);
    assert.match(said ?? '', /no captioner "Gone"/);
    assert.equal(answer.text, refusal);
    server = await ChatServer.start(() => ({ status: 401, body: { error: { message: 'Bad key' } } }));
  });
});
