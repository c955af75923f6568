import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The name of the NVIDIA GPU as its driver on Linux gives it; undefined where that is not known, or where there are
 * several kinds and nobody can say which of them is used.
 * @param folder where the driver lists its GPUs
 */
export function gpuName(folder = '/proc/driver/nvidia/gpus'): string | undefined {
  try {
    const names = readdirSync(folder).map(
      (gpu) => /^Model:\s*(.+?)\s*$/m.exec(readFileSync(path.join(folder, gpu, 'information'), 'utf8'))?.[1],
    );
    return new Set(names).size === 1 ? names[0] : undefined;
  } catch {
    return undefined;
  }
}
