import { readFile } from 'node:fs/promises';
import { GridBrowser } from '../GridPage';
import { LinkedPage } from './LinkedPage';
import { LinkKeys, type Beginning, type Stroke } from './LinkKeys';
import type { LinkState } from './page/linkPage';

/** What is typed at once after each key, and the pause between two keys in milliseconds. */
const typed = ['x', 'y', 'z'];
const speed = 20;

/** The keys of a row of docs/keyboard.md, by what the row says; none where they are not the page's. */
const keysOfRow: Readonly<Record<string, readonly string[]>> = {
  'Ctrl+F (macOS: Cmd+F)': ['Control+f'],
  'Ctrl+H (macOS: Cmd+Alt+F)': ['Control+h'],
  'Ctrl+S': ['Control+s'],
  'Ctrl+Z; Ctrl+Shift+Z or Ctrl+Y': ['Control+z', 'Control+Shift+z', 'Control+y'],
  'Tab, Shift+Tab': ['Tab', 'Shift+Tab'],
  F1: [],
  'arrows, Page Up, Page Down': ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown'],
  'Home, End; Ctrl+Home, Ctrl+End': ['Home', 'End', 'Control+Home', 'Control+End'],
  'Ctrl+Alt+Up, Ctrl+Alt+Down': ['Control+Alt+ArrowUp', 'Control+Alt+ArrowDown'],
  Enter: ['Enter'],
  F2: ['F2'],
  Escape: ['Escape'],
  Space: ['Space'],
  'Shift+arrows, Shift+Page Down, …': ['Shift+ArrowRight', 'Shift+PageDown', 'Control+Shift+ArrowRight'],
  'Shift+Space': ['Shift+Space'],
  'Ctrl+A': ['Control+a'],
  'Ctrl+C, Ctrl+V': ['Control+c', 'Control+v'],
  'Delete (macOS: also Cmd+Backspace)': ['Delete'],
  'Shift+F10': [],
  'Ctrl+Enter': ['Control+Enter'],
  'Ctrl+Shift+Enter': ['Control+Shift+Enter'],
  'Ctrl+Space': ['Control+Space'],
  'Up, Down': ['ArrowUp', 'ArrowDown'],
  'Enter or Tab': ['Enter', 'Tab'],
  'arrows, Home, End': ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'],
  'Enter or F2': ['Enter', 'F2'],
  'Delete; Backspace': ['Delete', 'Backspace'],
  'Alt+arrows': ['Alt+ArrowLeft', 'Alt+ArrowRight'],
  'Alt+Enter; Alt+Shift+Enter': ['Alt+Enter', 'Alt+Shift+Enter'],
  'a letter': ['w'],
  'Left or Backspace at its beginning': ['ArrowLeft', 'Backspace'],
  'Down, Up': ['ArrowDown', 'ArrowUp'],
  Tab: ['Tab'],
  'Page Up, Page Down': ['PageUp', 'PageDown'],
  'Home, End': ['Home', 'End'],
  arrows: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
  '+ or =, -': ['+', '=', '-'],
  '0': ['0'],
  '1': ['1'],
  'Enter (on the picture), F2': ['Enter', 'F2'],
  'in the preview: arrows, Page Up, Page Down, Home, End': [],
  'in the preview: Space or Enter': [],
};

/** Headings of dialogs whose keys need answers of captioners: `reviewDialog` and `trialDialog` press them over a link. */
const pressedElsewhere = new Set(['Trying a captioner', 'Flagged answers']);

/** Where keys are pressed: how one gets there, and the heading in docs/keyboard.md whose keys they have. */
const places: readonly (Beginning & { name: string; heading: string; first: readonly string[] })[] = [
  { name: 'cell', heading: 'On an image in the grid', captionMode: 'text', first: ['ArrowRight'] },
  { name: 'caption', heading: 'In a caption', captionMode: 'text', first: ['ArrowRight', 'F2'] },
  { name: 'chip', heading: 'On a tag', captionMode: 'tags', first: ['ArrowRight', 'F2', 'ArrowLeft'] },
  { name: 'field behind the tags', heading: 'On a tag', captionMode: 'tags', first: ['ArrowRight', 'F2'] },
  { name: 'search field', heading: 'In the search field', captionMode: 'text', first: ['ArrowRight', 'Control+f'] },
  { name: 'viewer', heading: 'Image large', captionMode: 'text', first: ['ArrowRight', 'Enter'] },
  { name: 'caption in the viewer', heading: 'Image large', captionMode: 'text', first: ['ArrowRight', 'Enter', 'F2'] },
  { name: 'dialog', heading: 'Editing many captions', captionMode: 'text', first: ['ArrowRight', 'Control+h'] },
];

/** One key in one place. */
export interface KeyRow {
  place: string;
  key: string;
  /** what changed without a delay: captions, selection, search, focus, in words */
  effect: string;
  /** by delay, whether all ended as without one, else what differs */
  far: Record<number, string>;
}

/** Presses each key of docs/keyboard.md in each place and types at once, at each delay. */
export async function keyTable(delays: readonly number[]): Promise<KeyRow[]> {
  const rows = await documentedKeys();
  const browser = new GridBrowser();
  await browser.start();
  try {
    const keys = new LinkKeys(new LinkedPage(browser));
    const table: KeyRow[] = [];
    for (const { name, heading, ...beginning } of places) {
      const before = await keys.play([], 0, beginning);
      for (const key of new Set([...(rows.get('Anywhere in a dataset') ?? []), ...(rows.get(heading) ?? [])])) {
        const strokes: Stroke[] = [key, ...typed].map((pressed) => ({ key: pressed, pause: speed }));
        const near = await keys.play(strokes, 0, beginning);
        const far: KeyRow['far'] = {};
        for (const delay of delays) {
          const differences = differencesOf(near, await keys.play(strokes, delay, beginning));
          far[delay] = differences.length === 0 ? 'the same' : differences.join('; ');
        }
        table.push({ place: name, key, effect: differencesOf(before, near).join('; '), far });
      }
    }
    return table;
  } finally {
    await browser.closePages();
    await browser.stop();
  }
}

/** A table for a document. */
export function markdownOf(table: readonly KeyRow[]): string {
  const delays = Object.keys(table[0]?.far ?? {});
  const lines = table.map(({ place, key, effect, far }) =>
    [place, key, effect, ...Object.values(far)].map((cell) => cell.replaceAll('|', String.raw`\|`)),
  );
  const head = ['place', `key, then ${typed.join('')}`, 'effect at 0 ms', ...delays.map((delay) => `${delay} ms`)];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The keys that docs/keyboard.md names, by heading. @throws Error for a row that {@link keysOfRow} does not know */
async function documentedKeys(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  let heading = '';
  for (const line of (await readFile('docs/keyboard.md', 'utf8')).split('\n')) {
    heading = /^## (.*)/.exec(line)?.[1] ?? heading;
    const row = /^\| ([^|]*?) +\|/.exec(line)?.[1];
    if (row === undefined || row === '' || row === 'key' || /^-+$/.test(row)) continue;
    if (pressedElsewhere.has(heading)) continue;
    const keys = keysOfRow[row];
    if (keys === undefined) throw new Error(`docs/keyboard.md has a key that the table does not know: ${row}`);
    found.set(heading, [...(found.get(heading) ?? []), ...keys]);
  }
  return found;
}

function differencesOf(one: LinkState, other: LinkState): string[] {
  const differences = Object.entries(other.captions)
    .filter(([path, caption]) => one.captions[path] !== caption)
    .map(([path, caption]) => `${path} is "${caption}"`);
  if (one.selected.join() !== other.selected.join())
    differences.push(`selected: ${other.selected.join(', ') || 'none'}`);
  if (one.search !== other.search) differences.push(`search: "${other.search}"`);
  if (one.focus !== other.focus) differences.push(`focus: ${other.focus}`);
  if (one.field !== other.field) differences.push(`in its field: "${other.field}"`);
  return [...differences, ...other.complaints.filter((complaint) => !one.complaints.includes(complaint))];
}
