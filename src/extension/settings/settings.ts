import * as vscode from 'vscode';
import type { EmptiedCaption } from '../../dataset/captions/Caption';
import type { DatasetOptions } from '../../dataset/Dataset';
import type { SnapshotLimits } from '../../snapshots/store/snapshotTypes';
import { captionKinds, readCaptionsAs } from '../../tags/captionKind';
import type { RecordPlace, WriteOptions } from '../../tags/writeMode';
import type { CaptionOptions, Thresholds } from '../../protocol/tagging/captionOptions';
import { expandPath } from '../shared/expandPath';
import { captionExtensionOf } from './captionExtension';
import { captionOptionsOf, snapshotLimitsOf, thresholdsOf, writeOptionsOf, type ReadSetting } from './captionSettings';

const section = 'datasetCaptions';

/** How caption files of a folder are named and treated. */
export function datasetOptions(folder: vscode.Uri): DatasetOptions {
  const configuration = vscode.workspace.getConfiguration(section, folder);
  const setting = configuration.inspect<string>('captionExtension') ?? {};
  return {
    captionExtension: captionExtensionOf(setting, vscode.workspace.isTrusted),
    emptiedCaption: configuration.get<EmptiedCaption>('emptiedCaption', 'delete'),
  };
}

/** How scores become captions in a folder. */
export function captionOptions(folder: vscode.Uri): CaptionOptions {
  return captionOptionsOf(readIn(folder));
}

/** How tags are written into the captions of a folder. */
export function writeOptions(folder: vscode.Uri): WriteOptions {
  return writeOptionsOf(readIn(folder));
}

/** How long automatic snapshots of the captions of a folder are kept. */
export function snapshotLimits(folder: vscode.Uri): SnapshotLimits {
  return snapshotLimitsOf(readIn(folder));
}

/** The scores from which tags are kept in a folder. */
export function thresholds(folder: vscode.Uri): Thresholds {
  return thresholdsOf(readIn(folder));
}

/** Where it is recorded who wrote what in the captions of a folder. */
export function recordsPlace(folder: vscode.Uri): RecordPlace {
  return writeOptions(folder).records ?? 'dataset';
}

/** The time without edits after which captions are saved, in milliseconds; 0 turns autosave off. */
export function autoSaveDelay(): number {
  return vscode.workspace.getConfiguration(section).get<number>('autoSaveDelay', 1000);
}

/** Whether tags are suggested while the user types, without pressing a key for it. */
export function autocompletes(): boolean {
  return vscode.workspace.getConfiguration(section).get<boolean>('autocomplete', true);
}

/** The path of the user's own list of tags; empty if there is none. */
export function tagListFile(): string {
  return expandPath(vscode.workspace.getConfiguration(section).get<string>('tagList', '').trim());
}

/** Whether the tag view counts only the images that the search finds. */
export function tagCountsFollowFilter(): boolean {
  return vscode.workspace.getConfiguration(section).get<boolean>('tagCountsFollowFilter', true);
}

/** Reads captions in this window as the setting says: as what each of them looks like, or all as tags or as prose. */
export function readCaptionsAsSet(): void {
  const wanted = vscode.workspace.getConfiguration(section).get<string>('captionKind', 'auto');
  readCaptionsAs(captionKinds.find((kind) => kind === wanted) ?? 'auto');
}

/** Whether jobs continue when the window that started them is closed. */
export function jobsOutliveWindow(): boolean {
  return vscode.workspace.getConfiguration(section).get<boolean>('jobsOutliveWindow', true);
}

function readIn(folder: vscode.Uri): ReadSetting {
  const configuration = vscode.workspace.getConfiguration(section, folder);
  return (name) => configuration.get<unknown>(name);
}
