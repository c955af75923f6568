import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ComparedTag } from '../../protocol/page/comparisonProtocol';
import { inOneLine } from '../../protocol/text/escapeControls';
import { clamp } from '../shared/clamp';
import { formatNumber, plural } from '../shared/displayLanguage';

/** The tags and sentences that came or went, as a list of which one can be chosen. */
@customElement('compared-tags')
export class ComparedTags extends LitElement {
  @property({ attribute: false }) tags: readonly ComparedTag[] = [];
  /** how many there are, with those that are not in {@link tags} */
  @property({ attribute: false }) count = 0;
  /** the tag that is chosen */
  @property({ attribute: false }) chosen: string | undefined;
  @property({ attribute: false }) choose: ((tag: ComparedTag) => void) | undefined;

  @state() private active = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('tags')) return;
    const chosen = this.tags.findIndex(({ tag }) => tag === this.chosen);
    this.active = Math.max(chosen, 0);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('active')) this.querySelector('.active')?.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): TemplateResult {
    const { tags, count, active } = this;
    const more = count - tags.length;
    return html`<div
        class="tag-list"
        role="listbox"
        aria-label=${l10n.t('Tags and sentences that came or went')}
        aria-activedescendant=${tags.length === 0 ? nothing : `compared-${active}`}
        tabindex=${tags.length === 0 ? -1 : 0}
        @keydown=${this.onKeydown}
      >
        ${tags.map((tag, index) => this.renderTag(tag, index))}
      </div>
      ${more > 0 ? html`<p class="hint">${plural(l10n.t('and {0} more|and {0} more'), more)}</p>` : nothing}`;
  }

  private renderTag(tag: ComparedTag, index: number): TemplateResult {
    const { added, removed } = tag;
    const name = inOneLine(tag.tag);
    const changes = [
      ...(added === 0 ? [] : [plural(l10n.t('added in {0} caption|added in {0} captions'), added)]),
      ...(removed === 0 ? [] : [plural(l10n.t('removed from {0} caption|removed from {0} captions'), removed)]),
    ];
    return html`<div
      id="compared-${index}"
      role="option"
      class="compared ${index === this.active ? 'active' : ''}"
      aria-selected=${tag.tag === this.chosen ? 'true' : 'false'}
      title=${name}
      @click=${() => {
        this.active = index;
        this.choose?.(tag);
      }}
    >
      <span class="hidden-text">${[name, ...changes].join(', ')}</span>
      <span class="name" aria-hidden="true">${name}</span>
      ${added === 0 ? nothing : html`<ins aria-hidden="true">${formatNumber(added)}</ins>`}
      ${removed === 0 ? nothing : html`<span class="removed" aria-hidden="true">− ${formatNumber(removed)}</span>`}
    </div>`;
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    const { tags, active } = this;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 10,
      PageUp: active - 10,
      Home: 0,
      End: tags.length - 1,
    };
    const next = moves[event.key];
    const tag = tags[active];
    if (tag !== undefined && (event.key === 'Enter' || event.key === ' ')) this.choose?.(tag);
    else if (next === undefined) return;
    else this.active = clamp(next, 0, tags.length - 1);
    event.preventDefault();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'compared-tags': ComparedTags;
  }
}
