import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { GridSnapshot } from '../protocol/gridProtocol';
import { formatNumber } from './captionText';
import type { EditorActions } from './editorTypes';
import { selectionBarStyles } from './selectionBar.css';
import { sharedStyles } from './shared.css';

/** How many images are selected, and what can be done with them. It is there only while some are. */
@customElement('selection-bar')
export class SelectionBar extends LitElement {
  static override styles = [sharedStyles, selectionBarStyles];

  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  @property({ attribute: false }) actions: EditorActions | undefined;

  protected override willUpdate(): void {
    this.hidden = (this.snapshot?.selected.count ?? 0) === 0;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { snapshot, actions } = this;
    if (snapshot === undefined || actions === undefined) return nothing;
    const { count, hidden } = snapshot.selected;
    return html`<div class="bar" role="toolbar" aria-label="Selection">
      <span class="count"
        ><b>${formatNumber(count)}</b> selected<span class="hidden" ?hidden=${hidden === 0}>
          (${formatNumber(hidden)} hidden by the search)</span
        ></span
      >
      ${button('Edit…', 'Edit the captions of the selected images (Ctrl+H)', () => {
        actions.editTags({ scope: 'selection', form: {} });
      })}
      ${button('Caption…', 'Caption the selected images with the tagger', actions.captionSelection)}
      ${button(
        'Copy Caption',
        'Copy the caption (Ctrl+C)',
        () => {
          actions.copyCaption();
        },
        count !== 1,
      )}
      ${button('Paste Caption', 'Put the copied caption into the selected images (Ctrl+V)', () => {
        actions.pasteCaption();
      })}
      ${button('Delete…', 'Move the selected images and their captions to the trash (Delete)', () => {
        actions.deleteImages();
      })}
      <span class="spring"></span>
      ${button(
        `Select All ${formatNumber(snapshot.matching)}`,
        'Select all images that are shown (Ctrl+A)',
        actions.selectAll,
        count - hidden >= snapshot.matching,
      )}
      ${button('Clear', 'Select nothing (Escape)', actions.clearSelection)}
    </div>`;
  }
}

function button(label: string, title: string, action: () => void, hidden = false): TemplateResult {
  return html`<button title=${title} ?hidden=${hidden} @click=${action}>${label}</button>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'selection-bar': SelectionBar;
  }
}
