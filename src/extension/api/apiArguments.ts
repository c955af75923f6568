import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { BatchMode, PathOrUri } from '../../../api';
import { isImageName } from '../../dataset/files/imageFiles';
import { wholeNumber as wholeNumberSchema } from '../shared/schemas';
import { ApiError } from './ApiError';

/**
 * The path that a caller means, without a slash at its end. Checked at run time: callers may be plain JavaScript.
 * @throws ApiError ARGUMENT_INVALID, NOT_LOCAL
 */
export function localPath(given: PathOrUri): string {
  if (given instanceof vscode.Uri && given.scheme !== 'file') {
    const text = vscode.l10n.t('{0} is not a file or folder on this machine.', given.toString());
    throw new ApiError('NOT_LOCAL', text);
  }
  const file: unknown = given instanceof vscode.Uri ? given.fsPath : given;
  if (typeof file !== 'string' || !path.isAbsolute(file) || file.includes('\0')) {
    throw invalid(vscode.l10n.t('{0} is no absolute path.', String(file)));
  }
  // Uri.fsPath gives drive letters in lower case, as all paths from VS Code have them.
  const normal = vscode.Uri.file(path.resolve(file)).fsPath;
  return normal.length > 1 && normal.endsWith(path.sep) && !/^[a-z]:\\$/i.test(normal) ? normal.slice(0, -1) : normal;
}

/** The absolute path of an image file that exists. @throws ApiError ARGUMENT_INVALID, NOT_LOCAL, IMAGE_NOT_FOUND */
export async function imageFile(given: PathOrUri): Promise<string> {
  const file = localPath(given);
  const isFile = await stat(file).then(
    (info) => info.isFile(),
    () => false,
  );
  if (!isFile || !isImageName(path.basename(file))) {
    throw new ApiError('IMAGE_NOT_FOUND', vscode.l10n.t('There is no image {0}.', file), file);
  }
  return file;
}

/** The absolute path of a folder that exists. @throws ApiError ARGUMENT_INVALID, NOT_LOCAL, DIRECTORY_NOT_FOUND */
export async function directory(given: PathOrUri): Promise<string> {
  const folder = localPath(given);
  const isFolder = await stat(folder).then(
    (info) => info.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new ApiError('DIRECTORY_NOT_FOUND', vscode.l10n.t('There is no folder {0}.', folder), folder);
  }
  return folder;
}

/**
 * An optional whole number from `least` to `most`, both included.
 * @param name of the argument, for the message
 * @throws ApiError ARGUMENT_INVALID
 */
export function wholeNumber(given: number | undefined, name: string, least: number, most: number): number | undefined {
  if (v.is(v.optional(wholeNumberSchema(least, most)), given)) return given;
  throw invalid(vscode.l10n.t('{0} has to be a whole number from {1} to {2}.', name, least, most));
}

/** @param name of the argument, for the message. @throws ApiError ARGUMENT_INVALID when it is no text */
export function text(given: unknown, name: string): string {
  if (v.is(v.string(), given)) return given;
  throw invalid(vscode.l10n.t('{0} has to be a text.', name));
}

/** @throws ApiError ARGUMENT_INVALID when it is neither `all` nor `missing` */
export function batchMode(given: unknown): BatchMode {
  if (v.is(v.picklist(['all', 'missing']), given)) return given;
  throw invalid(vscode.l10n.t('mode has to be "all" or "missing".'));
}

function invalid(message: string): ApiError {
  return new ApiError('ARGUMENT_INVALID', message);
}
