import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { errorIcon } from '../shared/icons';

/** Says what went wrong with something the user asked for, until the user has read it. */
export function problemBar(problem: string | undefined, dismiss: () => void): TemplateResult | typeof nothing {
  if (problem === undefined) return nothing;
  return html`<div class="problem" role="alert">
    <span class="error">${errorIcon}</span><span class="problem-text">${problem}</span>
    <button class="link" @click=${dismiss}>${l10n.t('Dismiss')}</button>
  </div>`;
}
