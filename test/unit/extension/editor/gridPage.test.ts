import assert from 'node:assert/strict';
import { gridHtml, inlineScript } from '../../../../src/extension/editor/gridPage';

describe('the page of the grid', () => {
  it('carries its script, so that it need not be asked for', () => {
    const html = gridHtml({ script: 'start();', source: 'https://files.example', language: 'en', translations: {} });
    const [, nonce, script] = /<script nonce="(\w+)">(.*?)<\/script>/.exec(html) ?? [];
    assert.equal(script, 'start();');
    assert.ok(html.includes(`script-src 'nonce-${nonce}'`));
    assert.doesNotMatch(html, /<script[^>]* src=/);
  });

  it('lets nothing in the script end its element, and no literal change', () => {
    const script = 'x = ["</script>", `<!--${1}-->`, "<SCRIPT>", a < b, c<d];';
    const inline = inlineScript(script);
    assert.equal(inline, String.raw`x = ["\x3C/script>", ${'`'}\x3C!--${'${1}'}-->${'`'}, "\x3CSCRIPT>", a < b, c<d];`);
  });
});
