import type { Port } from '../../../../src/protocol/channel/Channel';
import { LinkHost } from './LinkHost';
import { type ClockTarget, VirtualClock } from './VirtualClock';

/** What this uses of the browser: the tests are compiled without a DOM. */
interface PageElement {
  readonly shadowRoot: PageRoot | null;
  readonly value?: string;
  getAttribute(name: string): string | null;
  readonly localName: string;
  focus(): void;
}

interface PageRoot {
  readonly activeElement: PageElement | null;
  querySelector(selector: string): PageElement | null;
}

interface PageWindow extends ClockTarget {
  requestAnimationFrame: { bind(self: unknown): unknown };
  readonly document: PageRoot;
  acquireVsCodeApi: unknown;
  linkPage: unknown;
  readonly location: { readonly search: string };
  readonly navigator: { readonly clipboard: { writeText(text: string): Promise<void> } };
  dispatchEvent(event: unknown): void;
  addEventListener(
    name: 'keydown',
    listener: (event: { key: string; ctrlKey: boolean; shiftKey: boolean; preventDefault: () => void }) => void,
  ): void;
}

declare const window: PageWindow;
declare const MessageEvent: new (name: string, init: { data: unknown }) => unknown;

/** How a page begins; its address says it. */
export interface LinkBeginning {
  captionMode: 'text' | 'tags';
  /** by the paths of their images; those of the cases unless others are given */
  captions?: Readonly<Record<string, string>>;
  /** tags, each of which is suggested where it has in it what is typed */
  suggested?: readonly string[];
  /** the pause after which what is typed becomes an edit, in milliseconds */
  commitDelay?: number;
}

/** How things stand when all has settled. */
export interface LinkState {
  captions: Record<string, string>;
  selected: string[];
  /** the accessible name of what has the focus, or what it is */
  focus: string;
  /** what stands in the field that has the focus */
  field: string;
  search: string;
  complaints: string[];
}

/** A turn of the event loop, after which all promises and messages that were under way have been handled. */
const turns = new MessageChannel() as unknown as {
  port1: { onmessage?: () => void };
  port2: { postMessage: (message: unknown) => void };
};
const waiting: (() => void)[] = [];
turns.port1.onmessage = () => {
  waiting.shift()?.();
};
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    turns.port2.postMessage(null);
  });

/** A real frame of the browser. */
const drawFrame = window.requestAnimationFrame.bind(window) as (drawn: () => void) => void;
const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    drawFrame(resolve);
  });

const clock = new VirtualClock(turn);
clock.install(window);

/** The time that a message between page and host takes one way. */
let delay = 0;
const travel = (): Promise<void> =>
  new Promise((resolve) => {
    clock.after(delay, resolve);
  });

const { captionMode, captions, suggested, commitDelay } = JSON.parse(
  new URLSearchParams(window.location.search).get('beginning') ?? '{}',
) as LinkBeginning;
const host = new LinkHost(travel, captions);
if (suggested !== undefined) {
  host.suggest = ({ prefix }) => ({
    suggestions: suggested
      .filter((tag) => tag.includes(prefix.trim()))
      .map((tag) => ({ tag, count: 1, source: 'dataset' })),
    loading: false,
  });
}
if (commitDelay !== undefined) host.settings.commitDelay = commitDelay;
let state: unknown = { captionMode };
let hear: ((message: unknown) => void) | undefined;
const port: Port = {
  post: (message) => {
    const sent: unknown = structuredClone(message);
    void travel().then(() => {
      window.dispatchEvent(new MessageEvent('message', { data: sent }));
    });
  },
  listen: (listener) => {
    hear = listener;
    return () => {
      hear = undefined;
    };
  },
};
host.attach(port);

window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    const sent: unknown = structuredClone(message);
    void travel().then(() => hear?.(sent));
  },
  getState: () => state,
  setState: (next: unknown) => {
    state = structuredClone(next);
  },
});

// The workbench hears keys that the page has not kept from it, and takes its own: to the host, and back.
window.addEventListener('keydown', (event) => {
  if (!event.ctrlKey) return;
  const key = event.key.toLowerCase();
  if (key === 'f' || key === 'h') {
    event.preventDefault();
    void travel().then(() => {
      if (key === 'f') host.focusSearch();
      else host.openBulkEdit({ form: {} });
    });
  } else if (key === 'z' || key === 'y') {
    event.preventDefault();
    host.key(key === 'y' || event.shiftKey ? 'redo' : 'undo');
  }
});

function focused(): PageElement | null {
  let { activeElement } = window.document;
  while (activeElement?.shadowRoot?.activeElement != null) ({ activeElement } = activeElement.shadowRoot);
  return activeElement;
}

function searchText(): string {
  const toolbar = window.document.querySelector('dataset-editor')?.shadowRoot?.querySelector('dataset-toolbar');
  const field = toolbar?.shadowRoot?.querySelector('search-field')?.shadowRoot?.querySelector('input');
  return field?.value ?? '';
}

function firstCard(): PageElement | null {
  const grid = window.document.querySelector('dataset-editor')?.shadowRoot?.querySelector('image-grid');
  return grid?.shadowRoot?.querySelector('image-card') ?? null;
}

window.linkPage = {
  host,
  advance: (milliseconds: number) => clock.advance(milliseconds),
  setDelay: (milliseconds: number) => {
    delay = milliseconds;
  },
  /** Waits for the cards and focuses the first. */
  begin: async () => {
    // Which cards there are is known when the browser has laid out the page: that is not in the clock's hands.
    for (let tries = 0; tries < 200 && firstCard() === null; tries++) {
      await nextFrame();
      await clock.advance(100);
    }
    await clock.advance(4000);
    firstCard()?.focus();
    await window.navigator.clipboard.writeText('clip');
  },
  /** How things stand after some time. */
  settle: async (milliseconds: number): Promise<LinkState> => {
    await clock.advance(milliseconds);
    const active = focused();
    return {
      captions: host.captions,
      selected: host.items.filter(({ selected }) => selected).map(({ path }) => path),
      focus: active?.getAttribute('aria-label') ?? active?.localName ?? '',
      field: active?.value ?? '',
      search: searchText(),
      complaints: host.complaints,
    };
  },
};
