import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { FakeHost } from './fakeHost';
import type { PageOptions } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

const first = '00_set/image_00000.png';
const tagger = {
  by: 'tagger',
  name: 'wd-convnext-tagger-v3',
  when: new Date(new Date().getFullYear(), 10, 28, 12).getTime(),
} as const;
const says = 'wd-convnext-tagger-v3, 0.82, November 28';

/** A node of the tree that screen readers are given. */
interface AccessibleNode {
  role?: { value: string };
  name?: { value: string };
  description?: { value: string };
}

describe('marks of what a machine wrote, in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;
  /** what the tagger wrote, as the records say */
  let written: string[];

  beforeEach(() => {
    host = new FakeHost(200);
    host.settings.commitDelay = 5000;
    host.item(first).text = 'sky, tree, hat';
    written = ['sky', 'tree'];
    host.groups = ({ path, text }) => {
      if (path !== first) return [{ ...tagger, parts: [[text, 0.5]] }];
      const tags = text.split(', ');
      const own = tags.filter((tag) => written.includes(tag));
      const others = tags.filter((tag) => !written.includes(tag));
      return [
        { ...tagger, parts: own.map((tag) => [tag, 0.82] as const) },
        { by: 'hand', parts: others.map((tag) => [tag] as const) },
      ];
    };
  });

  const cell = (): Locator => page.getByRole('group', { name: first });
  const chip = (tag: string): Locator => cell().getByRole('list').getByRole('button', { name: tag, exact: true });
  const field = (): Locator => page.getByRole('textbox', { name: `Add a tag to ${first}` });
  const marked = (): Promise<string[]> => cell().locator('.by-machine .chip-text').allTextContents();
  const asked = (): number => host.said('getMarks').length;
  const becomes = async (tags: string[]): Promise<void> => {
    for (let tries = 0; tries < 100; tries++) {
      if ((await marked()).join() === tags.join()) return;
      await page.waitForTimeout(30);
    }
    assert.deepEqual(await marked(), tags);
  };
  const open = async (options?: PageOptions, captionMode = 'tags'): Promise<void> => {
    page = await browser.open(host, options);
    await page.addInitScript(`sessionStorage.setItem('state', JSON.stringify({ captionMode: '${captionMode}' }))`);
    await page.reload();
    await cell().getByText('3 tags').waitFor();
  };
  /** Where everything in the card stands. */
  const places = (): Promise<unknown> =>
    page.evaluate(`(() => {
      const all = (root) => [...root.querySelectorAll('*')].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])]);
      return all(document).filter((each) => each.matches('.chip, .chip-tag, .chip-text, input, .foot'))
        .map((each) => JSON.stringify(each.getBoundingClientRect()));
    })()`);
  /** What a screen reader says of a chip besides its name. */
  const description = async (tag: string): Promise<string> => {
    const session = await page.context().newCDPSession(page);
    const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: AccessibleNode[] };
    const found = nodes.find(({ role, name }) => role?.value === 'button' && name?.value === tag);
    await session.detach();
    return found?.description?.value ?? '';
  };

  it('come to the tags of a tagger, in words on hover and to screen readers, and move nothing', async () => {
    host.groups = undefined;
    await open();
    const before = await places();
    host.groups = () => [
      { ...tagger, parts: [['sky', 0.82], ['tree']] },
      { by: 'hand', parts: [['hat']] },
    ];
    await page.reload();
    await becomes(['sky', 'tree']);
    assert.deepEqual(await places(), before);
    assert.ok((await chip('sky').getAttribute('title'))?.startsWith(`${says}\n`));
    assert.ok((await description('sky')).startsWith(says), await description('sky'));
    assert.ok((await description('tree')).startsWith('wd-convnext-tagger-v3, November 28'));
    assert.ok((await description('hat')).startsWith('by hand'));
  });

  it('are no more on a tag that a person changes, removes and types again, or adds, from the first moment on', async () => {
    await open();
    await becomes(['sky', 'tree']);
    const before = asked();
    await field().focus();
    await page.keyboard.type('cloud,');
    assert.deepEqual(await marked(), ['sky', 'tree']);
    // What the host says of the caption from now on; it is asked a moment after each change only.
    written = ['tree'];
    await chip('sky').focus();
    await page.keyboard.press('Delete');
    await field().focus();
    await page.keyboard.type('sky,');
    await chip('sky').waitFor();
    assert.deepEqual(await marked(), ['tree']);
    await chip('tree').dblclick();
    await page.keyboard.type('red tree');
    await page.keyboard.press('Enter');
    await becomes([]);
    await page.waitForTimeout(500);
    assert.deepEqual(await marked(), []);
    assert.ok(asked() > before, 'the host was asked again');
  });

  it('are asked for in cards in view only, once, and not while they fly past', async () => {
    await open();
    await becomes(['sky', 'tree']);
    await page.waitForTimeout(400);
    const paths = (host.said('getMarks') as { paths: string[] }[]).flatMap(({ paths: each }) => each);
    assert.equal(new Set(paths).size, paths.length, 'each is asked for once');
    assert.ok(paths.length < 100, `${paths.length} of 200`);
    const before = asked();
    // In the page, as fast as it draws: a wheel that stands still now and then, as the machine does, is no flying past.
    await page.locator('image-grid').evaluate(
      (grid: unknown) =>
        new Promise<void>((resolve) => {
          let turns = 0;
          const move = (): void => {
            (grid as { scrollBy: (x: number, y: number) => void }).scrollBy(0, 800);
            turns++;
            if (turns < 30) setTimeout(move, 10);
            else resolve();
          };
          move();
        }),
    );
    await page.waitForTimeout(800);
    assert.ok(asked() - before <= 4, `${asked() - before} questions`);
  });

  it('are asked for seldom where there are no records, and typing does not wait for an answer that does not come', async () => {
    host.groups = undefined;
    await open();
    await page.waitForTimeout(400);
    const before = asked();
    await field().focus();
    await page.keyboard.type('cloud, moon,', { delay: 20 });
    await cell().getByText('5 tags').waitFor();
    assert.deepEqual(await marked(), []);
    assert.equal(asked(), before);
  });

  it('wait for nobody: where the host takes long, the cards are there and can be typed into', async () => {
    host.latency = 3000;
    await open();
    host.latency = 3000;
    await field().focus();
    await page.keyboard.type('cloud,');
    await cell().getByText('4 tags').waitFor();
    assert.deepEqual(await marked(), []);
  });

  it('are words where captions are text: how much each wrote, once somebody points at it', async () => {
    await open({}, 'text');
    await page.waitForTimeout(400);
    assert.equal(asked(), 0, 'nobody needs to know');
    const counts = cell().locator('.counts');
    await counts.hover();
    for (let tries = 0; tries < 50; tries++) {
      if (((await counts.getAttribute('title')) ?? '').includes('\n')) break;
      await page.waitForTimeout(50);
    }
    assert.deepEqual((await counts.getAttribute('title'))?.split('\n').slice(1), [
      'wd-convnext-tagger-v3, November 28: 2',
      'by hand: 1',
    ]);
  });

  it('are there in the list and in the viewer, too', async () => {
    await open({ theme: 'dark' });
    await page.getByRole('radio', { name: 'List', exact: true }).check();
    await becomes(['sky', 'tree']);
    await page.screenshot({ path: 'screenshots/marks list.png' });
    await cell().focus();
    await page.keyboard.press('Enter');
    const viewed = page.getByRole('dialog').locator('.by-machine .chip-text');
    await viewed.first().waitFor();
    assert.deepEqual(await viewed.allTextContents(), ['sky', 'tree']);
    await page.screenshot({ path: 'screenshots/marks viewer.png' });
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    for (const width of [1280, 420]) {
      it(`can be seen in ${theme}, ${width} pixels wide`, async () => {
        host.item('00_set/image_00001.png').text = 'sky, moon, moon, a very long tag that does not fit into its card';
        await open({ theme, width, deviceScaleFactor: 2 });
        await becomes(['sky', 'tree']);
        await page.screenshot({ path: `screenshots/marks ${theme} ${width}.png` });
        // The mark takes the colour of the text, which is readable on the chip.
        const mark = await page.evaluate(`(() => {
          const all = (root) => [...root.querySelectorAll('*')].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])]);
          const tag = all(document).find((each) => each.matches('.by-machine > .chip-tag'));
          const { width, height, backgroundImage } = getComputedStyle(tag, '::before');
          return { width, height, isOfText: backgroundImage.includes(getComputedStyle(tag).color) };
        })()`);
        assert.deepEqual(mark, { width: '6px', height: '6px', isOfText: true });
      });
    }
  }
});
