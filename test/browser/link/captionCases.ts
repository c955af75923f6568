import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captions } from '../datasetFiles';
import type { LinkCase } from './LinkCase';
import { linkCaptions, linkImages } from './linkCaptions';
import { captionFile } from './linkDataset';
import type { LinkPlayer } from './LinkPlayer';

const [a = '', b = '', , d = '', e = '', f = '', g = '', , i = ''] = linkImages;
const of = (image: string): string => linkCaptions[image] ?? '';

/** Opens the dialog for bulk edits with the key and types at once, as soon as a finger does. */
async function typeIntoBulkEdit(player: LinkPlayer): Promise<void> {
  await player.press('Control+h');
  await player.type('zebra', 60);
  const tags = player.bulkEdit.getByRole('textbox', { name: 'Tags', exact: true });
  await player.shows('the field of the dialog', () => tags.inputValue(), 'zebra');
  await player.press('Escape');
  await player.saves({});
}

/** Presses the button on the first card that has the tagger write its caption. */
async function pressCaption(player: LinkPlayer): Promise<void> {
  await player.frame.getByRole('button', { name: `Caption ${a}`, exact: true }).click();
}

/** Answers VS Code's question whether the tagger may change a caption. */
async function agreeToCaption(player: LinkPlayer): Promise<void> {
  await player.view.workbench.page.getByRole('button', { name: 'Update Caption', exact: true }).click();
}

/** What changed captions that nobody meant. */
export const captionCases: readonly LinkCase[] = [
  {
    near: true,
    title: 'Ctrl+F in a caption and what is typed then goes into the search field, whole',
    pauses: [60, 20],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.caret(a);
      await player.press('Control+f');
      await player.type('tag:mono', pause);
      await player.searches('tag:mono');
      await player.saves({});
    },
  },
  {
    title: 'Ctrl+H in a caption and what is typed then goes into the dialog, whole',
    play: async (player: LinkPlayer): Promise<void> => {
      await player.caret(a);
      await typeIntoBulkEdit(player);
    },
  },
  {
    near: true,
    title: 'Ctrl+F on a chip and what is typed then goes into the search field, and makes no tag',
    pauses: [60, 20],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.chips();
      await player.chip(a, 'ant').focus();
      await player.press('Control+f');
      await player.type('tag:mono', pause);
      await player.searches('tag:mono');
      await player.saves({});
    },
  },
  {
    title: 'Ctrl+H on a chip and what is typed then goes into the dialog, whole',
    play: async (player: LinkPlayer): Promise<void> => {
      await player.chips();
      await player.chip(a, 'ant').focus();
      await typeIntoBulkEdit(player);
    },
  },
  {
    title: 'Ctrl+F on a cell and what is typed then goes into the search field, from the first letter',
    pauses: [60, 20],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.cell(a);
      await player.press('Control+f');
      await player.type('tag:mono', pause);
      await player.searches('tag:mono');
      await player.saves({});
    },
  },
  {
    title: 'Ctrl+F and Ctrl+V on a cell pastes into the search field, not over the caption',
    pauses: [80, 200],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.cell(b);
      await player.press('Control+c');
      await player.settle();
      await player.cell(a);
      await player.press('Control+f Control+v', pause);
      await player.focused('Search captions and file names');
      await player.saves({});
    },
  },
  {
    near: true,
    title: 'Ctrl+F in the viewer and what is typed then goes into the search field, whole',
    pauses: [60, 20],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.open(a);
      await player.press('Control+f');
      await player.type('mono', pause);
      await player.searches('mono');
      assert.equal(await player.viewer.count(), 0, 'the viewer is closed');
      await player.saves({});
    },
  },
  {
    title: 'F2 and four times Ctrl+Enter in the viewer, then letters: all of them in the fourth image after it',
    pauses: [40, 120, 250],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.open(a);
      await player.press('F2 Control+Enter Control+Enter Control+Enter Control+Enter', pause);
      await player.wait(pause);
      await player.type('wxyz', pause);
      await player.saves({ [e]: `${of(e)}wxyz` });
      await player.focused(`Caption of ${e}`);
    },
  },
  {
    title: 'the key for the next folder, F2 and letters: they go into the caption that was gone to',
    pauses: [60, 200],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.cell(b);
      await player.press('Control+Alt+ArrowDown F2', pause);
      await player.type('xyz', pause);
      await player.saves({ [e]: `${of(e)}xyz` });
    },
  },
  {
    title: 'an edit that is saved, another, Escape and Ctrl+Z: the second one is taken back',
    pauses: [60, 150],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.caret(a);
      // One letter is one edit, however slow the machine is.
      await player.press('! Escape');
      await player.saves({ [a]: `${of(a)}!` });
      await player.caret(b);
      await player.press('? Escape');
      await player.wait(pause);
      await player.press('Control+z');
      await player.saves({ [a]: `${of(a)}!` });
      await player.showsCaption(b, of(b));
    },
  },
  {
    title: 'a chip removed in one caption and in another, then Ctrl+Z: the second one is back, on the page too',
    pauses: [100, 450],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.chips();
      await player.chip(a, 'monochrome').focus();
      await player.press('Delete');
      await player.chip(b, 'monochrome').focus();
      await player.press('Delete');
      await player.wait(pause);
      await player.press('Control+z');
      await player.saves({ [a]: 'ant' });
      await player.chip(b, 'monochrome').waitFor();
      assert.equal(await player.chip(a, 'monochrome').count(), 0, 'the other chip stays away on the page');
    },
  },
  {
    title: 'a caption pasted on one card and on another, then Ctrl+Z: the second one is taken back',
    pauses: [100, 450],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.cell(d);
      await player.press('Control+c');
      await player.settle();
      await player.cell(a);
      await player.press('Control+v ArrowRight Control+v', pause);
      await player.wait(pause);
      await player.press('Control+z');
      await player.saves({ [a]: of(d) });
      await player.showsCaption(b, of(b));
    },
  },
  {
    near: true,
    title: 'eight edits and eight quick Ctrl+Z: all of them are taken back, and VS Code refuses none',
    pauses: [40, 120, 250],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.caret(a);
      for (let edit = 0; edit < 8; edit++) {
        await player.press('! Control+Enter');
      }
      await player.press('Escape');
      const edited = Object.fromEntries(linkImages.slice(0, 8).map((image) => [image, `${of(image)}!`]));
      await player.saves(edited);
      await player.press(Array<string>(8).fill('Control+z').join(' '), pause);
      await player.saves({});
      const refused = player.view.workbench.page.getByText(/already an undo or redo/);
      assert.equal(await refused.count(), 0, 'VS Code did not refuse an undo');
    },
  },
  {
    title: 'typing after an undo goes on from what the undo leaves',
    pauses: [120, 40, 500],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.caret(a);
      await player.press('!');
      await player.saves({ [a]: `${of(a)}!` });
      await player.press('Control+z');
      await player.wait(pause);
      await player.type('bar');
      await player.saves({ [a]: `${of(a)}bar` });
      await player.showsCaption(a, `${of(a)}bar`);
    },
  },
  {
    title: 'a caption pasted on a card, F2 and typing at once: the typed text stands behind the pasted one',
    pauses: [20, 80],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.cell(d);
      await player.press('Control+c');
      await player.settle();
      await player.cell(a);
      await player.press('Control+v F2', pause);
      await player.type(', extra', pause);
      await player.saves({ [a]: `${of(d)}, extra` });
      await player.showsCaption(a, `${of(d)}, extra`);
    },
  },
  {
    title: 'Ctrl+C, Left, Ctrl+V without a pause: what was copied is pasted',
    play: async (player: LinkPlayer): Promise<void> => {
      await player.cell(g);
      await player.press('Control+c');
      await player.settle();
      await player.cell(b);
      await player.press('Control+c ArrowLeft Control+v');
      await player.saves({ [a]: of(b) });
    },
  },
  {
    title: 'what is typed before VS Code asks whether to replace the caption is kept, whatever the answer is',
    play: async (player: LinkPlayer): Promise<void> => {
      // Far enough away that the key comes before the question, however slow the machine is.
      player.view.workbench.link.change({ delay: Math.max(player.delay, 500) });
      await pressCaption(player);
      await player.caret(a);
      await player.press('!');
      await agreeToCaption(player);
      const { page } = player.view.workbench;
      await Promise.all([
        page.getByText('The caption was edited meanwhile; the edit was kept.').waitFor(),
        player.saves({ [a]: `${of(a)}!` }),
      ]);
    },
  },
  {
    title: 'what is typed while the tagger writes the same caption is not gone without a word',
    pauses: [60, 30, 150],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      const caption = player.view.caption(a);
      await pressCaption(player);
      // The question takes the keyboard: nobody types before it is answered.
      await agreeToCaption(player);
      await player.wait(pause);
      await caption.focus();
      await player.press('Control+End');
      await player.type(', typed');
      await player.wait(2500);
      await player.settle();
      const file = (await captions(player.folder))[captionFile(a)] ?? '';
      const shown = await caption.inputValue();
      assert.ok(shown.includes(', typed'), `the card shows what was typed, not ${JSON.stringify(shown)}`);
      const conflict = await player.view.card(a).getByText('Conflict').count();
      assert.ok(file === shown || conflict > 0, `the file has ${JSON.stringify(file)}, and no conflict is shown`);
    },
  },
  {
    near: true,
    title: 'a double click at the upper edge of the first row opens the viewer; nothing is pasted',
    play: async (player: LinkPlayer): Promise<void> => {
      const { page } = player.view.workbench;
      await player.cell(d);
      await player.press('Control+c');
      await player.settle();
      // Where the button that pastes is when something is selected: there, in the first row, is the double click.
      await player.press('Space');
      const button = await player.frame.getByRole('button', { name: 'Paste Caption' }).boundingBox();
      await player.press('Escape');
      await player.shows('the selection', () => player.selected(), []);
      const row = await Promise.all(
        linkImages.slice(0, 4).map(async (image) => ({ image, box: await player.view.card(image).boundingBox() })),
      );
      const x = (button?.x ?? 0) + (button?.width ?? 0) / 2;
      const over = row.find(({ box }) => box !== null && box.x < x && x < box.x + box.width) ?? row[0];
      const top = over?.box?.y ?? 0;
      await page.mouse.move(over === row[0] ? (over?.box?.x ?? 0) + 60 : x, top + 4);
      await page.mouse.down();
      await page.mouse.up();
      await player.wait(150);
      await page.mouse.down({ clickCount: 2 });
      await page.mouse.up({ clickCount: 2 });
      await player.shows('how many viewers are open', () => player.viewer.count(), 1);
      await player.saves({});
    },
  },
  {
    title: 'a letter typed and the tab closed at once: VS Code asks, or it is saved',
    pauses: [60, 200],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      const { page } = player.view.workbench;
      const close = page.locator('.tab.active .tab-actions .action-label').first();
      const place = await close.boundingBox();
      await player.caret(a);
      await player.type('!');
      await player.wait(pause);
      await page.mouse.click((place?.x ?? 0) + (place?.width ?? 0) / 2, (place?.y ?? 0) + (place?.height ?? 0) / 2);
      const save = page.locator('.monaco-dialog-box').getByRole('button', { name: 'Save', exact: true });
      await save.click({ timeout: 1500 + 4 * player.delay }).catch(() => undefined);
      await player.saves({ [a]: `${of(a)}!` });
    },
  },
  {
    title: 'a bulk edit is applied as it stands in the form, never as an older preview showed it',
    pauses: [600, 350, 730],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.cell(a);
      await player.press('Control+h');
      await player.bulkEdit.getByRole('textbox', { name: 'Tags', exact: true }).waitFor();
      await player.settle();
      await player.type('zeb', 60);
      await player.wait(pause);
      await player.type('ra', 60);
      const apply = player.bulkEdit.getByRole('button', { name: /^Apply/ });
      await player.shows('whether Apply is enabled', () => apply.isEnabled(), true);
      await player.press('Control+Enter');
      await player.saves(Object.fromEntries(linkImages.map((image) => [image, `${of(image)}, zebra`])));
    },
  },
  {
    title: 'Down and Enter right behind the beginning of a tag take the suggestion',
    pauses: [80, 40, 120],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.caret(a);
      await player.type(', umb', pause);
      await player.wait(pause);
      await player.press('ArrowDown Enter', pause);
      await player.shows(
        'the beginning of the caption',
        async () => (await player.view.caption(a).inputValue()).replace(/,\s*$/, ''),
        `${of(a)}, umbrella`,
      );
      await player.press('Escape');
      await player.settle();
      assert.equal((await captions(player.folder))[captionFile(a)]?.replace(/,\s*$/, ''), `${of(a)}, umbrella`);
    },
  },
  {
    title: 'Ctrl+Space, Down and Enter take the suggestion',
    pauses: [80, 40, 120],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await writeFile(path.join(player.folder, captionFile(a)), 'ant, umb');
      await player.showsCaption(a, 'ant, umb');
      await player.caret(a);
      await player.press('Control+Space ArrowDown Enter', pause);
      await player.shows(
        'the beginning of the caption',
        async () => (await player.view.caption(a).inputValue()).replace(/,\s*$/, ''),
        'ant, umbrella',
      );
      await player.press('Escape');
      await player.settle();
      assert.equal((await captions(player.folder))[captionFile(a)]?.replace(/,\s*$/, ''), 'ant, umbrella');
    },
  },
  {
    title: 'the beginning of a tag, Down and Enter in the field behind the chips make the suggested tag',
    pauses: [80, 40, 120],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.chips();
      await player.frame.getByRole('textbox', { name: `Add a tag to ${f}` }).focus();
      await player.type('mo', pause);
      await player.wait(pause);
      await player.press('ArrowDown Enter', pause);
      await player.saves({ [f]: `${of(f)}, monochrome` });
      await player.chip(f, 'monochrome').waitFor();
    },
  },
  {
    title: 'three chips deleted and three Ctrl+Z: all of them are back',
    pauses: [150],
    play: async (player: LinkPlayer, pause: number): Promise<void> => {
      await player.chips();
      await player.chip(i, 'panorama').focus();
      await player.press('Delete Delete Delete', pause);
      await player.shows('the tags of the card', () => player.view.card(i).locator('.chip-text').allTextContents(), [
        'ibis',
      ]);
      await player.press('Control+z Control+z Control+z', pause);
      // One undo after the other is done: each goes to VS Code and back, twice.
      await player.wait(3 * 4 * player.delay);
      await player.saves({});
      await player.shows(
        'the tags of the card',
        () => player.view.card(i).locator('.chip-text').allTextContents(),
        of(i).split(', '),
      );
    },
  },
];
