import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { makeScratch, removeScratch } from './datasetFiles';
import { DatasetView } from './DatasetView';
import { hasFailed } from './hasFailed';
import { captionCases } from './link/captionCases';
import { keyCases } from './link/keyCases';
import { makeLinkDataset } from './link/linkDataset';
import { LinkPlayer, saveDelay } from './link/LinkPlayer';
import { Workbench } from './Workbench';

/** One way, in milliseconds; `npm run soak -- link` takes more of them, and all pauses between keys. */
const asked = process.env.DATASET_CAPTIONS_LINK_DELAYS;
const delays = (asked ?? '0,150').split(',').map(Number);
const allPauses = process.env.DATASET_CAPTIONS_LINK_PAUSES === 'all';

const cases = [...captionCases, ...keyCases].flatMap(({ title, pauses = [0], many = 0, near = false, play }) =>
  (allPauses ? pauses : pauses.slice(0, 1)).map((pause) => ({
    near,
    title: pause > 0 ? `${title} (${String(pause)} ms)` : title,
    many,
    play: (player: LinkPlayer) => play(player, pause),
  })),
);

describe('over a slow link in the real workbench', function () {
  this.timeout(60_000);
  let scratch: string;
  let opened: Workbench | undefined;

  /** The folder in the Explorer that has the datasets for a delay: one for each case, because each changes its own. */
  const groupOf = (delay: number): string => `at ${String(delay)} ms`;
  const nameOf = (delay: number, index: number): string => `at${String(delay)}case${String(index + 1)}`;

  before(async () => {
    scratch = await makeScratch();
    for (const delay of delays) {
      await mkdir(path.join(scratch, groupOf(delay)));
      for (const [index, { many }] of cases.entries()) {
        await makeLinkDataset(path.join(scratch, groupOf(delay), nameOf(delay, index)), many);
      }
    }
  });

  after(async () => {
    await opened?.dispose();
    await removeScratch(scratch);
  });

  const open = async (delay: number, index: number): Promise<DatasetView> => {
    opened ??= await Workbench.open({
      folder: scratch,
      // The Explorer shows all datasets of a delay.
      viewport: { width: 1280, height: 1100 },
      settings: { 'datasetCaptions.autoSaveDelay': saveDelay, 'explorer.autoReveal': false },
      link: { delay: 0 },
    });
    const bench = opened;
    await bench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const tree = bench.page.locator('.explorer-folders-view');
    for (const other of delays) {
      const group = tree.getByRole('treeitem', { name: groupOf(other), exact: true });
      const isOpen = (await group.getAttribute('aria-expanded')) === 'true';
      if (isOpen !== (other === delay)) await group.click();
    }
    return DatasetView.open(bench, nameOf(delay, index));
  };

  /** Leaves a window in which something went wrong as the next case wants it, or closes it. */
  const tidyUp = async (bench: Workbench): Promise<void> => {
    bench.link.change({ delay: 0 });
    for (let times = 0; times < 3; times++) await bench.page.keyboard.press('Escape');
    const box = bench.page.locator('.monaco-dialog-box');
    const isFree = await box.waitFor({ state: 'detached', timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (isFree) return;
    opened = undefined;
    await bench.dispose();
  };

  afterEach(async function () {
    const { currentTest } = this;
    if (opened === undefined) return;
    opened.link.change({ delay: 0 });
    if (currentTest === undefined || !hasFailed(currentTest)) return;
    await opened.screenshot(`failed ${currentTest.title}`);
    await tidyUp(opened);
  });

  for (const delay of delays) {
    describe(`of ${String(delay)} ms`, () => {
      for (const [index, { title, play, near }] of cases.entries()) {
        if (delay === 0 && !near && asked === undefined) continue;
        it(title, async () => {
          const view = await open(delay, index).catch(async () => {
            // What another case has left behind may be in the way.
            await opened?.dispose();
            opened = undefined;
            return open(delay, index);
          });
          view.workbench.link.change({ delay });
          await play(new LinkPlayer(view, path.join(scratch, groupOf(delay), nameOf(delay, index))));
        });
      }
    });
  }
});
