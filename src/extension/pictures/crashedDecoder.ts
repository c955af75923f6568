import { TaggerCrashError } from '../../protocol/child/TaggerProcess';

/** The signals with which a process ends because of its own code. Others come from outside, or lack of memory. */
const faultSignals: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGABRT', 'SIGTRAP']);
/** The exit codes of the same on a system that gives them as such: 128 and the number of the signal. */
const faultExitCodes: ReadonlySet<number> = new Set([132, 133, 134, 135, 138, 139]);
/** From this exit code on, Windows says which exception ended a process (NTSTATUS, an error). */
const firstException = 0xc0000000;
/** Exceptions that are not the decoder's: no memory, Ctrl+C, the session ends, no memory to commit. */
const outerExceptions: ReadonlySet<number> = new Set([0xc0000017, 0xc000013a, 0xc0000142, 0xc000012d]);

/**
 * Whether a process crashed because of the image: its own code failed while it was decoding it. A process that was
 * killed, could not be started or had no memory says nothing about an image.
 */
export function isCrashOfDecoder(thrown: unknown, imagePath: string): boolean {
  const end = thrown instanceof TaggerCrashError ? thrown.end : undefined;
  if (end?.decoding.includes(imagePath) !== true) return false;
  if (end.signal !== null) return faultSignals.has(end.signal);
  const code = end.code ?? 0;
  return faultExitCodes.has(code) || (code >= firstException && !outerExceptions.has(code));
}
