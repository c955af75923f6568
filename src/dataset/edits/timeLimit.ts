import { createContext, Script, type Context } from 'node:vm';
import * as l10n from '@vscode/l10n';

/** Work exceeded its time limit. */
export class TimeLimitError extends Error {
  constructor() {
    super(l10n.t('It took too long.'));
    this.name = 'TimeLimitError';
  }
}

const script = new Script('run()');
let context: (Context & { run?: (() => void) | undefined }) | undefined;

/**
 * Runs synchronous work with a time limit. A `vm` context is the only way to interrupt a regular expression.
 * @param milliseconds at least 1; each call has an overhead of about 0.1 ms
 * @throws TimeLimitError when the limit is exceeded; effects of the work up to then remain
 */
export function withTimeLimit(milliseconds: number, work: () => void): void {
  // Creating a context costs more than using it, so one is reused.
  context ??= createContext({});
  context.run = work;
  try {
    script.runInContext(context, { timeout: milliseconds });
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TimeLimitError();
    throw thrown;
  } finally {
    context.run = undefined;
  }
}
