import * as vscode from 'vscode';
import type { LateMain } from './LateMain';

/** Registers the tools for language models; nothing where this VS Code has no such tools. */
export function registerToolStandIns(names: readonly string[], main: LateMain): vscode.Disposable {
  const lm: Partial<typeof vscode.lm> | undefined = (vscode as Partial<typeof vscode>).lm;
  const register = lm?.registerTool;
  if (register === undefined) return new vscode.Disposable(() => undefined);
  return vscode.Disposable.from(
    ...names.map((name) =>
      register<object>(name, {
        prepareInvocation: (options, token) => main.get().tools[name]?.prepareInvocation?.(options, token),
        invoke: (options, token) => main.get().tools[name]?.invoke(options, token),
      }),
    ),
  );
}
