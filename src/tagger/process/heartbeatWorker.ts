// A thread that shows the parent that this process runs, also while inference blocks its main thread for minutes.
import { readFileSync, writeSync } from 'node:fs';
import { heartbeatDescriptor, heartbeatInterval, heartbeatLine, type Work } from '../../protocol/tagging/heartbeat';

/** Bytes that count as one unit of input or output, as in the counts of the system. */
const blockSize = 512;

function beat(): void {
  try {
    writeSync(heartbeatDescriptor, `${heartbeatLine(workSoFar())}\n`);
  } catch {
    // The parent does not listen, or is gone: then this process ends anyway.
  }
}

function workSoFar(): Work {
  const { userCPUTime, systemCPUTime, fsRead, fsWrite, majorPageFault } = process.resourceUsage();
  return {
    cpu: (userCPUTime + systemCPUTime) / 1000,
    io: fsRead + fsWrite + majorPageFault + charactersRead() / blockSize,
  };
}

/** On Linux, what was read from any file: the other counts leave out some network disks. 0 elsewhere. */
function charactersRead(): number {
  try {
    return Number(/^rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

beat();
setInterval(beat, heartbeatInterval);
