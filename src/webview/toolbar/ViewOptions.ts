import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { actionsContext, type EditorActions } from '../shared/actions';
import { type CaptionDisplay, type ViewChoices, viewChoicesContext } from '../shared/viewChoices';
import type { CardSize, GridMode } from '../shared/cardSizes';
import { gridIcon, listIcon, tagsIcon, textIcon } from '../shared/icons';
import { sharedStyles } from '../shared/shared.css';
import { viewOptionsStyles } from './viewOptions.css';

interface Choice<T> {
  value: T;
  label: string;
  shown: TemplateResult | string;
}

const layouts: readonly Choice<GridMode>[] = [
  { value: 'grid', label: l10n.t('Grid'), shown: gridIcon },
  { value: 'list', label: l10n.t('List'), shown: listIcon },
];
const sizes: readonly Choice<CardSize>[] = [
  { value: 'small', label: l10n.t('Small'), shown: 'S' },
  { value: 'medium', label: l10n.t('Medium'), shown: 'M' },
  { value: 'large', label: l10n.t('Large'), shown: 'L' },
];
const captionDisplays: readonly Choice<CaptionDisplay>[] = [
  { value: 'text', label: l10n.t('Captions as text'), shown: textIcon },
  { value: 'tags', label: l10n.t('Captions as tags'), shown: tagsIcon },
];

/** Radio buttons for the {@link ViewChoices}: grid or list, card size, captions as text or as tags. */
@customElement('view-options')
export class ViewOptions extends LitElement {
  static override styles = [sharedStyles, viewOptionsStyles];

  @consume({ context: actionsContext }) actions: EditorActions | undefined;
  @consume({ context: viewChoicesContext, subscribe: true }) @state() choices: ViewChoices | undefined;

  protected override render(): TemplateResult {
    const { choices } = this;
    if (choices === undefined) return html``;
    return html`${this.renderGroup(l10n.t('Layout'), layouts, choices.layout, (layout) => ({ layout }))}
    ${this.renderGroup(l10n.t('Size'), sizes, choices.cardSize, (cardSize) => ({ cardSize }))}
    ${this.renderGroup(l10n.t('Captions'), captionDisplays, choices.captionMode, (captionMode) => ({ captionMode }))}`;
  }

  // Native radio buttons: they are one tab stop, arrow keys choose, and screen readers support them.
  private renderGroup<T>(
    name: string,
    options: readonly Choice<T>[],
    chosen: T,
    change: (value: T) => Partial<ViewChoices>,
  ): TemplateResult {
    return html`<div class="group" role="radiogroup" aria-label=${name}>
      ${options.map(
        ({ value, label, shown }) =>
          html`<label title=${label}
            ><input
              type="radio"
              name=${name}
              aria-label=${label}
              .checked=${value === chosen}
              @change=${() => this.actions?.show(change(value))}
            /><span aria-hidden="true">${shown}</span></label
          >`,
      )}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'view-options': ViewOptions;
  }
}
