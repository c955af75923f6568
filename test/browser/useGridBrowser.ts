import assert from 'node:assert/strict';
import { GridBrowser } from './GridPage';

/**
 * A browser for the tests of a suite: it starts before them, and after each the pages are looked over and closed.
 * @param keepsPages leaves them open for the next test, which begins them anew
 */
export function useGridBrowser({ keepsPages = false } = {}): GridBrowser {
  const browser = new GridBrowser();
  before(() => browser.start());
  after(() => browser.stop());
  beforeEach(() => {
    browser.imageDelay = 0;
  });
  afterEach(async () => {
    assert.deepEqual(await browser.violations(), [], 'the content security policy was kept');
    assert.deepEqual(browser.errors.splice(0), [], 'no error was left to the page');
    if (!keepsPages) await browser.closePages();
  });
  return browser;
}
