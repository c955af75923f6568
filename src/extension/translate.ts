import * as vscode from 'vscode';
import type { Translate } from './questionBeforeWriting';

/** VS Code's translations, for functions that do not know VS Code. */
export const translate: Translate = (text, ...values) => vscode.l10n.t(text, ...values);
