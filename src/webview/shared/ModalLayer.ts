/**
 * Selector of what stays usable while a layer is open: suggestions for its fields, a dialog that opens above it, and
 * live regions, which screen readers announce.
 */
const staysUsable = 'suggestion-popup, bulk-edit-dialog, comparison-dialog, review-dialog, trial-dialog, [aria-live]';

/**
 * Makes an element modal: its siblings become inert and Tab stays inside. A `<dialog>` would be in the top layer, where
 * it would cover and disable what has to stay usable.
 */
export class ModalLayer {
  private readonly madeInert = new Set<HTMLElement>();
  private readonly watcher = new MutationObserver(() => {
    this.disableSiblings();
  });

  constructor(private readonly layer: HTMLElement) {}

  /** Makes everything else inert. */
  open(): void {
    const parent = this.layer.parentNode;
    if (parent === null) return;
    this.disableSiblings();
    this.watcher.observe(parent, { childList: true });
    this.layer.addEventListener('keydown', this.onKeydown);
  }

  /** Makes everything else usable again. */
  close(): void {
    this.watcher.disconnect();
    this.layer.removeEventListener('keydown', this.onKeydown);
    for (const element of this.madeInert) element.inert = false;
    this.madeInert.clear();
  }

  private disableSiblings(): void {
    for (const element of this.layer.parentNode?.children ?? []) {
      if (!(element instanceof HTMLElement) || element === this.layer || element.inert) continue;
      if (element.matches(staysUsable)) continue;
      element.inert = true;
      this.madeInert.add(element);
    }
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Tab' || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const stops = this.tabStops();
    const [first] = stops;
    const last = stops.at(-1);
    const focused = this.layer.shadowRoot?.activeElement;
    if (first === undefined || last === undefined) return;
    if (event.shiftKey ? focused !== first : focused !== last) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  };

  private tabStops(): HTMLElement[] {
    const found = this.layer.shadowRoot?.querySelectorAll<HTMLElement>(
      'button, input, select, textarea, a, [tabindex]',
    );
    return [...(found ?? [])].filter(
      (element) => element.tabIndex >= 0 && !element.matches(':disabled') && element.checkVisibility(),
    );
  }
}
