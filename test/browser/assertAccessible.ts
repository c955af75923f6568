import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { DatasetView } from './DatasetView';

interface Judgement {
  violations: { id: string; help: string; nodes: { target: unknown }[] }[];
}

/** Has axe look at the page of a dataset as it is now. */
export async function assertAccessible(view: DatasetView): Promise<void> {
  const body = view.frame.locator('body');
  await body.evaluate(axe.source);
  const { violations } = await body.evaluate<Judgement, unknown>("axe.run(document, { resultTypes: ['violations'] })");
  assert.deepEqual(
    violations.map(({ id, help, nodes }) => [id, help, nodes.map(({ target }) => target)]),
    [],
  );
}
