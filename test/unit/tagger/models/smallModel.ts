import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { CatalogueModel } from '../../../../src/tagger/models/catalogue';
import { sha256, type HubServer } from './hubServer';

/** A model of a catalogue for tests: some random bytes and a short list of tags. */
export interface SmallModel {
  entry: CatalogueModel;
  model: Buffer;
  tags: Buffer;
}

/** Makes a model that is in no other catalogue: of random bytes, unless the test brings one that works. */
export function smallModel(
  id: string,
  size = 200_000,
  model = randomBytes(size),
  tags = Buffer.from(`tag_id,name,category,count\n1,${id},0,1\n`),
): SmallModel {
  return {
    model,
    tags,
    entry: {
      id,
      repo: `SmilingWolf/${id}`,
      commit: sha256(model).slice(0, 40),
      hint: 'For tests',
      model: { sha256: sha256(model), size: model.length, approximateSize: model.length },
      tags: { sha256: sha256(tags), size: tags.length },
      thresholds: { general: 0.35, character: 0.85 },
      balancedThreshold: 0.3,
    },
  };
}

/** Puts a model on the hub. */
export function publish(hub: HubServer, { entry, model, tags }: SmallModel): void {
  const folder = `/${entry.repo}/resolve/${entry.commit}`;
  hub.add(`${folder}/model.onnx`, model);
  hub.add(`${folder}/selected_tags.csv`, tags, 'small');
}

/**
 * The environment of a process that sees the test's hub, the catalogue that the test wrote into `folder` as
 * `catalogue.json`, and nothing of this machine.
 */
export function hubEnvironment(folder: string, hub: HubServer): Record<string, string> {
  const names = [
    'HF_HUB_CACHE',
    'HUGGINGFACE_HUB_CACHE',
    'HF_HOME',
    'XDG_CACHE_HOME',
    'HF_TOKEN',
    'HUGGING_FACE_HUB_TOKEN',
  ];
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'];
  return {
    ...Object.fromEntries([...names, ...proxies].map((name) => [name, ''])),
    HOME: path.join(folder, 'home'),
    HF_ENDPOINT: hub.hub.origin,
    DATASET_CAPTIONS_CATALOGUE: path.join(folder, 'catalogue.json'),
  };
}
