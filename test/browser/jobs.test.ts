import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatasetView, until } from './DatasetView';
import { captions, makeScratch, readText, removeScratch } from './datasetFiles';
import { JobsView } from './JobsView';
import { Workbench } from './Workbench';

/** `npm run soak` has the number, 2,000. */
const images = Number(process.env.DATASET_CAPTIONS_JOB_IMAGES ?? 200);
const patience = 20_000 + images * 100;

describe('captioning jobs in the real workbench', function () {
  this.timeout(60_000 + 2 * patience);
  let scratch: string;
  let many: string;
  let workbench: Workbench | undefined;

  beforeEach(async () => {
    scratch = await makeScratch();
    many = path.join(scratch, 'many');
    await mkdir(many);
  });

  async function addImages(count: number): Promise<void> {
    const picture = path.join(scratch, 'dataset/5_scenery/alps.jpg');
    for (let i = 0; i < count; i++) await cp(picture, path.join(many, `${String(i).padStart(4, '0')}.jpg`));
  }

  afterEach(async function () {
    await workbench?.disposeAfter(this.currentTest);
    workbench = undefined;
    await removeScratch(scratch);
  });

  async function open(settings: Record<string, unknown> = {}): Promise<DatasetView> {
    await mkdir(path.join(scratch, '.vscode'));
    await writeFile(path.join(scratch, '.vscode/settings.json'), JSON.stringify(settings));
    workbench = await Workbench.open({ folder: scratch });
    return DatasetView.open(workbench, 'many');
  }

  async function written(): Promise<number> {
    return Object.keys(await captions(many)).length;
  }

  it('goes on when the window is closed and its extension host ends; the window that opens again shows it done', async () => {
    await addImages(images);
    const view = await open();
    await view.press(/^Caption Empty/);
    await until('the first captions', async () => (await written()) > 0);
    await workbench!.closeWindow();
    assert.ok((await written()) < images, 'it was closed in the middle of the job');
    await until('all captions', async () => (await written()) === images, patience);
    await workbench!.openWindow();
    const jobs = await JobsView.open(workbench!);
    const count = images.toLocaleString('en-US');
    await jobs.says('Caption Empty – many', new RegExp(`Completed, ${count}/${count}`));
    await workbench!.screenshot('jobs done');
    assert.equal(
      new Set(Object.values(await captions(many))).size,
      1,
      'the same picture has the same caption everywhere',
    );
  });

  it('is paused, resumed and cancelled in the view with the keyboard alone', async () => {
    // Enough for what a hand does between a beginning and an end.
    const enough = 700;
    await addImages(enough);
    const view = await open();
    await view.press(/^Caption Empty/);
    await until('the first captions', async () => (await written()) > 0);
    const bar = view.frame.getByRole('progressbar', { name: 'Caption Empty' });
    const changes = await bar.evaluate(countChanges, 2000);
    assert.ok(changes >= 2, `the grid shows progress: ${String(changes)} changes in 2 s`);
    assert.ok(changes <= 9, `at most 4 times a second: ${String(changes)} changes in 2 s`);
    const jobs = await JobsView.open(workbench!);
    const { keyboard } = workbench!.page;
    await jobs.says('Caption Empty – many', /Running/);
    await keyboard.press('Home');
    await jobs.choose('Pause Job');
    await jobs.says('Caption Empty – many', /Paused/);
    await workbench!.screenshot('jobs paused');
    const paused = await captions(many);
    const soFar = Object.keys(paused).length;
    assert.ok(soFar < enough, 'it was paused in the middle');
    await workbench!.page.waitForTimeout(1000);
    assert.deepEqual(await captions(many), paused, 'nothing is written while it is paused');
    await jobs.choose('Resume Job');
    await until('more captions', async () => (await written()) > soFar);
    await jobs.choose('Cancel Captioning Job');
    await jobs.says('Caption Empty – many', /Cancelled/);
    assert.ok((await written()) < enough, 'it was cancelled in the middle');
  });

  it('is reverted as a whole, but for captions that were edited since, which are listed', async () => {
    await addImages(images);
    const before: Record<string, string> = {};
    for (let i = 0; i < images; i += 2) before[`${String(i).padStart(4, '0')}.txt`] = `old caption ${String(i)}\r\n`;
    for (const [name, text] of Object.entries(before)) await writeFile(path.join(many, name), text);
    await open();
    await workbench!.runCommand('Dataset Captions: Caption All');
    await workbench!.dialogButton('Caption All');
    await until('all captions', async () => (await written()) === images, patience);
    const jobs = await JobsView.open(workbench!);
    await jobs.says('Caption All – many', /Completed/);
    const edited = Array.from({ length: 10 }, (_, i) => `${String(i * 7).padStart(4, '0')}.txt`);
    for (const name of edited) await writeFile(path.join(many, name), `by hand ${name}`);
    await jobs.item(/^Caption All/).click();
    await jobs.choose('Revert Job…');
    await workbench!.dialogButton('Revert Job');
    const message = await workbench!.notification(/was reverted/);
    assert.match(await message.innerText(), /changed since: 10/);
    const expected = { ...before, ...Object.fromEntries(edited.map((name) => [name, `by hand ${name}`])) };
    assert.deepEqual(await captions(many), Object.fromEntries(Object.entries(expected).sort()));
    await message.getByRole('button', { name: 'Open Report' }).click();
    const report = workbench!.webview();
    await report.getByText('Left alone when the job was reverted').waitFor();
    for (const name of edited) await report.getByText(name.replace('.txt', '.jpg')).waitFor();
    await workbench!.screenshot('jobs reverted');
  });

  it('never loses what is typed into a caption that the job writes: both texts are shown', async () => {
    await addImages(200);
    const view = await open({ 'datasetCaptions.autoSaveDelay': 0, 'files.autoSave': 'off' });
    await view.press(/^Caption Empty/);
    await view.caption('0001.jpg').click();
    await workbench!.page.keyboard.type('typed while the job runs');
    await view.jobDone('Caption Empty');
    const image = '0001.jpg';
    const file = path.join(many, '0001.txt');
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
    await workbench!.screenshot('jobs conflict');
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
