/** A figure that got worse by more than this part is a regression; shared machines vary by about half of it. */
const tolerance = 0.3;
/** Times below this, in milliseconds, and sizes below it, in megabytes, are noise. */
const least = 5;

/**
 * @typedef {{ name: string, before: number, now: number, worse: boolean }} Change
 *   `worse`: by more than the tolerance
 */

/**
 * Compares the figures of two runs of one benchmark that have the same names. Rates should be high; times and sizes low;
 * anything else, such as a number of images, is what was measured and no figure.
 * @param {unknown} before what `bench --json` printed
 * @param {unknown} now
 * @returns {Change[]}
 */
export function compareFigures(before, now) {
  const earlier = new Map(figures(before, []));
  return figures(now, []).flatMap(([name, value]) => {
    const old = earlier.get(name);
    const kind = kindOf(name);
    if (old === undefined || kind === undefined) return [];
    const worse =
      kind === 'rate' ? value < old * (1 - tolerance) : value > old * (1 + tolerance) && value - old > least;
    return [{ name, before: old, now: value, worse }];
  });
}

/**
 * The changes as a table in Markdown.
 * @param {Change[]} changes
 */
export function describeChanges(changes) {
  const rows = changes.map(({ name, before, now, worse }) => {
    const percent = before === 0 ? '' : `${(((now - before) / before) * 100).toFixed(0)} %`;
    return `| ${name} | ${rounded(before)} | ${rounded(now)} | ${percent}${worse ? ' **worse**' : ''} |`;
  });
  return ['| figure | before | now | change |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/**
 * @param {unknown} value
 * @param {string[]} path
 * @returns {[string, number][]}
 */
function figures(value, path) {
  if (typeof value === 'number') return Number.isFinite(value) ? [[path.join(' › '), value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => figures(inner, [...path, key]));
}

/**
 * @param {string} name
 * @returns {'rate' | 'cost' | undefined}
 */
function kindOf(name) {
  const last = name.split(' › ').at(-1) ?? '';
  if (/per ?second|\/ ?s\b|rate/i.test(last)) return 'rate';
  return /ms\b|Ms$|MB\b|MB$|seconds?$|^(with|without)$/.test(last) ? 'cost' : undefined;
}

/** @param {number} value */
function rounded(value) {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}
