import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { OipServer } from '../tagger/server/oipServer';
import { type CaptionReport, type Ended, root, runToEnd } from '../shared/runCli';
import { testFolder } from '../shared/testFolder';

interface PackageScripts {
  withStage<T>(root: string, target: object, work: (stage: string) => Promise<T>): Promise<T>;
  targetNamed(name: string): object;
}

async function script(name: string): Promise<Partial<PackageScripts>> {
  const file = path.join(root, 'scripts/package', `${name}.mjs`);
  return (await import(pathToFileURL(file).href)) as Partial<PackageScripts>;
}

/** Does something with what is packed for the platforms that ONNX Runtime is not published for. */
async function withUniversalPackage<T>(work: (cli: (...args: string[]) => Promise<Ended>) => Promise<T>): Promise<T> {
  const { withStage } = await script('makePackage');
  const { targetNamed } = await script('targets');
  assert.ok(withStage !== undefined && targetNamed !== undefined);
  return withStage(root, targetNamed('universal'), (stage) =>
    work((...args) => runToEnd(process.execPath, path.join(stage, 'dist/cli.js'), ...args)),
  );
}

describe('The package for platforms without ONNX Runtime', function () {
  this.timeout(60_000);
  const folder = testFolder();

  it('makes thumbnails, says in one sentence why it does not caption, and captions on a server', async () => {
    const sample = path.join(folder(), 'sample');
    cpSync(path.join(root, 'test/fixtures/sample-dataset'), sample, { recursive: true });
    const model = path.join(folder(), 'tiny');
    await mkdir(model);
    await writeFile(
      path.join(model, 'selected_tags.csv'),
      'tag_id,name,category,count\n1,first,0,1\n2,second,0,1\n3,third,0,1\n',
    );
    const pictures = path.join(folder(), 'pictures');
    await mkdir(pictures);
    // The server's tag is that of the strongest of blue, green and red.
    const green = sharp({ create: { width: 16, height: 16, channels: 3, background: '#00ff00' } });
    await green.toFile(path.join(pictures, 'green.png'));
    const server = new OipServer('tiny', 16);
    await server.start();
    try {
      await withUniversalPackage(async (cli) => {
        const output = path.join(folder(), 'thumbnail.webp');
        const thumbnail = await cli(
          'thumbnail',
          path.join(sample, '5_scenery/alps.jpg'),
          '--size',
          '64',
          '--output',
          output,
        );
        assert.equal(thumbnail.code, 0, thumbnail.stderr);
        assert.equal((await sharp(output).metadata()).format, 'webp');

        const local = await cli('caption', sample, '--json');
        assert.equal(local.code, 1);
        assert.match(local.stderr, /Taggers do not run on this machine: ONNX Runtime is not published for \w+ \w+/);
        assert.match(local.stderr, /name a server that runs taggers in the setting datasetCaptions\.serverUrl/);
        assert.ok(!local.stderr.includes('Require stack'), local.stderr);

        const remote = await cli('caption', pictures, '--server', server.url, '--model', model, '--json');
        assert.equal(remote.code, 0, remote.stderr);
        assert.equal((JSON.parse(remote.stdout) as CaptionReport).done, 1);
        assert.equal(await readFile(path.join(pictures, 'green.txt'), 'utf8'), 'second');
      });
    } finally {
      await server.stop();
    }
  });
});
