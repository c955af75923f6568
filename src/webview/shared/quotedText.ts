import { css, html, nothing, type TemplateResult } from 'lit';
import { escapeControls } from '../../protocol/text/escapeControls';

/** Styles of {@link quotedText}. */
export const quotedStyles = css`
  .quoted {
    padding: 6px 8px;
    border: 1px solid var(--edge);
    border-radius: 3px;
    overflow: auto;
    background: var(--vscode-editor-background);
    color: var(--vscode-editor-foreground, inherit);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }

  .quoted.none {
    font-style: italic;
  }

  .quoted:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
`;

/**
 * A text that somebody else wrote, to be read: as it is whatever is in it, with control characters written out, and
 * scrolled by the keyboard where it is long.
 * @param name of the region: a text, or the id of the element that has it
 * @param empty what stands there for a text without a character
 */
export function quotedText(
  text: string,
  name: { label: string } | { labelledBy: string },
  empty: string,
): TemplateResult {
  const isEmpty = text.trim() === '';
  // As a property: line ends of the template would be part of the text.
  return html`<div
    class="quoted ${isEmpty ? 'none' : ''}"
    role="region"
    tabindex="0"
    aria-label=${'label' in name ? name.label : nothing}
    aria-labelledby=${'labelledBy' in name ? name.labelledBy : nothing}
    .textContent=${isEmpty ? empty : escapeControls(text, '\n\t')}
  ></div>`;
}
