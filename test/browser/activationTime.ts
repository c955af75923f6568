import { until } from './DatasetView';
import type { Workbench } from './Workbench';

/**
 * How long VS Code itself says that the product took to start: to load its code and to run `activate`, in milliseconds. The most
 * of it is others' code: of the extensions that start in the same moment, each counts the loading of those before it (*Merge
 * Conflict*, some 14 ms of processor time). Opens the editor that lists the running extensions.
 */
export async function activationTime(workbench: Workbench): Promise<number> {
  await workbench.runCommand('Developer: Show Running Extensions');
  const list = workbench.page.locator('.runtime-extensions-editor');
  const row = list
    .locator('.extension')
    .filter({ has: workbench.page.getByText(/^(Dataset Captions|dataset-captions\.dataset-captions)$/) });
  const time = await until('VS Code says how long the start took', async () => {
    const shown = await row
      .locator('.activation-time')
      .first()
      .textContent({ timeout: 1000 })
      .catch(() => '');
    const milliseconds = /(\d+)ms/.exec(shown ?? '')?.[1];
    if (milliseconds !== undefined) return Number(milliseconds);
    // The slowest come first, and only those in sight are in the list.
    await list.hover();
    await workbench.page.mouse.wheel(0, 400);
    return undefined;
  });
  // The list lies over everything else.
  await workbench.page.keyboard.press('Escape');
  await row.waitFor({ state: 'detached' });
  return time;
}
