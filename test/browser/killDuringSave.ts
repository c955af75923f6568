import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatasetView, until } from './DatasetView';
import { processesOf, readText } from './datasetFiles';
import type { Workbench } from './Workbench';

/** What a kill in the middle of a save left, and what came after it. */
export interface KilledSave {
  captions: number;
  /** captions that had their new text when the extension host was dead */
  written: number;
  /** captions that the next window offered to save again */
  offeredAgain: number;
  /** from the key that saves them to the last file, milliseconds */
  savedAgainMs: number;
}

/**
 * Kills the extension host with SIGKILL in the middle of a save of many captions, and looks at what is left: each caption
 * old or new, complete, the rest offered again and saved.
 * @param scratch a folder
 * @param count of captions that are saved
 * @param open opens the folder in a workbench in which nothing is saved by itself
 * @throws AssertionError when anything is lost
 */
export async function killDuringSave(
  scratch: string,
  count: number,
  open: () => Promise<Workbench>,
): Promise<KilledSave> {
  const set = await mkdtemp(path.join(scratch, 'many-'));
  const newText = (n: number): string => `new ${n}, ${'tag, '.repeat(50)}`;
  const names = Array.from({ length: count }, (_, n) => String(n).padStart(5, '0'));
  for (const [n, name] of names.entries()) {
    await writeFile(path.join(set, `${name}.txt`), `old ${n}`);
    await writeFile(path.join(set, `${name}.png`), '');
  }
  const bench = await open();
  // What a window left behind that is gone: this many edits cannot be typed. No system gives out such a process id.
  const folder = createHash('sha256').update(set).digest('hex').slice(0, 32);
  const journal = path.join(bench.storageFolder, 'unsaved', folder, '4194999-aa.jsonl');
  await mkdir(path.dirname(journal), { recursive: true });
  const lines = names.map((name, n) => {
    const base = Buffer.from(`old ${n}`).toString('base64');
    return `\n${JSON.stringify({ captionPath: `${name}.txt`, images: [`${name}.png`], raw: newText(n), base })}`;
  });
  await writeFile(journal, lines.join(''));

  const view = await DatasetView.open(bench, path.basename(set));
  await view.saveState('00000.png', 'Unsaved');
  assert.equal(await view.caption('00000.png').inputValue(), newText(0));
  // Those of windows that were reloaded may still be there.
  const hosts = await processesOf('type=extensionHost');
  await bench.page.keyboard.press('Control+s');
  const tenth = path.join(set, `${names[count / 10] ?? ''}.txt`);
  await until('some captions on disk', async () => (await readText(tenth))?.startsWith('new'));
  for (const host of hosts) process.kill(host, 'SIGKILL');
  await sleep(500);
  let written = 0;
  for (const [n, name] of names.entries()) {
    const content = await readFile(path.join(set, `${name}.txt`), 'utf8');
    if (content === newText(n)) written++;
    else assert.equal(content, `old ${n}`);
  }
  assert.ok(written > 0 && written < count, `${written} were written before the kill`);

  await bench.page.reload();
  await bench.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  const again = await DatasetView.open(bench, path.basename(set));
  const offeredAgain = count - written;
  await again.frame.getByText(`${offeredAgain.toLocaleString('en')} unsaved`).waitFor();
  await bench.screenshot('killed-in-a-save');
  await again.caption('00000.png').click();
  const begun = Date.now();
  await bench.page.keyboard.press('Control+s');
  let next = 0;
  await until(
    'all captions on disk',
    async () => {
      while (next < count && (await readText(path.join(set, `${names[next] ?? ''}.txt`))) === newText(next)) next++;
      return next === count;
    },
    20_000 + 5 * count,
  );
  const savedAgainMs = Date.now() - begun;
  await again.frame.getByText('all saved').first().waitFor();
  for (const [n, name] of names.entries()) assert.equal(await readText(path.join(set, `${name}.txt`)), newText(n));
  const left = (await readdir(set)).filter((name) => name.startsWith('.') && name !== '.dataset-captions');
  assert.deepEqual(left, [], 'no temporary file is left');
  return { captions: count, written, offeredAgain, savedAgainMs };
}
