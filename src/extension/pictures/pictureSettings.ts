import path from 'node:path';
import * as vscode from 'vscode';
import { defaultPictureSettings, type PictureSettings, type SharpImages } from '../../protocol/page/pictureProtocol';
import { cacheName } from './cacheFolder';
import { expandPath } from '../shared/expandPath';

const section = 'datasetCaptions';
/** Minimum size of the cache, in MB: a smaller one would not even hold what a screen shows. */
const minimumCache = 64;

/** How pictures are loaded. */
export function pictureSettings(): PictureSettings {
  const defaults = defaultPictureSettings;
  return {
    sharpImages: sharpImages(),
    sharpImageDelay: wholeNumber('sharpImageDelay', defaults.sharpImageDelay),
    retries: wholeNumber('imageRetries', defaults.retries),
    retryDelay: wholeNumber('imageRetryDelay', defaults.retryDelay),
  };
}

/** Calls back when one of {@link pictureSettings} changed. */
export function onPictureSettings(changed: () => void): vscode.Disposable {
  const names = ['sharpImages', 'sharpImageDelay', 'imageRetries', 'imageRetryDelay'];
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (names.some((name) => event.affectsConfiguration(`${section}.${name}`))) changed();
  });
}

/** Maximum size of the thumbnail cache, in bytes. */
export function cacheLimit(): number {
  return Math.max(minimumCache, wholeNumber('thumbnailCacheSize', 2048)) * 1024 * 1024;
}

/** The folder that the user chose for thumbnails; an empty text for the usual one. */
export function cacheDirectory(): string {
  return expandPath(vscode.workspace.getConfiguration(section).get<string>('cacheDirectory', ''));
}

/** The folders that thumbnails may be in: the usual one, and the one that the user chose. */
export function cacheRoots(usual: string): string[] {
  const chosen = cacheDirectory();
  return path.isAbsolute(chosen) ? [usual, path.join(chosen, cacheName)] : [usual];
}

function sharpImages(): SharpImages {
  const value: unknown = vscode.workspace.getConfiguration(section).get('sharpImages');
  return value === 'always' || value === 'never' ? value : 'auto';
}

function wholeNumber(name: string, otherwise: number): number {
  const value: unknown = vscode.workspace.getConfiguration(section).get(name);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : otherwise;
}
