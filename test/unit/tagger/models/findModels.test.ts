import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelListing } from '../../../../src/protocol/tagging/modelListing';
import { publishedModels } from '../../../../src/tagger/models/catalogue';
import { listModels } from '../../../../src/tagger/models/findModels';
import { hubCacheRoots, type SearchScope } from '../../../../src/tagger/models/modelPlaces';
import { sha256 } from './hubServer';
import { smallModel } from './smallModel';
import { fingerprint, testFolder, writeFiles } from '../../shared/testFolder';

describe('The catalogue', () => {
  it('has the ten taggers of the second and third generation, the recommended pair first', () => {
    assert.equal(publishedModels.length, 10);
    assert.deepEqual(
      publishedModels.slice(0, 2).map(({ id }) => id),
      ['wd-v1-4-moat-tagger-v2', 'wd-convnext-tagger-v3'],
    );
    for (const { id, repo, commit, hint, model, tags } of publishedModels) {
      assert.equal(repo, `SmilingWolf/${id}`);
      assert.match(commit, /^[0-9a-f]{40}$/);
      assert.match(model.sha256, /^[0-9a-f]{64}$/);
      assert.match(tags.sha256, id.endsWith('v2') ? /^8c875060/ : /^298633d9/);
      assert.ok(hint.length > 20 && model.approximateSize > 3e8 && model.approximateSize < 1.3e9);
    }
    assert.equal(new Set(publishedModels.map(({ model }) => model.sha256)).size, 10);
  });
});

describe('The search for models', () => {
  const folder = testFolder();
  const wanted = smallModel('wd-small-tagger-v3');
  const other = smallModel('wd-other-tagger-v2');
  const catalogue = [wanted.entry, other.entry];
  const files = { 'model.onnx': wanted.model, 'selected_tags.csv': wanted.tags };
  const inFolder = (...names: string[]): string => path.join(folder(), ...names);

  function list(more: { extraFolders?: string[]; env?: NodeJS.ProcessEnv } = {}): Promise<ModelListing[]> {
    return listModels({
      catalogue,
      folders: { downloadFolder: inFolder('downloads'), extraFolders: more.extraFolders ?? [] },
      scope: scope(more.env),
    });
  }
  function scope(env: NodeJS.ProcessEnv = {}): SearchScope {
    return { env, home: inFolder('home'), workingFolder: inFolder('cwd'), programRoots: [inFolder('workspace')] };
  }
  async function found(more: Parameters<typeof list>[0] = {}): Promise<ModelListing['found']> {
    return (await list(more))[0]?.found;
  }
  /** A repository in a hub cache as huggingface_hub makes it. */
  async function writeCache(root: string, model = wanted.model, commit = wanted.entry.commit): Promise<string> {
    const repository = path.join(root, 'models--SmilingWolf--wd-small-tagger-v3');
    const snapshot = path.join(repository, 'snapshots', commit);
    const tagsBlob = createHash('sha1').update(`blob ${wanted.tags.length}\0`).update(wanted.tags).digest('hex');
    await writeFiles(repository, {
      'refs/main': commit,
      [`blobs/${sha256(model)}`]: model,
      [`blobs/${tagsBlob}`]: wanted.tags,
    });
    await mkdir(snapshot, { recursive: true });
    await symlink(`../../blobs/${sha256(model)}`, path.join(snapshot, 'model.onnx'));
    await symlink(`../../blobs/${tagsBlob}`, path.join(snapshot, 'selected_tags.csv'));
    return snapshot;
  }
  async function tree(root: string): Promise<string[]> {
    const names = (await readdir(root, { recursive: true })).sort();
    return Promise.all(names.map(async (name) => `${name} ${await fingerprint(path.join(root, name))}`));
  }

  it('lists the catalogue with what a download costs where nothing is there', async () => {
    assert.deepEqual(
      (await list()).map(({ id, size, found: none, partialBytes }) => [id, size, none, partialBytes]),
      [wanted, other].map(({ entry, model, tags }) => [entry.id, model.length + tags.length, undefined, 0]),
    );
    await writeFiles(inFolder('downloads/wd-small-tagger-v3'), { 'model.onnx.partial': Buffer.alloc(1234) });
    assert.equal((await list())[0]?.partialBytes, 1234);
  });

  it('uses a read-only hub cache in place: hashed once, nothing written there', async () => {
    const root = inFolder('home/.cache/huggingface/hub');
    const snapshot = await writeCache(root);
    const before = await tree(root);
    await chmod(snapshot, 0o555);
    await chmod(root, 0o555);
    const locked = await tree(root);
    assert.deepEqual(await found(), {
      source: 'hub-cache',
      folder: snapshot,
      model: path.join(snapshot, 'model.onnx'),
      tags: path.join(snapshot, 'selected_tags.csv'),
      verified: true,
    });
    assert.deepEqual(await tree(root), locked);
    assert.equal(locked.length, before.length);
    for (const closed of [root, snapshot]) await chmod(closed, 0o755);
  });

  it('believes no name of a blob: what it holds is hashed, once', async () => {
    const root = inFolder('home/.cache/huggingface/hub');
    await writeCache(root);
    const blob = path.join(root, 'models--SmilingWolf--wd-small-tagger-v3/blobs', sha256(wanted.model));
    assert.equal((await found())?.verified, true);
    await writeFile(blob, Buffer.alloc(wanted.model.length));
    await utimes(blob, 1_000_000, 1_000_000);
    assert.equal((await found())?.verified, true, 'not read again: the same size and time');
    await utimes(blob, 2_000_000, 2_000_000);
    assert.equal((await found())?.verified, false);
  });

  it('does not believe what another user, or anybody, may have noted of hashes', async function () {
    if (process.getuid?.() !== 0) this.skip();
    await writeFiles(inFolder('x/wd-small-tagger-v3'), files);
    const extra = { extraFolders: [inFolder('x')] };
    assert.equal((await found(extra))?.verified, true);
    const model = inFolder('x/wd-small-tagger-v3/model.onnx');
    await writeFile(model, Buffer.alloc(wanted.model.length));
    await utimes(model, 1_000_000, 1_000_000);
    const notes = inFolder('downloads/verified-files.json');
    assert.equal((await found(extra))?.verified, true, 'of this user');
    const content = await readFile(notes);
    for (const [owner, mode] of [
      [2002, 0o600],
      [0, 0o666],
    ] as const) {
      await writeFile(notes, content);
      await chown(notes, owner, owner);
      await chmod(notes, mode);
      assert.equal((await found(extra))?.verified, false);
    }
  });

  it('believes the name of a blob no more with another size', async () => {
    const root = inFolder('home/.cache/huggingface/hub');
    await writeCache(root);
    await writeFile(path.join(root, 'models--SmilingWolf--wd-small-tagger-v3/blobs', sha256(wanted.model)), 'cut');
    assert.equal((await found())?.verified, false);
  });

  it('knows all environment variables of the hub cache, with ~ and variables in them', async () => {
    const cases: [env: NodeJS.ProcessEnv, root: string][] = [
      [{ HF_HUB_CACHE: '~/a' }, 'home/a'],
      [{ HUGGINGFACE_HUB_CACHE: '$DISK/b', DISK: inFolder('disk') }, 'disk/b'],
      [{ HF_HOME: '${DISK}/c', DISK: inFolder('disk') }, 'disk/c/hub'],
      [{ XDG_CACHE_HOME: inFolder('xdg') }, 'xdg/huggingface/hub'],
      [{}, 'home/.cache/huggingface/hub'],
    ];
    for (const [env, root] of cases) {
      assert.equal(hubCacheRoots(scope(env))[0], inFolder(root));
    }
    const all: NodeJS.ProcessEnv = {
      HF_HUB_CACHE: '/1',
      HUGGINGFACE_HUB_CACHE: '/2',
      HF_HOME: '/3',
      XDG_CACHE_HOME: '/4',
    };
    assert.deepEqual(hubCacheRoots(scope(all)).slice(0, 4), ['/1', '/2', '/3/hub', '/4/huggingface/hub']);
    const snapshot = await writeCache(inFolder('disk/c/hub'));
    assert.equal((await found({ env: { HF_HOME: inFolder('disk/c') } }))?.folder, snapshot);
  });

  it('takes the pinned commit of a cache before others, and another one that has the same file', async () => {
    const root = inFolder('home/.cache/huggingface/hub');
    const older = await writeCache(root, other.model, 'a'.repeat(40));
    assert.deepEqual([(await found())?.folder, (await found())?.verified], [older, false]);
    const pinned = await writeCache(root);
    assert.deepEqual([(await found())?.folder, (await found())?.verified], [pinned, true]);
  });

  it('hashes a cache without links once and remembers it until the file changes', async () => {
    const snapshot = inFolder('home/.cache/huggingface/hub/models--SmilingWolf--wd-small-tagger-v3/snapshots/abc');
    await writeFiles(snapshot, files);
    assert.equal((await found())?.verified, true);
    const model = path.join(snapshot, 'model.onnx');
    // Other bytes under the same size and time: only who does not read the file again takes it for the same.
    await writeFile(model, Buffer.alloc(wanted.model.length));
    await utimes(model, 1_000_000, 1_000_000);
    assert.equal((await found())?.verified, true);
    await utimes(model, 2_000_000, 2_000_000);
    assert.equal((await found())?.verified, false);
  });

  it('finds what the other programs have', async () => {
    const cases: [place: string, source: string, names: [model: string, tags: string]][] = [
      [
        'home/sd-scripts/wd14_tagger_model/SmilingWolf_wd-small-tagger-v3',
        'sd-scripts',
        ['model.onnx', 'selected_tags.csv'],
      ],
      ['cwd/wd14_tagger_model/wd-small-tagger-v3', 'sd-scripts', ['model.onnx', 'selected_tags.csv']],
      [
        'workspace/kohya_ss/sd-scripts/wd14_tagger_model/SmilingWolf_wd-small-tagger-v3',
        'sd-scripts',
        ['model.onnx', 'selected_tags.csv'],
      ],
      [
        'workspace/ComfyUI/custom_nodes/ComfyUI-WD14-Tagger/models',
        'comfyui',
        ['wd-small-tagger-v3.onnx', 'wd-small-tagger-v3.csv'],
      ],
      ['home/ComfyUI/models/wd14_tagger', 'comfyui', ['wd-small-tagger-v3.onnx', 'wd-small-tagger-v3.csv']],
      [
        'home/stable-diffusion-webui/models/interrogators/models--SmilingWolf--wd-small-tagger-v3/snapshots/x',
        'webui',
        ['model.onnx', 'selected_tags.csv'],
      ],
      ['workspace/taggui/models/wd-small-tagger-v3', 'taggui', ['model.onnx', 'selected_tags.csv']],
    ];
    for (const [place, source, [model, tags]] of cases) {
      const root = inFolder(place.split('/')[0] ?? '');
      await writeFiles(inFolder(place), { [model]: wanted.model, [tags]: wanted.tags });
      assert.deepEqual(
        await found(),
        { source, folder: inFolder(place), model: inFolder(place, model), tags: inFolder(place, tags), verified: true },
        place,
      );
      await rm(root, { recursive: true });
    }
  });

  it('finds models in extra folders: the folder itself, one level down, a program', async () => {
    for (const place of ['x', 'x/wd-small-tagger-v3', 'x/models/interrogators/wd-small-tagger-v3']) {
      await rm(inFolder('x'), { recursive: true, force: true });
      await writeFiles(inFolder(place), files);
      const model = await found({ extraFolders: [inFolder('x')] });
      // In a folder of any name the pinned file is known by its size and hash.
      assert.deepEqual([model?.source, model?.folder, model?.verified], ['extra-folder', inFolder(place), true]);
    }
    assert.equal(await found({ extraFolders: [inFolder('gone')] }), undefined);
  });

  it('lists what is not in the catalogue from extra folders only', async () => {
    const own = { 'model.onnx': 'my own model', 'selected_tags.csv': 'name,category\n' };
    await writeFiles(inFolder('x/my-tagger'), own);
    await writeFiles(inFolder('home/sd-scripts/wd14_tagger_model/unknown'), own);
    const listed = await list({ extraFolders: [inFolder('x')] });
    assert.deepEqual(
      listed.map(({ id, inCatalogue }) => [id, inCatalogue]),
      [
        ['wd-small-tagger-v3', true],
        ['wd-other-tagger-v2', true],
        ['my-tagger', false],
      ],
    );
    assert.deepEqual([listed[2]?.found?.folder, listed[2]?.found?.verified], [inFolder('x/my-tagger'), false]);
  });

  it('never takes another version for the pinned one, whether model or tags differ', async () => {
    const place = inFolder('x/wd-small-tagger-v3');
    const extraFolders = [inFolder('x')];
    await writeFiles(place, { ...files, 'model.onnx': Buffer.alloc(wanted.model.length) });
    assert.equal((await found({ extraFolders }))?.verified, false);
    await writeFiles(place, { ...files, 'model.onnx': 'shorter' });
    assert.equal((await found({ extraFolders }))?.verified, false);
    await writeFiles(place, { ...files, 'selected_tags.csv': 'x'.repeat(wanted.tags.length) });
    assert.equal((await found({ extraFolders }))?.verified, false);
    // Somewhere else is the right one.
    await writeFiles(inFolder('cwd/wd14_tagger_model/wd-small-tagger-v3'), files);
    assert.deepEqual((await found({ extraFolders }))?.source, 'sd-scripts');
  });

  it('takes neither an empty file nor a Git LFS pointer nor half a model for one', async () => {
    const place = inFolder('x/wd-small-tagger-v3');
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n';
    for (const broken of [{ 'model.onnx': '' }, { 'model.onnx': pointer }, { 'selected_tags.csv': '' }]) {
      await writeFiles(place, { ...files, ...broken });
      assert.equal(await found({ extraFolders: [inFolder('x')] }), undefined);
    }
    await writeFiles(inFolder('y/wd-small-tagger-v3'), { 'model.onnx': wanted.model });
    await mkdir(inFolder('z/wd-small-tagger-v3/model.onnx'), { recursive: true });
    assert.equal(await found({ extraFolders: [inFolder('y'), inFolder('z')] }), undefined);
  });
});
