import type { CustomDocumentEditEvent, CustomEditorProvider, Event, LanguageModelTool } from 'vscode';
import type { DatasetCaptionsExtension } from '../../../api';

/** Something that is disposed together with the extension. */
export interface Part {
  dispose(): unknown;
}

/** A provider of the dataset editor. All its changes are undoable edits. */
export interface EditorProvider extends CustomEditorProvider {
  readonly onDidChangeCustomDocument: Event<CustomDocumentEditEvent>;
}

/**
 * What the stand-ins need of the rest of the extension, which `main.ts` implements. It uses VS Code's types only, so
 * that the stand-ins depend on nothing of the rest.
 */
export interface Main {
  readonly editors: EditorProvider;
  /** by their names in package.json */
  readonly tools: Readonly<Record<string, LanguageModelTool<object>>>;
  readonly exports: DatasetCaptionsExtension;
  /** resolves when the jobs are known, or after a time limit */
  readonly jobsRead: Promise<unknown>;
  /** Connects to the runner, the process that runs jobs, if there is one. */
  connectToRunner(): void;
}

/**
 * Starts the rest of the extension. Adds each disposable to `made` as soon as it exists, so that all can be disposed if
 * the start fails.
 */
export type StartMain = (made: Part[]) => Main;
