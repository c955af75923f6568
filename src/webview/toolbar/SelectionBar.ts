import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import { formatNumber, withElements } from '../shared/displayLanguage';
import { actionsContext, type EditorActions } from '../shared/actions';
import { selectionBarStyles } from './selectionBar.css';
import { sharedStyles } from '../shared/shared.css';

/** The number of selected images, and the actions on them. Hidden while none is selected. */
@customElement('selection-bar')
export class SelectionBar extends LitElement {
  static override styles = [sharedStyles, selectionBarStyles];

  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  @consume({ context: actionsContext }) actions: EditorActions | undefined;

  protected override willUpdate(): void {
    this.hidden = (this.snapshot?.selected.count ?? 0) === 0;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { snapshot, actions } = this;
    if (snapshot === undefined || actions === undefined) return nothing;
    const { count, hidden } = snapshot.selected;
    return html`<div class="bar" role="toolbar" aria-label=${l10n.t('Selection')}>
      <span class="count"
        >${withElements(l10n.t('{0} selected'), html`<b>${formatNumber(count)}</b>`)}<span
          class="hidden"
          ?hidden=${hidden === 0}
        >
          ${l10n.t('({0} hidden by the search)', formatNumber(hidden))}</span
        ></span
      >
      ${button(l10n.t('Edit…'), l10n.t('Edit the captions of the selected images (Ctrl+H)'), () => {
        actions.editTags({ scope: 'selection', form: {} });
      })}
      ${button(l10n.t('Caption…'), l10n.t('Caption the selected images with the tagger'), actions.captionSelection)}
      ${button(
        l10n.t('Copy Caption'),
        l10n.t('Copy the caption (Ctrl+C)'),
        () => {
          actions.copyCaption();
        },
        count !== 1,
      )}
      ${button(l10n.t('Paste Caption'), l10n.t('Put the copied caption into the selected images (Ctrl+V)'), () => {
        actions.pasteCaption();
      })}
      ${button(l10n.t('Delete…'), l10n.t('Move the selected images and their captions to the trash (Delete)'), () => {
        actions.deleteImages();
      })}
      <span class="line"></span>
      ${button(
        l10n.t('Select All {0}', formatNumber(snapshot.matching)),
        l10n.t('Select all images that are shown (Ctrl+A)'),
        actions.selectAll,
        count - hidden >= snapshot.matching,
      )}
      ${button(l10n.t('Clear'), l10n.t('Select nothing (Escape)'), actions.clearSelection)}
    </div>`;
  }
}

/**
 * A button that cannot be used keeps its place, so that the others do not move under a pointer, and the focus, which
 * would go to nothing.
 */
function button(label: string, title: string, action: () => void, disabled = false): TemplateResult {
  return html`<button title=${title} aria-disabled=${disabled} @click=${disabled ? nothing : action}>${label}</button>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'selection-bar': SelectionBar;
  }
}
