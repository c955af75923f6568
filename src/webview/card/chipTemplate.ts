import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Chip } from '../../tags/captionTags';
import { warningIcon } from '../shared/icons';

/** What a chip is among the others, and what it does. */
export interface ChipUse {
  /** its place, from 0 */
  index: number;
  /** its `tabindex` */
  tab: number;
  readonly: boolean;
  focused: () => void;
  filter: (exclude: boolean) => void;
  edit: () => void;
  remove: () => void;
  keydown: (event: KeyboardEvent) => void;
}

const filterHint = l10n.t('Ctrl+click or Alt+Enter: show images with this tag');
const editHint = l10n.t('Enter: change. Delete: remove. Alt+arrow keys or drag: move. {0}', filterHint);

/** One tag as a chip with a button that removes it. */
export function chipTemplate({ tag, isDuplicate }: Chip, use: ChipUse): TemplateResult {
  const hint = use.readonly ? filterHint : editHint;
  const removal = isDuplicate ? l10n.t('Remove duplicate') : l10n.t('Remove');
  const removalOf = isDuplicate ? l10n.t('Remove duplicate {0}', tag) : l10n.t('Remove {0}', tag);
  return html`<div class="chip ${isDuplicate ? 'duplicate' : ''}" role="listitem">
    <button
      class="chip-tag"
      data-chip=${use.index}
      tabindex=${use.tab}
      title=${isDuplicate ? l10n.t('There twice. {0}', hint) : hint}
      @focus=${use.focused}
      @click=${(event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey) use.filter(event.altKey);
      }}
      @dblclick=${use.edit}
      @keydown=${use.keydown}
    >
      <span class="chip-text">${tag}</span>
      ${isDuplicate ? html`<span class="chip-mark warning">${warningIcon} ${l10n.t('twice')}</span>` : nothing}
    </button>
    ${
      use.readonly
        ? nothing
        : html`<button class="chip-remove" tabindex="-1" aria-label=${removalOf} title=${removal} @click=${use.remove}>
            ×
          </button>`
    }
  </div>`;
}
