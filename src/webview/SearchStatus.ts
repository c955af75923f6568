import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SearchView } from '../protocol/searchProtocol';
import { formatNumber, plural } from './captionText';
import type { EditorActions } from './editorTypes';
import { sharedStyles } from './shared.css';

const statusStyles = css`
  :host {
    display: inline;
  }

  [hidden] {
    display: none !important;
  }

  /* Most searches are done before anybody could read this. */
  .progress {
    animation: appear 1ms 400ms both;
  }

  @keyframes appear {
    from {
      visibility: hidden;
    }
  }
`;

/** Whether the results are being made, were given up, or would be others by now, with the button for each. */
@customElement('search-status')
export class SearchStatus extends LitElement {
  static override styles = [sharedStyles, statusStyles];

  @property({ attribute: false }) search: SearchView | undefined;
  @property({ attribute: false }) actions: EditorActions | undefined;

  protected override render(): TemplateResult {
    const { progress, stale, cancelled } = this.search ?? { progress: null, stale: 0, cancelled: false };
    const isRunning = progress !== null;
    const isOld = !isRunning && !cancelled && stale > 0;
    // All three stay in the page: taking a node out would end a step to undo for who is typing.
    return html`<span class="progress" ?hidden=${!isRunning}
        >· ${isRunning ? `Searching: ${formatNumber(progress.done)} of ${plural(progress.total, 'image')}` : ''}
        <button class="link" @click=${this.actions?.cancelSearch}>Cancel Search</button></span
      ><span ?hidden=${isRunning || !cancelled}
        >· Search cancelled <button class="link" @click=${this.actions?.refreshResults}>Search Again</button></span
      ><span ?hidden=${!isOld} title="Edits do not move images or hide them until you refresh the results"
        >· ${`${formatNumber(stale)} changed`}
        <button class="link" @click=${this.actions?.refreshResults}>Refresh Results</button></span
      >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'search-status': SearchStatus;
  }
}
