import { Disposable, lm } from 'vscode';
import type { LateMain } from './LateMain';

/** Registers the tools for language models. Does nothing if this version of VS Code does not support them. */
export function registerToolStandIns(names: readonly string[], main: LateMain): Disposable {
  const register = (lm as Partial<typeof lm> | undefined)?.registerTool;
  if (register === undefined) return new Disposable(() => undefined);
  return Disposable.from(
    ...names.map((name) =>
      register<object>(name, {
        prepareInvocation: (options, token) => main.get().tools[name]?.prepareInvocation?.(options, token),
        invoke: (options, token) => main.get().tools[name]?.invoke(options, token),
      }),
    ),
  );
}
