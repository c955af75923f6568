import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { defaultPictureSettings, type PictureSettings } from '../../protocol/page/pictureProtocol';
import { cacheName } from './cacheFolder';
import { expandPath } from '../shared/expandPath';
import { readEach, wholeNumber } from '../shared/schemas';

const section = 'datasetCaptions';
/** Minimum size of the cache, in MiB: a smaller one could not even hold the thumbnails of one screen. */
const minimumCache = 64;

const pictureSchemas = {
  sharpImages: v.fallback(v.picklist(['auto', 'always', 'never']), 'auto'),
  sharpImageDelay: v.fallback(wholeNumber(), defaultPictureSettings.sharpImageDelay),
  imageRetries: v.fallback(wholeNumber(), defaultPictureSettings.retries),
  imageRetryDelay: v.fallback(wholeNumber(), defaultPictureSettings.retryDelay),
};
const cacheSchemas = { thumbnailCacheSize: v.fallback(wholeNumber(), 2048) };

/** How pictures are loaded. */
export function pictureSettings(): PictureSettings {
  const { sharpImages, sharpImageDelay, imageRetries, imageRetryDelay } = readEach(pictureSchemas, read);
  return { sharpImages, sharpImageDelay, retries: imageRetries, retryDelay: imageRetryDelay };
}

/** Calls `changed` when one of the {@link pictureSettings} changed. */
export function onPictureSettings(changed: () => void): vscode.Disposable {
  const names = Object.keys(pictureSchemas);
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (names.some((name) => event.affectsConfiguration(`${section}.${name}`))) changed();
  });
}

/** Maximum size of the thumbnail cache, in bytes. */
export function cacheLimit(): number {
  return Math.max(minimumCache, readEach(cacheSchemas, read).thumbnailCacheSize) * 1024 * 1024;
}

/** The folder for thumbnails that the user has set; empty for the usual one. */
export function cacheDirectory(): string {
  return expandPath(vscode.workspace.getConfiguration(section).get<string>('cacheDirectory', ''));
}

/** The folders that may contain thumbnails: the usual one, and the one that the user has set. */
export function cacheRoots(usual: string): string[] {
  const chosen = cacheDirectory();
  return path.isAbsolute(chosen) ? [usual, path.join(chosen, cacheName)] : [usual];
}

function read(name: string): unknown {
  return vscode.workspace.getConfiguration(section).get(name);
}
