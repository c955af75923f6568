import assert from 'node:assert/strict';
import { appendFile, cp, link, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './DatasetView';
import { addBadImages, captions, countCaptions, fingerprint, processesOf, readText } from './datasetFiles';
import { unsavedSettings } from './unsavedWorkbench';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';
const sunset = '5_scenery/sunset.png';
const cat = '10_cat/locomotion.jpg';

describe('the main job in the real workbench', () => {
  const suite = useWorkbench();
  let dataset: string;

  beforeEach(() => {
    dataset = suite.dataset;
  });

  it('saves what was typed into two captions and touches nothing else; undo and redo change text and file', async () => {
    const before = await fingerprint(dataset);
    const oldAlps = await readText(path.join(dataset, '5_scenery/alps.txt'));
    const newAlps = oldAlps?.replace(/(\r?\n)?$/, ', snow$1');
    const view = await suite.open();
    await view.type(alps, ', snow');
    await view.type(sunset, 'boat, evening sky');
    await until('both captions on disk', async () => {
      const saved = await captions(dataset);
      return saved['5_scenery/sunset.txt'] === 'boat, evening sky' && saved['5_scenery/alps.txt'] === newAlps;
    });
    await view.saveState(alps, 'Saved');
    await view.workbench.screenshot('typed');
    const after = await fingerprint(dataset);
    delete after['5_scenery/sunset.txt'];
    const untouched = Object.keys(before).filter((name) => name !== '5_scenery/alps.txt');
    assert.deepEqual(Object.keys(after).sort(), Object.keys(before).sort(), 'no other file came or went');
    for (const name of untouched) assert.equal(after[name], before[name], `${name} changed`);

    const { keyboard } = view.workbench.page;
    await keyboard.press('Escape');
    // On a busy machine typing has pauses, and what follows a pause is another step.
    const pressUntil = (key: string, what: string, look: () => Promise<boolean>): Promise<unknown> =>
      until(what, async () => {
        if (await look()) return true;
        await keyboard.press(key);
        return until(what, look, 2000).catch(() => false);
      });
    const saved = async (name: string): Promise<string | undefined> => (await captions(dataset))[name];
    await pressUntil(
      'Control+z',
      'the second caption gone again',
      async () => (await saved('5_scenery/sunset.txt')) === undefined,
    );
    await until('the empty text on screen', async () => (await view.caption(sunset).inputValue()) === '');
    await pressUntil(
      'Control+z',
      'the first caption back',
      async () => (await readText(path.join(dataset, '5_scenery/alps.txt'))) === oldAlps,
    );
    await pressUntil(
      'Control+Shift+z',
      'the first caption again',
      async () => (await saved('5_scenery/alps.txt')) === newAlps,
    );
    await until('the redone text on screen', async () => (await view.caption(alps).inputValue()).endsWith(', snow'));
  });

  it('captions the empty images and leaves the others alone to the byte, then all of them, and takes that back', async () => {
    const before = await fingerprint(dataset);
    const oldCaptions = await captions(dataset);
    const view = await suite.open();
    await view.press(/^Caption Empty/);
    assert.match(await view.jobDone('Caption Empty'), /^Caption Empty: (\d+)\/\1 \(100%\)$/);
    await view.workbench.screenshot('caption-empty');
    const filled = await captions(dataset);
    const after = await fingerprint(dataset);
    for (const [name, print] of Object.entries(before)) assert.equal(after[name], print, `${name} changed`);
    assert.ok(Object.keys(filled).length > Object.keys(oldCaptions).length, 'empty images got captions');

    // A finished job leaves by itself.
    await view.frame.getByRole('region', { name: 'Jobs' }).waitFor({ state: 'detached', timeout: 10_000 });

    await view.workbench.runCommand('Dataset Captions: Caption All');
    await view.workbench.page.locator('.monaco-dialog-box', { hasText: '8 captions will be updated' }).waitFor();
    await view.workbench.screenshot('caption-all-question');
    await view.workbench.dialogButton('Caption All');
    await view.jobDone('Caption All');
    const all = await captions(dataset);
    // What nobody recorded is a person's: tags are added to it.
    for (const [name, text] of Object.entries(oldCaptions)) {
      assert.notEqual(all[name], text, `${name} was captioned`);
      assert.ok(all[name]?.startsWith(text.trimEnd()), `${name} still has what was there`);
    }

    // The tag view counts what is there now.
    await view.workbench.page.locator('.action-item a[aria-label="Dataset Captions"]').click();
    const counts = new Map<string, number>();
    for (const tag of Object.values(all).flatMap((text) => text.trim().split(', '))) {
      counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    const [tag = '', count = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
    await view.workbench.page.getByRole('treeitem', { name: `${tag}, ${String(count)}` }).waitFor();
    await view.workbench.screenshot('tags');

    await view.card(cat).click({ position: { x: 20, y: 20 } });
    await view.workbench.page.keyboard.press('Control+z');
    await until('the old captions back', async () => {
      const now = await captions(dataset);
      return Object.keys(oldCaptions).every((name) => now[name] === oldCaptions[name]);
    });
  });

  it('lists each bad image with its reason and captions everything else, in one extension host', async () => {
    const bad = await addBadImages(dataset);
    const view = await suite.open();
    const hosts = await processesOf('type=extensionHost');
    assert.equal(hosts.length, 1);
    await view.press(/^Caption Empty/);
    const status = await view.jobDone('Caption Empty');
    assert.match(status, new RegExp(`${String(bad.length)} failed`));
    const failures = view.frame.getByRole('region', { name: 'Jobs' });
    await failures
      .getByText(`${String(bad.length)} failed`)
      .first()
      .click();
    await view.workbench.screenshot('bad-images');
    for (const name of bad) await failures.getByRole('listitem').filter({ hasText: name }).waitFor();
    // Finished jobs leave after 5 s, but not while somebody reads what failed.
    await sleep(6000);
    await failures.getByRole('button', { name: 'Dismiss Caption Empty' }).click();
    await failures.getByRole('progressbar').waitFor({ state: 'detached' });
    const written = await captions(dataset);
    for (const name of bad) assert.equal(written[name.replace(/\.[^.]+$/, '.txt')], undefined, `${name} got a caption`);
    assert.ok(written['folder.jpg/inside.txt'], 'the image in the folder with an image name was captioned');
    assert.ok(written['5_scenery/sunset.txt'], 'good images were captioned');
    assert.deepEqual(await processesOf('type=extensionHost'), hosts, 'the extension host is the same process');
  });

  it('finishes a job whose tagger is killed in the middle, with no caption half-written or lost', async () => {
    const many = path.join(dataset, 'many');
    await mkdir(many);
    const count = 400;
    for (let i = 0; i < count; i++) await link(path.join(dataset, alps), path.join(many, `${String(i)}.jpg`));
    const view = await suite.open();
    await view.press(/^Caption Empty/);
    for (let kill = 0; kill < 3; kill++) {
      const soFar = (kill + 1) * 25;
      await until('some captions', async () => (await countCaptions(many)) >= soFar);
      const taggers = await processesOf('/dist/tagger.js');
      assert.notDeepEqual(taggers, [], 'there is a tagger to kill');
      for (const pid of taggers) process.kill(pid, 'SIGKILL');
    }
    assert.doesNotMatch(await view.jobDone('Caption Empty'), /failed/);
    const written = await captions(many);
    assert.equal(Object.keys(written).length, count);
    assert.equal(new Set(Object.values(written)).size, 1, 'the same picture has the same caption everywhere');
    assert.notEqual(Object.values(written)[0], '');
  });

  it('cancels a job and keeps what it has written', async () => {
    const many = path.join(dataset, 'many');
    await mkdir(many);
    // More than the job comes to before it is cancelled, however slow the machine is.
    const count = 3000;
    for (let i = 0; i < count; i++) await link(path.join(dataset, alps), path.join(many, `${String(i)}.jpg`));
    const view = await suite.open();
    await view.workbench.runCommand('Dataset Captions: Caption Empty');
    await until('some captions', async () => (await countCaptions(many)) >= 10);
    const notice = await view.workbench.notification(/Caption Empty.*\d/s);
    // By the keyboard: VS Code's list of notifications lies over that end of the page.
    await view.frame.getByRole('button', { name: 'Cancel Caption Empty' }).press('Enter');
    await view.frame.getByRole('region', { name: 'Jobs' }).getByText('Cancelled').waitFor();
    await notice.waitFor({ state: 'detached' });
    const written = await captions(many);
    await sleep(1500);
    assert.deepEqual(await captions(many), written, 'nothing more is written');
    assert.ok(Object.keys(written).length < count);
    assert.equal(new Set(Object.values(written)).size, 1, 'each caption is whole');
  });

  it('shows what another program writes, adds and removes', async () => {
    const view = await suite.open();
    await writeFile(path.join(dataset, '5_scenery/alps.txt'), 'written outside');
    await until('the new text', async () => (await view.caption(alps).inputValue()) === 'written outside');
    await cp(path.join(dataset, alps), path.join(dataset, 'added.jpg'));
    await view.card('added.jpg').waitFor();
    await rm(path.join(dataset, 'added.jpg'));
    await view.card('added.jpg').waitFor({ state: 'detached' });
    await appendFile(path.join(dataset, '5_scenery/alps.txt'), ', more');
    await until('the longer text', async () => (await view.caption(alps).inputValue()) === 'written outside, more');
    await stat(path.join(dataset, alps));
  });
});

describe('captions that are not saved, in the real workbench', () => {
  const suite = useWorkbench({ workspaceSettings: unsavedSettings });
  let dataset: string;

  beforeEach(() => {
    dataset = suite.dataset;
  });

  it('brings an unsaved caption back after a reload', async () => {
    const view = await suite.open();
    await view.type(sunset, 'typed and never saved');
    await view.saveState(sunset, 'Unsaved');
    await sleep(500);
    assert.equal((await captions(dataset))['5_scenery/sunset.txt'], undefined, 'nothing was saved');
    await view.workbench.reload();
    await view.ready();
    assert.equal(await view.caption(sunset).inputValue(), 'typed and never saved');
    await view.saveState(sunset, 'Unsaved');
    await view.workbench.screenshot('restored');
    await view.workbench.runCommand('File: Save');
    await until(
      'the restored caption on disk',
      async () => (await captions(dataset))['5_scenery/sunset.txt'] === 'typed and never saved',
    );
  });

  it('brings back what was typed an instant before the browser reloads', async () => {
    const view = await suite.open();
    const { page } = view.workbench;
    // The workbench stores its open editors a while after they opened; this test is about the text.
    await sleep(2000);
    await view.caption(sunset).click();
    await page.keyboard.type('saved by nobody', { delay: 30 });
    // As fast as a hand gets from the text to F5; VS Code's own backup comes a second later.
    await sleep(200);
    await page.reload();
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    const back = await suite.open();
    await until('the text', async () => (await back.caption(sunset).inputValue()) === 'saved by nobody');
    assert.equal((await captions(dataset))['5_scenery/sunset.txt'], undefined);
  });

  it('restores an unsaved caption also when its folder comes back only after the reload', async () => {
    const view = await suite.open();
    await view.type(sunset, 'typed before the disk went');
    await view.saveState(sunset, 'Unsaved');
    await sleep(2500);
    const away = path.join(suite.scratch, '.away');
    await rename(dataset, away);
    await view.frame.getByText('This folder is gone').waitFor();
    await view.workbench.reload();
    await view.frame.getByText('This folder is gone').waitFor();
    await view.workbench.screenshot('folder-gone');
    await rename(away, dataset);
    await view.ready();
    assert.equal(await view.caption(sunset).inputValue(), 'typed before the disk went');
    await view.saveState(sunset, 'Unsaved');
    await view.workbench.page.locator('.tab.dirty').waitFor();
    await view.workbench.runCommand('File: Save');
    await until(
      'the caption on disk',
      async () => (await captions(dataset))['5_scenery/sunset.txt'] === 'typed before the disk went',
    );
  });
});

describe('a caption that another program changes, in the real workbench', () => {
  const suite = useWorkbench({ workspaceSettings: { ...unsavedSettings, 'datasetCaptions.autoSaveDelay': 3000 } });

  it('never overwrites a caption that another program changed under an unsaved edit, and offers both texts', async () => {
    const file = path.join(suite.dataset, '5_scenery/alps.txt');
    const view = await suite.open();
    await view.type(alps, ', mine');
    const mine = await view.caption(alps).inputValue();
    await writeFile(file, 'theirs, from another program');
    await view.saveState(alps, 'Conflict');
    await sleep(4000);
    assert.equal(await readText(file), 'theirs, from another program', 'the automatic save left it alone');
    await view.workbench.runCommand('File: Save');
    await sleep(500);
    assert.equal(await readText(file), 'theirs, from another program', 'Save left it alone');
    await view.card(alps).getByText('theirs, from another program').waitFor();
    assert.equal(await view.caption(alps).inputValue(), mine);
    await view.workbench.screenshot('conflict');
    await view
      .card(alps)
      .getByRole('button', { name: /Keep both/ })
      .click();
    const both = `${mine}, theirs, from another program`;
    await until('both on disk', async () => (await readText(file)) === both);
  });
});
