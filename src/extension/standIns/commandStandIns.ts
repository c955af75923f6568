import { commands, Disposable } from 'vscode';
import type { LateMain } from './LateMain';

/** Registers commands that load the rest of the extension, which registers the real commands, and then run those. */
export function registerCommandStandIns(names: readonly string[], main: LateMain): Disposable {
  return Disposable.from(
    ...names.map((name) =>
      commands.registerCommand(name, async (...args: unknown[]): Promise<unknown> => {
        // LateMain has informed the user already.
        if ((await main.ready()) === undefined) return undefined;
        return commands.executeCommand(name, ...args);
      }),
    ),
  );
}
