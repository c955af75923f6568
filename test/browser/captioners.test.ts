import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { caption, openAiError, StandInServer } from '../unit/shared/StandInServer';
import { ByKeys } from './ByKeys';
import { captions } from './datasetFiles';
import { until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

const prose = 'A calm lake lies between green hills, with one small boat near the shore.';
const key = 'sk-stand-in-0123456789';
const newKey = 'sk-stand-in-9876543210';

describe('captioners in the real workbench', () => {
  let server: StandInServer;
  const suite = useWorkbench(() => ({ settings: {} }));

  beforeEach(async () => {
    server = await StandInServer.start({
      key,
      models: [
        { id: 'words-only-7b', object: 'model', architecture: { input_modalities: ['text'] } },
        { id: 'qwen3-vl:8b-instruct', object: 'model', architecture: { input_modalities: ['text', 'image'] } },
      ],
    });
    server.always(caption(prose));
  });
  afterEach(() => server.stop());

  it('are added, tried, chosen and put to work by keyboard alone, and what they wrote is undone', async () => {
    const before = await captions(suite.dataset);
    const view = await suite.open();
    const { workbench } = view;
    const keys = new ByKeys(workbench);

    await keys.run('Dataset Captions: Select Captioner');
    await keys.shows('WD14 taggers');
    await workbench.screenshot('captioners list');
    await keys.choose('Add Captioner…');
    await keys.shows('Address of the Server');
    // What is no address is said before it is left.
    await keys.type('ftp://somewhere');
    await keys.shows('no address');
    await keys.fill(server.url);
    await workbench.screenshot('captioners address');
    await keys.enter();
    // The server wants a key.
    await keys.shows(/Key for http:\/\/127\.0\.0\.1/);
    await workbench.screenshot('captioners key');
    await keys.fill(key);
    await keys.enter();
    await keys.shows('takes pictures');
    await keys.shows('text only');
    await workbench.screenshot('captioners models');
    await keys.choose('qwen3-vl:8b-instruct');
    await keys.shows('fits qwen3-vl:8b-instruct');
    await workbench.screenshot('captioners presets');
    await keys.enter();
    await keys.shows('It is chosen by this name');
    await keys.fill('Lake teller');
    await keys.enter();
    await view.frame.getByRole('button', { name: 'Captioner: Lake teller' }).waitFor();
    assert.equal(server.asked.length, 1, 'it was tried with one small picture');

    await keys.run('Dataset Captions: Caption Empty');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    const said = await dialog.innerText();
    assert.match(said, /with Lake teller\?/);
    assert.ok(said.includes(`127.0.0.1:${String(server.port)}`), said);
    await workbench.screenshot('captioners question');
    await keys.answer();
    await view.jobDone('Caption Empty');
    const empty = Object.keys(before).length;
    await until('a caption for each image that had none', async () => {
      const now = await captions(suite.dataset);
      return Object.values(now).filter((text) => text.trim() === prose).length > 0 && Object.keys(now).length > empty;
    });
    await workbench.screenshot('captioners done');
    const now = await captions(suite.dataset);
    for (const [name, text] of Object.entries(before)) if (text.trim() !== '') assert.equal(now[name], text, name);

    await keys.backToGrid();
    await workbench.page.keyboard.press('Control+z');
    await until('the captions of before', async () => {
      const left = await captions(suite.dataset);
      return JSON.stringify(left) === JSON.stringify(before);
    });
    const log = await workbench.extensionHostLog();
    assert.ok(!log.includes(key), 'the key is in no log');

    // The captioner that is in use stands first in the list.
    await keys.run('Dataset Captions: Select Captioner');
    await keys.shows('WD14 taggers');
    await until('the captioner in use to be the active entry', async () => (await keys.active()) === 'Lake teller');
    await workbench.screenshot('captioners list in use');
    await workbench.page.keyboard.press('Escape');

    // The server wants another key by now: the job stands still, says why, and goes on with the key.
    server.options.key = newKey;
    await keys.backToGrid();
    await keys.run('Dataset Captions: Caption Empty');
    await dialog.waitFor();
    await keys.answer();
    const notice = await workbench.notification(/is paused/);
    const reason = await notice.innerText();
    assert.match(reason, /wants another key/);
    assert.ok(!reason.includes(key), 'the key is not said');
    await workbench.screenshot('captioners wrong key');
    await keys.tabTo(notice.getByRole('button', { name: 'Set Endpoint Key' }));
    await keys.enter();
    await keys.shows(/Key for http:\/\/127\.0\.0\.1/);
    await workbench.screenshot('captioners wrong key asked');
    await keys.fill(newKey);
    await keys.enter();
    await until('the captions, without another key', async () => {
      const texts = Object.values(await captions(suite.dataset));
      return texts.filter((text) => text.trim() === prose).length > 0 && texts.every((text) => text.trim() !== '');
    });
    const secondLog = await workbench.extensionHostLog();
    assert.ok(!secondLog.includes(key) && !secondLog.includes(newKey), 'no key is in a log');
  });

  it('that take no pictures are said to, in words, with a way to go on', async () => {
    server.always(openAiError(400, null, 'words-only-7b is not a multimodal model'));
    const view = await suite.open();
    const keys = new ByKeys(view.workbench);
    await keys.run('Dataset Captions: Add Captioner…');
    await keys.shows('Address of the Server');
    await keys.fill(server.url);
    await keys.enter();
    await keys.shows(/Key for|text only/);
    if ((await view.workbench.page.locator('.quick-input-widget input[type="password"]:visible').count()) > 0) {
      await keys.fill(key);
      await keys.enter();
    }
    await keys.shows('text only');
    await keys.choose('words-only-7b');
    const dialog = view.workbench.page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    await view.workbench.screenshot('captioners text only');
    const said = await dialog.innerText();
    assert.match(said, /does not caption pictures as it is/);
    assert.match(said, /takes no pictures there: choose a vision model/);
    await view.workbench.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await sleep(300);
    assert.equal(await view.workbench.page.locator('.quick-input-widget:visible').count(), 0);
  });

  it('say in the list what is missing at a server, readable in every theme', async () => {
    const view = await suite.open();
    const { workbench } = view;
    const keys = new ByKeys(workbench);
    for (const theme of ['Light Modern', 'Dark Modern', 'Default High Contrast', 'Default High Contrast Light']) {
      await workbench.setColorTheme(theme);
      // The server of the first test is gone.
      await keys.run('Dataset Captions: Select Captioner');
      await keys.shows('WD14 taggers');
      await keys.type('lake');
      await keys.shows(/could not be reached|does not answer|refused/i);
      await workbench.screenshot(`captioners list ${theme}`);
      await workbench.page.keyboard.press('Escape');
      await keys.run('Dataset Captions: Add Captioner…');
      await keys.shows('Address of the Server');
      await workbench.screenshot(`captioners add ${theme}`);
      await workbench.page.keyboard.press('Escape');
      await view.press(/^Caption All/);
      await workbench.page.locator('.monaco-dialog-box').waitFor();
      await workbench.screenshot(`captioners question ${theme}`);
      await workbench.page.keyboard.press('Escape');
      await view.press(/^Caption Empty/);
      await workbench.page.locator('.monaco-dialog-box').waitFor();
      await workbench.screenshot(`captioners question empty ${theme}`);
      await workbench.page.keyboard.press('Escape');
    }
  });
});

describe('captioners over a slow link', () => {
  let server: StandInServer;
  const suite = useWorkbench(() => ({ link: { delay: 75 } }));

  before(async () => {
    server = await StandInServer.start({});
  });
  after(() => server.stop());

  it('are added by keyboard alone, and the list does not throw back who types while it is filled', async () => {
    const view = await suite.open();
    const keys = new ByKeys(view.workbench);
    const { page } = view.workbench;
    await keys.run('Dataset Captions: Select Captioner');
    await keys.shows('Palette');
    // Down and down again while the list is filled from what is found meanwhile.
    for (let time = 0; time < 3; time++) {
      await page.keyboard.press('ArrowDown');
      await sleep(200);
    }
    const active = page.locator('.quick-input-widget:visible .monaco-list-row.focused .label-name').first();
    const reached = await active.textContent();
    await keys.shows('WD14 taggers');
    await sleep(1000);
    assert.equal(await active.textContent(), reached, 'the active entry stays when the list has more');
    await keys.choose('Add Captioner');
    await keys.shows(/begins|no list|Ollama:/);
    await keys.fill(server.url);
    await keys.enter();
    await keys.shows('stand-in');
    await keys.enter();
    await keys.shows('fits stand-in');
    await keys.enter();
    await keys.shows('It is chosen by this name');
    await keys.enter();
    await view.frame.getByRole('button', { name: 'Captioner: stand-in' }).waitFor();
  });
});
