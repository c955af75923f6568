import axe from 'axe-core';
import type { Locator } from 'playwright-core';

/** What axe-core says of a page: the tests are compiled without the browser's types. */
interface Judgement {
  violations: { id: string; impact: string; help: string; nodes: { target: unknown; failureSummary: string }[] }[];
}

/** Loads axe-core into the page of an element. What the browser itself evaluates there is subject to no policy. */
export async function loadAxe(body: Locator): Promise<void> {
  await body.evaluate(axe.source);
}

/**
 * Judges the page of an element by every rule of axe-core, also the advice.
 * @param part a selector of the part that is judged, all by default, and rules that do not count in it
 * @returns a text for each violation
 */
export async function judgePage(
  body: Locator,
  screen: string,
  part: { within?: string; except?: string[] } = {},
): Promise<string[]> {
  const { within, except = [] } = part;
  const context = within === undefined ? 'document' : JSON.stringify(within);
  const rules = JSON.stringify(Object.fromEntries(except.map((rule) => [rule, { enabled: false }])));
  const { violations } = await body.evaluate<Judgement, unknown>(
    `axe.run(${context}, { resultTypes: ['violations'], rules: ${rules} })`,
  );
  return violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) =>
        `${screen}: ${id} (${impact}): ${help}\n  ${JSON.stringify(target)}\n  ${failureSummary}`,
    ),
  );
}
