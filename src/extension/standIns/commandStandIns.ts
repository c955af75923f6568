import { commands, Disposable } from 'vscode';
import type { LateMain } from './LateMain';

/** Registers commands that load the rest of the extension, which registers the real ones, and run those. */
export function registerCommandStandIns(names: readonly string[], main: LateMain): Disposable {
  return Disposable.from(
    ...names.map((name) =>
      commands.registerCommand(name, async (...args: unknown[]): Promise<unknown> => {
        // The user was told.
        if ((await main.ready()) === undefined) return undefined;
        return commands.executeCommand(name, ...args);
      }),
    ),
  );
}
