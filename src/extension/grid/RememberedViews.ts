import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { ownFileMode, ownFolderMode } from '../../base/machine/ownFolder';
import type { ImageSort } from '../../protocol/page/imageSort';
import { checkOf, texts } from '../../protocol/channel/checks';
import { sort } from '../../protocol/page/gridChecks';
import type { PageState } from '../../protocol/page/gridProtocol';
import { Disposable } from '../shared/Disposable';

/** What a grid shows, as it is restored when VS Code creates its tab again. */
export interface RememberedView {
  query: string;
  sort: ImageSort;
  /** paths of the selected images */
  selected: string[];
  /** the state of the page, such as its scroll position */
  page?: PageState;
}

/** Writes are debounced by this many milliseconds. */
const writePause = 300;
/** A view that was not changed for this long is deleted, in milliseconds. */
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
 * What the grids show, by an id that each webview keeps in its own state. It survives a reload, which ends the
 * extension host, and the move of a tab, which ends its grid. Kept in files, because a selection may have 100,000
 * paths, too many for VS Code's own storage.
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

  /** What the grid of the webview with this id showed; undefined if it is new. */
  async get(id: string): Promise<RememberedView | undefined> {
    const known = this.views.get(id);
    if (known !== undefined || !knownId.test(id)) return known;
    try {
      const view: unknown = JSON.parse(await readFile(this.fileOf(id), 'utf8'));
      return isRememberedView(view) ? view : undefined;
    } catch {
      // There is no such file, or a crash cut it off: the view counts as new.
      return undefined;
    }
  }

  /** Stores what the grid of the webview with this id shows now. */
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
    mkdir(this.folder, { recursive: true, mode: ownFolderMode })
      .then(() => writeFile(this.fileOf(id), JSON.stringify(this.views.get(id)), { mode: ownFileMode }))
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
