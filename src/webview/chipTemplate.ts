import { html, nothing, type TemplateResult } from 'lit';
import type { Chip } from './captionTags';
import { warningIcon } from './icons';

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

const filterHint = 'Ctrl+click or Alt+Enter: show images with this tag';
const editHint = `Enter: change. Delete: remove. Alt+arrow keys or drag: move. ${filterHint}`;

/** One tag as a chip with a button that removes it. */
export function chipTemplate({ tag, isDuplicate }: Chip, use: ChipUse): TemplateResult {
  const hint = use.readonly ? filterHint : editHint;
  const removal = isDuplicate ? 'Remove duplicate' : 'Remove';
  return html`<div class="chip ${isDuplicate ? 'duplicate' : ''}" role="listitem">
    <button
      class="chip-tag"
      data-chip=${use.index}
      tabindex=${use.tab}
      title=${isDuplicate ? `There twice. ${hint}` : hint}
      @focus=${use.focused}
      @click=${(event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey) use.filter(event.altKey);
      }}
      @dblclick=${use.edit}
      @keydown=${use.keydown}
    >
      <span class="chip-text">${tag}</span>
      ${isDuplicate ? html`<span class="chip-mark warning">${warningIcon} twice</span>` : nothing}
    </button>
    ${
      use.readonly
        ? nothing
        : html`<button
            class="chip-remove"
            tabindex="-1"
            aria-label="${removal} ${tag}"
            title=${removal}
            @click=${use.remove}
          >
            ×
          </button>`
    }
  </div>`;
}
