import assert from 'node:assert/strict';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';

interface Manifest {
  contributes: { commands: { command: string }[] };
}

describe('the extension in VS Code', () => {
  it('is the one that was packed and installed, where there is one', () => {
    const installed = process.env.DATASET_CAPTIONS_INSTALLED;
    const extension = vscode.extensions.getExtension('dataset-captions.dataset-captions');
    assert.ok(extension, 'the extension is not installed');
    if (installed === undefined) return;
    assert.ok(!existsSync(path.join(extension.extensionPath, 'src')), 'a checkout has sources');
    assert.equal(path.dirname(realpathSync(extension.extensionPath)), realpathSync(installed));
    assert.ok(existsSync(path.join(extension.extensionPath, 'ThirdPartyNotices.txt')));
  });

  it('loads the most of its code only when something of it is used', async () => {
    const extension = vscode.extensions.getExtension('dataset-captions.dataset-captions');
    assert.ok(extension, 'the extension is not installed');
    await extension.activate();
    const loaded = (): string[] =>
      Object.keys(createRequire(__filename).cache)
        .filter((file) => file.startsWith(realpathSync(path.join(extension.extensionPath, 'dist'))))
        .map((file) => path.basename(file));
    assert.deepEqual(loaded(), ['extension.js']);
    await vscode.commands.executeCommand('datasetCaptions.refresh');
    assert.deepEqual(loaded(), ['extension.js', 'main.js']);
  });

  it('is present and registers every command that it contributes', async () => {
    const extension = vscode.extensions.getExtension('dataset-captions.dataset-captions');
    assert.ok(extension, 'the extension is not installed');
    await extension.activate();

    const { contributes } = extension.packageJSON as Manifest;
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
    assert.ok(contributes.commands.length > 0);
  });
});
