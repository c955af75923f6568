// Starts programs so that none of them outlives this one.
import { spawn } from 'node:child_process';
import { setInterval } from 'node:timers';

/** Process groups that must end with this process. */
const groups = new Set();

/**
 * Sends a signal to a process and to all that it started.
 * @param {number | undefined} pid the leader of a process group
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    // Windows has no process groups; there the children notice that their parent is gone.
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended already.
  }
}

let armed = false;

/** Makes sure, once, that the groups end with this process, however it ends. */
function arm() {
  if (armed) return;
  armed = true;
  process.on('exit', () => {
    for (const pid of groups) signalGroup(pid, 'SIGKILL');
  });
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])) {
    process.on(signal, () => {
      for (const pid of groups) signalGroup(pid, 'SIGTERM');
      // The children get a moment to clean up, and so do theirs; then `exit` above ends what is left.
      const start = Date.now();
      setInterval(() => {
        if (groups.size === 0 || Date.now() - start > 4000) process.exit(code);
      }, 50);
    });
  }
}

/**
 * Starts a program in a process group of its own, which ends with this process.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function startGroup(command, args, options = {}) {
  arm();
  const child = spawn(command, [...args], { detached: process.platform !== 'win32', ...options });
  const { pid } = child;
  if (pid !== undefined) {
    groups.add(pid);
    child.on('exit', () => {
      // What the program itself left running goes too.
      signalGroup(pid, 'SIGKILL');
      groups.delete(pid);
    });
  }
  return child;
}

/**
 * Ends a group that {@link startGroup} started, first politely.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} [patience] milliseconds between asking and insisting
 */
export async function stopGroup(child, patience = 3000) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  signalGroup(child.pid, 'SIGTERM');
  const insist = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), patience);
  await ended;
  clearTimeout(insist);
}

/**
 * Runs a program to its end with its output on this terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & { timeLimit?: number, onOutput?: (text: string) => void }} [options]
 *   `timeLimit` in milliseconds; `onOutput` gets what it prints in place of the terminal
 * @returns {Promise<{ code: number, timedOut: boolean }>}
 */
export async function run(command, args, { timeLimit, onOutput, ...options } = {}) {
  const output = onOutput === undefined ? 'inherit' : 'pipe';
  const child = startGroup(command, args, { stdio: ['ignore', output, output], ...options });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onOutput ?? (() => {}));
  let timedOut = false;
  const timer =
    timeLimit === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          void stopGroup(child);
        }, timeLimit);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      const end = () => resolve({ code: code ?? (signal === null ? 1 : 128), timedOut });
      // What was printed last may still come; but what it left running elsewhere may hold the pipe for ever.
      const patience = setTimeout(end, 2000);
      child.once('close', () => {
        clearTimeout(patience);
        end();
      });
    });
  });
}

/**
 * Runs npm, the same one that runs this script where there is one.
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export async function runNpm(args, cwd) {
  const npm = process.env.npm_execpath;
  const quiet = [...args, '--no-audit', '--no-fund', '--loglevel', 'error'];
  const isNpm = npm !== undefined && /npm-cli\.[cm]?js$/.test(npm);
  const { code } = isNpm
    ? await run(process.execPath, [npm, ...quiet], { cwd })
    : await run('npm', quiet, { cwd, shell: process.platform === 'win32' });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed in ${cwd} (exit code ${code}); its output is above.`);
}
