import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { CaptionedImage, CaptionsChange } from '../../../api';
import type { Caption } from '../../dataset/captions/Caption';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { DatasetDocument } from '../document/DatasetDocument';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import { Disposable } from '../shared/Disposable';
import type { DatasetAccess, FoundDirectory } from './DatasetAccess';

/** Changes within this time are sent as one event, in milliseconds. */
const announcePause = 100;
/** Maximum number of images per event; a bulk edit of a large dataset becomes several events. */
const maxImages = 1000;

/** The event by which other extensions learn which captions changed: by the user, by jobs, or by a call of the API. */
export class CaptionChanges extends Disposable {
  private readonly emitter = this.register(new vscode.EventEmitter<CaptionsChange>());
  private readonly changed = new Map<DatasetDocument, Set<Caption>>();
  private timer: NodeJS.Timeout | undefined;
  private listeners = 0;

  constructor(
    private readonly access: DatasetAccess,
    editors: Pick<DatasetEditorProvider, 'onDidOpen'>,
    jobs: Pick<CaptionJobs, 'runner' | 'isOpen'>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.register(
      editors.onDidOpen((document) => {
        this.watchDocument(document);
      }),
    );
    const dispose = jobs.runner.onHandled(({ root, paths }) => {
      // An open dataset reports its changed captions itself, see watchDocument.
      if (this.listeners > 0 && !jobs.isOpen(root)) void this.safely(() => this.readAndAnnounce(root, paths));
    });
    this.register({ dispose });
    this.register({
      dispose: () => {
        clearTimeout(this.timer);
      },
    });
  }

  /** Counts its listeners: without any, no change is collected and no file is read. */
  readonly event: vscode.Event<CaptionsChange> = (listener, thisArgs?: unknown, disposables?) => {
    this.listeners++;
    const listening = this.emitter.event(listener, thisArgs);
    let over = false;
    const end = new vscode.Disposable(() => {
      if (!over) this.listeners--;
      over = true;
      listening.dispose();
    });
    disposables?.push(end);
    return end;
  };

  /** Fires the event for captions that changed in a folder. @param directory absolute path */
  announce(directory: string, images: readonly CaptionedImage[]): void {
    for (let start = 0; start < images.length; start += maxImages) {
      this.emitter.fire({ directory, images: images.slice(start, start + maxImages) });
    }
  }

  private watchDocument(document: DatasetDocument): void {
    const dispose = document.dataset.onDidChangeText((caption) => {
      // Captions found by the first scan of a folder have not changed.
      if (this.listeners === 0 || document.loadState !== 'ready') return;
      const captions = this.changed.get(document);
      if (captions === undefined) this.changed.set(document, new Set([caption]));
      else captions.add(caption);
      this.timer ??= setTimeout(() => void this.safely(() => this.announceChanged()), announcePause);
    });
    document.addToLife(new vscode.Disposable(dispose));
  }

  private async announceChanged(): Promise<void> {
    this.timer = undefined;
    const changed = [...this.changed];
    this.changed.clear();
    for (const [document, captions] of changed) {
      const { dataset } = document;
      const directory = dataset.folder;
      const found: FoundDirectory = { dataset, document, directory, prefix: '', unsavedBelow: new Map() };
      const all = [...captions];
      for (let start = 0; start < all.length; start += maxImages) {
        const some = all.slice(start, start + maxImages);
        const images = some.flatMap((caption) => caption.images.flatMap((image) => dataset.image(image) ?? []));
        const described = await this.access.describe(found, images, new AbortController().signal);
        if (described.length > 0) this.announce(directory, described);
        await nextTurn();
      }
    }
  }

  private async readAndAnnounce(root: string, paths: readonly string[]): Promise<void> {
    const dataset = await this.access.closed.ofImages(root, paths);
    const found: FoundDirectory = {
      dataset,
      document: undefined,
      directory: root,
      prefix: '',
      unsavedBelow: new Map(),
    };
    const images = await this.access.describe(found, dataset.allImages, new AbortController().signal);
    // An image without a caption is one that the job could not caption: jobs never remove captions.
    const captioned = images.filter(({ hasCaption }) => hasCaption);
    if (captioned.length > 0) this.announce(root, captioned);
  }

  private async safely(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (thrown) {
      this.log.warn(`Changed captions could not be told to other extensions: ${errorMessage(thrown)}`);
    }
  }
}
