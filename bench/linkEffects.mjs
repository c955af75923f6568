// What is done in the editor over a slow link, and by what it is seen in the page that it was done.
import { setTimeout as sleep } from 'node:timers/promises';

/** After this long nothing comes any more, in milliseconds. */
const patience = 10_000;

/**
 * @typedef {object} Interaction
 * @property {string} name
 * @property {(editor: Editor) => Promise<void>} [prepare]
 * @property {(editor: Editor) => Promise<void>} act presses one key, or clicks
 * @property {string} sees a function of the page: what it returns changes with the first visible effect
 * @property {(editor: Editor) => Promise<void>} [tidy]
 *
 * @typedef {{ keyboard: any, mouse: any, frame: any, settle: () => Promise<void> }} Editor
 */

const card = (/** @type {Editor} */ { frame }, index = 0) => frame.locator(`image-card[data-index="${index}"]`);
const caption = (/** @type {Editor} */ editor, index = 0) => card(editor, index).locator('textarea');
const press =
  (/** @type {string} */ key) =>
  (/** @type {Editor} */ { keyboard }) =>
    keyboard.press(key);
const onCard = async (/** @type {Editor} */ editor) => card(editor).focus();
const inCaption = async (/** @type {Editor} */ editor) => {
  await caption(editor).focus();
  await editor.keyboard.press('Control+End');
};
const closeViewer = async (/** @type {Editor} */ { keyboard, frame }) => {
  await keyboard.press('Escape');
  await frame.locator('image-viewer [role="dialog"]').waitFor({ state: 'detached' });
};
const clearSearch = async (/** @type {Editor} */ { frame }) => {
  await frame.locator('search-field input').fill('');
};
const openViewer = async (/** @type {Editor} */ editor) => {
  await onCard(editor);
  await editor.keyboard.press('Enter');
  await editor.frame.locator('picture-stage img').first().waitFor();
  await editor.settle();
};

/** The value of a caption on its card. */
const captionText = '({ find }) => find("image-card[data-index=\'0\'] textarea")?.value';
const viewer = '({ find }) => find("[role=dialog]", "image-viewer") !== undefined';
const shown = '({ find }) => find("picture-stage", "image-viewer")?.image?.path';
const sortLabel = '({ find }) => find("button", "sort-control")?.getAttribute("aria-label")';

/** @type {Interaction[]} */
export const interactions = [
  {
    name: 'Ctrl+F: the field has the focus',
    prepare: onCard,
    act: press('Control+f'),
    sees: '({ focused }) => focused("search-field")',
  },
  {
    name: 'a letter in the field',
    prepare: async ({ frame }) => frame.locator('search-field input').focus(),
    act: press('u'),
    sees: '({ find }) => find("input", "search-field")?.value',
    tidy: clearSearch,
  },
  {
    name: 'the last letter of a search: its cards',
    prepare: async (editor) => {
      await editor.frame.locator('search-field input').focus();
      await editor.keyboard.type('tag 29');
      await editor.settle();
    },
    act: press('9'),
    sees: '({ find }) => find("image-card[data-index=\'0\']")?.item?.path',
    tidy: clearSearch,
  },
  {
    name: 'sort direction: its button',
    act: ({ frame }) => frame.locator('sort-control button').click(),
    sees: sortLabel,
  },
  {
    name: 'sort direction: cards',
    act: ({ frame }) => frame.locator('sort-control button').click(),
    sees: '({ find }) => find("image-card[data-index=\'0\']")?.item?.path',
  },
  {
    name: 'a click on a picture: it is selected',
    act: (editor) => card(editor, 1).locator('.picture').click(),
    sees: '({ all }) => all("[aria-selected=true]").length',
    tidy: async ({ keyboard }) => keyboard.press('Escape'),
  },
  { name: 'Enter: the viewer', prepare: onCard, act: press('Enter'), sees: viewer, tidy: closeViewer },
  {
    name: 'Enter: the picture in it',
    prepare: onCard,
    act: press('Enter'),
    sees: '({ find }) => find("img", "picture-stage") !== undefined',
    tidy: closeViewer,
  },
  {
    name: 'Enter: it has the focus',
    prepare: onCard,
    act: press('Enter'),
    sees: '({ focused }) => focused("image-viewer")',
    tidy: closeViewer,
  },
  { name: 'Page Down in the viewer', prepare: openViewer, act: press('PageDown'), sees: shown, tidy: closeViewer },
  {
    name: 'F2: the caption has the focus',
    prepare: onCard,
    act: press('F2'),
    sees: '({ active }) => active().localName',
  },
  {
    name: 'a letter in a caption',
    prepare: inCaption,
    act: press('x'),
    sees: captionText,
    tidy: async ({ keyboard }) => keyboard.press('Backspace'),
  },
  {
    name: 'suggestions',
    prepare: async (editor) => {
      await inCaption(editor);
      await editor.keyboard.type(', um');
      await editor.settle();
      await editor.keyboard.press('Escape');
      await inCaption(editor);
    },
    act: press('Control+Space'),
    sees: '({ find }) => find("[role=listbox]", "suggestion-popup")?.hidden',
    tidy: async (editor) => {
      await editor.keyboard.press('Escape');
      await inCaption(editor);
      for (let letter = 0; letter < 4; letter++) await editor.keyboard.press('Backspace');
    },
  },
  {
    name: 'Ctrl+Z on a card: its text',
    prepare: async (editor) => {
      await inCaption(editor);
      await editor.keyboard.type('z');
      await editor.keyboard.press('Escape');
      await sleep(1500);
      await onCard(editor);
    },
    act: press('Control+z'),
    sees: captionText,
  },
  {
    name: 'Ctrl+H: the dialog has the focus',
    prepare: onCard,
    act: press('Control+h'),
    sees: '({ focused }) => focused("bulk-edit-dialog")',
    tidy: async ({ keyboard }) => keyboard.press('Escape'),
  },
  {
    name: 'Delete: the question',
    prepare: onCard,
    act: press('Delete'),
    sees: '({ find }) => `${document.hasFocus()} ${find("[role=alertdialog]") !== undefined}`',
    tidy: async ({ keyboard }) => keyboard.press('Escape'),
  },
];

/**
 * Does one of them.
 * @param {any} workbench
 * @param {Interaction} interaction
 * @param {number} delay of the link one way, in milliseconds
 * @returns {Promise<number | undefined>} milliseconds from the event in the page to the effect; undefined if none came
 */
export async function timeToEffect(workbench, { prepare, act, sees, tidy }, delay) {
  const frame = workbench.webview();
  const { keyboard, mouse } = workbench.page;
  // Until what was done before has come back from the host, and what that has led to.
  const settle = () => sleep(250 + 4 * delay);
  const editor = { keyboard, mouse, frame, settle };
  // Another order keeps the card where the focus is in view: after it the first card may be far away.
  await frame.locator('image-grid').evaluate(toTop);
  await settle();
  await prepare?.(editor);
  await settle();
  await frame.locator('dataset-editor').evaluate(inPage(`(editor) => void (${watchFor})(editor, ${sees})`));
  await act(editor);
  const time = await frame.locator('dataset-editor').evaluate(effectSeen, patience);
  await settle();
  await tidy?.(editor);
  return time ?? undefined;
}

/** A function of the page from its text: the browser's policy lets no page make functions of texts. */
function inPage(/** @type {string} */ source) {
  return (0, eval)(`(${source})`);
}

// These run in the page: they may use nothing of this file.

/* global document, window, performance, requestAnimationFrame */

function toTop(grid) {
  grid.scrollTop = 0;
}

function watchFor(editor, sees) {
  const inside = (element, host) => {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) if (at.localName === host) return true;
    return false;
  };
  const all = (selector, host) => {
    const roots = [editor.shadowRoot];
    for (const root of roots) {
      for (const element of root.querySelectorAll('*')) if (element.shadowRoot !== null) roots.push(element.shadowRoot);
    }
    const found = roots.flatMap((root) => [...root.querySelectorAll(selector)]);
    return host === undefined ? found : found.filter((element) => inside(element, host));
  };
  const active = () => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element;
  };
  const focused = (host) => inside(active(), host);
  const find = (selector, host) => all(selector, host)[0];
  const read = () => sees({ find, all, active, focused });
  const before = read();
  window.benchEffect = new Promise((resolve) => {
    const begin = ({ timeStamp }) => {
      window.removeEventListener('keydown', begin, true);
      window.removeEventListener('mousedown', begin, true);
      const look = () => {
        if (read() !== before) resolve(performance.now() - timeStamp);
        else requestAnimationFrame(look);
      };
      setTimeout(look, 0);
    };
    window.addEventListener('keydown', begin, true);
    window.addEventListener('mousedown', begin, true);
  });
}

function effectSeen(_editor, patience) {
  return Promise.race([window.benchEffect, new Promise((resolve) => setTimeout(() => resolve(null), patience))]);
}
