import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { FakeHost } from './fakeHost';
import { useGridBrowser } from './useGridBrowser';

const themes = ['light', 'dark', 'high-contrast'] as const;

/** What the page does with the engine of axe-core: the tests are compiled without the browser's types. */
interface Violation {
  id: string;
  impact: string;
  help: string;
  nodes: { target: unknown; failureSummary: string }[];
}

describe('the page for everybody', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();

  /** Every rule of axe-core, also the advice. */
  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<{ violations: Violation[] }>(
      `axe.run(document, { resultTypes: ['violations'] })`,
    );
    return violations.flatMap(({ id, impact, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id} (${impact}): ${help}\n  ${JSON.stringify(target)}\n  ${failureSummary}`,
      ),
    );
  }

  /** Cards in every state that a card can be in. */
  function datasetInTrouble(): FakeHost {
    const host = new FakeHost(60);
    const [
      unsaved,
      saving,
      failed,
      conflict,
      deleted,
      foreign,
      readOnly,
      queued,
      captioning,
      notCaptioned,
      shared,
      selected,
    ] = host.items;
    Object.assign(unsaved ?? {}, { save: { state: 'unsaved' } });
    Object.assign(saving ?? {}, { save: { state: 'saving' } });
    Object.assign(failed ?? {}, { save: { state: 'failed', reason: 'The disk is full.' } });
    Object.assign(conflict ?? {}, { save: { state: 'conflict', theirs: 'tag 3, moon' } });
    Object.assign(deleted ?? {}, { save: { state: 'conflict', theirs: null } });
    Object.assign(foreign ?? {}, { foreignEncoding: 'windows-1252' });
    Object.assign(readOnly ?? {}, { readOnly: true, warnings: ['The caption file cannot be read: no permission.'] });
    Object.assign(queued ?? {}, { job: 'queued' });
    Object.assign(captioning ?? {}, { job: 'captioning' });
    Object.assign(notCaptioned ?? {}, { jobFailure: 'The image is damaged.' });
    Object.assign(shared ?? {}, { warnings: ['Shares its caption file with a.png'] });
    Object.assign(selected ?? {}, { selected: true });
    host.jobs = [
      {
        id: '1',
        label: 'Caption Empty',
        state: 'running',
        handled: 40,
        total: 100,
        failed: 1,
        untagged: 0,
        kept: 0,
        flagged: 0,
        moreFailures: 0,
        message: '12 images/s, 5 s left',
        execution: [{ runsOn: 'palette runs on the CPU', notUsed: [] }],
        failures: [{ path: 'x.png', reason: 'The image is damaged.' }],
      },
    ];
    return host;
  }

  /** The screens of the page, and how to come to each. */
  const screens: Record<string, (page: Page, host: FakeHost) => Promise<void>> = {
    'the grid': () => Promise.resolve(),
    'the grid of tags': async (page) => {
      await page.getByRole('radio', { name: 'Captions as tags' }).check();
      await page.locator('tag-chips').first().waitFor();
    },
    'the grid of tags of a tagger': async (page, host) => {
      const who = { by: 'tagger', name: 'wd-convnext-tagger-v3', when: 1_764_000_000_000 } as const;
      host.groups = ({ text }) => [{ ...who, parts: text.split(', ').map((tag) => [tag, 0.82] as const) }];
      await page.getByRole('radio', { name: 'Captions as tags' }).check();
      await page.locator('.by-machine').first().waitFor();
    },
    'the list': async (page) => {
      await page.getByRole('radio', { name: 'List', exact: true }).check();
    },
    'the viewer': async (page, host) => {
      await page.getByRole('group', { name: host.items[0]?.path ?? '', exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').locator('img').first().waitFor();
    },
    'the dialog for bulk edits': async (page, host) => {
      host.openBulkEdit({ form: { operation: 'replaceTags', find: 'sky', replacement: 'moon' }, scope: 'all' });
      await page.getByRole('dialog', { name: 'Edit Captions' }).waitFor();
      await page.getByRole('dialog').getByRole('listbox').getByRole('option').first().waitFor();
    },
    'a search with suggestions': async (page) => {
      await page.getByRole('combobox', { name: 'Search captions and file names' }).focus();
      await page.keyboard.type('is:', { delay: 20 });
      await page.locator('search-field [role=option]').first().waitFor();
    },
    'a search with a mistake': async (page) => {
      await page.getByRole('combobox', { name: 'Search captions and file names' }).focus();
      await page.keyboard.type('(sky', { delay: 20 });
      await page.keyboard.press('Enter');
      await page.waitForTimeout(300);
    },
  };

  for (const [name, show] of Object.entries(screens)) {
    it(`has no violation of axe-core's rules in light, dark and high contrast: ${name}`, async () => {
      const host = datasetInTrouble();
      const page = await browser.open(host, { theme: themes[0] });
      await page.locator('image-card img').first().waitFor();
      await show(page, host);
      for (const theme of themes) {
        await page.evaluate(
          `document.body.className = 'vscode-${theme}'; document.querySelector('link').href = '/${theme}.css'`,
        );
        await page.waitForTimeout(200);
        await page.screenshot({ path: `screenshots/${name} ${theme}.png` });
        assert.deepEqual(await violations(page), [], theme);
      }
    });
  }
});
