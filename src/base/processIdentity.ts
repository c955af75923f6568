import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errno } from './errno';

/**
 * A process, told apart from every other one on all machines that share a disk. A process id alone means something only
 * within one start of one machine, there within one container (PID namespace), and only until the id is used again.
 * All parts but `pid` are fingerprints; a part is empty where the system does not tell it (anything but Linux) or where
 * it was written by a version that did not know it.
 */
export interface ProcessIdentity {
  pid: number;
  /** the host name */
  host: string;
  /** the installation of the system: hosts of one name may be several */
  machine: string;
  /** the start of the system */
  boot: string;
  /** the PID namespace */
  namespace: string;
  /** when the process started */
  start: string;
}

/** `unknown`: it belongs to another machine or PID namespace, where only a heartbeat or the time can tell. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** Hexadecimal digits of a fingerprint: two of 32 bits are the same by chance once in four billion times. */
const fingerprintLength = 8;
const textForm = /^(\d+)((?:-(?:[0-9a-f]{8}|x)){4})-((?:[0-9a-f]{8}|x))p$/;

let own: ProcessIdentity | undefined;
let ownPlace: string | undefined;

/** The process that this code runs in, whichever of its threads asks. */
export function thisProcess(): ProcessIdentity {
  if (own !== undefined) return own;
  const machineId = readText('/etc/machine-id');
  own = processAt(placeText(), process.pid, {
    // systemd asks not to show this id to others (machine-id(5)); a fingerprint of it with a prefix does not.
    machine: machineId === '' ? '' : fingerprint(`dataset-captions ${machineId}`),
    start: seesOwnProcesses() ? startOf(process.pid) : '',
  });
  return own;
}

/** Host name, boot id and PID namespace of this process, as locks hold them since version 0.1.0. */
export function placeText(): string {
  ownPlace ??= [hostname(), readText('/proc/sys/kernel/random/boot_id'), readLink('/proc/self/ns/pid')].join(' ');
  return ownPlace;
}

/**
 * The identity of a process of which only some parts were written down.
 * @param place a text of {@link placeText}; any other text is the name of a host of which nothing else is known
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
 * Whether a process lives, as far as this one can tell.
 * @param identity of any process, from this machine or another
 */
export function isAlive(identity: ProcessIdentity): Liveness {
  const here = thisProcess();
  const { pid, start } = identity;
  // Signals to 0 and below go to groups of processes.
  if (!Number.isInteger(pid) || pid <= 0 || pid > 0x7fffffff) return 'unknown';
  if (isBeforeRestart(identity)) return 'dead';
  const isHere = identity.host === here.host && identity.boot === here.boot && identity.namespace === here.namespace;
  if (!isHere) return 'unknown';
  if (!exists(pid)) return 'dead';
  if (start === '' || here.start === '') return 'alive';
  const startNow = startOf(pid);
  return startNow === '' || startNow === start ? 'alive' : 'dead';
}

/**
 * Whether a process belongs to an earlier start of this very machine. Host names alone do not say so: several machines
 * may be called `localhost`, so where the system has no id the answer is no.
 */
function isBeforeRestart({ host, machine, boot }: ProcessIdentity): boolean {
  const here = thisProcess();
  const isThisMachine = machine !== '' && machine === here.machine && host === here.host;
  return isThisMachine && boot !== '' && here.boot !== '' && boot !== here.boot;
}

/**
 * Whether a process runs, or ran, on the machine of this one, in whatever container: on the kernel that runs now, or by
 * the machine's name and id.
 */
export function isOfThisMachine({ host, machine, boot }: ProcessIdentity): boolean {
  const here = thisProcess();
  if (boot !== '' && boot === here.boot) return true;
  return host === here.host && machine === here.machine;
}

/**
 * An identity as text that can be part of a file's name, such as `4242-0a1b2c3d-x-x-x-xp`. It begins with the process
 * id, where version 0.1.0 looks for it, and does not end with a digit, where that version would take one for an id.
 */
export function identityText({ pid, host, machine, boot, namespace, start }: ProcessIdentity): string {
  const parts = [host, machine, boot, namespace, start].map((part) => (part === '' ? 'x' : part));
  return `${[pid, ...parts].join('-')}p`;
}

/** The identity that a text of {@link identityText} says; undefined for any other text. */
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
    // It is another user's.
    return errno(thrown) === 'EPERM';
  }
}

/** Whether `/proc` has this process under its id: in a new PID namespace it may still be that of the outer one. */
function seesOwnProcesses(): boolean {
  return Number.parseInt(readText('/proc/self/stat'), 10) === process.pid;
}

/** When a process started: field 22 of proc_pid_stat(5), in clock ticks since the system started. */
function startOf(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  // Field 2 is the program's name in brackets and may hold anything; field 3 follows its last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fingerprint(fields[22 - 3] ?? '');
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
