// First: what is imported after it finds a stand-in for `vscode`.
import { refusal, registered, shown } from './fakeVscode';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PaletteCommands } from '../../../../src/extension/commands/PaletteCommands';
import { registerCommands, type CommandParts } from '../../../../src/extension/commands/registerCommands';
import type { GridPanel } from '../../../../src/extension/editor/GridPanel';

interface Manifest {
  contributes: { commands: { command: string }[] };
}

const broken = new Error('the disk is broken');

/** Something that throws at whatever is done with it first. */
const throwing = new Proxy<object>(
  {},
  {
    get: (): never => {
      throw broken;
    },
  },
);

/** What a command of a menu gets: something of each kind of menu. A folder that is to be opened cannot be read. */
const argument = {
  tag: 'cat',
  path: 'a.png',
  id: 'a-job',
  scheme: 'file',
  get fsPath(): string {
    throw broken;
  },
};

describe('The commands of the palette', () => {
  const manifest = path.resolve(__dirname, '../../../package.json');
  const { contributes } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  const names = contributes.commands.map(({ command }) => command);
  let log: string[];
  let isOpen: boolean;
  let commands: { dispose(): unknown };

  const logged = {
    error: (line: string) => {
      log.push(line);
    },
    show: () => {
      throw broken;
    },
  };

  beforeEach(() => {
    log = [];
    shown.length = 0;
    isOpen = true;
    const editors = {
      get active(): object | undefined {
        return isOpen ? throwing : undefined;
      },
      documents: throwing,
    };
    commands = registerCommands({
      editors,
      jobs: throwing,
      jobTree: throwing,
      reports: throwing,
      cluster: throwing,
      writer: throwing,
      searches: throwing,
      tagTree: throwing,
      historyTree: throwing,
      historyTexts: throwing,
      cache: throwing,
      lateCaptioners: () => throwing,
      endpointKeys: throwing,
      models: throwing,
      cuda: throwing,
      serverToken: throwing,
      openSample: () => Promise.reject(broken),
      log: logged,
    } as unknown as CommandParts);
  });
  afterEach(() => {
    commands.dispose();
    assert.equal(registered.size, 0);
  });

  async function run(name: string, ...args: unknown[]): Promise<void> {
    const command = registered.get(name);
    assert.ok(command, `${name} is not registered`);
    await command(...args);
  }

  it('are all that package.json contributes', () => {
    const missing = names.filter((name) => !registered.has(name));
    assert.deepEqual(missing, []);
  });

  for (const name of names) {
    it(`report an error in one way: ${name}`, async () => {
      await run(name, argument);
      const [message] = shown;
      assert.ok(message);
      assert.ok([broken.message, refusal.message].includes(message.text), message.text);
      assert.deepEqual(shown, [{ kind: 'error', text: message.text }]);
      assert.deepEqual(log, [`${name}: ${message.text}`]);
    });
  }

  it('say in one way that no dataset is open, and that is no error', async () => {
    isOpen = false;
    const onGrid: string[] = [];
    for (const name of names) {
      shown.length = 0;
      await run(name, argument);
      if (shown[0]?.kind !== 'information') continue;
      assert.deepEqual(shown, [{ kind: 'information', text: 'Open a folder as a dataset first.' }], name);
      onGrid.push(name);
    }
    assert.deepEqual(
      onGrid.map((name) => name.replace('datasetCaptions.', '')).sort(),
      [
        ...['addTags', 'captionAll', 'captionEmpty', 'captionFound', 'captionImage', 'captionOnCluster'],
        ...[
          'captionSelection',
          'compareSnapshot',
          'compareSnapshotWithNow',
          'copyCaption',
          'copyImagePath',
          'createSnapshot',
          'deleteImages',
        ],
        ...['deleteSnapshot', 'editTags', 'excludeTag', 'filterByTag', 'forgetDeletions', 'openImageToSide'],
        ...['openSavedSearch', 'pasteCaption', 'refresh', 'refreshResults', 'removeTag', 'removeTags'],
        ...['renameSnapshot', 'renameTag', 'replaceTags', 'restoreSnapshot', 'revealImage', 'saveSearch', 'search'],
        ...['showCaptionHistory', 'showDatasetHistory', 'sortImages', 'tryOnImages'],
        ...['whoWroteThis'],
      ].sort(),
    );
  });

  it('report nothing when they were cancelled', async () => {
    const palette = new PaletteCommands({ active: undefined }, logged);
    const canceled = Object.assign(new Error('Canceled'), { name: 'Canceled' });
    for (const reason of [new DOMException('Cancelled', 'AbortError'), canceled]) {
      const command = palette.register('test.cancelled', () => Promise.reject(reason));
      await run('test.cancelled');
      command.dispose();
    }
    assert.deepEqual(shown, []);
    assert.deepEqual(log, []);
  });

  it('get what a menu says, and have the grid in front', async () => {
    const grid = throwing as GridPanel;
    const palette = new PaletteCommands({ active: grid }, logged);
    const calls: unknown[] = [];
    const command = palette.registerOnGrid('test.grid', (...args) => calls.push(args));
    await run('test.grid');
    await run('test.grid', argument, ['more']);
    command.dispose();
    assert.deepEqual(calls, [
      [grid, undefined],
      [grid, argument],
    ]);
  });
});
