import Module from 'node:module';

/** What the next box is given; undefined: it is left with Escape. */
export const typing: { next: string | undefined } = { next: undefined };

/** The boxes that were shown, and the errors. */
export const shown: { boxes: { title: string; password: boolean }[]; errors: string[] } = { boxes: [], errors: [] };

/** The settings of the section. */
export const settings: Record<string, unknown> = {};

const vscode = {
  window: {
    showInputBox: ({ title, password = false }: { title: string; password?: boolean }) => {
      shown.boxes.push({ title, password });
      return Promise.resolve(typing.next);
    },
    showErrorMessage: (text: string) => {
      shown.errors.push(text);
      return Promise.resolve(undefined);
    },
  },
  workspace: { getConfiguration: () => ({ get: (name: string) => settings[name] }) },
  l10n: {
    t: (text: string, ...given: unknown[]) =>
      text.replaceAll(/\{(\d+)\}/g, (_, index: string) => String(given[Number(index)])),
  },
};

// Imported before anything that imports `vscode`, which only VS Code has.
const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load.bind(Module);
loader._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
