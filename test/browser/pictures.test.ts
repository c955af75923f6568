import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import { DatasetView, until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

/** What the tests use of elements: they run where there is no DOM. */
interface Drawn {
  naturalWidth: number;
  dispatchEvent(event: unknown): void;
  matches(selector: string): boolean;
}

describe('pictures in the real workbench', function () {
  this.timeout(120_000);
  const suite = useWorkbench(() => ({
    settings: { 'datasetCaptions.cacheDirectory': path.join(suite.scratch, 'cache') },
  }));

  it('shows what browsers cannot, upright, huge images by their parts, and keeps pictures where the user wants them', async () => {
    const folder = path.join(suite.scratch, 'pictures');
    await mkdir(folder, { recursive: true });
    await copyFile('test/fixtures/goldens/images/bmp24.bmp', path.join(folder, '1.bmp'));
    await sharp({ create: { width: 640, height: 480, channels: 4, background: 'rgba(0, 80, 200, 0.4)' } })
      .tiff()
      .toFile(path.join(folder, '2.tiff'));
    const scene = `<svg xmlns="http://www.w3.org/2000/svg" width="12000" height="8000"><rect width="12000" height="8000" fill="#456"/>
      <rect x="5900" y="3900" width="200" height="200" fill="#fd0"/><circle cx="2000" cy="2000" r="1500" fill="#a33"/></svg>`;
    await sharp(Buffer.from(scene), { limitInputPixels: false, unlimited: true })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toFile(path.join(folder, '3.jpg'));
    await writeFile(path.join(folder, '4.png'), 'no picture');
    const cache = path.join(suite.scratch, 'cache');
    const view = await suite.open('pictures');
    const { workbench } = view;
    const { keyboard } = workbench.page;
    const dialog = view.frame.getByRole('dialog');
    await show(view, '1.bmp');
    const whole = dialog.locator('.ground > img');
    await until('the BMP is drawn', async () => (await pixels(whole)) > 0);
    await keyboard.press('PageDown');
    await dialog.getByText(/^640 × 480 · .* · TIFF$/).waitFor();
    await until('the TIFF is drawn', async () => (await pixels(whole)) === 640);
    await keyboard.press('PageDown');
    await dialog.getByText(/^8000 × 12000 · .* · JPEG$/).waitFor();
    await until('the preview is drawn, upright', async () => {
      const box = await whole.boundingBox();
      return (await pixels(whole)) > 300 && box !== null && box.height > box.width * 1.4;
    });
    await keyboard.press('1');
    const part = dialog.locator('.part > img');
    await part.waitFor();
    await workbench.screenshot('viewer-huge');
    await keyboard.press('PageDown');
    await dialog.getByText('Not an image, but a text.').waitFor();
    await keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await until('its card has the focus', () =>
      view.card('4.png').evaluate((card: unknown) => (card as Drawn).matches(':focus')),
    );

    const kept = (await readdir(cache, { recursive: true })).filter((name) => /\.(webp|fail)$/.test(name));
    assert.ok(kept.some((name) => name.endsWith('.fail')) && kept.length >= 7, kept.join('\n'));
    await workbench.runCommand('Dataset Captions: Clear Thumbnail Cache');
    // A message that comes while the webview has the focus waits in the list.
    await workbench.runCommand('Notifications: Show Notifications');
    // Three significant digits.
    const message = /(^|\s)(\d{1,3}|\d\.\d{1,2}|\d\d\.\d) [kM]B of thumbnails were deleted from /;
    await workbench.page.locator('.notification-list-item').filter({ hasText: message }).first().waitFor();
    const left = (await readdir(cache, { recursive: true })).filter((name) => /\.(webp|fail)$/.test(name));
    assert.deepEqual(left, []);
    assert.ok((await stat(cache)).isDirectory());
  });
});

async function show(view: DatasetView, name: string): Promise<void> {
  await view.card(name).evaluate((card: unknown, path) => {
    const init = { detail: { path }, bubbles: true, composed: true, cancelable: true };
    (card as Drawn).dispatchEvent(new CustomEvent('open-viewer', init));
  }, name);
  await view.frame.getByRole('dialog').waitFor();
}

function pixels(image: Locator): Promise<number> {
  return image.evaluate((element: unknown) => (element as Drawn).naturalWidth).catch(() => 0);
}
