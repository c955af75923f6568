import { l10n } from 'vscode';

/** A part of the extension's code cannot be loaded. */
export class LoadError extends Error {
  readonly code = 'CODE_NOT_LOADED';

  constructor(
    /** the script, absolute */
    readonly path: string,
    cause: unknown,
  ) {
    // Node adds lines that say who asked for it.
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
    super(
      l10n.t(
        'Dataset Captions cannot start: {0} cannot be loaded ({1}). Reload the window; if that does not help, install the extension again.',
        path,
        reason,
      ),
      { cause },
    );
    this.name = 'LoadError';
  }
}
