import * as vscode from 'vscode';
import { inSlices } from '../../base/inSlices';
import { SerialQueue } from '../../base/SerialQueue';
import { errorMessage } from '../../protocol/channel/wireError';
import { recordRootOf } from '../../records/recordFolder';
import { snapshotByItself } from '../../snapshots/snapshotByItself';
import { placeSnapshots } from '../../snapshots/store/snapshotFolder';
import type { DatasetDocument, EditOfMany } from '../document/DatasetDocument';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import { snapshotLimits, writeOptions } from '../settings/settings';
import { Disposable } from '../shared/Disposable';
import { give, unsavedContents } from './givenCaptions';

/**
 * Makes a snapshot of what a dataset held before each edit of many captions. It is made while the edit is saved: what
 * the edit changed comes from memory, all else from the disk. A failure is reported once for each dataset.
 */
export class BulkSnapshots extends Disposable {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<string>());
  /** Fires with the folder of a dataset for which a snapshot was made. */
  readonly onDidMake = this.changeEmitter.event;
  private readonly queue = new SerialQueue();
  private readonly said = new WeakSet<DatasetDocument>();
  private readonly life = new AbortController();

  constructor(
    editors: Pick<DatasetEditorProvider, 'onDidOpen'>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.register(
      editors.onDidOpen((document) => {
        document.addToLife(
          document.onDidEditMany((edit) => {
            void this.make(document, edit);
          }),
        );
      }),
    );
    this.register({
      dispose: () => {
        this.life.abort();
      },
    });
  }

  private async make(document: DatasetDocument, { label, changes }: EditOfMany): Promise<void> {
    const limits = snapshotLimits(document.uri);
    const { records } = writeOptions(document.uri);
    if (limits.days === 0 || records === 'off') return;
    const { dataset } = document;
    try {
      const given = await unsavedContents(dataset);
      await inSlices(changes, ({ caption, before }) => {
        give(given, dataset, caption, before);
      });
      await this.queue.run(async () => {
        const root = recordRootOf(dataset.folder);
        await placeSnapshots(root, records);
        await snapshotByItself({
          root,
          folder: dataset.folder,
          captionExtension: dataset.options.captionExtension,
          cause: 'edit',
          label,
          limits,
          given,
          signal: this.life.signal,
        });
      });
      this.changeEmitter.fire(dataset.folder);
    } catch (thrown) {
      if (!this.life.signal.aborted) this.say(document, thrown);
    }
  }

  private say(document: DatasetDocument, thrown: unknown): void {
    this.log.warn(`Snapshot of ${document.uri.fsPath}: ${errorMessage(thrown)}`);
    if (this.said.has(document)) return;
    this.said.add(document);
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'No snapshot was made before the edit, which undo takes back all the same. {0}',
        errorMessage(thrown),
      ),
    );
  }
}
