import assert from 'node:assert/strict';
import { captionerPresets } from '../../src/protocol/captioning/captionerPresets';
import { RecordHistory } from '../../src/records/RecordHistory';
import { caption, StandInServer, type SeenRequest } from '../unit/shared/StandInServer';
import { ByKeys } from './ByKeys';
import { captions } from './datasetFiles';
import { type DatasetView, until } from './DatasetView';
import { judgePage, loadAxe } from './judgePage';
import { useWorkbench } from './useWorkbench';

/** The themes that VS Code starts with, the ones before them, and those for high contrast. */
const themes = [
  'Light 2026',
  'Dark 2026',
  'Light Modern',
  'Dark Modern',
  'Default High Contrast',
  'Default High Contrast Light',
];

const refusal = "I'm sorry, but I can't help with describing this image.";
const prose = (image: string): string => `A picture of ${image} lies on a table in soft light.`;

describe('trying a captioner and reviewing what is flagged, in the real workbench', function () {
  this.timeout(400_000);
  let server: StandInServer;
  /** images for which the server refuses, by their names without an extension */
  const refused = new Set<string>();
  const suite = useWorkbench(() => ({
    settings: {
      'datasetCaptions.captioner': 'Stand-in',
      'datasetCaptions.captioners': [
        {
          name: 'Stand-in',
          endpoints: [server.url],
          model: 'stand-in',
          prompt: 'Describe {filename}, please.',
          output: { ...captionerPresets.general.output },
        },
      ],
    },
  }));

  before(async () => {
    server = await StandInServer.start();
    server.always(async (request, response) => {
      const image = /Describe (\S+), please/.exec(promptOf(request))?.[1];
      const said = image === undefined ? 'A small square.' : refused.has(image) ? refusal : prose(image);
      const answer = caption(said);
      if (typeof answer === 'function') await answer(request, response);
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  after(() => server.stop());
  beforeEach(() => {
    refused.clear();
  });

  function promptOf({ body }: SeenRequest): string {
    const content = body?.messages.find(({ role }) => role === 'user')?.content ?? '';
    return typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('');
  }

  const trialIn = (view: DatasetView) => view.frame.getByRole('dialog', { name: /^Try on/ });
  const reviewIn = (view: DatasetView) => view.frame.getByRole('dialog', { name: /^Flagged Answers/ });
  const hasFocus = (element: ReturnType<typeof trialIn>): Promise<boolean> =>
    element.evaluate((node) => (node as unknown as { matches(selector: string): boolean }).matches(':focus'));

  it('goes by keyboard alone: try on three images, caption the empty ones, take, edit and discard, undo', async () => {
    const before = await captions(suite.dataset);
    const view = await suite.open();
    const { workbench, frame } = view;
    const { page } = workbench;
    const { keyboard } = page;
    const keys = new ByKeys(workbench);

    // Three images.
    await frame.getByRole('group').first().focus();
    await keyboard.press('Shift+Space');
    await keyboard.press('Shift+ArrowRight');
    await keyboard.press('Shift+ArrowRight');
    await frame.getByText('3 selected').first().waitFor();
    await keys.run('Dataset Captions: Try Captioner on Images…');
    const trial = trialIn(view);
    await trial.getByText('Try on 3 Images').waitFor();
    const prompt = trial.getByRole('textbox', { name: 'Prompt' });
    await until('the prompt to have the focus', () => hasFocus(prompt));
    await keyboard.press('End');
    await keyboard.type(' Be brief.');
    await keyboard.press('Control+Enter');
    await trial.getByText('3 of 3 images have new captions. Nothing is written.').waitFor();
    assert.equal(await trial.getByRole('region', { name: /^New caption of/ }).count(), 3);
    assert.deepEqual(await captions(suite.dataset), before, 'nothing is written');
    assert.ok(server.asked.some((request) => promptOf(request).endsWith('please. Be brief.')));
    await workbench.screenshot('trial');
    await keys.tabTo(trial.getByRole('button', { name: 'Use This Prompt' }));
    await keyboard.press('Enter');
    await trial.getByText('Stand-in is asked with this from now on.').waitFor();

    // The job, of which the server refuses three images.
    const empty = (await imagesWithout(view)).slice(0, 3);
    assert.equal(empty.length, 3);
    for (const image of empty) refused.add(stem(image));
    await keys.tabTo(trial.getByRole('button', { name: 'Caption…', exact: true }));
    await keyboard.press('Enter');
    await keys.shows('Caption Selection…');
    await keys.choose('Caption Empty');
    const question = page.locator('.monaco-dialog-box');
    await question.waitFor();
    await keyboard.press('Enter');
    const jobs = frame.getByRole('region', { name: 'Jobs' });
    await jobs.getByRole('button', { name: 'Review Flagged Caption Empty' }).waitFor({ timeout: 120_000 });
    assert.ok(server.asked.every((request) => !promptOf(request).includes('{')));
    await workbench.screenshot('job with flagged answers');
    const afterJob = await captions(suite.dataset);
    const written = async (): Promise<string[]> => {
      const now = await captions(suite.dataset);
      return Object.keys({ ...now, ...afterJob }).filter((name) => now[name] !== afterJob[name]);
    };

    // The review.
    await keys.run('Dataset Captions: Review Flagged Answers…');
    const review = reviewIn(view);
    await review.getByText('3 of 3 answers left').waitFor();
    const list = review.getByRole('listbox', { name: 'Answers' });
    await until('the list to have the focus', () => hasFocus(list));
    assert.equal(await list.getByRole('option').count(), 3);
    await review.getByText(refusal).first().waitFor();
    await workbench.screenshot('review');
    await keyboard.press('t');
    await review.getByText('2 of 3 answers left').waitFor();
    await until(
      'the second answer',
      async () => (await list.getByRole('option').nth(1).getAttribute('aria-selected')) === 'true',
    );
    await review.locator('.quoted').first().waitFor();
    await keyboard.press('e');
    const field = review.getByRole('textbox', { name: 'The text to take' });
    await until('the field to have the focus', () => hasFocus(field));
    await keyboard.press('Control+a');
    await keyboard.type('A sheet of paper in my own words.');
    await keyboard.press('Control+Enter');
    await review.getByText('1 of 3 answers left').waitFor();
    await until(
      'the third answer',
      async () => (await list.getByRole('option').nth(2).getAttribute('aria-selected')) === 'true',
    );
    await until('the list to have the focus again', () => hasFocus(list));
    await review.locator('.quoted').first().waitFor();
    await keyboard.press('d');
    await review.getByText('0 of 3 answers left').waitFor();
    // Slips are taken back where they were made: the discarded one and the edited one, which is then taken again.
    await keyboard.press('Control+z');
    await review.getByText('1 of 3 answers left').waitFor();
    await keyboard.press('Control+z');
    await review.getByText('2 of 3 answers left').waitFor();
    assert.equal(await field.inputValue(), 'A sheet of paper in my own words.');
    await until('one caption to be left', async () => (await written()).length === 1);
    await workbench.screenshot('review taken back');
    await keyboard.press('t');
    await review.getByText('1 of 3 answers left').waitFor();
    await keyboard.press('d');
    await review.getByText('0 of 3 answers left').waitFor();
    await workbench.screenshot('review done');
    await keyboard.press('Escape');
    await review.waitFor({ state: 'hidden' });
    await until('the two captions', async () => (await written()).length === 2);
    const now = await captions(suite.dataset);
    const [taken, edited] = [refusal, 'A sheet of paper in my own words.'].map((text) =>
      Object.keys(now).find((name) => now[name]?.trim() === text),
    );
    assert.ok(taken !== undefined && edited !== undefined);
    const authorsOf = async (file: string): Promise<string[]> => {
      const history = await RecordHistory.read(suite.dataset);
      return history.originsOf(file, (now[file] ?? '').trim()).parts.map(({ by }) => by);
    };
    assert.deepEqual([...new Set(await authorsOf(taken))], ['captioner']);
    assert.deepEqual([...new Set(await authorsOf(edited))], ['hand']);
    // Nothing is left: the row of the job goes.
    await jobs.getByRole('button', { name: 'Review Flagged Caption Empty' }).waitFor({ state: 'hidden' });
    await workbench.screenshot('after review');

    // Undo: the edit, the taken answer, the job. An answer that was taken back is offered again.
    await keys.backToGrid();
    await frame.getByRole('group').first().focus();
    await keyboard.press('Control+z');
    await until('one of them', async () => (await written()).length === 1);
    await keyboard.press('Control+z');
    await until('none of them', async () => (await written()).length === 0);
    await jobs.getByRole('button', { name: '2 to look at' }).waitFor();
    await keyboard.press('Control+z');
    await until('what was there at first', async () => {
      return JSON.stringify(await captions(suite.dataset)) === JSON.stringify(before);
    });
  });

  /** The images without a caption, as the page lists them. */
  async function imagesWithout(view: DatasetView): Promise<string[]> {
    const fields = await view.frame.getByRole('textbox', { name: /^Caption of/ }).all();
    const found: string[] = [];
    for (const field of fields) {
      const name = (await field.getAttribute('aria-label')) ?? '';
      if ((await field.inputValue()) === '') found.push(name.replace(/^Caption of /, ''));
    }
    return found;
  }

  const stem = (image: string): string => (image.split('/').at(-1) ?? '').replace(/\.\w+$/, '');

  it("has no violation of axe-core's rules in VS Code's themes, goes on after a reload, and where there is little room", async () => {
    const view = await suite.open();
    const { workbench, frame } = view;
    const { page } = workbench;
    const body = frame.locator('body');
    const themeAtFirst = (await body.getAttribute('data-vscode-theme-id')) ?? '';
    for (const image of await imagesWithout(view)) refused.add(stem(image));
    assert.ok(refused.size >= 3);
    await workbench.runCommand('Dataset Captions: Caption Empty');
    await page.locator('.monaco-dialog-box').waitFor();
    await page.keyboard.press('Enter');
    const offered = frame.getByRole('button', { name: 'Review Flagged Caption Empty' });
    await offered.waitFor({ timeout: 120_000 });

    // Half of a review is there after a reload of the window.
    await offered.click();
    const review = reviewIn(view);
    await review.getByText(`${String(refused.size)} of ${String(refused.size)} answers left`).waitFor();
    await review.getByRole('button', { name: 'Discard' }).click();
    const left = `${String(refused.size - 1)} of ${String(refused.size - 1)} answers left`;
    await review.getByText(`${String(refused.size - 1)} of ${String(refused.size)} answers left`).waitFor();
    await workbench.reload();
    await frame.getByRole('group').first().waitFor();
    await workbench.runCommand('Dataset Captions: Review Flagged Answers…');
    await review.getByText(left).waitFor();
    await review.press('Escape');
    await review.waitFor({ state: 'hidden' });

    const found: string[] = [];
    const screens = async (name: string): Promise<void> => {
      await workbench.runCommand('Dataset Captions: Review Flagged Answers…');
      await review.locator('.picture img').waitFor();
      await loadAxe(body);
      found.push(...(await judgePage(body, `the review in ${name}`)));
      await workbench.screenshot(`captioner review ${name}`);
      await review.press('Escape');
      await review.waitFor({ state: 'hidden' });
      await workbench.runCommand('Dataset Captions: Try Captioner on Images…');
      const trial = trialIn(view);
      await trial.getByRole('button', { name: 'Try', exact: true }).click();
      await trial.getByText(/images have new captions/).waitFor();
      found.push(...(await judgePage(body, `the trial in ${name}`)));
      await workbench.screenshot(`captioner trial ${name}`);
      await trial.press('Escape');
      await trial.waitFor({ state: 'hidden' });
    };
    for (const theme of themes) {
      await workbench.setColorTheme(theme);
      await frame.locator(`body[data-vscode-theme-id="${theme}"]`).waitFor({ state: 'attached' });
      await screens(theme);
    }
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    const size = page.viewportSize() ?? { width: 1280, height: 800 };
    await page.setViewportSize({ width: 420, height: 800 });
    await screens('420');
    await page.setViewportSize(size);
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    await workbench.setColorTheme(themeAtFirst);
    assert.deepEqual(found, []);
  });
});
