import { readFileSync } from 'node:fs';
import * as l10n from '@vscode/l10n';
import { defaultThresholds, type Thresholds } from '../../protocol/tagging/captionOptions';

/** A file of a model as it was published. */
export interface PinnedFile {
  /** in hex */
  sha256: string;
  /** in bytes; undefined where it is not pinned */
  size: number | undefined;
}

/** A published tagger, pinned to one commit: what it says cannot change under the user. */
export interface CatalogueModel {
  id: string;
  /** on the hub, `owner/name` */
  repo: string;
  commit: string;
  /** what it is good for, in one line */
  hint: string;
  /** `model.onnx` */
  model: PinnedFile & { approximateSize: number };
  /** `selected_tags.csv` */
  tags: PinnedFile;
  /** what SmilingWolf's own wd-tagger space uses */
  thresholds: Thresholds;
  /** where precision equals recall on the author's validation set, by the model's card; for information */
  balancedThreshold: number;
}

/** The names of a model's files on the hub and in a model folder. */
export const modelFileName = 'model.onnx';
export const tagsFileName = 'selected_tags.csv';

/** All v2 models share one list of tags, and all v3 models another. */
const tags2 = { sha256: '8c8750600db36233a1b274ac88bd46289e588b338218c2e4c62bbc9f2b516368', size: 253_906 };
const tags3 = { sha256: '298633d94d0031d2081c0893f29c82eab7f0df00b08483ba8f29d1e979441217', size: 308_468 };

/**
 * SmilingWolf's taggers of the second and third generation, the recommended ones first. Commits, sizes and hashes are
 * those of the hub's repositories (`main` at the time of writing; wd-v1-4-swinv2-tagger-v2 is its v2.1).
 */
export const publishedModels: readonly CatalogueModel[] = [
  entry('wd-v1-4-moat-tagger-v2', {
    commit: '8452cddf280b952281b6e102411c50e981cb2908',
    hint: () => l10n.t('The most accurate of the second generation and the smallest file; a good first choice'),
    size: 326_197_340,
    sha256: 'b8cef913be4c9e8d93f9f903e74271416502ce0b4b04df0ff1e2f00df488aa03',
    tags: tags2,
    balancedThreshold: 0.3771,
  }),
  entry('wd-convnext-tagger-v3', {
    commit: 'd39e46de298d27340111b64965e20b8185c407e6',
    hint: () => l10n.t('Third generation: newer tags and characters; fast on every GPU'),
    size: 394_990_732,
    sha256: '1b8a7abf13d9b8368267df47501d523789c4aeae66b2296ad98483239dfa32eb',
    tags: tags3,
    balancedThreshold: 0.2682,
  }),
  entry('wd-swinv2-tagger-v3', {
    commit: '627aef95638667ddcaa3ac8ae625e88ea5b02f51',
    hint: () => l10n.t('Third generation, the best one of ordinary size; slower than ConvNeXt'),
    size: 467_460_978,
    sha256: 'e6774bff34d43bd49f75a47db4ef217dce701c9847b546523eb85ff6dbba1db1',
    tags: tags3,
    balancedThreshold: 0.2653,
  }),
  entry('wd-vit-tagger-v3', {
    commit: '7f6b584d0bd3f55c4531f14ba3d4761b2bccdc0f',
    hint: () => l10n.t('Third generation, the smallest file of it; fast with large batches'),
    size: 378_536_310,
    sha256: '35f23693620b668f4d53fd3c62bf65e40af739bc52c7eb0fbc49258b58d065b6',
    tags: tags3,
    balancedThreshold: 0.2614,
  }),
  entry('wd-eva02-large-tagger-v3', {
    commit: 'b25b82a03f7282e41aa2f257a52c7583b710bd1c',
    hint: () => l10n.t('The most accurate of the third generation; large and slow, wants a GPU'),
    size: 1_260_435_999,
    sha256: '9e768793060c7939b277ccb382783e8670e8a042d29d77aa736be0c8cc898bfc',
    tags: tags3,
    balancedThreshold: 0.5296,
  }),
  entry('wd-vit-large-tagger-v3', {
    commit: 'ae469aa2e4706a3af08d3673cf73a11d1add314c',
    hint: () => l10n.t('Nearly as accurate as EVA02 and a little faster; large, wants a GPU'),
    size: 1_260_645_673,
    sha256: 'e4c8001b000a6c98f2db10794f7c406daa79873d071d6ca924330fa053fa1845',
    tags: tags3,
    balancedThreshold: 0.2606,
  }),
  entry('wd-v1-4-swinv2-tagger-v2', {
    commit: 'cdb0c7fdc70646f0af29c6f80f8df564344a69b6',
    hint: () => l10n.t('Second generation, close to MOAT; takes batches (v2.1)'),
    approximateSize: 455_000_000,
    sha256: '04ec04fdf7db74b4fed7f4b52f52e04dec4dbad9e4d88d2d178f334079a29fde',
    tags: tags2,
    balancedThreshold: 0.3771,
  }),
  entry('wd-v1-4-convnextv2-tagger-v2', {
    commit: 'dbd4dbe553ee51feb3bc745b614fb762080e3912',
    hint: () => l10n.t('Second generation, a favourite of training guides; one picture at a time'),
    approximateSize: 388_000_000,
    sha256: 'e91daa19cd9e8725125b7d70702d1560855fb687f8d8c4218eddaa821f41834a',
    tags: tags2,
    balancedThreshold: 0.371,
  }),
  entry('wd-v1-4-convnext-tagger-v2', {
    commit: '4b34d1b07bdd8e95494072648960b8a6adcbc0ff',
    hint: () => l10n.t('Second generation, the default of many tools; one picture at a time'),
    size: 387_820_405,
    sha256: '71f06ecb7b9df81d8f271da4d43997ea2ed363cdac29aa64fcb256c9631e656a',
    tags: tags2,
    balancedThreshold: 0.3685,
  }),
  entry('wd-v1-4-vit-tagger-v2', {
    commit: '1f3f3e8ae769634e31e1ef696df11ec37493e4f2',
    hint: () => l10n.t('Second generation, for captions like those of older data sets; one picture at a time'),
    approximateSize: 373_000_000,
    sha256: '8a21cadd1f88a095094cafbffe3028c3cc3d97f4d58c54344c5994bcf48e24ac',
    tags: tags2,
    balancedThreshold: 0.3537,
  }),
];

/**
 * The models that can be downloaded. For tests: the environment variable `DATASET_CAPTIONS_CATALOGUE` names a JSON file
 * with other ones, in the form of {@link CatalogueModel}.
 */
export function catalogue(env: NodeJS.ProcessEnv = process.env): readonly CatalogueModel[] {
  const file = env.DATASET_CAPTIONS_CATALOGUE;
  if (file === undefined || file === '') return publishedModels;
  return JSON.parse(readFileSync(file, 'utf8')) as CatalogueModel[];
}

interface Entry {
  commit: string;
  /** a function, because the language of the process is set after this module is loaded */
  hint: () => string;
  sha256: string;
  size?: number;
  approximateSize?: number;
  tags: PinnedFile;
  balancedThreshold: number;
}

function entry(id: string, { size, sha256, approximateSize, hint, ...rest }: Entry): CatalogueModel {
  const model = { sha256, size, approximateSize: size ?? approximateSize ?? 0 };
  return {
    id,
    repo: `SmilingWolf/${id}`,
    model,
    thresholds: { ...defaultThresholds },
    ...rest,
    get hint() {
      return hint();
    },
  };
}
