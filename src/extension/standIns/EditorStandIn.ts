import {
  EventEmitter,
  window,
  type CustomDocumentBackup,
  type CustomDocumentEditEvent,
  type CustomEditorProvider,
  type Disposable,
} from 'vscode';
import type { LateMain } from './LateMain';
import type { EditorProvider } from './Main';
import { datasetEditorViewType } from './viewType';

type Provider = CustomEditorProvider;

/**
 * The provider of the editor that is registered with VS Code; the provider in the rest of the extension does the work.
 * It is never replaced, because VS Code may be opening a dataset through it at the moment in which the rest is loaded.
 */
export class EditorStandIn implements EditorProvider {
  private readonly editEmitter = new EventEmitter<CustomDocumentEditEvent>();
  readonly onDidChangeCustomDocument = this.editEmitter.event;
  private readonly registered: Disposable;

  constructor(private readonly main: LateMain) {
    this.registered = window.registerCustomEditorProvider(datasetEditorViewType, this, {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  /** Forwards the edits of the provider that does the work. */
  delegateTo(provider: EditorProvider): void {
    provider.onDidChangeCustomDocument((edit) => {
      this.editEmitter.fire(edit);
    });
  }

  openCustomDocument(...args: Parameters<Provider['openCustomDocument']>): ReturnType<Provider['openCustomDocument']> {
    return this.editors().openCustomDocument(...args);
  }

  resolveCustomEditor(
    ...args: Parameters<Provider['resolveCustomEditor']>
  ): ReturnType<Provider['resolveCustomEditor']> {
    return this.editors().resolveCustomEditor(...args);
  }

  saveCustomDocument(...args: Parameters<Provider['saveCustomDocument']>): Thenable<void> {
    return this.editors().saveCustomDocument(...args);
  }

  saveCustomDocumentAs(...args: Parameters<Provider['saveCustomDocumentAs']>): Thenable<void> {
    return this.editors().saveCustomDocumentAs(...args);
  }

  revertCustomDocument(...args: Parameters<Provider['revertCustomDocument']>): Thenable<void> {
    return this.editors().revertCustomDocument(...args);
  }

  backupCustomDocument(...args: Parameters<Provider['backupCustomDocument']>): Thenable<CustomDocumentBackup> {
    return this.editors().backupCustomDocument(...args);
  }

  private editors(): Provider {
    return this.main.get().editors;
  }

  dispose(): void {
    this.registered.dispose();
    this.editEmitter.dispose();
  }
}
