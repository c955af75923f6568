// All checks and tests: npm test [-- --only unit,browser] [--grep text]
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { run } from './childProcess.mjs';
import { findInPath, installDebianPackages } from './debianPackages.mjs';
import { root, seconds, setup } from './setup.mjs';
import { findSoftwareVulkan } from './softwareVulkan.mjs';
import { findChromium, installTestHost } from './testHostInstall.mjs';

const timeLimit = 15 * 60_000;
const scratch = mkdtempSync(path.join(tmpdir(), 'dataset-captions-test-'));
// Users that it is not for must get to the folders that are theirs in it.
chmodSync(scratch, 0o711);
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const node = process.execPath;
const npmScript = (/** @type {string} */ file, /** @type {string[]} */ ...args) => [
  node,
  `node_modules/${file}`,
  ...args,
];

/**
 * What runs in one go. A check passes or fails as a whole; a suite counts its tests.
 * @typedef {{ part: string, name: string, kind: 'check' | 'suite', commands: string[][], patience: number, asUser?: boolean, browser?: boolean, editor?: boolean, size?: number }} Task
 *   `patience`: how nice it is to the others, 0..19; `asUser`: it runs as an ordinary user, see {@link userCommand};
 *   `browser`: it needs Chromium; `editor`: it starts a VS Code server
 *   too; `size`: of its file, for want of a better measure
 */
const partNames = ['source', 'rooms', 'format', 'commands', 'package', 'unit', 'host', 'user', 'browser'];

/**
 * @param {string} part
 * @param {string[][]} commands
 * @returns {Task}
 */
const check = (part, ...commands) => ({ part, name: part, kind: 'check', commands, patience: 10 });

/**
 * On a machine that stands still now and then a key, a click or a moment can be missed: one more try, which is told.
 * What fuzzes has none, and random input that was found to break something counts as a failure at once.
 */
const retries = ['--retries', '1'];
/**
 * What fails again is tried a last time when nothing else runs any more, which is told as well: unless it is so much
 * that the machine cannot be why.
 */
const triedAlone = 8;

/** All there is to run, once the tests are built: of the browser suite each file is a task of its own, or a few are. */
function allTasks() {
  const browserTests = readdirSync(path.join(root, 'test/browser')).filter((file) => file.endsWith('.test.ts'));
  const unitTests = readdirSync(path.join(root, 'test/unit'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.test.ts'));
  const unitTask = (/** @type {string} */ name, /** @type {string[]} */ tests) => {
    const own = tests.map((file) => `unit/${path.basename(file, '.ts')}.js`);
    // Each fuzzer takes its seconds, and most of them wait: side by side they take a third.
    const sideBySide = ['--parallel', '--jobs', '3'];
    const commands = [[...mocha('60000', ...own), ...(name === 'unit fuzz' ? sideBySide : retries)]];
    // Keys and clicks in a window are the first to suffer where processors are short.
    return { part: 'unit', name, kind: /** @type {const} */ ('suite'), commands, patience: 5 };
  };
  /** @type {Task[]} */
  const tasks = [
    ...unitGroups.map(({ name }) => unitTask(name, unitTests.filter(isOfGroup(name)))),
    // It works all the time, while others wait: were it as patient as the other checks, it would be the last to end.
    // With more room for young objects it takes three quarters of the time.
    { ...check('source', [node, '--max-semi-space-size=128', 'scripts/checkSource.mjs']), patience: 5 },
    check('rooms', [node, 'scripts/checkRooms.mjs']),
    check('format', npmScript('prettier/bin/prettier.cjs', '--check', '.')),
    check('package', [node, 'scripts/testPackage.mjs', '--others']),
    check('commands', ...['checkCommands.mjs', 'checkTexts.mjs'].map((script) => [node, `scripts/${script}`]), [
      node,
      'scripts/writeDocs.mjs',
      '--check',
    ]),
    ...browserGroups(browserTests.map((file) => path.basename(file, '.test.ts'))).map((names) => {
      const sources = names.map((name) => readFileSync(path.join(root, `test/browser/${name}.test.ts`), 'utf8'));
      const editor = sources.some((source) => /Workbench(\.open)?\(/.test(source));
      return {
        part: 'browser',
        name: `browser ${names.join(', ')}`,
        kind: /** @type {const} */ ('suite'),
        commands: [[...mocha('120000', ...names.map((name) => `browser/${name}.test.js`)), ...retries]],
        patience: 0,
        browser: true,
        editor,
        size: names.some((name) => longest.includes(name)) ? Infinity : sources.join('').length,
      };
    }),
    {
      part: 'host',
      name: 'host',
      kind: 'suite',
      commands: [[node, 'scripts/runHostTests.mjs']],
      patience: 0,
      browser: true,
      editor: true,
    },
  ];
  // As root, half of what can fail does not.
  if (isRoot) {
    const cli = unitTask(
      'unit cli',
      unitTests.filter((file) => usersToo.test(file)),
    );
    tasks.push(asUser(cli), ...tasks.filter(({ name }) => name === 'host').map(asUser));
  }
  return tasks;
}

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
/** Of the command line's suites those that write captions, jobs and records: there rights matter. */
const usersToo = /^cli\W(cli|cliJobs|commands\WupdateMode)\.test\.ts$/;

/** The number of the user and group `nobody`, which every Linux has. */
const nobody = 65_534;

/**
 * @param {Task} task
 * @returns {Task}
 */
const asUser = (task) => ({
  ...task,
  part: 'user',
  name: `${task.name} as an ordinary user`,
  patience: 10,
  asUser: true,
});

/**
 * A command as an ordinary user runs it on a shared machine: with a home folder elsewhere, new files for the user alone.
 * @param {string[]} command
 */
const userCommand = (command) => ['sh', '-c', 'umask 077; exec nice -n 10 "$@"', 'sh', ...command];

/** Files of the browser suite that run in one process, because their windows are opened alike: they share them. */
const sharedWindows = [
  ['mainJob', 'beside', 'shownState', 'tabs'],
  ['jobs', 'safety', 'tagView', 'jobsCluster'],
  ['accessibilityWorkbench', 'snapshotsWorkbench', 'bulkEditWorkbench', 'workbench', 'pageKeysWorkbench'],
  ['connectionWorkbench', 'undoOrder'],
  ['history', 'originMarksWorkbench', 'captionPreviewWorkbench', 'proseWorkbench'],
];

/** What takes much longer than the size of its file says: its cases are elsewhere, or it waits. */
const longest = ['slowLink', 'unsavedElsewhere'];

/**
 * @param {string[]} names of all files of the browser suite
 * @returns {string[][]} those of each process
 */
function browserGroups(names) {
  const grouped = sharedWindows.flat();
  return [...sharedWindows, ...names.filter((name) => !grouped.includes(name)).map((name) => [name])];
}

/** By their rooms. Two thirds of the time are those of jobs, which wait for processes: they are tasks of their own. */
const unitGroups = [
  { name: 'unit cluster', files: /^cluster\W|^tagger\Wserver|diskFaults/ },
  { name: 'unit cli commands', files: /^cli\W[^.]*\W[^.]*\.test/ },
  { name: 'unit cli', files: /^cli\W/ },
  { name: 'unit jobs', files: /^(jobs|runner)\W/ },
  { name: 'unit fuzz', files: /^fuzz\W/ },
  { name: 'unit tagger', files: /^tagger\W/ },
  { name: 'unit records', files: /^(records|snapshots)\W/ },
  { name: 'unit dataset', files: /^(dataset|extension)\W/ },
  { name: 'unit', files: /./ },
];

/**
 * Whether a file is in the first group that has it, and that is the one with this name.
 * @param {string} name
 * @returns {(file: string) => boolean}
 */
function isOfGroup(name) {
  return (file) => unitGroups.find(({ files }) => files.test(file))?.name === name;
}

/**
 * @param {string} timeout of one test, milliseconds
 * @param {string[]} files
 */
function mocha(timeout, ...files) {
  const options = ['--reporter', 'scripts/countingReporter.mjs', '--timeout', timeout];
  return npmScript('mocha/bin/mocha.js', ...options, '--exit', ...files.map((file) => `out/test/${file}`));
}

/** @type {Map<string, { passed: number, failed: number, skipped: number, took: number }>} */
const parts = new Map();
/** @type {string[]} tests that failed once and then passed */
const retried = [];
/** @type {string[]} tests that failed while others ran, and passed alone */
const passedAlone = [];
/**
 * Told once more at the end, where they are looked for; `again` runs the test alone, where that can be told by its title.
 * @type {{ title: string, error: string, part?: string, again?: () => Promise<boolean> }[]}
 */
let failures = [];
let failedBefore = 0;
const start = performance.now();

try {
  const { only, grep } = readArguments();
  await setup({ tests: true });
  if (only === undefined || only.includes('unit') || only.includes('browser')) await findServers(console.log);
  const tasks = allTasks().filter(({ part }) => only === undefined || only.includes(part));
  for (const { part } of tasks) parts.set(part, { passed: 0, failed: 0, skipped: 0, took: 0 });
  await runSideBySide(tasks, grep);
  await tryAlone();
} catch (error) {
  // Without its dependencies or its bundles nothing could run: that is one failure.
  console.error(error instanceof Error ? error.message : error);
  failedBefore++;
}
const total = { passed: 0, failed: failedBefore, skipped: 0 };
const summary = partNames.flatMap((name) => {
  const counts = parts.get(name);
  if (counts === undefined) return [];
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  return `${name.padEnd(10)} ${line(counts)} (${seconds(counts.took)})`;
});
for (const { title, error } of failures) console.log(`\nFailed: ${title}\n${error}`);
if (retried.length > 0) console.log(`\nPassed at the second try only:\n  ${retried.join('\n  ')}`);
if (passedAlone.length > 0) console.log(`\nPassed alone only:\n  ${passedAlone.join('\n  ')}`);
console.log(`\n${summary.join('\n')}\n\nAll of it took ${seconds(performance.now() - start)}.`);
process.exitCode = total.failed === 0 ? 0 : 1;
// This stays the last line: whoever counts the results reads it.
console.log(line(total));

/** @param {{ passed: number, failed: number, skipped: number }} counts */
function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * What single suites need beside a browser: they say so and fail, or are skipped, where it cannot be had.
 * @param {(line: string) => void} log
 */
async function findServers(log) {
  if (process.platform !== 'linux') return;
  const redis = (await findInPath('redis-server')) ?? (await findInPath('valkey-server'));
  if (redis === undefined && process.env.SKIP_REDIS !== '1') {
    await installDebianPackages('Redis server', ['redis-server'], log);
  }
  if ((await findInPath('strace')) === undefined) await installDebianPackages('strace', ['strace'], log);
  if (process.arch === 'x64' && findSoftwareVulkan() === undefined && process.env.SKIP_VULKAN !== '1') {
    await installDebianPackages('Vulkan driver', ['libvulkan1', 'chromium-common'], log);
  }
}

function readArguments() {
  const { values } = parseArgs({ options: { only: { type: 'string' }, grep: { type: 'string' } } });
  const only = values.only?.split(',');
  const unknown = only?.find((name) => !partNames.includes(name));
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}; there are ${partNames.join(', ')}.`);
  return { only, grep: values.grep };
}

/**
 * Four tasks at a time, because two thirds of the time of each is waiting, and the checks beside them, which take what is
 * left of the processor. What starts VS Code goes through two of the lanes as long as there is anything else to do beside
 * it: these keep each other waiting most.
 * @param {Task[]} tasks
 * @param {string | undefined} grep
 */
async function runSideBySide(tasks, grep) {
  const checks = tasks.filter(({ kind }) => kind === 'check');
  const others = tasks.filter(({ kind, editor }) => kind === 'suite' && editor !== true);
  // The long ones first, so that the short ones fill the end.
  const editors = tasks.filter(({ editor }) => editor === true).sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
  const chromium = tasks.some(({ browser }) => browser === true) ? settled(findChromium(console.log)) : undefined;
  const host = editors.length > 0 ? settled(installTestHost(console.log)) : undefined;
  const packs = editors.length > 0 || checks.some(({ part }) => part === 'package');
  let isPacked = !packs;
  const product = packs ? settled(packedProduct(host)) : undefined;
  void product?.then(() => (isPacked = true));
  /** @param {() => Task | undefined} next */
  const lane = async (next) => {
    for (let task = next(); task !== undefined; task = next()) {
      const found = task.browser === true ? await chromium : undefined;
      const installed = task.editor === true ? await host : undefined;
      const packed = task.editor === true ? await product : undefined;
      const missing = found?.error ?? installed?.error ?? packed?.error;
      const live = tasks.length === 1;
      if (missing === undefined) await runTask(task, { grep, chromium: found?.value, product: packed?.value, live });
      else notRun(task, missing);
    }
  };
  await Promise.all([
    // Something else first, while the product is packed.
    lane(() => (isPacked ? editors.shift() : undefined) ?? others.pop() ?? editors.shift()),
    lane(() => (isPacked ? editors.shift() : undefined) ?? others.pop() ?? editors.shift()),
    lane(() => others.shift() ?? editors.pop()),
    lane(() => others.shift() ?? editors.pop()),
    lane(() => checks.shift()),
  ]);
}

/** Runs the few tests that failed once more, one after the other. */
async function tryAlone() {
  if (failures.length > triedAlone) return;
  const left = [];
  for (const failure of failures) {
    const { title, part, again } = failure;
    if (part === undefined || again === undefined || !(await again())) {
      left.push(failure);
      continue;
    }
    passedAlone.push(title);
    add(part, { passed: 1, failed: -1, skipped: 0 }, 0);
  }
  failures = left;
}

/**
 * Packs the product and installs it as users do: the tests in the editor run against that, not against the checkout.
 * @param {Promise<unknown> | undefined} host what has to be there to install it; without it it is only packed and checked
 * @returns {Promise<string | undefined>} the folder where it is installed; undefined where no package is for this platform
 */
async function packedProduct(host) {
  await host;
  const folder = path.join(root, 'out/package/extensions');
  const install = host === undefined ? [] : ['--install', folder];
  const task = check('package', [node, 'scripts/testPackage.mjs', ...install]);
  const passed = await runTask(task, { grep: undefined, chromium: undefined, live: false });
  if (!passed) throw new Error('The product could not be packed or its package is not right: see the part "package".');
  return existsSync(folder) ? folder : undefined;
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<{ value?: T, error?: unknown }>}
 */
async function settled(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

/**
 * A task that cannot be run has failed.
 * @param {Task} task
 * @param {unknown} why
 */
function notRun({ part, name }, why) {
  const message = why instanceof Error ? why.message : String(why);
  console.log(`\n=== ${name}: could not run\n${message}`);
  add(part, { passed: 0, failed: 1, skipped: 0 }, 0);
}

/**
 * @param {string} part
 * @param {{ passed: number, failed: number, skipped: number }} counts
 * @param {number} took milliseconds
 */
function add(part, counts, took) {
  const sum = parts.get(part);
  if (sum === undefined) return;
  sum.passed += counts.passed;
  sum.failed += counts.failed;
  sum.skipped += counts.skipped;
  sum.took += took;
}

/**
 * Runs a task; what it prints comes as one block when it is through, unless it runs alone.
 * @param {Task} task
 * @param {{ grep: string | undefined, chromium: string | undefined, product?: string, live: boolean }} options
 *   `product`: where it is installed
 * @returns {Promise<boolean>} whether nothing failed
 */
async function runTask(task, { grep, chromium, product, live }) {
  const { part, name, kind } = task;
  if (live) console.log(`\n=== ${name}`);
  const begin = performance.now();
  const { code, timedOut, output, result } = await execute(task, { grep, chromium, product, live });
  const counts = count(kind, code, timedOut, result);
  const took = performance.now() - begin;
  add(part, counts, took);
  for (const failed of result?.failures ?? []) {
    const again = async () => {
      const only = `^${failed.title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
      console.log(`\n=== ${name}, alone: ${failed.title}`);
      const { code, result } = await execute(task, { grep: only, chromium, product, live: true });
      return code === 0 && result?.passed === 1 && result.failed === 0;
    };
    // Other random input does not make right what was wrong with the one that was found.
    failures.push({ ...failed, part, ...(failed.error.includes('Property failed after') ? {} : { again }) });
  }
  if (kind === 'check' && counts.failed > 0) {
    failures.push({ title: name, error: output.trimEnd().split('\n').slice(-20).join('\n') });
  }
  // Of the many files in which nothing has that name nobody wants to read.
  if (grep !== undefined && counts.passed + counts.failed + counts.skipped === 0) return true;
  if (!live) console.log(`\n=== ${name}\n${output.trimEnd()}`);
  if (timedOut) console.log(`${name} was ended: it took longer than ${timeLimit / 60_000} minutes.`);
  console.log(`=== ${name}: ${line(counts)} (${seconds(took)})`);
  return counts.failed === 0;
}

/**
 * Runs the commands of a task.
 * @param {Task} task
 * @param {{ grep: string | undefined, chromium: string | undefined, product?: string, live: boolean }} options
 * @returns {Promise<{ code: number, timedOut: boolean, output: string, result: SuiteResult | undefined }>}
 *   `result`: undefined if it crashed, or never came to its first test
 */
async function execute(task, { grep, chromium, product, live }) {
  const { kind, commands, patience } = task;
  const home = mkdtempSync(path.join(scratch, 'home-'));
  const resultFile = path.join(home, 'result.json');
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, DATASET_CAPTIONS_TEST_RESULT: resultFile };
  if (task.asUser === true) {
    env.HOME = home;
    for (const name of ['XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR']) delete env[name];
    chownSync(home, nobody, nobody);
  }
  const user = task.asUser === true ? { uid: nobody, gid: nobody } : {};
  if (grep !== undefined) env.DATASET_CAPTIONS_TEST_GREP = grep;
  if (chromium !== undefined) env.CHROMIUM = chromium;
  if (product !== undefined) env.DATASET_CAPTIONS_INSTALLED = product;
  let code = 0;
  let timedOut = false;
  let output = '';
  const collect = live ? {} : { onOutput: (/** @type {string} */ text) => (output += text) };
  for (const [command = node, ...args] of commands) {
    const isMocha = kind === 'suite' && args[0]?.includes('mocha');
    const all = [...args, ...(isMocha && grep !== undefined ? ['--grep', grep] : [])];
    const isPatient = patience > 0 && process.platform !== 'win32';
    const nice = isPatient ? ['nice', '-n', String(patience)] : [];
    const [program = node, ...given] =
      task.asUser === true ? userCommand([command, ...all]) : [...nice, command, ...all];
    const ended = await run(program, given, { cwd: root, env, timeLimit, ...user, ...collect });
    code ||= ended.code;
    timedOut ||= ended.timedOut;
  }
  return { code, timedOut, output, result: readResult(resultFile) };
}

/**
 * @param {string} file
 * @returns {SuiteResult | undefined}
 */
function readResult(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * What the reporter of a suite wrote.
 * @typedef {{ passed: number, failed: number, skipped: number, retried?: string[], failures?: { title: string, error: string }[] }} SuiteResult
 */

/**
 * @param {'check' | 'suite'} kind
 * @param {number} code
 * @param {boolean} timedOut
 * @param {SuiteResult | undefined} result
 */
function count(kind, code, timedOut, result) {
  if (kind === 'check') return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  if (result === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { passed, failed, skipped } = result;
  retried.push(...(result.retried ?? []));
  // A suite that ended badly after its last test, or was ended, did not pass.
  return { passed, failed: failed === 0 && (code !== 0 || timedOut) ? 1 : failed, skipped };
}
