import * as vscode from 'vscode';
import type { FileWriter } from '../../dataset/files/FileWriter';
import type { EndpointKeys } from '../captioners/EndpointKeys';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { ClusterAddress } from '../captioning/ClusterAddress';
import type { JobReports } from '../captioning/JobReports';
import type { JobTree } from '../captioning/JobTree';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import type { TagTree } from '../editor/TagTree';
import type { Origins } from '../origins/Origins';
import type { ThumbnailCache } from '../pictures/ThumbnailCache';
import type { HistoryTexts } from '../history/HistoryTexts';
import type { HistoryTree } from '../history/HistoryTree';
import type { SavedSearches } from '../search/SavedSearches';
import type { CudaSupport } from '../taggers/CudaSupport';
import type { Models } from '../taggers/Models';
import type { ServerToken } from '../taggers/ServerToken';
import { registerCaptionerCommands, type LateCaptioners } from './captionerCommands';
import { registerBulkEditCommands } from './bulkEditCommands';
import { registerCaptionCommands } from './captionCommands';
import type { LoadCaptionDialogs } from './captionDialogCommands';
import { registerDatasetCommands } from './datasetCommands';
import { registerHistoryCommands } from './historyCommands';
import { registerImageCommands } from './imageCommands';
import { registerJobCommands } from './jobCommands';
import { registerOriginCommands } from './originCommands';
import { PaletteCommands } from './PaletteCommands';
import { registerSearchCommands } from './searchCommands';
import { registerTaggerCommands } from './taggerCommands';

/** What commands work with. */
export interface CommandParts {
  readonly editors: DatasetEditorProvider;
  readonly jobs: CaptionJobs;
  readonly jobTree: JobTree;
  readonly reports: JobReports;
  readonly cluster: ClusterAddress;
  /** what writes the caption files of closed datasets */
  readonly writer: FileWriter;
  readonly historyTree: HistoryTree;
  readonly historyTexts: HistoryTexts;
  readonly searches: SavedSearches;
  readonly tagTree: TagTree;
  readonly origins: Origins;
  readonly cache: ThumbnailCache;
  /** what asks for taggers and captioners, which is loaded late */
  readonly lateCaptioners: () => LateCaptioners;
  readonly endpointKeys: EndpointKeys;
  readonly models: Models;
  readonly cuda: CudaSupport;
  readonly serverToken: ServerToken;
  readonly loadDialogs: LoadCaptionDialogs;
  readonly openSample: () => Promise<void>;
  readonly log: vscode.LogOutputChannel;
}

/** Registers every command that package.json contributes, and those that only views run. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const { editors, jobs, searches, log } = parts;
  const commands = new PaletteCommands(editors, log);
  return vscode.Disposable.from(
    registerDatasetCommands(commands, editors, parts.openSample, parts.cache, log),
    registerCaptionCommands(commands, jobs, parts.cluster),
    registerImageCommands(commands),
    registerBulkEditCommands(commands),
    registerOriginCommands(commands, parts.origins),
    registerSearchCommands(commands, searches, parts.tagTree),
    registerJobCommands(commands, jobs, parts.jobTree, parts.reports, editors, parts.writer, parts.loadDialogs),
    registerHistoryCommands(commands, parts.historyTree, parts.historyTexts),
    registerCaptionerCommands(commands, parts.lateCaptioners, parts.endpointKeys),
    registerTaggerCommands(commands, parts.models, parts.cuda, parts.serverToken),
  );
}
