import * as vscode from 'vscode';
import type { ThumbnailCache } from '../pictures/ThumbnailCache';
import { openDatasets, type OpenDatasets } from '../editor/openDataset';
import type { PaletteCommands } from './PaletteCommands';

/** Registers the commands that open datasets or concern the extension as a whole. */
export function registerDatasetCommands(
  commands: PaletteCommands,
  open: OpenDatasets,
  openSample: () => Promise<void>,
  cache: ThumbnailCache,
  log: Pick<vscode.LogOutputChannel, 'show'>,
): vscode.Disposable {
  return vscode.Disposable.from(
    commands.register('datasetCaptions.open', (uri?: vscode.Uri, uris?: vscode.Uri[]) =>
      openDatasets(open, uris ?? (uri === undefined ? [] : [uri])),
    ),
    commands.register('datasetCaptions.openSample', openSample),
    commands.registerOnGrid('datasetCaptions.refresh', ({ session }) => session.document.refresh()),
    commands.register('datasetCaptions.clearThumbnailCache', () => cache.clear()),
    commands.register('datasetCaptions.showLog', () => {
      log.show();
    }),
  );
}
