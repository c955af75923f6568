import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runToEnd, type Ended } from '../shared/runCli';
import { until } from '../shared/testFolder';

/** Whether this machine lets a test make namespaces: Linux, and root. */
export function canMakeMachines(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const script = 'mount --bind /proc/sys/kernel/osrelease /proc/sys/kernel/random/boot_id && nsenter --version';
  return spawnSync('unshare', ['-pfum', '--mount-proc', 'sh', '-c', script], { stdio: 'ignore' }).status === 0;
}

/**
 * A machine for a test: a host name, process ids and a boot id of its own, and the disk of this one. (The boot id is
 * what LXC does, too: a file that is mounted over that of the kernel.)
 */
export class Machine {
  private init: ChildProcess | undefined;
  private pid = 0;

  /** the programs that were started on it and have not ended */
  private readonly entered = new Set<ChildProcess>();

  /** @param folder for its files, absolute */
  constructor(
    readonly name: string,
    private readonly folder: string,
  ) {}

  /** Starts it. @param isContainer as a container is started again: on the same kernel, with the same boot id */
  async start(isContainer = false): Promise<void> {
    const boot = path.join(this.folder, `boot-${this.name}`);
    if (!isContainer) writeFileSync(boot, `${randomUUID()}\n`);
    // The first process never asks how others ended, as in many containers.
    const script = `hostname ${this.name} && mount --bind ${boot} /proc/sys/kernel/random/boot_id && exec sleep 100000`;
    const init = spawn('unshare', ['-pfum', '--mount-proc', '--kill-child', 'sh', '-c', script], { stdio: 'ignore' });
    this.init = init;
    await until(() => {
      const [child] = childrenOf(init.pid!);
      if (child === undefined || !commandOf(child).startsWith('sleep')) return false;
      this.pid = child;
      return true;
    }, `${this.name} runs`);
  }

  /** Ends it and whatever runs on it, as a power cut does. */
  async cutPower(): Promise<void> {
    const { init, pid } = this;
    if (init === undefined) return;
    process.kill(pid, 'SIGKILL');
    await until(() => {
      // `nsenter` has stopped with the process that it started: it must ask how that one ended.
      for (const child of this.entered) child.kill('SIGCONT');
      return init.exitCode !== null || init.signalCode !== null;
    }, `${this.name} is off`);
    this.init = undefined;
    this.entered.clear();
  }

  /** @param isContainer as in {@link start} */
  async restart(isContainer = false): Promise<void> {
    await this.cutPower();
    await this.start(isContainer);
  }

  /** Runs a command on it, with its output. */
  run(command: string, ...args: string[]): Promise<Ended> {
    return runToEnd('nsenter', ...this.inside, command, ...args);
  }

  /** Starts a command on it. */
  spawn(command: string, ...args: string[]): ChildProcess {
    const child = spawn('nsenter', [...this.inside, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.entered.add(child);
    child.on('exit', () => this.entered.delete(child));
    return child;
  }

  /** The processes on it whose command line has a word in it, by their ids on the real machine. */
  processes(word: string): number[] {
    const space = namespaceOf(this.pid);
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => pid !== this.pid && namespaceOf(pid) === space && commandOf(pid).includes(word));
  }

  private get inside(): string[] {
    return ['-t', String(this.pid), '-p', '-u', '-m', '--'];
  }
}

function childrenOf(pid: number): number[] {
  return spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.trim() !== '')
    .map(Number);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return '';
  }
}
