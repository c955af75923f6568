import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { FakeHost } from './fakeHost';
import { GridBrowser } from './GridPage';

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
  const browser = new GridBrowser();

  before(() => browser.start());
  after(() => browser.stop());
  afterEach(() => browser.closePages());

  /** Every rule of axe-core, also the advice. */
  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run(document)')) as { violations: Violation[] };
    return violations.flatMap(({ id, impact, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id} (${impact}): ${help}\n  ${JSON.stringify(target)}\n  ${failureSummary}`,
      ),
    );
  }

  /** Cards in every state that a card can be in. */
  function datasetInTrouble(): FakeHost {
    const host = new FakeHost(300);
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
        message: '12 images/s, 5 s left',
        execution: [{ runsOn: 'palette runs on the CPU', notUsed: [] }],
        failures: [{ path: 'x.png', reason: 'The image is damaged.' }],
      },
    ];
    return host;
  }

  for (const theme of themes) {
    it(`has no violation of axe-core's rules: the grid, ${theme}`, async () => {
      const page = await browser.open(datasetInTrouble(), { theme });
      await page.locator('image-card img').first().waitFor();
      assert.deepEqual(await violations(page), []);
    });
  }
});
