import assert from 'node:assert/strict';
import { link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from './DatasetView';
import { captions, countCaptions, readText } from './datasetFiles';
import { JobsView } from './JobsView';
import { unsavedSettings } from './unsavedWorkbench';
import { type SuiteWorkbench, useWorkbench } from './useWorkbench';

/** `npm run soak` has the number, 2,000. */
const images = Number(process.env.DATASET_CAPTIONS_JOB_IMAGES ?? 300);
const patience = 20_000 + images * 100;

/** The pictures of a test, beside the others of its window, and the job's name for them. */
class ManyImages {
  constructor(private readonly suite: SuiteWorkbench) {}

  get name(): string {
    return `many of ${this.suite.name}`;
  }

  get folder(): string {
    return path.join(this.suite.scratch, this.name);
  }

  async make(count: number): Promise<void> {
    const picture = path.join(this.suite.dataset, '5_scenery/alps.jpg');
    await mkdir(this.folder);
    for (let i = 0; i < count; i++) await link(picture, path.join(this.folder, `${String(i).padStart(4, '0')}.jpg`));
  }

  /** Their captions. */
  captions(): Promise<Record<string, string>> {
    return captions(this.folder);
  }

  /** How many captions there are. */
  written(): Promise<number> {
    return countCaptions(this.folder);
  }
}

describe('captioning jobs in the real workbench', function () {
  this.timeout(60_000 + 2 * patience);
  const suite = useWorkbench();
  const many = new ManyImages(suite);

  it('goes on when the window is closed and its extension host ends; the window that opens again shows it done', async () => {
    await many.make(images);
    const view = await suite.open(many.name);
    const { workbench } = view;
    await view.press(/^Caption Empty/);
    await until('the first captions', async () => (await many.written()) > 0);
    await workbench.closeWindow();
    assert.ok((await many.written()) < images, 'it was closed in the middle of the job');
    await until('all captions', async () => (await many.written()) === images, patience);
    await workbench.openWindow();
    const jobs = await JobsView.open(workbench);
    const count = images.toLocaleString('en-US');
    await jobs.says(`Caption Empty – ${many.name}`, new RegExp(`Completed, ${count}/${count}`));
    await workbench.screenshot('jobs done');
    assert.equal(
      new Set(Object.values(await many.captions())).size,
      1,
      'the same picture has the same caption everywhere',
    );
  });

  it('is paused, resumed and cancelled in the view with the keyboard alone', async () => {
    // More than the job comes to while a hand does all this, however slow the machine is: the job is cancelled.
    const enough = 4000;
    await many.make(enough);
    const view = await suite.open(many.name);
    const { workbench } = view;
    await view.press(/^Caption Empty/);
    await until('the first captions', async () => (await many.written()) > 0);
    const bar = view.frame.getByRole('progressbar', { name: 'Caption Empty' });
    const changes = await bar.evaluate(countChanges, 2000);
    assert.ok(changes >= 2, `the grid shows progress: ${String(changes)} changes in 2 s`);
    assert.ok(changes <= 9, `at most 4 times a second: ${String(changes)} changes in 2 s`);
    const jobs = await JobsView.open(workbench);
    const { keyboard } = workbench.page;
    await jobs.says(`Caption Empty – ${many.name}`, /Running/);
    await jobs.focus();
    await keyboard.press('Home');
    await jobs.choose('Pause Job');
    await jobs.says(`Caption Empty – ${many.name}`, /Paused/);
    await workbench.screenshot('jobs paused');
    const paused = await many.captions();
    const soFar = Object.keys(paused).length;
    assert.ok(soFar < enough, 'it was paused in the middle');
    await workbench.page.waitForTimeout(1000);
    assert.deepEqual(await many.captions(), paused, 'nothing is written while it is paused');
    await jobs.choose('Resume Job');
    await until('more captions', async () => (await many.written()) > soFar);
    await jobs.choose('Cancel Captioning Job');
    await jobs.says(`Caption Empty – ${many.name}`, /Cancelled/);
    assert.ok((await many.written()) < enough, 'it was cancelled in the middle');
  });

  it('is reverted as a whole, but for captions that were edited since, which are listed', async () => {
    await many.make(images);
    const before: Record<string, string> = {};
    for (let i = 0; i < images; i += 2) before[`${String(i).padStart(4, '0')}.txt`] = `old caption ${String(i)}\r\n`;
    for (const [name, text] of Object.entries(before)) await writeFile(path.join(many.folder, name), text);
    const { workbench } = await suite.open(many.name);
    await workbench.runCommand('Dataset Captions: Caption All');
    await workbench.dialogButton('Caption All');
    await until('all captions', async () => (await many.written()) === images, patience);
    const jobs = await JobsView.open(workbench);
    await jobs.says(`Caption All – ${many.name}`, /Completed/);
    const edited = Array.from({ length: 10 }, (_, i) => `${String(i * 7).padStart(4, '0')}.txt`);
    for (const name of edited) await writeFile(path.join(many.folder, name), `by hand ${name}`);
    await jobs.item(/^Caption All/).click();
    await jobs.choose('Revert Job…');
    await workbench.dialogButton('Revert Job');
    const message = await workbench.notification(/was reverted/);
    assert.match(await message.innerText(), /changed since: 10/);
    const expected = { ...before, ...Object.fromEntries(edited.map((name) => [name, `by hand ${name}`])) };
    assert.deepEqual(await many.captions(), Object.fromEntries(Object.entries(expected).sort()));
    await message.getByRole('button', { name: 'Open Report' }).click();
    const report = workbench.webview();
    await report.getByText('Left alone when the job was reverted').waitFor();
    for (const name of edited) await report.getByText(name.replace('.txt', '.jpg')).waitFor();
    await workbench.screenshot('jobs reverted');
  });
});

describe('a caption that somebody types and a job writes, in the real workbench', () => {
  const suite = useWorkbench({ workspaceSettings: unsavedSettings });
  const many = new ManyImages(suite);

  it('never loses what is typed into a caption that the job writes: both texts are shown', async () => {
    // The last of them, which the job comes to long after it was typed into.
    const count = 500;
    const image = `0${String(count - 1)}.jpg`;
    await many.make(count);
    const view = await suite.open(many.name);
    const { workbench } = view;
    const file = path.join(many.folder, image.replace('.jpg', '.txt'));
    await view.card('0000.jpg').click({ position: { x: 20, y: 20 } });
    await workbench.page.keyboard.press('Control+End');
    await view.caption(image).waitFor();
    await view.press(/^Caption Empty/);
    // Before that the job has not taken its images on, and one that is typed into is not empty.
    await view.frame.getByRole('progressbar', { name: 'Caption Empty' }).waitFor();
    await view.caption(image).click();
    await workbench.page.keyboard.type('typed while the job runs');
    assert.equal(await readText(file), undefined, 'it was typed before the job came to it');
    await view.jobDone('Caption Empty');
    assert.equal(await view.caption(image).inputValue(), 'typed while the job runs');
    await until('the file that the job wrote', async () => ((await readText(file)) ?? '') !== '');
    await view.saveState(image, 'Conflict');
    const tagged = (await readText(file)) ?? '';
    assert.notEqual(tagged, 'typed while the job runs');
    await view
      .card(image)
      .getByText(tagged.trim().split(',')[0] ?? '')
      .first()
      .waitFor();
    await workbench.screenshot('jobs conflict');
  });
});

/** As much of the DOM as {@link countChanges} needs: the tests are compiled without the browser's types. */
interface Progress {
  getAttribute(name: string): string | null;
}

/** How often the value of a progress bar is another one within some milliseconds; looked at each 10 ms. */
function countChanges(bar: Progress, milliseconds: number): Promise<number> {
  return new Promise((resolve) => {
    let value = bar.getAttribute('aria-valuenow');
    let changes = 0;
    const timer = setInterval(() => {
      const now = bar.getAttribute('aria-valuenow');
      if (now !== value) changes++;
      value = now;
    }, 10);
    setTimeout(() => {
      clearInterval(timer);
      resolve(changes);
    }, milliseconds);
  });
}
