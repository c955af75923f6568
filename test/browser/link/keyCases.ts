import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { captions } from '../datasetFiles';
import type { LinkCase } from './LinkCase';
import { linkCaptions, linkImages } from './linkCaptions';
import { captionFile, filesWith } from './linkDataset';
import type { LinkPlayer } from './LinkPlayer';

const [a = '', b = '', , d = '', e = ''] = linkImages;
const of = (image: string): string => linkCaptions[image] ?? '';

const sortedAscending = /^Sorted A to Z/;

/** The names of the cards in the order in which they are shown. */
async function order(player: LinkPlayer): Promise<string[]> {
  const cards = await player.frame.locator('[role=gridcell] image-card').all();
  const places = await Promise.all(
    cards.map(async (card) => ({ name: await card.getAttribute('aria-label'), box: await card.boundingBox() })),
  );
  return places
    .sort((one, other) => (one.box?.y ?? 0) - (other.box?.y ?? 0) || (one.box?.x ?? 0) - (other.box?.x ?? 0))
    .map(({ name }) => name ?? '');
}

/** Clicks where something is now, without waiting for anything, as a finger does that is there already. */
async function clickerOf(player: LinkPlayer, element: Locator): Promise<() => Promise<void>> {
  const box = await element.boundingBox();
  assert.ok(box !== null);
  return () => player.view.workbench.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

/** What goes astray without harm to files. */
export const keyCases: readonly LinkCase[] = [
  {
    title: 'what is typed into the search field stays as it was typed, whatever answers come meanwhile',
    pauses: [180],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.searchField.focus();
      let typed = '';
      for (const letter of 'umbrella') {
        await player.press(letter);
        typed += letter;
        await player.wait(pause);
        assert.equal(await player.searchField.inputValue(), typed);
      }
      await player.settle();
      assert.equal(await player.searchField.inputValue(), 'umbrella');
      await player.shows('the cards', () => order(player), linkImages.slice(4, 8));
      await player.saves({});
    },
  },
  {
    title: 'Enter and at once three times Page Down, F2 and letters: they go to the third image after it',
    pauses: [60, 20],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.cell(b);
      await player.press('Enter PageDown PageDown PageDown F2', pause);
      await player.type('xyz', pause);
      await player.saves({ [e]: `${of(e)}xyz` });
    },
  },
  {
    title: 'Enter and Escape at once: the viewer is closed and the image has the focus',
    pauses: [60, 200],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.cell(b);
      await player.press('Enter Escape', pause);
      await player.settle();
      assert.equal(await player.viewer.count(), 0, 'the viewer is closed');
      assert.equal(await player.focus(), b);
    },
  },
  {
    title: 'Delete and Enter at once: no viewer opens behind the question, which comes once',
    pauses: [60, 300],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      const questions = async (): Promise<number> =>
        (await player.view.workbench.page.locator('.monaco-dialog-box').count()) +
        (await player.frame.getByRole('alertdialog').count());
      await player.cell(b);
      await player.press('Delete Enter', pause);
      await player.settle();
      assert.equal(await player.viewer.count(), 0, 'no viewer');
      await player.press('Escape');
      await player.shows('how many questions there are', questions, 0);
      await player.settle();
      assert.equal(await questions(), 0, 'the question does not come again');
      assert.equal(await player.viewer.count(), 0, 'no viewer');
      // Whether Enter answers the question is the question's affair; no other caption may have changed.
      const others = { ...(await captions(player.folder)), [captionFile(b)]: of(b) };
      assert.deepEqual(others, filesWith({}));
    },
  },
  {
    title: 'the key for the next folder twice: two folders further',
    pauses: [100, 60, 200],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.cell(b);
      await player.press('Control+Alt+ArrowDown Control+Alt+ArrowDown', pause);
      await player.focused(linkImages[8] ?? '');
    },
  },
  {
    title: 'Page Down held, then Space: the card with the focus is selected, loaded or not',
    pauses: [30],
    many: 600,
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      const { keyboard } = player.view.workbench.page;
      await player.cell(a);
      for (let times = 0; times < 25; times++) {
        // What the browser sends while a key is held: it goes down again and again.
        await keyboard.down('PageDown');
        await player.wait(pause);
      }
      await keyboard.up('PageDown');
      await player.press('Space');
      await player.settle();
      assert.deepEqual(await player.selected(), [await player.focus()]);
      await player.saves({});
    },
  },
  {
    near: true,
    title: 'a click and a Ctrl+click on another card select these two, wherever the bar of the selection comes',
    pauses: [450, 150],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      const { page } = player.view.workbench;
      const pictureOf = async (image: string): Promise<{ x: number; y: number }> => {
        const box = await player.view.card(image).locator('.picture').boundingBox();
        assert.ok(box !== null);
        return { x: box.x + box.width / 2, y: box.y + 12 };
      };
      const [first, second] = [await pictureOf(a), await pictureOf(e)];
      await page.mouse.click(first.x, first.y);
      await player.wait(pause);
      await page.keyboard.down('Control');
      await page.mouse.click(second.x, second.y);
      await page.keyboard.up('Control');
      await player.shows('the selection', () => player.selected(), [a, e]);
      await player.settle();
      assert.deepEqual(await player.selected(), [a, e]);
      await player.saves({});
    },
  },
  {
    near: true,
    title: 'Caption Empty pressed twice: the grid stays where it is while the row of the job comes and goes',
    play: async (player: LinkPlayer): Promise<void> => {
      for (const image of [a, b, d]) await rm(path.join(player.folder, captionFile(image)));
      const button = player.frame.getByRole('button', { name: 'Caption Empty (3)' });
      await button.waitFor();
      const tops = new Set<number>();
      const box = await button.boundingBox();
      const { mouse } = player.view.workbench.page;
      const [x, y] = [(box?.x ?? 0) + 20, (box?.y ?? 0) + 10];
      tops.add(Math.round((await player.view.card(a).boundingBox())?.y ?? NaN));
      await mouse.click(x, y);
      await player.wait(300);
      await mouse.click(x, y);
      for (const end = Date.now() + 3000 + 8 * player.delay; Date.now() < end;) {
        tops.add(Math.round((await player.view.card(a).boundingBox())?.y ?? NaN));
        await player.wait(30);
      }
      assert.deepEqual([...tops].length, 1, `the first card was at ${[...tops].join(', ')}`);
    },
  },
  {
    title: 'the beginning of a tag in the search field and Tab at once take the suggestion',
    pauses: [60, 20],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.searchField.focus();
      await player.type('tag:umb', pause);
      await player.press('Tab');
      await player.shows(
        'the search field',
        async () => (await player.searchField.inputValue()).trim(),
        'tag:umbrella',
      );
      await player.focused('Search captions and file names');
    },
  },
  {
    title: 'the beginning of a tag in the search field, Down and Enter at once take the suggestion',
    pauses: [60, 20],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.searchField.focus();
      await player.type('tag:umb', pause);
      await player.press('ArrowDown Enter', pause);
      await player.shows(
        'the search field',
        async () => (await player.searchField.inputValue()).trim(),
        'tag:umbrella',
      );
    },
  },
  {
    title: 'the direction of the order pressed twice: it is as it was',
    pauses: [100],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      const button = player.frame.locator('sort-control button');
      const click = await clickerOf(player, button);
      await click();
      await player.wait(pause);
      await click();
      await player.settle();
      assert.match((await button.getAttribute('aria-label')) ?? '', sortedAscending);
      assert.deepEqual((await order(player)).slice(0, 4), linkImages.slice(0, 4));
    },
  },
  {
    title: 'another key of the order and then the direction: both hold',
    pauses: [120],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      const sort = player.frame.getByRole('combobox', { name: 'Sort by' });
      const reverse = await clickerOf(player, player.frame.locator('sort-control button'));
      await sort.focus();
      // From "Name" by "Modified" to "Caption length", as the list does it with the keys.
      await player.press('ArrowDown ArrowDown');
      await player.wait(pause);
      await reverse();
      await player.settle();
      const label = await player.frame.locator('sort-control button').getAttribute('aria-label');
      assert.match(label ?? '', /^Sorted longest first/);
      // "ibis, panorama, sepia, night" is the longest of all captions.
      assert.equal((await order(player))[0], linkImages[8]);
    },
  },
  {
    title: 'a search typed and a card clicked at once that the search hides: nothing hidden is selected',
    play: async (player: LinkPlayer): Promise<void> => {
      const box = await player.view.card(a).locator('.picture').boundingBox();
      await player.searchField.focus();
      await player.type('umbrella', 30);
      await player.view.workbench.page.mouse.click((box?.x ?? 0) + 60, (box?.y ?? 0) + 30);
      await player.settle();
      assert.equal(
        await player.frame
          .getByText(/hidden by the search/)
          .filter({ visible: true })
          .count(),
        0,
      );
      assert.deepEqual(
        (await player.selected()).filter((image) => !linkImages.slice(4, 8).includes(image)),
        [],
      );
    },
  },
  {
    near: true,
    title:
      'Ctrl+Enter right behind the last key of a bulk edit makes the edit as it is typed, or is refused with words',
    pauses: [60, 300],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.cell(a);
      await player.press('Control+h');
      await player.bulkEdit.getByRole('textbox', { name: 'Tags', exact: true }).waitFor();
      await player.settle();
      await player.type('zebra', 60);
      await player.wait(pause);
      await player.press('Control+Enter');
      // Where this machine stood still, the preview may have come before the key.
      const refused = player.bulkEdit.getByRole('status').getByText('The preview was not ready yet');
      const isRefused = await Promise.race([
        refused.waitFor().then(() => true),
        player.bulkEdit.waitFor({ state: 'hidden' }).then(() => false),
      ]);
      if (isRefused) {
        await player.saves({});
        await player.press('Control+Enter');
      }
      await player.saves(Object.fromEntries(linkImages.map((image) => [image, `${of(image)}, zebra`])));
    },
  },
];
