// What the walkthrough and the welcome views of package.json name, looked for: VS Code shows a dead link or an empty picture, or
// never ticks a step, without a word.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';
import { withTexts } from './manifestTables.mjs';

/**
 * @param {string} manifestText the text of package.json
 * @param {Record<string, string>} texts those of package.nls.json
 * @param {string} code all of src/extension
 * @returns {string[]} a sentence for each problem
 */
export function walkthroughProblems(manifestText, texts, code) {
  const { contributes, publisher, name } = withTexts(manifestText, texts);
  const { commands, configuration, views, viewsWelcome, walkthroughs } = contributes;
  const settings = new Set(configuration.flatMap((/** @type {any} */ { properties }) => Object.keys(properties)));
  const viewIds = Object.values(views).flatMap((list) => list.map((/** @type {any} */ { id }) => id));
  const known = new Set([
    ...commands.map((/** @type {any} */ { command }) => command),
    // VS Code makes these itself.
    ...viewIds.map((id) => `${id}.focus`),
    'workbench.action.openWalkthrough',
  ]);
  const contexts = new Set([...code.matchAll(/[sS]etContext'?[(,]\s*'([^']+)'/g)].map(([, key]) => key));
  const problems = [];
  const checkLinks = (/** @type {string} */ owner, /** @type {string} */ markdown) => {
    for (const [, command = '', query] of markdown.matchAll(/\(command:([^?)]+)(?:\?([^)]+))?\)/g)) {
      if (!known.has(command)) problems.push(`${owner} links to ${command}, which is no command.`);
      if (command !== 'workbench.action.openWalkthrough') continue;
      const target = JSON.parse(decodeURIComponent(query ?? '""'));
      const ids = walkthroughs.map((/** @type {any} */ { id }) => `${publisher}.${name}#${id}`);
      if (!ids.includes(target)) problems.push(`${owner} opens ${target}, which is no walkthrough.`);
    }
  };
  const checkContexts = (/** @type {string} */ owner, /** @type {string} */ when) => {
    for (const [key] of when.matchAll(/datasetCaptions\.\w+/g)) {
      if (!contexts.has(key)) problems.push(`${owner} waits for ${key}, which src/extension does not set.`);
    }
  };
  for (const { view, contents, when = '' } of viewsWelcome) {
    checkLinks(`The welcome of ${view}`, contents);
    checkContexts(`The welcome of ${view}`, when);
  }
  for (const { id, description, media, completionEvents } of walkthroughs.flatMap((/** @type {any} */ w) => w.steps)) {
    const owner = `The step ${id} of the walkthrough`;
    checkLinks(owner, description);
    if (!existsSync(path.join(root, media.svg))) problems.push(`${owner} has no picture ${media.svg}.`);
    if (!media.altText) problems.push(`${owner} has no words for its picture.`);
    if (completionEvents.length === 0) problems.push(`${owner} is never ticked.`);
    for (const event of completionEvents) {
      const [kind = '', what = ''] = event.split(/:(.*)/s);
      if (kind === 'onContext') checkContexts(owner, what);
      else if (kind === 'onCommand' && known.has(what)) continue;
      else if (kind === 'onSettingChanged' && settings.has(what)) continue;
      else problems.push(`${owner} waits for ${event}, which never comes.`);
    }
  }
  return problems;
}
