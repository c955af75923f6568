import assert from 'node:assert/strict';
import { captionExtensionOf } from '../../../../src/extension/settings/captionExtension';

describe('The extension of caption files', () => {
  const defaults = { defaultValue: '.txt' };

  it('is that of the folder, then of the workspace, then of the user', () => {
    const all = { ...defaults, globalValue: '.g', workspaceValue: '.w', workspaceFolderValue: '.f' };
    assert.equal(captionExtensionOf(all, true), '.f');
    assert.equal(captionExtensionOf({ ...all, workspaceFolderValue: undefined }, true), '.w');
    assert.equal(captionExtensionOf({ ...defaults, globalValue: '.g' }, true), '.g');
    assert.equal(captionExtensionOf(defaults, true), '.txt');
  });

  it('cannot name what is no caption where the workspace is not trusted', () => {
    for (const value of ['.py', '.md', '.json', '.TXT']) {
      for (const setting of [{ workspaceValue: value }, { workspaceFolderValue: value }]) {
        assert.equal(captionExtensionOf({ ...defaults, ...setting }, false), '.txt', value);
        assert.equal(captionExtensionOf({ ...defaults, ...setting, globalValue: '.g' }, false), '.g', value);
        assert.equal(captionExtensionOf({ ...defaults, ...setting }, true), value);
      }
    }
  });

  it('can be one that trainers use in any workspace, and any in the settings of the user', () => {
    for (const value of ['.txt', '.caption', '.tags']) {
      assert.equal(captionExtensionOf({ ...defaults, globalValue: '.g', workspaceValue: value }, false), value);
    }
    assert.equal(captionExtensionOf({ ...defaults, globalValue: '.md' }, false), '.md');
  });

  it('is .txt where the setting names none', () => {
    for (const value of ['txt', '.png', '', '.a/b', 5 as unknown as string]) {
      assert.equal(captionExtensionOf({ ...defaults, globalValue: value }, true), '.txt');
    }
  });
});
