import type { Uri, ViewColumn } from 'vscode';
import type { UnsavedEdit } from '../../dataset/captions/unsavedEdit';
import type { RememberedView } from '../grid/RememberedViews';

/**
 * How long a dataset counts as handed over to its new folder unless that was really renamed, in milliseconds. VS Code
 * does not say that a rename has failed.
 */
const handOverLimit = 60_000;

/** A dataset, limited to what a rename of its folder needs. */
export interface MovingDocument {
  readonly uri: Uri;
  readonly isClosed: boolean;
  /** Gives its unsaved edits to the document that takes its place: it writes nothing more when it is closed. */
  handOver(): UnsavedEdit[];
  /** It stays after all: see {@link handOver}. */
  takeBack(): void;
}

interface RenamedFile {
  readonly oldUri: Uri;
  readonly newUri: Uri;
}

/** A grid of a dataset whose folder is being renamed, which closes it. */
export interface MovingGrid {
  document: MovingDocument;
  /** the new name of its folder */
  to: Uri;
  column: ViewColumn | undefined;
  view: RememberedView;
}

interface Move extends MovingGrid {
  edits: UnsavedEdit[];
}

/** A grid of a dataset whose folder was renamed. */
export interface FinishedMove extends Omit<Move, 'document'> {
  from: Uri;
}

/**
 * The datasets whose folders are being renamed, from VS Code's announcement on. VS Code does not report a rename that
 * failed: the dataset stays as it is, and the entry here is dropped with the next announcement for it.
 */
export class FolderMoves {
  /** by the folder's old URI */
  private readonly moves = new Map<string, Move[]>();

  /** Where a folder is to go when these files are renamed; undefined if it stays. */
  static target(folder: Uri, files: readonly RenamedFile[]): Uri | undefined {
    for (const { oldUri, newUri } of files) {
      if (folder.scheme !== oldUri.scheme) continue;
      if (folder.path === oldUri.path) return newUri;
      if (folder.path.startsWith(`${oldUri.path}/`)) {
        return newUri.with({ path: newUri.path + folder.path.slice(oldUri.path.length) });
      }
    }
    return undefined;
  }

  /** Hands over the edits of datasets whose folders will be renamed, and forgets earlier announcements for them. */
  announce(grids: readonly MovingGrid[]): void {
    for (const { document } of grids) this.moves.delete(document.uri.toString());
    for (const { document, ...grid } of grids) {
      const key = document.uri.toString();
      this.moves.set(key, [...(this.moves.get(key) ?? []), { document, edits: document.handOver(), ...grid }]);
      setTimeout(() => {
        document.takeBack();
      }, handOverLimit).unref();
    }
  }

  /** Takes the datasets of the files that were renamed, and forgets them. */
  finish(files: readonly RenamedFile[]): FinishedMove[] {
    return [...this.moves].flatMap(([key, moves]) => {
      const finished = moves.filter(
        ({ document, to }) => FolderMoves.target(document.uri, files)?.toString() === to.toString(),
      );
      if (finished.length === 0) return [];
      this.moves.delete(key);
      return finished.map(({ document, edits, ...move }) => ({
        ...move,
        from: document.uri,
        // What was typed since then, too.
        edits: document.isClosed ? edits : document.handOver(),
      }));
    });
  }
}
