// @ts-check
// Each command calls the API of Dataset Captions, prints what it got and returns it. Plain JavaScript, nothing to build.
const vscode = require('vscode');

/** @type {string[]} */
const changes = [];

/** @param {vscode.ExtensionContext} context */
exports.activate = async (context) => {
  /** @type {vscode.Extension<import('../../api').DatasetCaptionsExtension> | undefined} */
  const extension = vscode.extensions.getExtension('dataset-captions.dataset-captions');
  if (extension === undefined) throw new Error('Dataset Captions is not installed.');
  const api = (await extension.activate()).getAPI(1);

  const output = vscode.window.createOutputChannel('API Example');
  /** @param {string} id @param {(...args: any[]) => Promise<unknown>} call */
  const command = (id, call) =>
    vscode.commands.registerCommand(`apiExample.${id}`, async (...args) => {
      const result = await call(...args);
      output.appendLine(`${id}: ${JSON.stringify(result, undefined, 2)}`);
      output.show(true);
      return result;
    });

  context.subscriptions.push(
    output,
    command('showUncaptioned', (folder = workspaceFolder()) => uncaptioned(api, folder)),
    command('addTag', (folder = workspaceFolder(), tag = 'my_trigger') => addTag(api, folder, tag)),
    command('saveCaption', async (image, text) => saveCaption(api, image ?? (await pickImage()), text ?? 'a photo')),
    command('showPictures', async (image) => pictures(api, image ?? (await pickImage()))),
    command('captionImage', async (image) => captionImage(api, image ?? (await pickImage()))),
    command('captionMissing', (folder = workspaceFolder()) => captionMissing(api, folder)),
    command('showOrigins', async (image) => origins(api, image ?? (await pickImage()))),
    command('showTags', (folder = workspaceFolder()) => mostFrequentTags(api, folder)),
    command('showRecentChanges', async () => changes),
    command('proposeTag', (folder = workspaceFolder(), tag = 'my_trigger') => proposeTag(folder, tag)),
    api.onDidChangeCaptions(({ directory, images }) => {
      for (const { name, caption } of images) changes.push(`${directory}: ${name}: ${caption}`);
    }),
    api.onDidChangeBatch(({ id, status, done, total }) => {
      changes.push(`batch ${id}: ${status}, ${done} of ${total}`);
    }),
  );
};

/**
 * @param {import('../../api').DatasetCaptionsApi} api
 * @param {string | vscode.Uri} folder
 */
async function uncaptioned(api, folder) {
  const { total, images } = await api.listImages(folder, { query: 'is:empty', limit: 20 });
  return { total, first: images.map(({ name }) => name) };
}

/**
 * Puts a tag in front of each caption that lacks it, with a progress that can be cancelled.
 * @param {import('../../api').DatasetCaptionsApi} api
 * @param {string | vscode.Uri} folder
 * @param {string} tag
 */
async function addTag(api, folder, tag) {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress(
    { location, title: `Adding ${tag}`, cancellable: true },
    async (_progress, token) => {
      const { images } = await api.listImages(folder, { query: `-is:empty -tag:"${tag}"`, token });
      const skipped = [];
      for (const { path, name, caption } of images) {
        try {
          // `expected` is what the new text was made of: what somebody wrote meanwhile is never replaced.
          await api.saveCaption(path, `${tag}, ${caption}`, { expected: caption, token });
        } catch (error) {
          const { code } = /** @type {import('../../api').DatasetCaptionsError} */ (error);
          if (code !== 'CAPTION_CONFLICT' && code !== 'UNSAVED_EDIT') throw error;
          skipped.push(name);
        }
      }
      return { changed: images.length - skipped.length, skipped };
    },
  );
}

/**
 * @param {import('../../api').DatasetCaptionsApi} api
 * @param {string | vscode.Uri} image
 * @param {string} text
 */
async function saveCaption(api, image, text) {
  const before = await api.getCaption(image);
  const after = await api.saveCaption(image, text, { expected: before.caption });
  return { before: before.caption, after: after.caption, file: after.captionPath };
}

/**
 * @param {import('../../api').DatasetCaptionsApi} api
 * @param {string | vscode.Uri} image
 */
async function origins(api, image) {
  const { parts, deleted } = await api.getOrigins(image);
  return {
    mine: parts.filter(({ by }) => by === 'hand').map(({ text }) => text),
    deleted: deleted.map(({ text }) => text),
  };
}

/**
 * @param {import('../../api').DatasetCaptionsApi} api
 * @param {string | vscode.Uri} image
 */
async function pictures(api, image) {
  const original = await api.getImage(image);
  const thumbnail = await api.getThumbnail(image, 128);
  return {
    original: { mimeType: original.mimeType, bytes: (await original.readBytes()).length },
    thumbnail: { mimeType: thumbnail.mimeType, bytes: (await thumbnail.readBytes()).length },
  };
}

/**
 * @param {import('../../api').DatasetCaptionsApi} api
 * @param {string | vscode.Uri} image
 */
async function captionImage(api, image) {
  const { outcome, caption, reason } = await api.captionImage(image);
  return { outcome, caption, reason };
}

/**
 * Starts a batch, follows it by its events, and returns its results.
 * @param {import('../../api').DatasetCaptionsApi} api
 * @param {string | vscode.Uri} folder
 */
async function captionMissing(api, folder) {
  const { id } = await api.startBatch(folder, 'missing');
  await new Promise((resolve) => {
    const listening = api.onDidChangeBatch((batch) => {
      if (batch.id === id && batch.status !== 'running') resolve(listening.dispose());
    });
    // It may have ended before anybody listened.
    void api.getBatchStatus(id).then(({ status }) => status !== 'running' && resolve(listening.dispose()));
  });
  return api.getBatchStatus(id);
}

/**
 * @param {import('../../api').DatasetCaptionsApi} api
 * @param {string | vscode.Uri} folder
 */
async function mostFrequentTags(api, folder) {
  const tags = await api.getTagCounts(folder);
  return tags.slice(0, 10).map(({ tag, count }) => `${tag} (${count})`);
}

/**
 * Asks the user to put a tag in front of the first captions, with the tools that language models have.
 * @param {vscode.Uri} folder
 * @param {string} tag
 */
async function proposeTag({ fsPath: directory }, tag) {
  const { images } = await callTool('listImages', { directory, query: `-is:empty -tag:"${tag}"`, limit: 3 });
  const names = images.map((/** @type {{ image: string }} */ { image }) => image);
  const { captions } = await callTool('readCaptions', { directory, images: names });
  const edits = captions.map((/** @type {{ image: string, caption: string }} */ { image, caption }) => {
    return { image, expected: caption, caption: `${tag}, ${caption}` };
  });
  try {
    return await callTool('editCaptions', { directory, edits });
  } catch (error) {
    if (error instanceof Error && error.name === 'Canceled') return 'The user did not agree.';
    throw error;
  }
}

/**
 * @param {string} name
 * @param {object} input
 */
async function callTool(name, input) {
  const options = { input, toolInvocationToken: undefined };
  const { content } = await vscode.lm.invokeTool(`datasetCaptions_${name}`, options);
  const [part] = content;
  if (!(part instanceof vscode.LanguageModelTextPart))
    throw new Error(`${name} answered with something else than text.`);
  return JSON.parse(part.value);
}

/** @returns {vscode.Uri} */
function workspaceFolder() {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('Open a folder of images first.');
  return folder.uri;
}

/** @returns {Promise<vscode.Uri>} */
async function pickImage() {
  const [image] = (await vscode.window.showOpenDialog({ title: 'Choose an Image' })) ?? [];
  if (image === undefined) throw new Error('No image was chosen.');
  return image;
}
