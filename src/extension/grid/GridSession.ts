import * as l10n from '@vscode/l10n';
import { inSlices } from '../../base/inSlices';
import type { Caption } from '../../dataset/captions/Caption';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { Dataset } from '../../dataset/Dataset';
import { CaptionError } from '../../dataset/files/CaptionError';
import { folderOf } from '../../dataset/files/datasetPath';
import { FormerOrders } from '../../dataset/view/FormerOrders';
import { ImageSelection } from '../../dataset/view/ImageSelection';
import { ImageView } from '../../dataset/view/ImageView';
import type { AskOrigins } from '../../dataset/view/OriginMatches';
import type { EditScope } from '../../protocol/page/bulkEditProtocol';
import type { CardItem } from '../../protocol/page/cardProtocol';
import type { TypedAhead } from '../../protocol/page/connectionProtocol';
import type { SelectCommand, TypedText } from '../../protocol/page/gridProtocol';
import { normalizeLineEnds } from '../../tags/captionText';
import { joinTyping } from '../../tags/joinTyping';
import type { CaptionPreview } from '../captioning/CaptionPreviews';
import type { DatasetDocument, Typed } from '../document/DatasetDocument';
import { Disposable } from '../shared/Disposable';
import { cardItem, type CaptionMarks } from './cardItem';
import { GridError } from './GridError';

/** Maximum number of cards per request: far more than fit on a screen, and few enough to stat their files. */
const maxCards = 500;

/**
 * A click on an image waits this long for a search that was asked for before it, in milliseconds. A search that takes
 * longer is one that the user sees running, over the images that are clicked.
 */
const searchPatience = 1000;

/** The part of its document that a session uses, which unit tests replace. */
export interface GridDocument {
  readonly dataset: Dataset;
  readonly unsavedInEditors: ReadonlySet<string>;
  readonly onDidChange: (listener: () => void) => { dispose(): unknown };
  whenLoaded(): Promise<void>;
  draft(imagePath: string, text: string, typed: Typed): Caption | undefined;
}

/**
 * What one grid shows of a dataset: the search and order of its images, their selection, the drafts typed into it, and
 * the cards made of all that. It knows no webview and loads no `vscode` module, so it is tested in plain Node; the
 * editor's GridPanel sends what it holds to a page.
 */
export class GridSession<Document extends GridDocument = DatasetDocument> extends Disposable {
  /** the images that are shown, and their order */
  readonly view: ImageView;
  readonly selection = new ImageSelection();
  /** the orders whose positions the page knows */
  readonly orders = new FormerOrders<DatasetImage>();
  /** the image that has or last had the keyboard focus */
  focusedPath: string | undefined;
  /** what a job would do to captions, while it is shown or waits to be */
  captionPreview: CaptionPreview | undefined;

  private currentVersion = 1;
  /** by caption, the number of the last draft that was typed into this grid */
  private readonly drafts = new Map<Caption, number>();
  /** the numbers of what was typed before its caption had come, and is in it */
  private readonly ahead = new Set<number>();
  private readonly listeners = new Set<() => void>();
  /** the last of the changes of the selection that wait for a search; undefined when none does */
  private selecting: Promise<void> | undefined;

  /**
   * @param marks what captioning jobs say about the captions of this document
   * @param askOrigins asks the records of this document who wrote what
   */
  constructor(
    readonly document: Document,
    private readonly marks: CaptionMarks,
    askOrigins?: AskOrigins,
  ) {
    super();
    const onChange = (): void => {
      this.changed();
    };
    this.view = this.register(
      new ImageView(document.dataset, {
        isSelected: (path) => this.selection.has(path),
        hasFailed: ({ caption }) => marks.failureOf(caption) !== undefined,
        ...(askOrigins === undefined ? {} : { askOrigins }),
      }),
    );
    this.register({ dispose: this.view.onDidChange(onChange) });
    const subscription = document.onDidChange(onChange);
    this.register({ dispose: () => subscription.dispose() });
    this.register({
      dispose: () => {
        this.listeners.clear();
      },
    });
    // A search that ran while captions were still being read may have missed some.
    void document.whenLoaded().then(() => this.view.refresh().catch(() => undefined));
  }

  /** Increases whenever any card, or anything else that the grid shows, may look different. */
  get version(): number {
    return this.currentVersion;
  }

  /**
   * Calls `listener` after each change of {@link version}.
   * @returns removes the listener
   */
  onDidChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Reports that something changed that the grid shows but this session does not watch, such as the tagger's name. */
  changed(): void {
    this.currentVersion++;
    for (const listener of this.listeners) listener();
  }

  /** Whether the images lie in more than one folder. */
  get hasFolders(): boolean {
    // In natural order the images of a folder are contiguous.
    const { allImages } = this.document.dataset;
    return folderOf(allImages.at(0)?.path ?? '') !== folderOf(allImages.at(-1)?.path ?? '');
  }

  /**
   * The image with a path relative to the dataset.
   * @throws GridError `NOT_IN_DATASET`
   */
  image(path: string): DatasetImage {
    const image = this.document.dataset.image(path);
    if (image === undefined) throw new GridError('NOT_IN_DATASET', l10n.t('{0} is not in the dataset any more.', path));
    return image;
  }

  /**
   * The cards at positions `start` to `start + count - 1` of the view, as they are now; at most 500.
   * @param start from 0
   */
  async items(start: number, count: number): Promise<{ version: number; order: number; items: CardItem[] }> {
    const { version, view, document, marks, selection, drafts } = this;
    const images = view.images.slice(start, start + Math.min(count, maxCards));
    const order = this.noteOrder();
    const sources = { document, marks, selection, drafts };
    const items = await Promise.all(images.map((image, at) => cardItem(image, start + at, sources)));
    return { version, order, items };
  }

  /**
   * The images of a scope; waits until the dataset has been read. Those that the search finds are in the order of the
   * view, all others in the order of the dataset. A running search counts, and so does a selection that waits for it,
   * but not what the user selects while this waits.
   * @throws the signal's reason when aborted
   */
  async imagesIn(scope: EditScope, signal?: AbortSignal): Promise<readonly DatasetImage[]> {
    const { document, view } = this;
    // Without a wait where there is nothing to wait for: what is selected later is not meant.
    if (scope === 'selection' && this.selecting !== undefined) await this.selecting;
    const selection = scope === 'selection' ? new Set(this.selection.all) : undefined;
    await document.whenLoaded();
    if (scope === 'filtered') await view.whenSearched();
    if (scope === 'filtered') return view.images;
    const all = document.dataset.allImages;
    if (selection === undefined) return all;
    const selected: DatasetImage[] = [];
    await inSlices(
      all,
      (image) => {
        if (selection.has(image.path)) selected.push(image);
      },
      signal === undefined ? {} : { signal },
    );
    return selected;
  }

  /**
   * Changes the selection as a page asks for it: in the order of what it asked, after a search that it asked for
   * before. An image that this search hides is left as it is: the page only showed it because it had not heard yet.
   */
  async selectFound(command: SelectCommand): Promise<void> {
    const { view, selecting } = this;
    const select = (): void => {
      const path = 'path' in command ? command.path : undefined;
      if (path === undefined || view.indexOf(path) !== undefined) this.select(command);
    };
    if (selecting === undefined && view.searching === undefined) {
      select();
      return;
    }
    const done = Promise.resolve(selecting).then(async () => {
      // All that a search finds is known only when it has ended.
      const patience = command.kind === 'all' ? Infinity : searchPatience;
      await endOf(view.whenSearched(), patience);
      select();
    });
    this.selecting = done;
    await done;
    if (this.selecting === done) this.selecting = undefined;
  }

  /**
   * Notes that the page is told positions of the current order, which they then mean even after it has changed.
   * @returns its number
   */
  noteOrder(): number {
    const { images, order, shownSort } = this.view;
    this.orders.note(order, { images, byName: shownSort.key === 'name' });
    return order;
  }

  /** The image at a position of an order; undefined where there is none or the order is not remembered. */
  imageAt({ order, index }: { order: number; index: number }): DatasetImage | undefined {
    return this.imagesOf(order)[index];
  }

  /** Changes the selection. Ignores positions in an order that is not known: they would mean different images. */
  select(command: SelectCommand): void {
    const { selection, view } = this;
    switch (command.kind) {
      case 'only':
        selection.only(command.path);
        break;
      case 'toggle':
        selection.toggle(command.path);
        break;
      case 'toggleAt': {
        const path = this.imageAt(command)?.path;
        if (path !== undefined && view.indexOf(path) !== undefined) selection.toggle(path);
        break;
      }
      case 'range': {
        const [first, last] = command.from < command.to ? [command.from, command.to] : [command.to, command.from];
        const images = this.imagesOf(command.order).slice(first, last + 1);
        if (images.length === 0) break;
        if (!command.keep) selection.clear();
        // Images of a stale order may have been deleted or hidden by a search since.
        const isCurrent = command.order === view.order;
        selection.add(isCurrent ? images : images.filter(({ path }) => view.indexOf(path) !== undefined));
        break;
      }
      case 'all':
        selection.clear();
        selection.add(view.images);
        break;
      case 'none':
        selection.clear();
        break;
      default:
        command satisfies never;
    }
    this.selectionChanged();
  }

  /** Deselects images that are no longer in the dataset. */
  deselectMissing(): void {
    const { dataset } = this.document;
    this.selection.retain((path) => dataset.image(path) !== undefined);
    this.selectionChanged();
  }

  /**
   * Sets the text of a caption while it is being typed. The caption's card carries the number of the draft from now on,
   * which tells the page what has arrived.
   * @throws if the caption may not be edited, and GridError `NOT_IN_DATASET`
   */
  draft({ path, text, draft, from, run }: Omit<TypedText, 'captionPath'>): void {
    this.image(path);
    const caption = this.document.draft(path, text, { from, view: this, run });
    if (caption !== undefined) this.drafts.set(caption, draft);
  }

  /**
   * Adds what was typed into a caption before its page had it.
   * @throws GridError `NOT_IN_DATASET`; CaptionError if the caption may not be edited
   */
  typedAhead({ number, place, path, text, joined }: TypedAhead): void {
    const image = path === null ? this.imageAt(place) : this.image(path);
    if (image === undefined)
      throw new GridError('NOT_IN_DATASET', l10n.t('Nobody knows any more which image that was.'));
    const from = normalizeLineEnds(image.caption.text);
    const draft = (this.drafts.get(image.caption) ?? 0) + 1;
    // Less than 0: no run of drafts has that number, so that each is a step of undo of its own.
    this.draft({ path: image.path, text: joinTyping(from, { text, joined }), draft, from, run: -number });
    this.ahead.add(number);
  }

  /**
   * Takes in what an earlier page had {@link typedAhead}, unless that has arrived.
   * @returns whether its caption has it; false also if that is unknown: to add it twice would be as wrong as to lose
   *   it
   */
  resumeAhead(typing: TypedAhead): boolean {
    const { number, place, path, text } = typing;
    if (this.ahead.has(number)) return true;
    const image = path === null ? this.imageAt(place) : this.document.dataset.image(path);
    // An earlier session may have taken it in, which this one does not know.
    if (image === undefined || image.caption.text.includes(text)) return false;
    try {
      this.typedAhead(typing);
      return true;
    } catch (thrown) {
      if (thrown instanceof CaptionError) return false;
      throw thrown;
    }
  }

  /** Notes that what the page showed ahead, under the number of a draft, has been done: the card shows it now. */
  arrived(captionPath: string, number: number): void {
    const caption = this.document.dataset.caption(captionPath);
    // What was typed after it may have arrived by now.
    if (caption !== undefined) this.drafts.set(caption, Math.max(number, this.drafts.get(caption) ?? 0));
    this.changed();
  }

  /** The images in an order, the current one or one that the page was told of; none where it is not remembered. */
  private imagesOf(order: number): readonly DatasetImage[] {
    const { images } = this.view;
    return order === this.view.order ? images : (this.orders.get(order)?.images ?? []);
  }

  /** Whether the draft of a caption with this number was typed into this grid, or a later one. */
  hasDraft(caption: Caption, number: number): boolean {
    return (this.drafts.get(caption) ?? 0) >= number;
  }

  private selectionChanged(): void {
    // A search may ask which images are selected.
    this.view.noteChange();
    this.changed();
  }
}

/** Waits for a promise, at most `patience` milliseconds. */
async function endOf(promise: Promise<void>, patience: number): Promise<void> {
  if (patience === Infinity) {
    await promise;
    return;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
