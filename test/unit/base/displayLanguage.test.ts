import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TaggerProcess } from '../../../src/protocol/child/TaggerProcess';
import { plural, withElements } from '../../../src/webview/shared/displayLanguage';

const entry = path.resolve(__dirname, '../../../dist/tagger.js');
const japanese = path.resolve(__dirname, '../../../l10n/bundle.l10n.ja.json');

describe('Texts in another language', () => {
  it('say the form of a number that the language has for it', () => {
    assert.equal(plural('{0} image|{0} images', 1), '1 image');
    assert.equal(plural('{0} image|{0} images', 0), '0 images');
    assert.equal(plural('{0} image|{0} images', 2000), '2,000 images');
    assert.equal(plural('{0} 個の画像', 1), '1 個の画像', 'a language with one form only');
    assert.equal(plural('{1} of {0} image|{1} of {0} images', 1, 'one', 'none'), 'none of one image');
  });

  it('keep the order of their own when a part of them is bold', () => {
    assert.deepEqual(withElements('{1} 個中 {0} 個', '3', '8'), ['', '8', ' 個中 ', '3', ' 個']);
  });

  describe('in a child process', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'dataset-captions-language-'));
    const reason = async (environment: Record<string, string>): Promise<string> => {
      const tagger = new TaggerProcess({ entry });
      tagger.useEnvironment(environment);
      const outputPath = path.join(folder, 'thumbnail.png');
      try {
        await tagger.request('makeThumbnail', { imagePath: path.join(folder, 'none.png'), size: 64, outputPath });
        return '';
      } catch (thrown) {
        return thrown instanceof Error ? thrown.message : '';
      } finally {
        tagger.dispose();
      }
    };
    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    it('are those of the language that its parent speaks', async () => {
      assert.equal(await reason({ DATASET_CAPTIONS_TRANSLATIONS: japanese }), 'ファイルが存在しません。');
    });

    it('are English where the translations are gone', async () => {
      const gone = path.join(folder, 'gone.json');
      assert.equal(await reason({ DATASET_CAPTIONS_TRANSLATIONS: gone }), 'The file does not exist.');
    });
  });
});
