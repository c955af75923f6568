/** The file descriptor of the child process on which its heartbeat is written: the one after Node's own channel. */
export const heartbeatDescriptor = 4;

/** Interval of the heartbeat, in milliseconds. */
export const heartbeatInterval = 2000;

/** What a process did since it started. Differences tell whether it works or waits. */
export interface Work {
  /** processor time of all its threads, in milliseconds */
  cpu: number;
  /** units of input and output of a few hundred bytes, which are read or written */
  io: number;
}

/** The last line of a process that has no heartbeat any more: it could not start a thread, or that ended. */
export const heartbeatEnds = 'end';

/** A heartbeat as a line, without its line end. */
export function heartbeatLine({ cpu, io }: Work): string {
  return `${String(Math.round(cpu))} ${String(Math.round(io))}`;
}

/** Reads a line of {@link heartbeatLine}; undefined if it is none. */
export function parseHeartbeat(line: string): Work | undefined {
  const match = /^(\d{1,15}) (\d{1,15})$/.exec(line);
  return match === null ? undefined : { cpu: Number(match[1]), io: Number(match[2]) };
}
