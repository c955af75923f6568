import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { testFolder, writeFiles } from '../shared/testFolder';

type CheckLinks = (root: string) => Promise<{ links: number; problems: string[] }>;

describe('The links of the documents', () => {
  const folder = testFolder();
  let checkLinks: CheckLinks;

  before(async () => {
    ({ checkLinks } = (await import(pathToFileURL(path.resolve('scripts/checkLinks.mjs')).href)) as {
      checkLinks: CheckLinks;
    });
  });

  async function check(markdown: string): Promise<string[]> {
    await writeFiles(folder(), {
      'docs/other.md': '# Other page\n\n## What it _does_ (`now`)\n\n## Twice\n\n## Twice\n',
      'a.png': '',
      'page.md': markdown,
    });
    return (await checkLinks(folder())).problems;
  }

  it('are reported where the file is missing, and where only the heading is', async () => {
    assert.deepEqual(await check('See [a](docs/none.md) and [b](docs/other.md#nothing).'), [
      'page.md: docs/none.md does not exist.',
      'page.md: docs/other.md#nothing has no such heading.',
    ]);
  });

  it('may lead to headings with signs, to the second of two, to the same page and to pictures', async () => {
    const links = ['[a](docs/other.md#what-it-does-now)', '[b](docs/other.md#twice-1)', '[c](#here)', '![d](a.png)'];
    assert.deepEqual(await check(`# Here\n\n${links.join(' ')}`), []);
  });

  it('are found in HTML and in definitions, not in code', async () => {
    const markdown = '<img src="b.png">\n\n[x]\n\n[x]: c.md\n\n`[y](d.md)`\n\n```\n[z](e.md)\n```\n';
    assert.deepEqual((await check(markdown)).sort(), [
      'page.md: b.png does not exist.',
      'page.md: c.md does not exist.',
    ]);
  });

  it('to other sites are left alone', async () => {
    assert.deepEqual(await check('[a](https://example.org/none.md) [b](command:x) [c](mailto:a@example.org)'), []);
  });
});
