import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { contentPolicy } from '../../../../src/extension/editor/gridPage';

interface Manifest {
  capabilities: {
    untrustedWorkspaces: { supported: unknown; restrictedConfigurations: string[] };
    virtualWorkspaces: { supported: unknown };
  };
  contributes: { configuration: { properties: Record<string, { scope?: string }> }[] };
}

/**
 * What a setting can do when somebody else wrote it into a workspace: `names` something that is run, loaded, read, written or
 * asked (a program, a model, a folder, a file, a server, or which kind of these), so it must not count until the workspace is
 * trusted; `harmless` only changes what the user sees or what text a caption gets.
 */
const kinds: Readonly<Record<string, 'names' | 'harmless'>> = {
  taggers: 'names',
  captioners: 'names',
  captioner: 'names',
  executionProvider: 'names',
  tagList: 'names',
  cacheDirectory: 'names',
  serverUrl: 'names',
  serverModels: 'names',
  modelFolders: 'names',
  downloadFolder: 'names',
  hubEndpoint: 'names',
  cudaFolders: 'names',
  nodePath: 'names',
  ...Object.fromEntries(
    [
      ...[
        'ensembleMerge',
        'modelThresholds',
        'generalThreshold',
        'characterThreshold',
        'mcut',
        'maximumTags',
        'rating',
      ],
      ...[
        'ratingNames',
        'records',
        'characterTagsFirst',
        'expandCharacterTags',
        'tagOrder',
        'keepUnderscores',
        'escapeParentheses',
      ],
      ...['excludedTags', 'alwaysFirstTags', 'addedTags', 'replacements', 'writeMode', 'keepFirstTags', 'separator'],
      ...[
        'captionExtension',
        'captionKind',
        'emptiedCaption',
        'autoSaveDelay',
        'autocomplete',
        'sharpImages',
        'sharpImageDelay',
      ],
      ...['imageRetries', 'imageRetryDelay', 'thumbnailCacheSize', 'serverTimeout', 'batchSize', 'preprocess'],
      ...['preprocessThreads', 'inferenceThreads', 'unloadAfter', 'tagCountsFollowFilter', 'jobsOutliveWindow'],
      ...['snapshots.keepDays', 'snapshots.maximumSize'],
    ].map((name) => [name, 'harmless' as const]),
  ),
};

describe('A workspace that is not trusted', () => {
  const file = path.resolve(__dirname, '../../../package.json');
  const { capabilities, contributes } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const properties = Object.assign({}, ...contributes.configuration.map((part) => part.properties)) as Record<
    string,
    { scope?: string }
  >;
  const full = (name: string): string => `datasetCaptions.${name}`;

  it('has each setting sorted into those that name something and harmless ones', () => {
    assert.deepEqual(Object.keys(kinds).map(full).sort(), Object.keys(properties).sort());
  });

  it('has no say in any setting that names something', () => {
    const naming = Object.keys(kinds).filter((name) => kinds[name] === 'names');
    const { supported, restrictedConfigurations } = capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.deepEqual([...restrictedConfigurations].sort(), naming.map(full).sort());
  });

  it('can never name programs, folders or servers, not even when it is trusted', () => {
    for (const name of [
      'cudaFolders',
      'nodePath',
      'modelFolders',
      'downloadFolder',
      'cacheDirectory',
      'serverUrl',
      'captioners',
      'hubEndpoint',
    ])
      assert.equal(properties[full(name)]?.scope, 'machine', name);
  });
});

describe('The policy of the page', () => {
  it('lets nothing run or style but what comes from the extension, and has nothing unsafe in it', () => {
    const policy = contentPolicy('https://files.example', 'abc');
    assert.deepEqual(policy.split('; '), [
      "default-src 'none'",
      'img-src https://files.example data:',
      'style-src https://files.example',
      "script-src 'nonce-abc'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });
});
