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

/** Changes are told together after this pause, in milliseconds. */
const announcePause = 100;
/** An event has no more images than this; a bulk edit of a large dataset is several events. */
const mostImages = 1000;

/** Tells other extensions which captions changed: in open datasets, by jobs, and by themselves. */
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
      // Of an open dataset those are told whose text changed.
      if (this.listeners > 0 && !jobs.isOpen(root)) void this.safely(() => this.readAndAnnounce(root, paths));
    });
    this.register({ dispose });
    this.register({
      dispose: () => {
        clearTimeout(this.timer);
      },
    });
  }

  /** Nothing is looked at while nobody listens. */
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

  /** Tells of captions that changed in a folder which no editor shows. */
  announce(directory: string, images: readonly CaptionedImage[]): void {
    for (let start = 0; start < images.length; start += mostImages) {
      this.emitter.fire({ directory, images: images.slice(start, start + mostImages) });
    }
  }

  private watchDocument(document: DatasetDocument): void {
    const dispose = document.dataset.onDidChangeText((caption) => {
      // What the first look at a folder finds did not change.
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
      for (let start = 0; start < all.length; start += mostImages) {
        const some = all.slice(start, start + mostImages);
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
    // A job that could not caption an image changed nothing, and it never takes a caption away.
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
