import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { until } from './DatasetView';
import { captions } from './datasetFiles';
import { useWorkbench } from './useWorkbench';

/** Keys, formats and terms of the query language: the same in every language. */
const international =
  /\b(?:Ctrl|Down|Page|Enter|Escape|Delete|Space|UTF|JPEG|WebP|TIFF|AVIF|Palette|palette|caption|name|path|tags?|chars|width|ratio|size|is|empty|AND|NOT|long hair|smile|png|webp|gif|bmp|CPU)\b/g;

describe('the editor in Japanese, in the real workbench', function () {
  this.timeout(120_000);
  const suite = useWorkbench(() => ({ language: 'ja' }));

  it('leaves no English text in the grid, its dialog, the status bar and the view of jobs', async () => {
    const workbench = await suite.window();
    await workbench.explorerContextMenu(suite.name, 'データセットとして開く');
    const frame = workbench.webview();
    const caption = frame.getByRole('textbox', { name: /のキャプション$/ }).first();
    await caption.waitFor();
    const own = await ownWords(suite.dataset);

    const english = async (): Promise<string[]> =>
      (await frame.locator('body').evaluate(textsOnThePage))
        .map((text) => own.reduce((rest, word) => rest.replaceAll(word, ' '), text).replace(international, ' '))
        .filter((text) => /[A-Za-z]{4}/.test(text));
    assert.deepEqual(await english(), [], 'the grid');
    await workbench.screenshot('japanese grid');

    const search = frame.getByRole('combobox', { name: 'キャプションとファイル名を検索' });
    await search.fill('(cat');
    await frame.getByText('このかっこは閉じられていません。').waitFor();
    assert.deepEqual(await english(), [], 'a mistake in the search');
    await search.fill('');

    await frame.getByRole('button', { name: '編集…' }).first().click();
    await frame.getByRole('heading', { name: 'キャプションの編集' }).waitFor();
    assert.deepEqual(await english(), [], 'the dialog');
    await workbench.screenshot('japanese dialog');
    await workbench.page.keyboard.press('Escape');

    await frame.getByRole('button', { name: /^空のものにキャプション付け/ }).click();
    const item = await workbench.statusBarItem(/キャプション/);
    assert.doesNotMatch((await item.getAttribute('aria-label')) ?? '', /Caption|Job|images/);
    await workbench.runCommand('ジョブの表示');
    const job = workbench.page
      .getByRole('treeitem', { name: new RegExp(`空のものにキャプション付け – ${suite.name}`) })
      .first();
    await until('the job to be done', async () =>
      ((await job.getAttribute('aria-label').catch(() => '')) ?? '').includes('完了'),
    );
    await until('no English beside new captions', async () => {
      const words = await ownWords(suite.dataset);
      own.push(...words.filter((word) => !own.includes(word)));
      return (await english()).length === 0;
    });

    await workbench.page.setViewportSize({ width: 420, height: 800 });
    await caption.waitFor();
    await workbench.screenshot('japanese narrow');
    assert.deepEqual(await english(), [], 'narrow');
  });
});

/** The words that come from the dataset: its names, and the tags in its captions, the longest first. */
async function ownWords(folder: string): Promise<string[]> {
  const files = await captions(folder);
  const words = Object.entries(files).flatMap(([file, text]) => [...file.split(/[/.]/), ...text.split(/[,\n]/)]);
  for (const name of await readdir(folder, { recursive: true })) words.push(...name.split(/[/.]/));
  words.push(path.basename(folder), folder);
  return [...new Set(words.map((word) => word.trim()).filter((word) => word.length > 1))].sort(
    (a, b) => b.length - a.length,
  );
}

/** What is needed of the page's nodes; these tests know no types of a page. */
interface PageNode {
  nodeType: number;
  nodeName: string;
  textContent: string | null;
  childNodes: Iterable<PageNode>;
  shadowRoot: PageNode | null;
  getAttribute(name: string): string | null;
  matches(selector: string): boolean;
}

/** All that is read on a page or said of it, through all shadow roots; runs in the browser. */
function textsOnThePage(body: PageNode): string[] {
  const texts: string[] = [];
  const look = (node: PageNode): void => {
    if (node.nodeType === 3) texts.push(node.textContent ?? '');
    if (/^(script|style|textarea)$/i.test(node.nodeName)) return;
    if (node.nodeType === 1) {
      // A file's name, in pieces.
      if (node.matches('.foot .name')) return;
      for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext', 'alt']) {
        texts.push(node.getAttribute(name) ?? '');
      }
      if (node.shadowRoot !== null) for (const child of node.shadowRoot.childNodes) look(child);
    }
    for (const child of node.childNodes) look(child);
  };
  look(body);
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))];
}
