import { svg, html, type TemplateResult } from 'lit';

function icon(shape: TemplateResult<2>): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${shape}</svg>`;
}

/** A triangle with an exclamation mark. */
export const warningIcon = icon(
  svg`<path d="M8 2 15 14H1Z" stroke-linejoin="round" /><path d="M8 6.4v3.4M8 11.2v1.2" />`,
);
/** A circle with a cross. */
export const errorIcon = icon(svg`<circle cx="8" cy="8" r="6.3" /><path d="m5.7 5.7 4.6 4.6m0-4.6-4.6 4.6" />`);
/** A cross. */
export const closeIcon = icon(svg`<path d="m3.5 3.5 9 9m0-9-9 9" />`);
/** An arrow down, for controls that open a list. */
export const chevronIcon = icon(svg`<path d="m3.5 6 4.5 4.5L12.5 6" />`);
/** A magnifying glass. */
export const searchIcon = icon(svg`<circle cx="7" cy="7" r="4.4" /><path d="m10.2 10.2 4 4" />`);
/** A star. */
export const starIcon = icon(
  svg`<path d="m8 1.8 1.9 4 4.3.6-3.1 3 .7 4.4L8 11.7l-3.8 2.1.7-4.4-3.1-3 4.3-.6Z" stroke-linejoin="round" />`,
);
/** Bars of increasing length: ascending order. */
export const ascendingIcon = icon(svg`<path d="M4.5 13.5v-11m-2.6 2.6 2.6-2.6 2.6 2.6M9 4h2M9 8h3.5M9 12h5" />`);
/** Bars of decreasing length: descending order. */
export const descendingIcon = icon(svg`<path d="M4.5 2.5v11m-2.6-2.6 2.6 2.6 2.6-2.6M9 4h5M9 8h3.5M9 12h2" />`);
/** An empty picture. */
export const imageIcon = icon(
  svg`<rect x="1.7" y="2.7" width="12.6" height="10.6" rx="1.2" /><path d="m2 11.5 3.6-3.7 3 3 2-2 3.3 3.2" /><circle cx="10.6" cy="6" r="1.1" />`,
);
/** A folder. */
export const folderIcon = icon(svg`<path d="M1.7 12.8V3.2h4.4l1.6 1.9h6.6v7.7Z" stroke-linejoin="round" />`);
/** An arrow to the left: previous. */
export const previousIcon = icon(svg`<path d="M10 3.5 5.5 8l4.5 4.5" />`);
/** An arrow to the right: next. */
export const nextIcon = icon(svg`<path d="M6 3.5 10.5 8 6 12.5" />`);
/** A minus. */
export const minusIcon = icon(svg`<path d="M3 8h10" />`);
/** A plus. */
export const plusIcon = icon(svg`<path d="M3 8h10M8 3v10" />`);
/** Four cards side by side. */
export const gridIcon = icon(
  svg`<rect x="2" y="2" width="5" height="5" rx=".8" /><rect x="9" y="2" width="5" height="5" rx=".8" /><rect x="2" y="9" width="5" height="5" rx=".8" /><rect x="9" y="9" width="5" height="5" rx=".8" />`,
);
/** Rows, one below the other. */
export const listIcon = icon(
  svg`<rect x="2" y="2.5" width="3" height="3" rx=".6" /><rect x="2" y="10.5" width="3" height="3" rx=".6" /><path d="M7.5 4H14M7.5 12H14M2 8h12" />`,
);
/** Lines of text. */
export const textIcon = icon(svg`<path d="M2.5 4h11M2.5 8h11M2.5 12h7" />`);
/** Tags in boxes. */
export const tagsIcon = icon(
  svg`<rect x="1.7" y="3" width="6" height="4" rx="2" /><rect x="9.3" y="3" width="5" height="4" rx="2" /><rect x="1.7" y="9.5" width="9" height="4" rx="2" />`,
);
/** An arrow up: previous. */
export const upIcon = icon(svg`<path d="M8 13.5v-11M3.5 7 8 2.5 12.5 7" />`);
/** An arrow down: next. */
export const downIcon = icon(svg`<path d="M8 2.5v11M3.5 9 8 13.5 12.5 9" />`);
