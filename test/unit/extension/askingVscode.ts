import { rm, stat } from 'node:fs/promises';
import Module from 'node:module';

/** What a user was asked or told. */
interface Message {
  text: string;
  detail: string | undefined;
}

/** All questions and messages, in their order. */
export const messages: Message[] = [];

/** What happens while a question is open; it is answered with its first button after that. */
export const during: { question: (message: Message) => unknown } = { question: () => undefined };

/** Where the window is, and what its settings say; tests change it and set it back. */
export const place: { remoteName: string | undefined; uiKind: number; settings: Record<string, unknown> } = {
  remoteName: undefined,
  uiKind: 1,
  settings: {},
};

function formatted(text: string, ...given: unknown[]): string {
  return text.replaceAll(/\{(\d+)\}/g, (_, index: string) => String(given[Number(index)]));
}

async function show(text: string, ...rest: unknown[]): Promise<unknown> {
  const [options, ...buttons] = typeof rest[0] === 'object' ? rest : [undefined, ...rest];
  const message = { text, detail: (options as { detail?: string } | undefined)?.detail };
  messages.push(message);
  if (buttons.length === 0) return undefined;
  await during.question(message);
  return buttons[0];
}

class Uri {
  readonly scheme = 'file';
  constructor(readonly fsPath: string) {}
  static file(fsPath: string): Uri {
    return new Uri(fsPath);
  }
}

class TextPart {
  constructor(readonly value: string) {}
}

class Result {
  constructor(readonly content: TextPart[]) {}
}

class Markdown {
  value = '';
  appendText(text: string): this {
    this.value += text;
    return this;
  }
  appendMarkdown(text: string): this {
    return this.appendText(text);
  }
}

class FileSystemError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** The part of VS Code's API that asking a user and doing what was agreed to needs. */
const vscode = {
  window: {
    showWarningMessage: show,
    showInformationMessage: show,
    showErrorMessage: show,
    withProgress: (_options: unknown, task: (...given: unknown[]) => unknown) =>
      task({ report: () => undefined }, { isCancellationRequested: false, onCancellationRequested: () => undefined }),
  },
  workspace: {
    fs: {
      delete: ({ fsPath }: { fsPath: string }) => rm(fsPath),
      stat: ({ fsPath }: { fsPath: string }) =>
        stat(fsPath).catch(() => {
          throw new FileSystemError('FileNotFound');
        }),
    },
    getConfiguration: () => ({ get: (name: string, otherwise: unknown) => place.settings[name] ?? otherwise }),
    workspaceFolders: undefined,
  },
  env: place,
  UIKind: { Desktop: 1, Web: 2 },
  commands: { executeCommand: () => Promise.resolve() },
  l10n: { t: formatted },
  ProgressLocation: { Notification: 15 },
  Uri,
  FileSystemError,
  MarkdownString: Markdown,
  LanguageModelTextPart: TextPart,
  LanguageModelToolResult: Result,
};

// Imported before anything that imports `vscode`, which only VS Code has.
const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load.bind(Module);
loader._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
