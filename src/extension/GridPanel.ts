import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Caption } from '../dataset/Caption';
import type { DatasetImage } from '../dataset/Dataset';
import { normalizeLineEnds, textOfRaw } from '../dataset/captionText';
import { searchImages } from '../dataset/searchImages';
import { Channel, type Port, type RequestHandlers } from '../protocol/Channel';
import type {
  CardItem,
  GridEvents,
  GridSnapshot,
  HostRequests,
  SaveState,
  WebviewEvents,
} from '../protocol/gridProtocol';
import { errorMessage } from '../protocol/wireError';
import type { CaptionJobs } from './CaptionJobs';
import type { DatasetDocument } from './DatasetDocument';
import { Disposable } from './Disposable';
import { autoSaveDelay } from './settings';
import type { Taggers } from './Taggers';
import { fileVersion, type Thumbnails } from './Thumbnails';

/** A snapshot is sent at most this often, in milliseconds. */
const snapshotPause = 100;
/** A caption counts as committed after this pause even where captions are not saved by themselves, in milliseconds. */
const commitPause = 1000;
/** More cards than any screen shows are never asked for; a wrong request must not stat a whole dataset. */
const mostCards = 500;

type GridChannel = Channel<HostRequests, Record<string, never>, WebviewEvents, GridEvents>;

/** The grid of one document in one webview: answers what it asks and tells it what changed. */
export class GridPanel extends Disposable {
  private readonly channel: GridChannel;
  private version = 1;
  private query = '';
  private matching: readonly DatasetImage[] = [];
  private matchedImages: readonly DatasetImage[] | undefined;
  private snapshotTimer: NodeJS.Timeout | undefined;
  /** the image whose typing was refused last */
  private refusedDraft: string | undefined;
  /** the image that has or had the keyboard focus */
  focusedPath: string | undefined;

  constructor(
    readonly document: DatasetDocument,
    readonly panel: vscode.WebviewPanel,
    private readonly jobs: CaptionJobs,
    private readonly taggers: Taggers,
    private readonly thumbnails: Thumbnails,
    extensionUri: vscode.Uri,
  ) {
    super();
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [dist, vscode.Uri.file(thumbnails.folder)] };
    this.channel = new Channel<HostRequests, Record<string, never>, WebviewEvents, GridEvents>(
      webviewPort(webview),
      this.handlers(),
      {
        draft: ({ path, text, draft }) => {
          this.draft(path, text, draft);
        },
        commit: () => {
          document.commit();
        },
        focus: ({ path }) => {
          this.focusedPath = path;
        },
      },
    );
    webview.html = gridHtml(webview, dist);
    const update = (): void => {
      this.changed();
    };
    this.register(document.onDidChange(update));
    this.register(taggers.onDidChange(update));
    this.register(
      jobs.onDidChange((changed) => {
        if (changed === document) this.changed();
      }),
    );
    this.register(panel.onDidChangeViewState(update));
    this.register({
      dispose: () => {
        clearTimeout(this.snapshotTimer);
        this.channel.close();
      },
    });
  }

  /** Puts the keyboard focus into the search box. */
  focusSearch(): void {
    // A command of the palette leaves the focus outside the webview.
    this.panel.reveal();
    this.channel.tell('focusSearch', {});
  }

  private handlers(): RequestHandlers<HostRequests> {
    const { document, jobs } = this;
    return {
      ready: () => ({ snapshot: this.snapshot(), settings: { commitDelay: autoSaveDelay() || commitPause } }),
      getItems: async ({ start, count }) => {
        const { version } = this;
        this.match();
        const end = start + Math.min(count, mostCards);
        const images = this.matching.slice(start, end);
        return { version, items: await Promise.all(images.map((image, offset) => this.card(image, start + offset))) };
      },
      setQuery: ({ query }) => {
        this.query = query;
        this.matchedImages = undefined;
        this.version++;
        return { snapshot: this.snapshot() };
      },
      getThumbnail: async ({ path, imageVersion }, signal) => {
        const file = await this.thumbnails.get(document.dataset.absolute(this.image(path).path), signal);
        const uri = this.panel.webview.asWebviewUri(vscode.Uri.file(file));
        return { uri: uri.with({ query: `v=${imageVersion}` }).toString() };
      },
      resolveConflict: ({ path, choice }) => {
        document.resolveConflict(this.image(path), choice);
        return undefined;
      },
      convertToUtf8: ({ path }) => {
        document.convertToUtf8(this.image(path));
        return undefined;
      },
      save: async () => {
        await document.saveQuietly();
        return undefined;
      },
      captionImage: async ({ path }) => {
        await jobs.captionImage(document, this.image(path));
        return undefined;
      },
      captionAll: async () => {
        await jobs.captionDataset(document, 'all');
        return undefined;
      },
      captionEmpty: async () => {
        await jobs.captionDataset(document, 'empty');
        return undefined;
      },
      cancelJob: ({ id }) => {
        jobs.cancel(id);
        return undefined;
      },
      selectTagger: async () => {
        await vscode.commands.executeCommand('datasetCaptions.selectTagger');
        return undefined;
      },
      refresh: async () => {
        await document.refresh();
        return undefined;
      },
    };
  }

  private draft(imagePath: string, text: string, draft: number): void {
    try {
      this.document.draft(imagePath, text, draft);
      this.refusedDraft = undefined;
    } catch (thrown) {
      // The text stays in the card, unsaved; one message is enough for all its keys.
      if (this.refusedDraft === imagePath) return;
      this.refusedDraft = imagePath;
      void vscode.window.showErrorMessage(`${imagePath}: ${errorMessage(thrown)}`);
    }
  }

  private image(path: string): DatasetImage {
    const image = this.document.dataset.image(path);
    if (image === undefined) throw new Error(vscode.l10n.t('{0} is not in the dataset any more.', path));
    return image;
  }

  private changed(): void {
    this.version++;
    // A hidden webview does not exist; when it is shown again it asks for everything.
    if (this.snapshotTimer !== undefined || !this.panel.visible || this.isDisposed) return;
    this.snapshotTimer = setTimeout(() => {
      this.snapshotTimer = undefined;
      if (!this.isDisposed) this.channel.tell('snapshot', this.snapshot());
    }, snapshotPause);
  }

  /** Searches again only when the query or the images changed: a card must not vanish while its caption is edited. */
  private match(): void {
    const { allImages } = this.document.dataset;
    if (this.matchedImages === allImages) return;
    this.matchedImages = allImages;
    this.matching = searchImages(allImages, this.query);
  }

  private snapshot(): GridSnapshot {
    const { document } = this;
    this.match();
    let empty = 0;
    for (const { caption } of document.dataset.allImages) if (caption.isEmpty) empty++;
    let unsaved = 0;
    let conflicts = 0;
    let unsavedFailures = 0;
    for (const caption of document.dataset.allCaptions) {
      if (!caption.isDirty) continue;
      unsaved++;
      if (caption.inConflict) conflicts++;
      else if (caption.failure !== undefined) unsavedFailures++;
    }
    return {
      state: document.loadState,
      message: document.loadMessage,
      folderName: document.name,
      folderPath: document.uri.fsPath,
      version: this.version,
      total: document.dataset.allImages.length,
      matching: this.matching.length,
      empty,
      unsaved,
      conflicts,
      unsavedFailures,
      query: this.query,
      tagger: this.taggers.displayName(),
      jobs: this.jobs.viewsOf(document),
    };
  }

  private async card(image: DatasetImage, index: number): Promise<CardItem> {
    const { caption } = image;
    const item: CardItem = {
      index,
      path: image.path,
      captionPath: caption.path,
      text: normalizeLineEnds(caption.text),
      save: saveState(caption),
      draft: this.document.draftOf(caption),
      warnings: warnings(image),
      imageVersion: await fileVersion(this.document.dataset.absolute(image.path)),
    };
    const job = this.jobs.stateOf(caption);
    const jobFailure = this.jobs.failureOf(caption);
    if (caption.foreignEncoding !== undefined) item.foreignEncoding = caption.foreignEncoding;
    if (caption.unreadable !== undefined) item.readOnly = true;
    if (job !== undefined) item.job = job;
    if (jobFailure !== undefined) item.jobFailure = jobFailure;
    return item;
  }
}

function saveState(caption: Caption): SaveState {
  const { theirs } = caption;
  if (theirs !== undefined) return { state: 'conflict', theirs: theirs === null ? null : textOfRaw(theirs.raw) };
  if (caption.saving) return { state: 'saving' };
  if (caption.failure !== undefined) return { state: 'failed', reason: caption.failure.message };
  return { state: caption.isDirty ? 'unsaved' : 'saved' };
}

function warnings({ path, caption }: DatasetImage): string[] {
  const list: string[] = [];
  const sharers = caption.images.filter((other) => other !== path);
  if (sharers.length > 0) list.push(vscode.l10n.t('Shares its caption file with {0}', sharers.join(', ')));
  if (caption.unreadable !== undefined) {
    list.push(vscode.l10n.t('The caption file cannot be read: {0}', caption.unreadable.message));
  }
  return list;
}

function webviewPort(webview: vscode.Webview): Port {
  return {
    post: (message) => {
      void webview.postMessage(message);
    },
    listen: (listener) => {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => {
        subscription.dispose();
      };
    },
  };
}

function gridHtml(webview: vscode.Webview, dist: vscode.Uri): string {
  const nonce = randomBytes(16).toString('hex');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js')).toString();
  const source = webview.cspSource;
  const policy = [
    `default-src 'none'`,
    `img-src ${source} data:`,
    `style-src ${source}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Dataset</title>
</head>
<body>
<dataset-editor></dataset-editor>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
