import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { TaggerManifest } from '../../src/jobs/jobTypes';
import { writeTinyModel } from '../unit/shared/writeTinyModel';
import { makeScratch, readText } from './datasetFiles';
import { DatasetView, until } from './DatasetView';
import { Workbench } from './Workbench';

const image = '5_scenery/alps.jpg';

describe('a folder that is not trusted, in the real workbench', () => {
  let scratch: string;
  let planted: string;
  let server: Server;
  let requests = 0;
  let workbench: Workbench | undefined;

  beforeEach(async () => {
    scratch = await makeScratch();
    planted = path.join(scratch, 'planted');
    server = createServer((_request, response) => {
      requests++;
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await plant(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  });

  afterEach(async function () {
    await workbench?.disposeAfter(this.currentTest);
    workbench = undefined;
    server.close();
    await rm(scratch, { recursive: true, force: true });
  });

  /** Settings of the workspace that would have everything of it used, and what they name. */
  async function plant(url: string): Promise<void> {
    writeTinyModel(path.join(planted, 'model'), {
      inputName: 'input',
      inputShape: ['n', 448, 448, 3],
      outputName: 'output',
    });
    await mkdir(path.join(planted, 'cuda'));
    await writeFile(path.join(planted, 'cuda/libonnxruntime_providers_cuda.so'), 'planted');
    const program = path.join(planted, 'node');
    await writeFile(program, `#!/bin/sh\ntouch ${path.join(planted, 'was-run')}\n`, { mode: 0o755 });
    await writeFile(path.join(planted, 'tags.csv'), 'planted_tag,0,1000000,\n');
    const settings = {
      taggers: [path.join(planted, 'model')],
      tagList: path.join(planted, 'tags.csv'),
      executionProvider: 'server',
      serverUrl: url,
      hubEndpoint: url,
      serverModels: { palette: 'planted' },
      modelFolders: [planted],
      downloadFolder: path.join(planted, 'downloads'),
      cacheDirectory: path.join(planted, 'cache'),
      cudaFolders: [path.join(planted, 'cuda')],
      nodePath: program,
    };
    await mkdir(path.join(scratch, '.vscode'));
    await writeFile(
      path.join(scratch, '.vscode/settings.json'),
      JSON.stringify(
        Object.fromEntries(Object.entries(settings).map(([name, value]) => [`datasetCaptions.${name}`, value])),
      ),
    );
  }

  it('can be browsed, edited and captioned, but says nothing about what runs; when it is trusted, it may choose the tagger', async () => {
    workbench = await Workbench.open({
      folder: scratch,
      trust: true,
      settings: { 'workbench.editor.useModal': 'off' },
    });
    const { page } = workbench;
    await page.getByText('Restricted Mode').first().waitFor();
    const view = await DatasetView.open(workbench, 'dataset');
    const tagger = view.frame.getByRole('button', { name: /^Tagger|Palette/ }).first();
    await tagger.waitFor();

    await view.type(image, ', typed here');
    await view.saveState(image, 'Saved');
    const caption = path.join(scratch, 'dataset', image.replace('.jpg', '.txt'));
    assert.match((await readText(caption)) ?? '', /, typed here\s*$/);

    await view.press(/^Caption Empty/);
    await view.jobDone('Caption Empty');
    const [job] = await manifests(workbench);
    assert.equal(job?.tagger.setup.models.length, 1);
    assert.equal(path.basename(job.tagger.setup.models[0]!.folder), 'palette');
    assert.equal(job.tagger.setup.execution.provider, 'auto');
    assert.equal(job.tagger.setup.execution.server, undefined);
    assert.ok(!JSON.stringify(job.tagger).includes(planted), 'the job knows nothing of what the workspace names');
    assert.equal(requests, 0, 'nobody was asked');
    for (const name of ['was-run', 'cache', 'downloads']) {
      await assert.rejects(stat(path.join(planted, name)), { code: 'ENOENT' }, `${name} was not made`);
    }

    // The main screens keep the policy of the page.
    await view.caption(image).click();
    await page.keyboard.press('Escape');
    await workbench.runCommand('Dataset Captions: Edit Captions…');
    await view.frame.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await view.frame
      .getByRole('dialog')
      .waitFor({ state: 'detached' })
      .catch(() => undefined);
    await view.card(image).locator('.picture').dblclick();
    await view.frame.getByRole('dialog', { name: `Image ${image}` }).waitFor();
    await workbench.screenshot('restricted mode');
    await page.keyboard.press('Escape');
    const refused = (): string[] =>
      workbench?.errors.filter((error) => error.includes('Content Security Policy')) ?? [];
    assert.deepEqual(refused(), []);
    // What would have been a violation is heard here.
    await view.frame
      .locator('body')
      .evaluate(`document.body.insertAdjacentHTML('beforeend', '<p style="color: red">')`);
    await until('the policy to refuse an inline style', () => Promise.resolve(refused().length > 0));

    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).first().click();
    await page.locator('.tab', { hasText: 'dataset' }).first().click();
    await view.ready();
    await view.frame.getByText('model', { exact: true }).first().waitFor();
    assert.equal(requests, 0, "the address of a server is never the workspace's");
    await assert.rejects(stat(path.join(planted, 'was-run')), { code: 'ENOENT' });
  });

  async function manifests({ storageFolder }: Workbench): Promise<TaggerManifest[]> {
    const jobs = path.join(storageFolder, 'jobs');
    const names = await until('a job', async () => {
      const found = (await readdir(jobs)).filter((name) => /^\d{8}T/.test(name));
      return found.length > 0 && found;
    });
    return Promise.all(
      names.map(
        async (name) => JSON.parse(await readFile(path.join(jobs, name, 'manifest.json'), 'utf8')) as TaggerManifest,
      ),
    );
  }
});
