import { l10n } from 'vscode';

/** A part of the extension's code cannot be loaded. */
export class LoadError extends Error {
  readonly code = 'CODE_NOT_LOADED';

  constructor(
    /** absolute path of the script */
    readonly path: string,
    cause: unknown,
  ) {
    // Node's message for a missing file would repeat the path.
    const reason = isMissing(path, cause) ? l10n.t('the file is missing') : reasonOf(cause);
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

function isMissing(path: string, cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND' && cause.message.includes(path);
}

/** The first line of an error message: Node appends the stack of `require` calls as further lines. */
function reasonOf(thrown: unknown): string {
  const [reason = ''] = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n', 1);
  return reason;
}
