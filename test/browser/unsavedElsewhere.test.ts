import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { identityText, thisProcess } from '../../src/base/machine/processIdentity';
import { DatasetView, until } from './DatasetView';
import { withUnsavedWorkbench } from './unsavedWorkbench';

describe('captions that were typed on another machine, in the real workbench', function () {
  this.timeout(240_000);

  it('are taken over while the dataset is open, as soon as it shows that the window there is gone', async () => {
    await withUnsavedWorkbench(async (scratch, open) => {
      const dataset = path.join(scratch, 'dataset');
      const bench = await open();
      const folder = path.join(
        bench.storageFolder,
        'unsaved',
        createHash('sha256').update(dataset).digest('hex').slice(0, 32),
      );
      const owner = { ...thisProcess(), host: '0badcafe', machine: '0badcafe', boot: '0badcafe' };
      const journal = path.join(folder, `${identityText(owner)}-01234567.jsonl`);
      const edit = {
        captionPath: '5_scenery/sunset.txt',
        images: ['5_scenery/sunset.png'],
        raw: 'typed elsewhere',
        base: null,
      };
      await mkdir(folder, { recursive: true });
      await writeFile(journal, `\n${JSON.stringify(edit)}`);
      const lately = Date.now() / 1000 - 60;
      await utimes(journal, lately, lately);

      const view = await DatasetView.open(bench, 'dataset');
      await view.ready();
      const caption = view.caption('5_scenery/sunset.png');
      assert.equal(await caption.inputValue(), '', 'it may be typed there in this moment');
      const names = (): Promise<string[]> => readdir(folder);
      assert.ok((await names()).includes(path.basename(journal)));
      await until(
        'it is taken over',
        async () => (await caption.inputValue().catch(() => '')) === 'typed elsewhere',
        150_000,
      );
      await view.saveState('5_scenery/sunset.png', 'Unsaved');
      await until('this window keeps it now', async () => !(await names()).includes(path.basename(journal)));
      assert.equal((await names()).length, 1);
    });
  });
});
