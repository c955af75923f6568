// The settings and commands of package.json as Markdown, so that the documents say what the editor says.

/** Where a command is found, in words, by the place in `contributes.menus`. */
const menuNames = {
  'explorer/context': 'context menu of a folder in the Explorer',
  'editor/title': 'title bar of a dataset',
  'webview/context': 'context menu of an image',
};
const viewNames = {
  'datasetCaptions.tags': '_Tags_ view',
  'datasetCaptions.jobs': '_Jobs_ view',
  'datasetCaptions.history': '_Dataset History_ view',
};

/** When the palette has a command, in words. */
const paletteConditions = {
  'activeCustomEditorId == datasetCaptions.editor': 'palette, in a dataset',
  'datasetCaptions.datasetOpen': 'palette, with a dataset open',
  'datasetCaptions.jobsKnown': 'palette, when there are jobs',
  'datasetCaptions.jobRunning': 'palette, while a job runs',
  'datasetCaptions.jobsEnded': 'palette, when a job has ended',
};

const scopes = {
  resource: 'user, workspace, folder',
  window: 'user, workspace',
  'machine-overridable': 'machine, workspace',
  machine: 'machine',
};

const generated = '<!-- Written by `npm run docs` from package.json. Edit that, not this. -->';

/**
 * All settings, one table for each section.
 * @param {any} manifest package.json with its texts in place
 * @returns {string} Markdown, to be formatted
 */
export function settingsPage(manifest) {
  const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
  const sections = manifest.contributes.configuration.map((/** @type {any} */ { title, properties }) => {
    const rows = Object.entries(properties)
      .sort(([, a], [, b]) => a.order - b.order)
      .map(([name, setting]) => [
        `\`${name}\``,
        code(setting.default),
        named(scopes, setting.scope, name) + (restricted.has(name) ? ' (trusted only)' : ''),
        description(setting),
      ]);
    return `## ${title}\n\n${table(['setting', 'default', 'set for', 'what it does'], rows)}`;
  });
  return `${generated}

# Settings

They are in the settings editor under _Dataset Captions_; search there for \`@ext:${manifest.publisher}.${manifest.name}\`. "Set for"
says where a setting can stand; _machine_ means your user settings, over Remote-SSH those of the remote machine. What is marked
_trusted only_ is ignored in the settings of a workspace that you have not trusted.

${sections.join('\n\n')}
`;
}

/**
 * All commands with their keys and where they are found.
 * @param {any} manifest package.json with its texts in place
 * @returns {string} Markdown, to be formatted
 */
export function commandsPage(manifest) {
  const { commands, menus, keybindings } = manifest.contributes;
  const rows = commands
    .map((/** @type {any} */ { command, title }) => [
      title,
      keysOf(keybindings.filter((/** @type {any} */ binding) => binding.command === command)),
      placesOf(command, menus).join('; '),
      `\`${command}\``,
    ])
    .sort((/** @type {string[]} */ [a = ''], /** @type {string[]} */ [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
  return `${generated}

# Commands

In the palette each begins with _${manifest.displayName}:_. The last column is what your own key bindings and other extensions call.
What the keys of the grid do is in [keyboard.md](keyboard.md).

${table(['command', 'keys', 'where it is', 'identifier'], rows)}
`;
}

/**
 * Puts the texts of package.nls.json in the place of `%key%`.
 * @param {string} manifest the text of package.json
 * @param {Record<string, string>} texts
 */
export function withTexts(manifest, texts) {
  return JSON.parse(manifest, (_, value) => {
    const key = typeof value === 'string' ? /^%([^%]+)%$/.exec(value)?.[1] : undefined;
    return key === undefined ? value : (texts[key] ?? value);
  });
}

/**
 * How a key binding is written for readers: `ctrl+h` is Ctrl+H.
 * @param {string} key
 */
export function keyName(key) {
  return key.replace(/[^+ ]+/g, (part) => part.charAt(0).toUpperCase() + part.slice(1));
}

/** @param {{ key: string, mac?: string }[]} bindings */
function keysOf(bindings) {
  return bindings
    .map(({ key, mac }) => (mac === undefined ? keyName(key) : `${keyName(key)} (macOS: ${keyName(mac)})`))
    .join(', ');
}

/**
 * @param {string} command
 * @param {Record<string, { command: string, when?: string }[]>} menus
 */
function placesOf(command, menus) {
  const palette = menus.commandPalette?.find((item) => item.command === command);
  const places = [];
  if (palette === undefined) places.push('palette');
  else if (palette.when !== 'false') places.push(named(paletteConditions, palette.when ?? '', command));
  for (const [menu, items] of Object.entries(menus)) {
    for (const { command: other, when = '' } of items) {
      if (menu === 'commandPalette' || other !== command) continue;
      const view = /view == (\S+)/.exec(when)?.[1];
      places.push(view === undefined ? named(menuNames, menu, command) : named(viewNames, view, command));
    }
  }
  return [...new Set(places)];
}

/** @param {any} setting */
function description({ markdownDescription, description: plain, enum: values, enumDescriptions }) {
  const text = (markdownDescription ?? plain).replaceAll(/`#([^#`]+)#`/g, '`$1`');
  if (values === undefined) return text;
  const choices = values.map((/** @type {unknown} */ value, /** @type {number} */ index) => {
    return `${code(value)}: ${enumDescriptions?.[index] ?? ''}`;
  });
  return [text, ...choices].join('<br>');
}

/** @param {unknown} value */
function code(value) {
  return value === '' ? 'empty' : `\`${typeof value === 'string' ? quoted(value) : JSON.stringify(value)}\``;
}

/** Blanks at the ends of a text are lost in a table unless there are quotes around them. @param {string} text */
function quoted(text) {
  return text.trim() === text ? text : JSON.stringify(text);
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', '<br>')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * @param {Record<string, string>} names
 * @param {string} key
 * @param {string} owner
 */
function named(names, key, owner) {
  const name = names[key];
  if (name === undefined) throw new Error(`${owner}: scripts/manifestTables.mjs has no words for "${key}".`);
  return name;
}
