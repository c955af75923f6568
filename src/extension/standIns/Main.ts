import type { CustomDocumentEditEvent, CustomEditorProvider, Event, LanguageModelTool } from 'vscode';
import type { DatasetCaptionsExtension } from '../../../api';

/** Something that is disposed together with the extension. */
export interface Part {
  dispose(): unknown;
}

/** A provider of the dataset editor, whose changes can all be undone. */
export interface EditorProvider extends CustomEditorProvider {
  readonly onDidChangeCustomDocument: Event<CustomDocumentEditEvent>;
}

/**
 * What the stand-ins need of the rest of the extension, which `main.ts` starts. In VS Code's own types: this file belongs to the
 * stand-ins, which know nothing of the rest.
 */
export interface Main {
  readonly editors: EditorProvider;
  /** by their names in package.json */
  readonly tools: Readonly<Record<string, LanguageModelTool<object>>>;
  readonly exports: DatasetCaptionsExtension;
  /** resolves when the jobs are known, or take too long to be read */
  readonly jobsRead: Promise<unknown>;
  /** Connects to the process that runs jobs, where there is one. */
  connectToRunner(): void;
}

/** Starts the rest of the extension. What it makes it adds to `made` at once, so that a start that fails leaves nothing. */
export type StartMain = (made: Part[]) => Main;
