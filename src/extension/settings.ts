import * as vscode from 'vscode';
import type { EmptiedCaption } from '../dataset/Caption';
import type { DatasetOptions } from '../dataset/Dataset';
import { captionExtensionProblem } from '../dataset/imageFiles';
import { defaultCaptionOptions, type CaptionOptions, type Thresholds } from '../protocol/captionOptions';

const section = 'datasetCaptions';

/** How caption files of a folder are named and treated. */
export function datasetOptions(folder: vscode.Uri): DatasetOptions {
  const configuration = vscode.workspace.getConfiguration(section, folder);
  const extension = configuration.get<string>('captionExtension', '.txt');
  return {
    captionExtension: captionExtensionProblem(extension) === undefined ? extension : '.txt',
    emptiedCaption: configuration.get<EmptiedCaption>('emptiedCaption', 'delete'),
  };
}

/** How scores become captions in a folder. */
export function captionOptions(folder: vscode.Uri): CaptionOptions {
  const configuration = vscode.workspace.getConfiguration(section, folder);
  return {
    ...defaultCaptionOptions,
    excludedTags: configuration.get<string[]>('excludedTags', []),
  };
}

/** The scores from which tags are kept in a folder. */
export function thresholds(folder: vscode.Uri): Thresholds {
  const configuration = vscode.workspace.getConfiguration(section, folder);
  return {
    general: configuration.get<number>('generalThreshold', 0.35),
    character: configuration.get<number>('characterThreshold', 0.85),
  };
}

/** The pause after the last edit after which captions are saved, in milliseconds; 0 never. */
export function autoSaveDelay(): number {
  return vscode.workspace.getConfiguration(section).get<number>('autoSaveDelay', 1000);
}
