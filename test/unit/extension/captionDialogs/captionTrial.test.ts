import assert from 'node:assert/strict';
import { CaptionTrial } from '../../../../src/extension/captionDialogs/CaptionTrial';
import { entriesWithWords, wordsOf } from '../../../../src/extension/captionDialogs/trialWords';
import { captionerPresets } from '../../../../src/protocol/captioning/captionerPresets';
import { readCaptioners } from '../../../../src/protocol/captioning/readCaptioners';
import type { CaptionerProfile } from '../../../../src/protocol/captioning/captionerProfile';
import type { Trial, TrialWords } from '../../../../src/protocol/page/trialProtocol';
import { defaultWriteOptions } from '../../../../src/tags/writeMode';
import { ChatServer, testProfile, type Said } from '../../jobs/captionerJobs';
import { pictureFolder } from '../../jobs/testJobs';
import { StandInServer } from '../../shared/StandInServer';
import { testFolder } from '../../shared/testFolder';
import { OpenFolder, questions } from './openJob';

const signal = new AbortController().signal;

describe('A trial of a captioner', function () {
  this.timeout(60_000);
  const folder = testFolder();
  let server: ChatServer;
  let document: OpenFolder;
  let profile: CaptionerProfile;
  let saved: TrialWords[];

  afterEach(async () => {
    await document.close();
    await server.stop();
  });

  async function begin(
    answer: (image: string) => Said | Promise<Said>,
    more: Partial<CaptionerProfile> = {},
  ): Promise<CaptionTrial> {
    const root = await pictureFolder(folder(), 7);
    server = await ChatServer.start(answer);
    document = await OpenFolder.open(root);
    profile = testProfile(server.url, more);
    saved = [];
    return CaptionTrial.open(
      {
        dataset: document.dataset,
        write: defaultWriteOptions,
        captioners: () => [profile],
        questions: await questions(),
        save: (_, words) => {
          saved.push(words);
          profile = { ...profile, ...words };
          return Promise.resolve();
        },
        goOn: () => Promise.resolve(),
        tagFiles: () => Promise.resolve([]),
        onNote: () => undefined,
      },
      document.dataset.allImages,
      undefined,
    );
  }

  const withPrompt = (trial: Trial, prompt: string): Trial => ({ ...trial, words: { ...trial.words, prompt } });

  it('begins with five images at most, their captions and the words of the captioner', async () => {
    const trial = await begin(() => 'A square.');
    const { images, captioners, trial: first } = trial.summary(1);
    assert.equal(images.length, 5);
    assert.deepEqual(first, { captioner: 'Test captioner', words: wordsOf(profile) });
    assert.deepEqual(captioners[0]?.words, first.words);
  });

  it('shows what the file would hold, by the template, and writes nothing', async () => {
    const trial = await begin(() => 'A red square fills the picture.', {
      trigger: 'sqr',
      output: { ...captionerPresets.general.output, template: '{trigger}, {prose}' },
    });
    const { trial: words } = trial.summary(1);
    assert.deepEqual(await trial.tryOn(words, 0, signal), {
      state: 'caption',
      text: 'sqr, A red square fills the picture.',
    });
    assert.ok(document.dataset.allImages.every(({ caption }) => caption.raw === null));
  });

  it('asks with the words as they are edited, and shows what a job would flag with its reason', async () => {
    const trial = await begin(() => "I'm sorry, but I can't describe this image.");
    const edited = withPrompt(trial.summary(1).trial, 'Describe {filename}, please. Be brief.');
    const result = await trial.tryOn(edited, 1, signal);
    assert.equal(result.state, 'flagged');
    assert.ok(server.prompts.at(-1)?.endsWith('Be brief.'));
  });

  it('names the placeholders that have nothing for an image, and does not ask about it', async () => {
    const trial = await begin(() => 'A square.');
    document.dataset.allImages[0]?.caption.setText('red, square', 'delete');
    const edited = withPrompt(trial.summary(1).trial, 'Describe {filename}, please, with {tags}.');
    const { problems, missing } = await trial.check(edited, signal);
    assert.deepEqual(problems, []);
    assert.deepEqual(missing, [[], ['{tags}'], ['{tags}'], ['{tags}'], ['{tags}']]);
    assert.deepEqual(await trial.tryOn(edited, 1, signal), { state: 'missing', placeholders: ['{tags}'] });
    assert.deepEqual(server.asked, []);
    assert.equal((await trial.tryOn(edited, 0, signal)).state, 'caption');
  });

  it('says what is wrong with a prompt before anything is asked', async () => {
    const trial = await begin(() => 'A square.');
    const { problems } = await trial.check(withPrompt(trial.summary(1).trial, 'Describe {tag}.'), signal);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /\{tag\}/);
    assert.match((await trial.check(withPrompt(trial.summary(1).trial, ' '), signal)).problems[0] ?? '', /empty/);
  });

  it('says in words what went wrong at the server', async () => {
    const trial = await begin(() => ({ status: 401, body: { error: { message: 'Incorrect API key provided' } } }));
    const result = await trial.tryOn(trial.summary(1).trial, 0, signal);
    assert.equal(result.state, 'failed');
    assert.match('reason' in result ? result.reason : '', /key/i);
  });

  it('of a server that lets nobody in speaks of no job that could be resumed', async () => {
    const locked = await StandInServer.start({ key: 'the key' });
    try {
      const trial = await begin(() => 'unused');
      profile = { ...profile, endpoints: [locked.url] };
      const result = await trial.tryOn(trial.summary(1).trial, 0, signal);
      assert.equal(result.state, 'failed');
      const reason = 'reason' in result ? result.reason : '';
      assert.match(reason, /key/i);
      assert.doesNotMatch(reason, /resume/i);
    } finally {
      await locked.stop();
    }
  });

  it('is given up when the user cancels it, while the server has yet to answer', async () => {
    let answer: (said: Said) => void = () => undefined;
    const trial = await begin(() => new Promise<Said>((resolve) => (answer = resolve)));
    const cancel = new AbortController();
    const asked = trial.tryOn(trial.summary(1).trial, 0, cancel.signal);
    while (server.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    cancel.abort(new DOMException('Cancelled', 'AbortError'));
    await assert.rejects(asked, { name: 'AbortError' });
    answer('too late');
  });

  it('makes the words those of the captioner, and goes on with them in another page', async () => {
    const trial = await begin(() => 'A square.');
    const edited = withPrompt(trial.summary(1).trial, 'Only the color, please.');
    const captioners = await trial.use(edited);
    assert.equal(saved[0]?.prompt, 'Only the color, please.');
    assert.equal(captioners[0]?.words.prompt, 'Only the color, please.');
    assert.equal(trial.summary(2).trial.words.prompt, 'Only the color, please.');
  });
});

describe('The words of a captioner in the settings', () => {
  const list = [
    { name: 'Other', endpoints: ['http://a/v1'] },
    { name: 'Mine', preset: 'qwen3-vl', endpoints: ['http://b/v1'], unknown: 1 },
  ];
  const read = (entries: unknown): CaptionerProfile | undefined =>
    readCaptioners(entries).profiles.find(({ name }) => name === 'Mine');

  it('are written where they differ, and all else stays that of the preset', () => {
    const now = read(list);
    assert.ok(now !== undefined);
    const words = { ...wordsOf(now), prompt: 'In one sentence.', temperature: null };
    const changed = entriesWithWords(list, now, words);
    assert.deepEqual(changed, [
      list[0],
      {
        ...list[1],
        prompt: 'In one sentence.',
        ...(now.sampling.temperature === undefined ? {} : { sampling: { temperature: null } }),
      },
    ]);
    const after = read(changed);
    assert.deepEqual(after === undefined ? undefined : wordsOf(after), words);
    assert.equal(after?.sampling.topP, now.sampling.topP);
  });

  it('are not written where the captioner is not', () => {
    const now = read(list);
    assert.ok(now !== undefined);
    assert.equal(entriesWithWords([list[0]], now, wordsOf(now)), undefined);
    assert.equal(entriesWithWords([], now, wordsOf(now)), undefined);
  });
});
