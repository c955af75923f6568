import { hostname } from 'node:os';
import * as l10n from '@vscode/l10n';

/**
 * A process in words, as in `process 4711 on gpu-box`.
 * @param pid undefined if it is not known
 * @param host the name of its host; empty if it is not known
 * @param isHere whether it is one of this machine and container
 */
export function describeProcess(pid: number | undefined, host: string, isHere: boolean): string {
  if (pid === undefined) return l10n.t('another process');
  if (isHere) return l10n.t('process {0} on this machine', String(pid));
  if (host === hostname()) return l10n.t('process {0} in another container or boot of {1}', String(pid), host);
  return l10n.t('process {0} on {1}', String(pid), host);
}
