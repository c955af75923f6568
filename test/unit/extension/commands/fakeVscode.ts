import Module from 'node:module';

type Listener = (...args: unknown[]) => unknown;

/** The commands that were registered, by their names. */
export const registered = new Map<string, Listener>();

/** The messages that were shown, with their kinds. */
export const shown: { kind: 'error' | 'information'; text: string }[] = [];

/** What asks the user, or VS Code, throws this. */
export const refusal = new Error('VS Code refuses');

function refuse(): never {
  throw refusal;
}

function show(kind: 'error' | 'information') {
  return (text: string): Promise<undefined> => {
    shown.push({ kind, text });
    return Promise.resolve(undefined);
  };
}

/** The part of VS Code's API that registering and running commands needs. */
const vscode = {
  commands: {
    registerCommand: (name: string, callback: Listener) => {
      if (registered.has(name)) throw new Error(`${name} is registered twice`);
      registered.set(name, callback);
      return { dispose: () => registered.delete(name) };
    },
    executeCommand: refuse,
  },
  window: {
    showErrorMessage: show('error'),
    showInformationMessage: show('information'),
    showOpenDialog: refuse,
  },
  workspace: {},
  l10n: { t: (text: string) => text },
  Uri: { file: (fsPath: string) => ({ scheme: 'file', fsPath, path: fsPath }) },
  Disposable: {
    from: (...disposables: { dispose(): unknown }[]) => ({
      dispose: () => {
        for (const disposable of disposables) disposable.dispose();
      },
    }),
  },
  CancellationError: class extends Error {
    override readonly name = 'Canceled';
  },
};

// Imported before anything that imports `vscode`, which only VS Code has.
const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load.bind(Module);
loader._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
