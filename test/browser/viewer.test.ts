import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { FakeHost, FakeImageError } from './fakeHost';
import type { PageOptions } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

const nth = (index: number): string => `00_set/image_${String(index).padStart(5, '0')}.png`;
const first = nth(0);
const second = nth(1);

/** What the tests use of elements: they run where there is no DOM. */
interface Drawn {
  getRootNode(): { activeElement: unknown };
  naturalWidth: number;
  src: string;
}

describe('the viewer in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;

  beforeEach(() => {
    host = new FakeHost(340);
  });

  const open = async (options?: PageOptions): Promise<void> => {
    page = await browser.open(host, options);
    await cell(first).getByRole('img').waitFor();
  };
  const view = async (path: string): Promise<void> => {
    await page.evaluate(
      `document.querySelector('dataset-editor').shadowRoot.querySelector('image-grid').dispatchEvent(new CustomEvent('open-viewer', { detail: { path: '${path}' }, bubbles: true, composed: true, cancelable: true }))`,
    );
    await stage(path).waitFor();
    await until('the picture has the focus', () => isFocused(stage(path)));
  };
  const dialog = (): Locator => page.getByRole('dialog');
  const cell = (path: string): Locator => page.getByRole('group', { name: path });
  const stage = (path: string): Locator => dialog().getByRole('group', { name: `Picture of ${path}` });
  const caption = (path: string): Locator => dialog().getByRole('textbox', { name: `Caption of ${path}` });
  const button = (name: string): Locator => dialog().getByRole('button', { name, exact: true });
  const ground = (): Locator => dialog().locator('.ground');
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 160; tries++) {
      if (await check()) return;
      await page.waitForTimeout(50);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const isFocused = (locator: Locator): Promise<boolean> =>
    locator.evaluate((element: unknown) => (element as Drawn).getRootNode().activeElement === element);
  const zoom = async (): Promise<number> => Number.parseInt((await dialog().locator('.zoom').textContent()) ?? '', 10);
  const zoomIs = (percent: number): Promise<void> =>
    until(`the zoom is ${percent} %`, async () => (await zoom()) === percent);
  /** how many pixels the picture that is drawn has, from side to side */
  const drawn = (): Promise<number> =>
    dialog()
      .locator('.ground > img')
      .evaluate((image: unknown) => (image as Drawn).naturalWidth);

  it('opens the image beside its caption with what it is, and closes with the focus on the image shown last', async () => {
    await open();
    await view(second);
    await dialog().getByText('2 of 340', { exact: true }).waitFor();
    await dialog().getByText('1920 × 1200 · 1.23 MB · PNG').waitFor();
    await dialog().getByText(second, { exact: true }).first().waitFor();
    assert.equal(await caption(second).inputValue(), 'tag 1, sky, tree');
    await until('the sharp picture is there', async () => (await drawn()) === 1536);
    await page.keyboard.press('ArrowRight');
    await dialog().getByText('3 of 340', { exact: true }).waitFor();
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('End');
    await dialog().getByText('340 of 340', { exact: true }).waitFor();
    assert.ok(await button('Next Image').isDisabled());
    await page.keyboard.press('ArrowDown');
    await dialog().getByText('This is the last image').waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await until('its card has the focus', () => isFocused(cell(nth(339))));
  });

  it('shows the thumbnail at once and the preview when it is there, and loads the neighbours before they are seen', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { preview } = host;
    host.preview = async (params, signal) => {
      await held;
      return preview(params, signal);
    };
    await open();
    await view(second);
    await until('the thumbnail is drawn', async () => (await drawn()) === 320);
    release?.();
    await until('the preview is drawn', async () => (await drawn()) === 1536);
    const asked = (): string[] => (host.said('getPreview') as { path: string }[]).map(({ path }) => path);
    await until('neighbours are asked for', () => [0, 1, 2, 3].every((index) => asked().includes(nth(index))));
    assert.equal(
      (host.said('getPreview') as { path: string; urgent: boolean }[]).find(({ urgent }) => urgent)?.path,
      second,
    );
    assert.equal(asked().length, 4, 'each once, and nobody else');
  });

  it('keeps what is typed, saves it and goes on to the next image with Page Down while typing', async () => {
    await open();
    await view(first);
    await page.keyboard.press('F2');
    await until('the caption has the focus', () => isFocused(caption(first)));
    await page.keyboard.press('End');
    await page.keyboard.type(', new');
    await page.keyboard.press('PageDown');
    await until('the next caption has the focus', () => isFocused(caption(second)));
    assert.equal(host.item(first).text, 'tag 0, sky, tree, new');
    assert.deepEqual(host.said('commit').slice(0, 1), [{ path: first }]);
    await page.keyboard.type('x');
    await until('the next caption takes it', () => host.item(second).text.includes('x'));
    await page.keyboard.press('Escape');
    await until('Escape leaves the caption only', () => isFocused(stage(second)));
    host.item(second).text = 'from elsewhere';
    host.push();
    await until('news of the host arrive', async () => (await caption(second).inputValue()) === 'from elsewhere');
    await page.keyboard.press('Escape');
    const inGrid = page.getByRole('textbox', { name: `Caption of ${first}` });
    await until('the grid has it, too', async () => (await inGrid.inputValue()) === 'tag 0, sky, tree, new');
  });

  it('leaves the keys to an input method while it composes letters, here and in the grid', async () => {
    await open();
    const inGrid = page.getByRole('textbox', { name: `Caption of ${first}` });
    const input = await page.context().newCDPSession(page);
    const compose = async (place: Locator): Promise<void> => {
      await input.send('Input.imeSetComposition', { text: 'ねこ', selectionStart: 2, selectionEnd: 2 });
      await until('letters are composed', async () => (await place.inputValue()).endsWith('ねこ'));
      for (const key of ['Escape', 'PageDown']) await page.keyboard.press(key);
      assert.ok(await isFocused(place), 'the caption has the focus still');
      await input.send('Input.insertText', { text: '猫' });
      await until('they are there', async () => (await place.inputValue()).endsWith('猫'));
    };
    await inGrid.click();
    await page.keyboard.press('Control+End');
    await compose(inGrid);
    await page.keyboard.press('Escape');
    await view(first);
    await page.keyboard.press('F2');
    await page.keyboard.press('Control+End');
    await compose(caption(first));
    assert.equal(host.item(first).text, 'tag 0, sky, tree猫猫');
  });

  it('zooms with keys, buttons and the wheel at the pointer, and moves with arrows and by dragging', async () => {
    await open();
    await view(first);
    await zoomIs(47);
    await page.keyboard.press('1');
    await zoomIs(100);
    const box = async (): Promise<{ x: number; y: number; width: number; height: number }> => {
      const found = await ground().boundingBox();
      assert.ok(found !== null);
      return found;
    };
    assert.equal(Math.round((await box()).width), 1920);
    const { x } = await box();
    await page.keyboard.press('ArrowRight');
    await until('the picture moved', async () => (await box()).x < x - 20);
    await dialog().getByText('1 of 340', { exact: true }).waitFor();
    const before = await box();
    await page.mouse.move(400, 400);
    await page.mouse.down();
    await page.mouse.move(430, 380);
    await page.mouse.up();
    await until('it follows the pointer', async () => Math.abs((await box()).x - before.x - 30) < 1.5);
    const start = await box();
    const share = (400 - start.x) / start.width;
    await page.mouse.move(400, 400);
    await page.mouse.wheel(0, -300);
    await until('it is larger', async () => (await box()).width > start.width * 1.3);
    const large = await box();
    assert.ok(Math.abs((400 - large.x) / large.width - share) < 0.01, 'what was under the pointer still is');
    await button('Fit').click();
    await zoomIs(47);
    await button('Zoom In').click();
    await zoomIs(59);
    await button('Zoom Out').click();
    await zoomIs(47);
    await page.mouse.dblclick(400, 400);
    await zoomIs(100);
    await stage(first).focus();
    await page.keyboard.press('PageDown');
    await zoomIs(47);
  });

  it('shows what can be seen of a huge image with its own pixels, and asks for little', async () => {
    host.info = () => ({ width: 12_000, height: 7500, format: 'JPEG', fileSize: 31_000_000 });
    await open();
    await view(first);
    await page.keyboard.press('1');
    await dialog().locator('.part > img').waitFor();
    const asked = host.said('getPreview') as {
      path: string;
      size: number;
      region?: { width: number; height: number };
    }[];
    const regions = asked.filter(({ region }) => region !== undefined);
    assert.equal(regions.length, 1);
    const { region, size } = regions[0]!;
    assert.ok(region !== undefined && region.width >= 890 && region.width < 2500, JSON.stringify(region));
    assert.ok(size >= region.width, 'no pixel is left out');
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(400);
    const after = (host.said('getPreview') as { region?: unknown }[]).filter((entry) => entry.region !== undefined);
    assert.equal(after.length, 1, 'a small step stays within what is there');
  });

  it('keeps the keyboard inside and everything else out of reach', async () => {
    await open();
    await view(second);
    const names = new Set<string>();
    for (let turn = 0; turn < 14; turn++) {
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(
        `document.querySelector('dataset-editor').shadowRoot.activeElement?.localName + ' ' + (document.querySelector('dataset-editor').shadowRoot.activeElement?.shadowRoot?.activeElement?.getAttribute('aria-label') ?? '')`,
      );
      assert.match(String(inside), /^image-viewer /);
      names.add(String(inside));
    }
    for (const name of ['Next Image', 'Close', `Caption of ${second}`])
      assert.ok(names.has(`image-viewer ${name}`), name);
    await cell(first).focus();
    assert.ok(!(await isFocused(cell(first))), 'nothing behind it takes the focus');
    await button('Close').click();
    await until('the grid can be used again', () => isFocused(cell(second)));
  });

  it('says why an image cannot be shown and tries again', async () => {
    host.thumbnail = (path) => {
      if (path === second) throw new FakeImageError('The JPEG ends early.');
      return '/thumbnail/1.png';
    };
    await open();
    await view(second);
    await stage(second).getByText('The JPEG ends early.').waitFor();
    host.thumbnail = () => '/thumbnail/2.png';
    await stage(second).getByRole('button', { name: 'Retry' }).click();
    await ground().waitFor();
  });

  it('stays with its image when others come before it, and when the search hides it', async () => {
    await open();
    await view(second);
    host.items.unshift({ ...host.items[0]!, path: '00_set/a_new.png' });
    host.push();
    await dialog().getByText('3 of 341', { exact: true }).waitFor();
    await stage(second).waitFor();
    host.query = 'image_0000';
    host.item(second).path = 'hidden.png';
    host.push();
    await dialog().getByText('not in this search').waitFor();
    await button('Next Image').click();
    await stage(nth(3)).waitFor();
    host.query = '';
    host.items.splice(4, 1);
    host.push();
    await dialog().getByText('not in this folder any more').waitFor();
  });

  it('gives a card its sharp picture after two seconds in view where it shows more pixels', async () => {
    host.settings.pictures.sharpImageDelay = 3000;
    await open({ deviceScaleFactor: 2, width: 700, height: 500 });
    assert.equal(host.said('getPreview').length, 0, 'not at once');
    const picture = cell(first).getByRole('img');
    const pixels = (): Promise<number> => picture.evaluate((image: unknown) => (image as Drawn).naturalWidth);
    assert.equal(await pixels(), 320);
    await until('the sharp picture is shown', async () => (await pixels()) === 768);
    assert.ok((host.said('getPreview') as { size: number }[]).every(({ size }) => size === 768));
    host.settings.pictures.sharpImages = 'never';
  });

  it('asks for no sharp pictures where thumbnails do', async () => {
    host.settings.pictures.sharpImageDelay = 100;
    await open();
    await page.waitForTimeout(700);
    assert.equal(host.said('getPreview').length, 0);
  });

  it('never asks for more than twelve pictures at once, sharp ones and the viewer among them', async () => {
    let asking = 0;
    let most = 0;
    const slow = async (address: string, signal: AbortSignal): Promise<string> => {
      most = Math.max(most, ++asking);
      await new Promise((resolve) => {
        setTimeout(resolve, 15);
        signal.addEventListener('abort', resolve);
      });
      asking--;
      return address;
    };
    host.settings.pictures = { ...host.settings.pictures, sharpImages: 'always', sharpImageDelay: 20 };
    host.thumbnail = (path, signal) => slow(`/thumbnail/${path.replaceAll('/', '_')}`, signal);
    host.preview = ({ path, size }, signal) => slow(`/preview/1_${size}.png?${path}`, signal);
    browser.imageDelay = 20;
    browser.mostImagesOpen = 0;
    await open();
    await page.mouse.move(600, 500);
    for (let turn = 0; turn < 4; turn++) {
      await page.mouse.wheel(0, 500);
      await page.waitForTimeout(120);
    }
    await view(nth(12));
    for (let turn = 0; turn < 6; turn++) await page.keyboard.press('PageDown', { delay: 60 });
    await until('all is loaded', () => asking === 0 && browser.imagesOpen === 0);
    // One that was called off may still be on its way.
    assert.ok(most <= 13 && browser.mostImagesOpen <= 12, `${most} and ${browser.mostImagesOpen}`);
    assert.ok(most >= 6, 'and not one by one');
  });

  it('fits into 420 pixels, with the caption below', async () => {
    await open({ width: 420, height: 720 });
    await view(first);
    await caption(first).waitFor();
    const [picture, text] = [await stage(first).boundingBox(), await caption(first).boundingBox()];
    assert.ok(picture !== null && text !== null && text.y >= picture.y + picture.height - 1);
    assert.ok(picture.height > 200 && text.height >= 60);
    for (const name of ['Previous Image', 'Close', 'Fit', 'Zoom In']) {
      const box = await button(name).boundingBox();
      assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 420, name);
    }
  });

  it('keeps its keys after a click on Next at the last image, and on what is no control', async () => {
    await open();
    await view(second);
    await page.keyboard.press('End');
    await page.keyboard.press('PageUp');
    await button('Next Image').click();
    await dialog().getByText('340 of 340', { exact: true }).waitFor();
    await page.keyboard.press('PageUp');
    await dialog().getByText('339 of 340', { exact: true }).waitFor();
    await dialog().getByText('339 of 340', { exact: true }).click();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('moves nothing when it says what went wrong', async () => {
    class FullHost extends FakeHost {
      protected override moreRequests(): ReturnType<FakeHost['moreRequests']> {
        return {
          save: () => {
            throw new Error('The disk is full.');
          },
        };
      }
    }
    host = new FullHost(340);
    await open();
    await view(second);
    const card = page.locator('image-viewer image-card');
    const before = await card.boundingBox();
    await page.keyboard.press('F2');
    await page.keyboard.press('Control+Enter');
    await dialog().getByText('The disk is full.').waitFor();
    assert.deepEqual(await card.boundingBox(), before);
  });
});
