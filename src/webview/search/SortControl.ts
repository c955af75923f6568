import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ImageSort, SortKey } from '../../protocol/page/imageSort';
import { actionsContext, type EditorActions } from '../shared/actions';
import { ascendingIcon, descendingIcon } from '../shared/icons';
import { sharedStyles } from '../shared/shared.css';

/** The sort keys with the names of their two directions. */
const sortNames: Readonly<Record<SortKey, readonly [name: string, ascending: string, descending: string]>> = {
  name: [l10n.t('Name'), l10n.t('A to Z'), l10n.t('Z to A')],
  modified: [l10n.t('Modified'), l10n.t('oldest first'), l10n.t('newest first')],
  captionLength: [l10n.t('Caption length'), l10n.t('shortest first'), l10n.t('longest first')],
  tagCount: [l10n.t('Number of tags'), l10n.t('fewest first'), l10n.t('most first')],
  imageSize: [l10n.t('Image size'), l10n.t('smallest first'), l10n.t('largest first')],
  fileSize: [l10n.t('File size'), l10n.t('smallest first'), l10n.t('largest first')],
};
const sortKeys = Object.keys(sortNames) as SortKey[];

const sortStyles = css`
  :host {
    display: flex;
    flex: none;
  }

  vscode-dropdown {
    width: 132px;
    min-width: 0;
  }

  button {
    display: flex;
    align-items: center;
    padding: 0 5px;
    border: 1px solid transparent;
    border-radius: 4px;
    background: none;
    color: var(--vscode-foreground);
    cursor: pointer;
  }

  button:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }

  button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
  }
`;

/** Controls for the sort key and direction. */
@customElement('sort-control')
export class SortControl extends LitElement {
  static override styles = [sharedStyles, sortStyles];

  @property({ attribute: false }) sort: ImageSort = { key: 'name', descending: false };
  @consume({ context: actionsContext }) actions: EditorActions | undefined;

  protected override render(): TemplateResult {
    const { key, descending } = this.sort;
    const [, ascends, descends] = sortNames[key];
    const [now, other] = descending ? [descends, ascends] : [ascends, descends];
    return html`<vscode-dropdown
        aria-label=${l10n.t('Sort by')}
        title=${l10n.t('Sort by')}
        .value=${key}
        @change=${this.onKey}
      >
        ${sortKeys.map((own) => html`<vscode-option value=${own} ?selected=${own === key}>${sortNames[own][0]}</vscode-option>`)}
      </vscode-dropdown>
      <button
        aria-label=${l10n.t('Sorted {0}, change to {1}', now, other)}
        title=${l10n.t('Sorted {0}', now)}
        @click=${this.reverse}
      >
        ${descending ? descendingIcon : ascendingIcon}
      </button>`;
  }

  private readonly onKey = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    const chosen = sortKeys.find((key) => key === value);
    if (chosen === undefined || chosen === this.sort.key) return;
    // By time, the newest come first by default; all other keys sort ascending.
    this.actions?.setSort({ key: chosen, descending: chosen === 'modified' });
  };

  private readonly reverse = (): void => {
    this.actions?.setSort({ ...this.sort, descending: !this.sort.descending });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'sort-control': SortControl;
  }
}
