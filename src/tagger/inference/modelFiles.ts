import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { TaggerModel } from '../../protocol/tagging/captionOptions';
import type { ModelHash } from '../../protocol/tagging/taggerProtocol';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { fileDigest } from '../download/fileHash';
import { ModelError } from './ModelError';
import { parseSelectedTags, type ModelTag } from './selectedTags';

const sha256 = { algorithm: 'sha256', encoding: 'hex' } as const;

/** Absolute paths of what a model consists of. */
export interface ModelFiles {
  model: string;
  tags: string;
}

/** The files of a model: those that it names, else `model.onnx` and `selected_tags.csv` in its folder. */
export function modelFilesOf({ folder, files }: Pick<TaggerModel, 'folder' | 'files'>): ModelFiles {
  return files ?? { model: path.join(folder, 'model.onnx'), tags: path.join(folder, 'selected_tags.csv') };
}

/**
 * Checks that a file can be a model, so that the usual mistakes get a better message than ONNX Runtime's.
 * @returns size in bytes and time of the last change in milliseconds, which together tell one model from another
 * @throws ModelError MODEL_MISSING, MODEL_UNREADABLE, MODEL_IS_LFS_POINTER
 */
export async function checkModelFile(modelPath: string): Promise<{ size: number; modified: number }> {
  const name = path.basename(modelPath);
  let head: Buffer;
  let size: number;
  let modified: number;
  try {
    ({ size, mtimeMs: modified } = await stat(modelPath));
    const file = await open(modelPath);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
      head = buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') {
      throw new ModelError('MODEL_MISSING', modelPath, l10n.t('The folder has no {0}.', name), error);
    }
    throw new ModelError(
      'MODEL_UNREADABLE',
      modelPath,
      l10n.t('{0} cannot be read: {1}', name, errorMessage(error)),
      error,
    );
  }
  if (head.length === 0) throw new ModelError('MODEL_UNREADABLE', modelPath, l10n.t('{0} is empty (0 bytes).', name));
  if (head.toString('latin1').startsWith('version https://git-lfs')) {
    const message = l10n.t(
      '{0} is a Git LFS pointer, not the model: run "git lfs pull", or download the file itself.',
      name,
    );
    throw new ModelError('MODEL_IS_LFS_POINTER', modelPath, message);
  }
  return { size, modified };
}

/**
 * Reads the tags of a model.
 * @throws ModelError TAGS_MISSING, TAGS_INVALID
 */
export async function readTags(tagsPath: string): Promise<ModelTag[]> {
  const name = path.basename(tagsPath);
  let csv: string;
  try {
    csv = await readFile(tagsPath, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      throw new ModelError('TAGS_MISSING', tagsPath, l10n.t('The folder has no {0}.', name), error);
    }
    throw new ModelError('TAGS_INVALID', tagsPath, l10n.t('{0} cannot be read: {1}', name, errorMessage(error)), error);
  }
  return parseSelectedTags(csv, tagsPath);
}

/**
 * Hashes the files of a model.
 * @returns SHA-256, hexadecimal
 * @throws ModelError MODEL_MISSING, MODEL_UNREADABLE, MODEL_IS_LFS_POINTER, TAGS_MISSING, TAGS_INVALID; the signal's
 *   reason
 */
export async function hashModel(model: Pick<TaggerModel, 'folder' | 'files'>, signal: AbortSignal): Promise<ModelHash> {
  const files = modelFilesOf(model);
  const { size, modified } = await checkModelFile(files.model);
  const tags = await tagsHash(model, signal);
  const key = `${files.model} ${size} ${modified}`;
  const digest = hashed.get(key) ?? (await fileDigest(files.model, sha256, signal));
  hashed.set(key, digest);
  return { model: digest, tags };
}

/** The hashes of models by path, size and time, so that a job of one image does not read a gigabyte again. */
const hashed = new Map<string, string>();

/**
 * Hashes the list of a model's tags.
 * @returns SHA-256, hexadecimal
 * @throws ModelError TAGS_MISSING, TAGS_INVALID; the signal's reason
 */
export async function tagsHash(model: Pick<TaggerModel, 'folder' | 'files'>, signal: AbortSignal): Promise<string> {
  const { tags } = modelFilesOf(model);
  await readTags(tags);
  return fileDigest(tags, sha256, signal);
}
