import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CaptionMode, ViewChoices } from './editorTypes';
import type { CardSize, GridMode } from './gridLayout';
import { gridIcon, listIcon, tagsIcon, textIcon } from './icons';
import { sharedStyles } from './shared.css';
import { viewOptionsStyles } from './viewOptions.css';

interface Choice<T> {
  value: T;
  label: string;
  shown: TemplateResult | string;
}

const layouts: readonly Choice<GridMode>[] = [
  { value: 'grid', label: 'Grid', shown: gridIcon },
  { value: 'list', label: 'List', shown: listIcon },
];
const sizes: readonly Choice<CardSize>[] = [
  { value: 'small', label: 'Small', shown: 'S' },
  { value: 'medium', label: 'Medium', shown: 'M' },
  { value: 'large', label: 'Large', shown: 'L' },
];
const captionModes: readonly Choice<CaptionMode>[] = [
  { value: 'text', label: 'Captions as text', shown: textIcon },
  { value: 'tags', label: 'Captions as tags', shown: tagsIcon },
];

/** How the images are shown: side by side or as a list, how large, captions as text or tags. */
@customElement('view-options')
export class ViewOptions extends LitElement {
  static override styles = [sharedStyles, viewOptionsStyles];

  @property({ attribute: false }) choices: ViewChoices | undefined;
  @property({ attribute: false }) show: ((choices: Partial<ViewChoices>) => void) | undefined;

  protected override render(): TemplateResult {
    const { choices } = this;
    if (choices === undefined) return html``;
    return html`${this.renderGroup('Layout', layouts, choices.layout, (layout) => ({ layout }))}
    ${this.renderGroup('Size', sizes, choices.cardSize, (cardSize) => ({ cardSize }))}
    ${this.renderGroup('Captions', captionModes, choices.captionMode, (captionMode) => ({ captionMode }))}`;
  }

  // Radio buttons of the browser: Tab leads to the group, the arrows choose, and screen readers know all of it.
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
              @change=${() => this.show?.(change(value))}
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
