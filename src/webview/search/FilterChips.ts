import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import { actionsContext, type EditorActions } from '../shared/actions';
import { closeIcon } from '../shared/icons';
import { sharedStyles } from '../shared/shared.css';
import { withoutTerm } from './withoutTerm';

const chipStyles = css`
  :host {
    display: block;
    min-width: 0;
  }

  [hidden] {
    display: none !important;
  }

  ul {
    display: flex;
    gap: 4px;
    margin: 0;
    padding: 0;
    overflow: auto hidden;
    list-style: none;
    scrollbar-width: none;
  }

  li {
    display: flex;
    flex: none;
    align-items: center;
    max-width: 100%;
    padding-inline-start: 8px;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 10px;
    background: var(--vscode-badge-background);
    color: var(--vscode-badge-foreground);
    font-size: 0.92em;
    line-height: 18px;
  }

  li.excluded {
    border-color: var(--vscode-badge-background);
    background: none;
    color: var(--vscode-foreground);
  }

  span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  button {
    display: flex;
    margin-inline-start: 2px;
    padding: 3px 5px;
    border: none;
    border-radius: 9px;
    background: none;
    cursor: pointer;
  }

  button:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }

  button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
  }
`;

/** The top-level terms of the search as chips, each with a button that removes it. */
@customElement('filter-chips')
export class FilterChips extends LitElement {
  static override styles = [sharedStyles, chipStyles];

  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  /** The search that the page asked for last: it may be newer than the snapshot, whose terms are shown. */
  @property({ attribute: false }) query = '';
  @consume({ context: actionsContext }) actions: EditorActions | undefined;

  /** Number of chips in the DOM. Unused ones are hidden: removing a node ends Chromium's undo step of typing. */
  private chipCount = 0;

  protected override render(): TemplateResult {
    const { snapshot } = this;
    const terms = snapshot?.search.terms ?? [];
    this.chipCount = Math.max(this.chipCount, terms.length);
    // The search box already shows a single word, with a button that clears it.
    const [only] = terms;
    const isOneWord = terms.length === 1 && only?.label.startsWith('“') === true;
    return html`<ul aria-label=${l10n.t('Filters')} ?hidden=${terms.length === 0 || isOneWord}>
      ${Array.from({ length: this.chipCount }, (_, index) => {
        const term = terms[index];
        return html`<li class=${term?.excluded === true ? 'excluded' : ''} ?hidden=${term === undefined}>
          <span title=${term?.label ?? ''}>${term?.label ?? ''}</span
          ><button
            aria-label=${l10n.t('Remove filter: {0}', term?.label ?? '')}
            title=${l10n.t('Remove')}
            data-press=${term?.label ?? ''}
            @click=${() => {
              this.removeTerm(index);
            }}
          >
            ${closeIcon}
          </button>
        </li>`;
      })}
    </ul>`;
  }

  private removeTerm(index: number): void {
    const term = this.snapshot?.search.terms[index];
    if (this.snapshot === undefined || term === undefined) return;
    this.actions?.search(withoutTerm(this.query, this.snapshot.query.slice(term.start, term.end), index));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'filter-chips': FilterChips;
  }
}
