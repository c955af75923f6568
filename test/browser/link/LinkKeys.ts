import { leisure, type LinkedPage } from './LinkedPage';
import type { LinkBeginning, LinkState } from './page/linkPage';

/** A key as Playwright names it, such as `Control+f`, and the pause after it in milliseconds. */
export interface Stroke {
  key: string;
  pause: number;
}

/** How a page begins. */
export interface Beginning extends LinkBeginning {
  /** keys before those that are looked at, pressed at leisure on a link without delay */
  first?: readonly string[];
}

/** Presses the same keys in pages whose hosts are nearer or farther away, and says how things stand then. */
export class LinkKeys {
  constructor(private readonly linked: LinkedPage) {}

  /** Presses keys in a new page, lets all settle, and tells how things stand. @param delay one way, in milliseconds */
  async play(strokes: readonly Stroke[], delay: number, { first = [], ...beginning }: Beginning): Promise<LinkState> {
    const { linked } = this;
    await linked.open(beginning);
    await linked.press(first, leisure);
    await linked.setDelay(delay);
    for (const { key, pause } of strokes) await linked.press([key], pause);
    return linked.page.evaluate<LinkState>(`linkPage.settle(${String(leisure + 40 * delay)})`);
  }
}
