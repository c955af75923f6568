import * as l10n from '@vscode/l10n';
import type { JobView } from '../page/gridProtocol';

/** The display name of a job's state. */
export function jobStateName(state: JobView['state']): string {
  switch (state) {
    case 'queued':
      return l10n.t('Queued');
    case 'starting':
      return l10n.t('Starting');
    case 'running':
      return l10n.t('Running');
    case 'paused':
      return l10n.t('Paused');
    case 'interrupted':
      return l10n.t('Interrupted');
    case 'completed':
      return l10n.t('Completed');
    case 'cancelled':
      return l10n.t('Cancelled');
    case 'error':
      return l10n.t('Error');
  }
}
