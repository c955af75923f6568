import { l10n } from 'vscode';
import { reasonOf } from './reasonOf';

/** The extension's code is there, but its start failed. */
export class StartError extends Error {
  readonly code = 'START_FAILED';

  constructor(cause: unknown) {
    super(
      l10n.t(
        'Dataset Captions cannot start: {0}. Reload the window; if that does not help, install the extension again.',
        reasonOf(cause).replace(/[.\s]+$/, ''),
      ),
      { cause },
    );
    this.name = 'StartError';
  }
}
