import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

/** The tick box of a card, for mouse and touch: it is seen on the card that is pointed at, and on all while any is selected. */
export function selectionCheck(path: string, selected: boolean): TemplateResult {
  return html`<input
    type="checkbox"
    class="check"
    tabindex="-1"
    aria-label=${l10n.t('Select {0}', path)}
    title=${l10n.t('Select (Space)')}
    .checked=${live(selected)}
  />`;
}
