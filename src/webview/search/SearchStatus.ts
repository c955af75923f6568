import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import type { SearchView } from '../../protocol/page/searchProtocol';
import { formatNumber, plural } from '../shared/displayLanguage';
import { actionsContext, type EditorActions } from '../shared/actions';
import { sharedStyles } from '../shared/shared.css';

const statusStyles = css`
  :host {
    display: inline;
  }

  [hidden] {
    display: none !important;
  }

  /* Ignores clicks on a button that has just appeared: the user aimed at something else. */
  .link {
    animation: just-come 500ms;
  }

  /* Delayed: most searches end before the text could be read. */
  .progress {
    animation: appear 1ms 400ms both;
  }

  @keyframes appear {
    from {
      visibility: hidden;
    }
  }
`;

/** The status of the search (running, cancelled, stale results) with the button for each. */
@customElement('search-status')
export class SearchStatus extends LitElement {
  static override styles = [sharedStyles, statusStyles];

  @property({ attribute: false }) search: SearchView | undefined;
  @consume({ context: actionsContext }) actions: EditorActions | undefined;

  protected override render(): TemplateResult {
    const { progress, stale, cancelled } = this.search ?? { progress: null, stale: 0, cancelled: false };
    const isRunning = progress !== null;
    const isStale = !isRunning && !cancelled && stale > 0;
    // All three are hidden, not removed: removing a node makes Chromium start a new undo step in the text being typed.
    return html`<span class="progress" ?hidden=${!isRunning}
        >${isRunning ? searching(progress) : ''}
        <button class="link" @click=${this.actions?.cancelSearch}>${l10n.t('Cancel Search')}</button></span
      ><span ?hidden=${isRunning || !cancelled}
        >${l10n.t('Search cancelled')}
        <button class="link" @click=${this.actions?.refreshResults}>${l10n.t('Search Again')}</button></span
      ><span ?hidden=${!isStale} title=${l10n.t('Edits do not move images or hide them until you refresh the results')}
        >${l10n.t('{0} changed', formatNumber(stale))}
        <button class="link" @click=${this.actions?.refreshResults}>${l10n.t('Refresh Results')}</button></span
      >`;
  }
}

function searching({ done, total }: { done: number; total: number }): string {
  const forms = l10n.t('Searching: {0} of {1} image|Searching: {0} of {1} images');
  return plural(forms, total, formatNumber(done), formatNumber(total));
}

/** The text that screen readers announce after a search. */
export function searchAnnouncement({ query, search, matching, total }: GridSnapshot): string {
  if (search.mistake !== null) return '';
  if (query === '') return plural(l10n.t('{0} image|{0} images'), total);
  const forms = l10n.t('{0} of {1} image found|{0} of {1} images found');
  return plural(forms, total, formatNumber(matching), formatNumber(total));
}

declare global {
  interface HTMLElementTagNameMap {
    'search-status': SearchStatus;
  }
}
