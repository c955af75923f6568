// First: it takes the translations.
import './shared/displayLanguage';
import { Channel, type Port } from '../protocol/channel/Channel';
import type { GridEvents, HostRequests, WebviewEvents } from '../protocol/page/gridProtocol';
import { registerControls } from './shared/controls';
import './editor/DatasetEditor';
import { keptDraftsOf } from './editor/KeptDrafts';
import type { HostChannel } from './shared/host';
import type { ViewState, ViewStateStore } from './editor/viewState';
import { guardPresses } from './notices/guardPresses';
import { keepSelectAll } from './shared/keepSelectAll';
import { returnFocus } from './shared/returnFocus';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

function portOver(vscode: VsCodeApi): Port {
  return {
    post: (message) => {
      vscode.postMessage(message);
    },
    listen: (listener) => {
      const onMessage = (event: MessageEvent<unknown>): void => {
        listener(event.data);
      };
      window.addEventListener('message', onMessage);
      return () => {
        window.removeEventListener('message', onMessage);
      };
    },
  };
}

function storeOver(vscode: VsCodeApi, channel: HostChannel): ViewStateStore {
  const stored = (): Partial<ViewState> & { drafts?: unknown } => stateOf(vscode);
  return {
    read: stored,
    write: (state) => {
      const { drafts } = stored();
      vscode.setState({ ...state, viewId: viewIdOf(vscode), drafts });
      channel.tell('remember', { page: { ...state } });
    },
    readDrafts: () => keptDraftsOf(stored().drafts),
    writeDrafts: (drafts) => {
      vscode.setState({ ...stored(), drafts });
    },
  };
}

function stateOf(vscode: VsCodeApi): object {
  const state = vscode.getState();
  return typeof state === 'object' && state !== null ? state : {};
}

/** The name of this webview, by which the host finds again what it showed; made once. */
function viewIdOf(vscode: VsCodeApi): string {
  const known = stateOf(vscode);
  if ('viewId' in known && typeof known.viewId === 'string') return known.viewId;
  const viewId = crypto.randomUUID();
  vscode.setState({ ...known, viewId });
  return viewId;
}

function start(): void {
  registerControls();
  keepSelectAll(document);
  guardPresses(window);
  const editor = document.querySelector('dataset-editor');
  if (editor === null) return;
  const giveFocus = returnFocus(window, () => {
    const grid = editor.shadowRoot?.querySelector('image-grid');
    grid?.returnTo(grid.model.active);
  });
  const vscode = acquireVsCodeApi();
  const isNew = !('viewId' in stateOf(vscode));
  const channel: HostChannel = new Channel<Record<string, never>, HostRequests, GridEvents, WebviewEvents>(
    portOver(vscode),
    {},
    {
      start: (sent) => {
        // A page that VS Code made anew goes on where it was.
        if (isNew) editor.host.onStart(sent);
      },
      snapshot: (snapshot) => {
        editor.host.onSnapshot(snapshot);
      },
      pictureSettings: (settings) => {
        editor.configurePictures(settings);
      },
      focusSearch: () => {
        editor.focusSearch();
      },
      openBulkEdit: (wanted) => {
        editor.openBulkEdit(wanted);
      },
      openComparison: (comparison) => {
        editor.openComparison(comparison);
      },
      openReview: (review) => {
        editor.openReview(review);
      },
      openTrial: (trial) => {
        editor.openTrial(trial);
      },
      reveal: ({ path }) => {
        void editor.reveal(path);
      },
      drafts: (drafts) => {
        editor.draftsHeard(drafts);
      },
    },
  );
  channel.tell('identify', { viewId: viewIdOf(vscode) });
  void editor.connect(channel, storeOver(vscode, channel), giveFocus);
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
else start();
