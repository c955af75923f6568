import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DatasetView, until } from './DatasetView';
import { captions, readText } from './datasetFiles';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';
const sunset = '5_scenery/sunset.png';

describe('a disk that does not take captions, in the real workbench', () => {
  const suite = useWorkbench();
  let disk: string;
  let mounted = false;

  beforeEach(async function () {
    // A small disk of its own can be made by root on Linux only.
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip();
    disk = path.join(suite.scratch, `disk of ${suite.name}`);
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
      mounted = true;
    } catch {
      this.skip();
    }
    await cp(path.join(suite.dataset, '5_scenery'), path.join(disk, '5_scenery'), { recursive: true });
  });

  afterEach(() => {
    if (mounted) execFileSync('umount', ['-l', disk]);
    mounted = false;
  });

  /** Writes until nothing more fits. */
  async function fillDisk(): Promise<string> {
    const filler = path.join(disk, 'filler.bin');
    await writeFile(filler, Buffer.alloc(2_000_000)).catch(() => undefined);
    return filler;
  }

  it('says that the disk is full, keeps text and file, and saves when there is room again', async () => {
    const before = await captions(disk);
    const view = await suite.open(path.basename(disk));
    const filler = await fillDisk();
    await view.type(alps, ', snow');
    await view.type(sunset, 'boat');
    await view.saveState(alps, 'Not saved: The disk is full.');
    await view.saveState(sunset, 'Not saved: The disk is full.');
    await view.workbench.screenshot('disk-full');
    assert.deepEqual(await captions(disk), before);
    assert.match(await view.caption(alps).inputValue(), /, snow$/);
    assert.equal(await view.caption(sunset).inputValue(), 'boat');
    const left = (await readdir(disk, { recursive: true })).filter((name) => name.endsWith('.tmp'));
    assert.deepEqual(left, [], 'no temporary file is left');

    await rm(filler);
    await view.press('Retry Saving');
    await view.saveState(alps, 'Saved');
    await view.saveState(sunset, 'Saved');
    assert.equal(await readText(path.join(disk, '5_scenery/sunset.txt')), 'boat');
    assert.match((await readText(path.join(disk, '5_scenery/alps.txt'))) ?? '', /, snow\s*$/);
  });

  it('says that the folder is read-only, keeps text and file, and saves when it can be written again', async () => {
    const before = await captions(disk);
    const view = await suite.open(path.basename(disk));
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    await view.type(alps, ', snow');
    await view.saveState(alps, 'Not saved: The file system is read-only.');
    assert.deepEqual(await captions(disk), before);
    assert.match(await view.caption(alps).inputValue(), /, snow$/);
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    await view.press('Retry Saving');
    await view.saveState(alps, 'Saved');
    assert.match((await readText(path.join(disk, '5_scenery/alps.txt'))) ?? '', /, snow\s*$/);
  });
});

describe('the dataset editor for everybody', () => {
  const suite = useWorkbench();

  it('searches, moves, edits, saves, undoes, captions and cancels without a mouse', async () => {
    const { dataset } = suite;
    const view = await suite.open();
    const { workbench } = view;
    const { keyboard } = workbench.page;
    const focused = (): Promise<string> => focusedName(view);

    await workbench.runCommand('Dataset Captions: Search Captions');
    await until('the focus in the search box', async () => (await focused()) === 'Search captions and file names');
    await keyboard.type('sunset');
    await view.card(alps).waitFor({ state: 'detached' });
    // From the search box into the grid: Tab passes the toolbar's controls.
    for (let tabs = 0; tabs < 20 && (await focused()) !== sunset; tabs++) await keyboard.press('Tab');
    assert.equal(await focused(), sunset);
    await keyboard.press('F2');
    assert.equal(await focused(), `Caption of ${sunset}`);
    await keyboard.type('boat, evening');
    await keyboard.press('Control+s');
    await until(
      'the caption on disk',
      async () => (await captions(dataset))['5_scenery/sunset.txt'] === 'boat, evening',
    );
    await keyboard.press('Escape');
    assert.equal(await focused(), sunset);
    await keyboard.press('Control+z');
    await until('the caption undone', async () => !('5_scenery/sunset.txt' in (await captions(dataset))));

    await workbench.runCommand('Dataset Captions: Caption Image');
    await until('the caption of the tagger', async () => Boolean((await captions(dataset))['5_scenery/sunset.txt']));
    await workbench.runCommand('Dataset Captions: Search Captions');
    await until('the focus in the search box', async () => (await focused()) === 'Search captions and file names');
    await keyboard.press('Escape');
    await view.card(alps).waitFor();
    await workbench.screenshot('keyboard');
  });

  it('saves what could not be saved once its folder is back, or a change of another program is taken back', async () => {
    const { dataset } = suite;
    const file = path.join(dataset, '5_scenery/sunset.txt');
    const view = await suite.open();
    await view.type(sunset, 'boat');
    await rename(dataset, `${dataset}-away`);
    await view.frame.getByText('This folder is gone').waitFor();
    await sleep(1500);
    await rename(`${dataset}-away`, dataset);
    await until('the caption on disk', async () => (await readText(file)) === 'boat');
    await view.saveState(sunset, 'Saved');

    await view.type(sunset, ', mine');
    await writeFile(file, 'theirs');
    await view.saveState(sunset, 'Conflict');
    await writeFile(file, 'boat');
    await until('the caption on disk', async () => (await readText(file)) === 'boat, mine');
    await view.saveState(sunset, 'Saved');
  });

  it('fits into a narrow window in every theme, without refused styles or scripts', async () => {
    const view = await suite.open();
    const { workbench } = view;
    await view.type(sunset, 'boat');
    await view.saveState(sunset, 'Saved');
    await sleep(1000);
    for (const theme of ['Dark Modern', 'Light Modern', 'Default High Contrast']) {
      await workbench.setColorTheme(theme);
      await sleep(500);
      await workbench.screenshot(`look ${theme}`);
    }
    await workbench.page.keyboard.press('Control+b');
    const size = workbench.page.viewportSize();
    await workbench.page.setViewportSize({ width: 380, height: 800 });
    await sleep(1000);
    await workbench.screenshot('look narrow');
    const overflow = await view.frame
      .locator('html')
      .evaluate((html: { scrollWidth: number; clientWidth: number }) => html.scrollWidth - html.clientWidth);
    assert.equal(overflow, 0, 'no scrolling sideways');
    const refused = workbench.errors.filter((error) => /Content Security Policy/i.test(error));
    assert.deepEqual(refused, []);
    if (size !== null) await workbench.page.setViewportSize(size);
    await workbench.runCommand('View: Show Explorer');
  });
});

/** As much of the DOM as {@link focusedName} needs: the tests are compiled without the browser's types. */
interface Focusable {
  ownerDocument: { activeElement: Focusable | null };
  shadowRoot: { activeElement: Focusable | null } | null;
  getAttribute(name: string): string | null;
}

/** The accessible name of what has the focus in the webview. */
async function focusedName(view: DatasetView): Promise<string> {
  return view.frame.locator('html').evaluate((html: Focusable): string => {
    let active = html.ownerDocument.activeElement;
    for (let inner = active; inner !== null; inner = inner.shadowRoot?.activeElement ?? null) active = inner;
    return active?.getAttribute('aria-label') ?? '';
  });
}
