import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { ImageSort } from '../../protocol/page/imageSort';
import { checkOf, texts } from '../../protocol/channel/checks';
import { sort } from '../../protocol/page/gridChecks';
import type { PageState } from '../../protocol/page/gridProtocol';
import { Disposable } from '../shared/Disposable';

/** What a grid shows, as it is found again when VS Code made its tab anew. */
export interface RememberedView {
  query: string;
  sort: ImageSort;
  /** paths of the selected images */
  selected: string[];
  /** what the page remembers of itself */
  page?: PageState;
}

/** A view is written so long after its last change, in milliseconds. */
const writePause = 300;
/** A view that nobody opened for so long is forgotten, in milliseconds. */
const forgetAfter = 30 * 86_400_000;
const isRememberedView = checkOf<RememberedView>()(
  v.object({
    query: v.string(),
    sort,
    selected: texts,
    page: v.optional(v.record(v.string(), v.unknown())),
  }),
);
const knownId = /^[0-9a-f-]{16,40}$/;

/**
 * What the grids show, by the name that each webview has for itself: a reload ends the extension host, a moved tab its
 * grid. Kept in files, because a selection may have 100,000 paths, too many for VS Code's own store.
 */
export class RememberedViews extends Disposable {
  private readonly views = new Map<string, RememberedView>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly folder: string;

  constructor(
    storageFolder: string,
    private readonly onError: (error: unknown) => void,
  ) {
    super();
    this.folder = path.join(storageFolder, 'views');
    this.register({
      dispose: () => {
        for (const id of this.timers.keys()) this.write(id);
      },
    });
    this.forgetOld().catch(onError);
  }

  /** What the grid with this name showed; undefined when it is new. */
  async get(id: string): Promise<RememberedView | undefined> {
    const known = this.views.get(id);
    if (known !== undefined || !knownId.test(id)) return known;
    try {
      const view: unknown = JSON.parse(await readFile(this.fileOf(id), 'utf8'));
      return isRememberedView(view) ? view : undefined;
    } catch {
      // New, or cut off by a crash: then it is a new view.
      return undefined;
    }
  }

  /** Remembers what the grid with this name shows now. */
  set(id: string, view: RememberedView): void {
    if (!knownId.test(id)) return;
    this.views.set(id, view);
    clearTimeout(this.timers.get(id));
    this.timers.set(
      id,
      setTimeout(() => {
        this.write(id);
      }, writePause),
    );
  }

  private write(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    mkdir(this.folder, { recursive: true })
      .then(() => writeFile(this.fileOf(id), JSON.stringify(this.views.get(id))))
      .catch(this.onError);
  }

  private fileOf(id: string): string {
    return path.join(this.folder, `${id}.json`);
  }

  private async forgetOld(): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      const file = path.join(this.folder, name);
      if (Date.now() - (await stat(file)).mtimeMs > forgetAfter) await rm(file, { force: true });
    }
  }
}
