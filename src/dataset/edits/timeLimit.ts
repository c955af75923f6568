import { createContext, Script, type Context } from 'node:vm';
import * as l10n from '@vscode/l10n';

/** Work took longer than it was given. */
export class TimeLimitError extends Error {
  constructor() {
    super(l10n.t('It took too long.'));
    this.name = 'TimeLimitError';
  }
}

const script = new Script('run()');
let context: (Context & { run?: (() => void) | undefined }) | undefined;

/**
 * Runs synchronous work and stops it when it takes too long, even in the middle of a regular expression, which nothing
 * else can.
 * @param milliseconds at least 1; a call costs about a tenth of a millisecond
 * @throws TimeLimitError what the work had done by then is done
 */
export function withTimeLimit(milliseconds: number, work: () => void): void {
  // Making a context costs more than using it.
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
