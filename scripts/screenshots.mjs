// Takes the pictures of the README from the real workbench: npm run screenshots
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { bundled } from '../bench/bundled.mjs';
import { root, setup } from './setup.mjs';

/** A picture may not weigh more, in bytes: the README is part of every package. */
const largest = 300_000;
const viewport = { width: 1360, height: 860 };
const themes = { dark: 'Dark Modern', light: 'Light Modern' };

await setup();
const { Workbench } = await bundled('test/browser/Workbench.ts');
const { DatasetView } = await bundled('test/browser/DatasetView.ts');
const images = path.join(root, 'docs/images');
await mkdir(images, { recursive: true });
for (const [name, colorTheme] of Object.entries(themes)) await takePictures(name, colorTheme);

/**
 * @param {string} name
 * @param {string} colorTheme
 */
async function takePictures(name, colorTheme) {
  const folder = await mkdtemp(path.join(tmpdir(), 'dataset-captions-screenshots-'));
  await cp(path.join(root, 'test/fixtures/sample-dataset'), path.join(folder, 'pictures'), { recursive: true });
  const workbench = await Workbench.open({ folder, colorTheme, viewport, settings: { 'breadcrumbs.enabled': false } });
  try {
    const { page } = workbench;
    const view = await DatasetView.open(workbench, 'pictures');
    await workbench.runCommand('Dataset Captions: Focus on Tags View');
    await workbench.runCommand('Dataset Captions: Caption Empty');
    await view.jobDone('Caption Empty');
    await view.type('5_scenery/acanthus.jpg', ', thistle, plant study');
    await view.saveState('5_scenery/acanthus.jpg', 'Saved');
    await page.mouse.move(viewport.width - 2, 300);
    // Sharp pictures come after a while, and what the job said goes.
    await sleep(4000);
    await save(page, `grid-${name}.png`);

    await page.keyboard.press('Escape');
    await view.press(/^Edit…/);
    const dialog = view.frame.getByRole('dialog', { name: 'Edit Captions' });
    await dialog.getByRole('textbox', { name: 'Tags' }).fill('my style');
    await dialog
      .getByRole('option')
      .filter({ hasText: /my style/ })
      .first()
      .waitFor();
    await sleep(500);
    await save(page, `edit-${name}.png`);
  } finally {
    await workbench.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Without the title bar, which says that the extension is under development.
 * @param {import('playwright-core').Page} page
 * @param {string} name
 */
async function save(page, name) {
  const titleBar = await page.locator('.part.titlebar').boundingBox();
  const top = Math.ceil(titleBar?.height ?? 0);
  const clip = { x: 0, y: top, width: viewport.width, height: viewport.height - top };
  const { width, height, size } = await sharp(await page.screenshot({ clip }))
    .png({ palette: true, quality: 90, effort: 10, compressionLevel: 9 })
    .toFile(path.join(images, name));
  console.log(`docs/images/${name}: ${width} x ${height}, ${size} bytes.`);
  if (size > largest) throw new Error(`docs/images/${name} takes more than ${largest} bytes.`);
}
