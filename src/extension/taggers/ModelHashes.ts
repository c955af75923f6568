import { stat } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { TaggerModel } from '../../protocol/tagging/captionOptions';
import type { ModelHash, TaggerSetup } from '../../protocol/tagging/taggerProtocol';
import type { Models } from './Models';

const memoryKey = 'modelHashes';
/** Maximum number of models whose hashes are remembered: more than anybody has. */
const maxModels = 100;

/**
 * The hashes by which a job recognizes its models when it is resumed. A model can have a gigabyte, so its hash is
 * cached by path, size and modification time.
 */
export class ModelHashes {
  constructor(
    private readonly models: Pick<Models, 'request'>,
    private readonly memory: vscode.Memento,
  ) {}

  /**
   * Hashes of the models, in the order of the setup.
   * @throws RemoteError when a file cannot be read; the signal's reason
   */
  async of(setup: TaggerSetup, signal: AbortSignal): Promise<ModelHash[]> {
    // The models of a server can change without notice: never cached.
    if (setup.execution.provider === 'server')
      return (await this.models.request('hashModels', { setup }, signal)).hashes;
    const keys = await Promise.all(setup.models.map(fileKey));
    const known = this.memory.get<Record<string, ModelHash>>(memoryKey, {});
    const hashes = keys.flatMap((key) => (key === undefined ? [] : (known[key] ?? [])));
    if (hashes.length === keys.length) return hashes;
    const fresh = (await this.models.request('hashModels', { setup }, signal)).hashes;
    const entries = fresh.flatMap((hash, index): [string, ModelHash][] => {
      const key = keys[index];
      return key === undefined ? [] : [[key, hash]];
    });
    const kept = Object.entries(known).filter(([key]) => !keys.includes(key));
    await this.memory.update(memoryKey, Object.fromEntries([...kept, ...entries].slice(-maxModels)));
    return fresh;
  }
}

/** A cache key that changes whenever the files of a model do; undefined if they cannot be read. */
async function fileKey({ folder, files }: TaggerModel): Promise<string | undefined> {
  const paths = [
    files?.model ?? path.join(folder, 'model.onnx'),
    files?.tags ?? path.join(folder, 'selected_tags.csv'),
  ];
  try {
    const infos = await Promise.all(paths.map((file) => stat(file)));
    return infos.map(({ size, mtimeMs }, index) => [paths[index], size, mtimeMs].join(' ')).join('\n');
  } catch {
    return undefined;
  }
}
