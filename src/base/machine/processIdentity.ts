import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync, statfsSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { errno } from '../errno';

/**
 * Identifies a process among all machines that share a disk. A process id alone is unique only within one boot of one
 * machine, there within one container (PID namespace), and only until the system reuses the id. All properties but
 * `pid` are fingerprints; one is empty if the system does not provide it (anything but Linux) or if a version that did
 * not know it wrote the identity.
 */
export interface ProcessIdentity {
  pid: number;
  /** the host name */
  host: string;
  /** the installation of the operating system: several machines may have the same host name */
  machine: string;
  /** the boot of the system */
  boot: string;
  /** the PID namespace */
  namespace: string;
  /** when the process started */
  start: string;
}

/**
 * - `alive`: this very process runs
 * - `likely`: a process with its id runs, and the system does not say whether it is the same one
 * - `unknown`: it belongs to another machine or PID namespace, where only a heartbeat or a timeout can tell
 */
export type Liveness = 'alive' | 'likely' | 'dead' | 'unknown';

/**
 * Length of a fingerprint in hexadecimal digits: two values of 32 bits collide by chance once in four billion times.
 */
const fingerprintLength = 8;
/** No live process gives no sign of life for this long, in milliseconds: heartbeats come every few seconds. */
const maxSilence = 60_000;
/**
 * Types of file systems (statfs(2), `f_type`) that one running kernel at a time has mounted: ext2 to ext4, XFS, Btrfs,
 * tmpfs, ramfs, OverlayFS, ZFS, F2FS and bcachefs.
 */
const localDisks: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x858458f6, 0x794c7630, 0x2fc12fc1, 0xf2f52010, 0xca451a4e,
]);
const textForm = /^(\d+)((?:-(?:[0-9a-f]{8}|x)){4})-((?:[0-9a-f]{8}|x))p$/;

let own: ProcessIdentity | undefined;
let ownPlace: string | undefined;

/** The identity of the current process, the same in all of its threads. */
export function thisProcess(): ProcessIdentity {
  if (own !== undefined) return own;
  const machineId = readText('/etc/machine-id');
  own = processAt(placeText(), process.pid, {
    // machine-id(5) asks not to reveal this id; a fingerprint of it with a prefix does not reveal it.
    machine: machineId === '' ? '' : fingerprint(`dataset-captions ${machineId}`),
    start: seesOwnProcesses() ? statOf(process.pid).start : '',
  });
  return own;
}

/**
 * Host name, boot id and PID namespace of this process, in the text form that lock files have used since version 0.1.0.
 */
export function placeText(): string {
  ownPlace ??= [hostname(), readText('/proc/sys/kernel/random/boot_id'), readLink('/proc/self/ns/pid')].join(' ');
  return ownPlace;
}

/**
 * Builds an identity from the parts that were stored.
 * @param place as {@link placeText} returns it; any other text is taken for a host name, with boot and namespace
 *   unknown
 */
export function processAt(
  place: string,
  pid: number,
  { machine = '', start = '' }: Partial<Pick<ProcessIdentity, 'machine' | 'start'>> = {},
): ProcessIdentity {
  const [, host = place, boot = '', namespace = ''] = /^(.*) (\S*) (\S*)$/.exec(place) ?? [];
  return {
    pid,
    host: fingerprint(host),
    machine,
    boot: fingerprint(boot),
    namespace: fingerprint(namespace),
    start,
  };
}

/**
 * Whether a process is alive, as far as the current process can know.
 * @param identity of any process, on this machine or another
 * @param lastSign when it last gave a sign of life, such as its heartbeat, in milliseconds since 1970; without it, the
 *   last sign counts as fresh
 * @param file that the process left, or its folder: its disk may be one that no other machine reaches
 */
export function isAlive(identity: ProcessIdentity, lastSign = Infinity, file?: string): Liveness {
  const here = thisProcess();
  const { pid, start } = identity;
  // A signal to 0 or below would go to a group of processes.
  if (!Number.isInteger(pid) || pid <= 0 || pid > 0x7fffffff) return 'unknown';
  if (isBeforeRestart(identity, lastSign, file)) return 'dead';
  const isHere = identity.host === here.host && identity.boot === here.boot && identity.namespace === here.namespace;
  if (!isHere) return 'unknown';
  if (pid === here.pid && start === here.start) return 'alive';
  if (!exists(pid)) return 'dead';
  if (here.start === '') return 'likely';
  const now = statOf(pid);
  // It has ended, but its parent has not asked how: in containers, the first process often never does.
  if (now.state === 'Z' || now.state === 'X') return 'dead';
  if (start === '' || now.start === '') return 'likely';
  return now.start === start ? 'alive' : 'dead';
}

/**
 * Whether a process belongs to an earlier boot of this machine. Name and id of the machine do not prove that: several
 * machines may be called `localhost`, and clones of one disk have the same id. So what it left must lie on a disk that
 * no other machine reaches, or its last sign of life must be from before this boot, and older than any heartbeat.
 */
function isBeforeRestart({ host, machine, boot }: ProcessIdentity, lastSign: number, file?: string): boolean {
  const here = thisProcess();
  if (host !== here.host || machine !== here.machine) return false;
  const isOfThisBoot = boot === here.boot;
  // If the system has no boot id, boots can be told apart only by time.
  const tellsBoots = boot !== '' && here.boot !== '';
  if (tellsBoots ? isOfThisBoot : !isOfThisBoot) return false;
  if (tellsBoots && file !== undefined && isOnLocalDisk(file)) return true;
  if (tellsBoots && machine === '') return false;
  const now = Date.now();
  return lastSign <= Math.min(now - uptime() * 1000, now - maxSilence);
}

/** Whether a file that exists lies on a disk of which is known that no other machine reaches it. */
function isOnLocalDisk(file: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return localDisks.has(statfsSync(file).type);
  } catch {
    return false;
  }
}

/**
 * Whether a process runs, or ran, on the same machine as the current one, in any container: both have the same boot of
 * the kernel, or the same host name and machine id.
 */
export function isOfThisMachine({ host, machine, boot }: ProcessIdentity): boolean {
  const here = thisProcess();
  if (boot !== '' && boot === here.boot) return true;
  return host === here.host && machine === here.machine;
}

/**
 * Serializes an identity to a text that can be part of a file name, such as `4242-0a1b2c3d-x-x-x-xp`. The text begins
 * with the process id, where version 0.1.0 expects it, and does not end with a digit, which that version would take for
 * a process id.
 */
export function identityText({ pid, host, machine, boot, namespace, start }: ProcessIdentity): string {
  const parts = [host, machine, boot, namespace, start].map((part) => (part === '' ? 'x' : part));
  return `${[pid, ...parts].join('-')}p`;
}

/** Parses a text that {@link identityText} made; undefined for any other text. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [, pid, place, start] = textForm.exec(text) ?? [];
  if (pid === undefined || place === undefined || start === undefined) return undefined;
  const [host = '', machine = '', boot = '', namespace = ''] = place.slice(1).split('-').map(known);
  return { pid: Number(pid), host, machine, boot, namespace, start: known(start) };
}

function known(part: string): string {
  return part === 'x' ? '' : part;
}

function fingerprint(text: string): string {
  return text === '' ? '' : createHash('sha256').update(text).digest('hex').slice(0, fingerprintLength);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // The process exists but belongs to another user.
    return errno(thrown) === 'EPERM';
  }
}

/**
 * Whether `/proc` lists this process under its own id. In a new PID namespace, `/proc` may still be that of the outer
 * one.
 */
function seesOwnProcesses(): boolean {
  return Number.parseInt(readText('/proc/self/stat'), 10) === process.pid;
}

/**
 * The state of a process (field 3 of proc_pid_stat(5)) and the fingerprint of its start time (field 22, in clock ticks
 * since the system booted); both are empty if the system does not tell.
 */
function statOf(pid: number): { state: string; start: string } {
  const stat = readText(`/proc/${pid}/stat`);
  // Field 2 is the program's name in parentheses and may contain any character; field 3 follows the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', start: fingerprint(fields[22 - 3] ?? '') };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function readLink(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
