import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { OnnxTagger } from '../../../../src/tagger/onnx/OnnxTagger';
import { defaultCaptionOptions, defaultThresholds } from '../../../../src/protocol/tagging/captionOptions';
import { defaultExecution } from '../../../../src/protocol/tagging/execution';
import { prepareImage } from '../../../../src/tagger/preprocess/prepareImage';
import { scoresToTags } from '../../../../src/tagger/scores/scoresToTags';
import { scorePixels } from '../inference/scorePixels';

const root = path.resolve(__dirname, '../../..');
const script = path.join(root, 'scripts/writePaletteModel.mjs');

describe('The palette tagger', function () {
  this.timeout(60_000);
  let folder: string;
  let tagger: OnnxTagger;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'palette-'));
    execFileSync(process.execPath, [script, folder]);
    tagger = await OnnxTagger.load({ folder }, { ...defaultExecution, provider: 'cpu' });
  });
  after(async () => {
    await tagger.release();
    rmSync(folder, { recursive: true, force: true });
  });

  async function tagsOf(picture: Sharp): Promise<string[]> {
    const file = path.join(folder, 'picture.png');
    await picture.png().toFile(file);
    const scores = await scorePixels(tagger, await prepareImage(file, tagger.inputSize, 'exact'));
    assert.ok(scores.every((score) => score >= 0 && score <= 1));
    return scoresToTags([{ tags: tagger.tags, scores, thresholds: defaultThresholds }], 'mean', defaultCaptionOptions)
      .tags;
  }

  function has(tags: string[], ...expected: string[]): void {
    for (const tag of expected) assert.ok(tags.includes(tag), `"${tag}" is missing in: ${tags.join(', ')}`);
  }
  function lacks(tags: string[], ...unexpected: string[]): void {
    for (const tag of unexpected) assert.ok(!tags.includes(tag), `"${tag}" is wrong in: ${tags.join(', ')}`);
  }

  const plain = (background: string, width = 500, height = 500): Sharp =>
    sharp({ create: { width, height, channels: 3, background } });
  const svg = (width: number, height: number, content: string): OverlayOptions => ({
    input: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`),
  });

  /** A picture with something everywhere: patches of `colors`, each of them varied. */
  function busy(width: number, height: number, colors: [number, number, number][]): Sharp {
    let state = 7;
    const random = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 16) / 65536;
    };
    const patch = 16;
    const columns = Math.ceil(width / patch);
    const patches = Array.from({ length: columns * Math.ceil(height / patch) }, () => {
      const color = colors[Math.floor(random() * colors.length)]!;
      const light = 0.7 + random() * 0.3;
      return color.map((value) => value * light);
    });
    const pixels = Buffer.alloc(width * height * 3);
    for (let i = 0; i < width * height; i++) {
      const x = Math.floor((i % width) / patch);
      const y = Math.floor(i / width / patch);
      patches[y * columns + x]!.forEach((value, channel) => (pixels[i * 3 + channel] = value));
    }
    return sharp(pixels, { raw: { width, height, channels: 3 } });
  }

  const solid: [string, string][] = [
    ['#e01010', 'red'],
    ['#ff8000', 'orange'],
    ['#f0e010', 'yellow'],
    ['#10c020', 'green'],
    ['#10e0e0', 'aqua'],
    ['#1030e0', 'blue'],
    ['#8020d0', 'purple'],
    ['#ff60b0', 'pink'],
    ['#805030', 'brown'],
    ['#ffffff', 'white'],
    ['#808080', 'grey'],
    ['#000000', 'black'],
  ];
  for (const [value, color] of solid) {
    it(`calls ${value} ${color}`, async () => {
      const tags = await tagsOf(plain(value));
      has(tags, `${color} theme`, `${color} background`, 'simple background', 'monochrome');
      lacks(
        tags,
        ...solid
          .filter(([, other]) => other !== color)
          .flatMap(([, other]) => [`${other} theme`, `${other} background`]),
      );
      if (['white', 'grey', 'black'].includes(color)) has(tags, 'greyscale');
      else lacks(tags, 'greyscale');
    });
  }

  it('calls a grey photograph greyscale and monochrome, also with padding', async () => {
    const grey = busy(640, 360, [
      [40, 40, 40],
      [120, 120, 120],
      [220, 220, 220],
    ]);
    const tags = await tagsOf(grey);
    has(tags, 'greyscale', 'monochrome');
    lacks(tags, 'white background', 'simple background', 'sepia');
  });

  it('calls a colourful photograph neither, with or without padding', async () => {
    for (const [width, height] of [
      [480, 480],
      [640, 360],
      [360, 640],
      [900, 200],
    ] as const) {
      const tags = await tagsOf(
        busy(width, height, [
          [230, 60, 40],
          [40, 180, 60],
          [50, 80, 220],
          [240, 220, 60],
        ]),
      );
      has(tags, 'colorful');
      lacks(tags, 'greyscale', 'monochrome', 'white background', 'simple background', 'white theme');
    }
  });

  it('gives a picture the same tags whether or not it is padded', async () => {
    const colors: [number, number, number][] = [
      [20, 30, 60],
      [10, 12, 30],
      [30, 20, 20],
    ];
    const square = await tagsOf(busy(480, 480, colors));
    assert.deepEqual((await tagsOf(busy(480, 240, colors))).sort(), square.sort());
    has(square, 'dark');
  });

  it('sees the white background of a product, whatever the shape of the picture', async () => {
    for (const [width, height] of [
      [500, 500],
      [800, 450],
      [450, 800],
    ] as const) {
      const object = svg(
        width,
        height,
        `<ellipse cx="${width / 2}" cy="${height / 2}" rx="120" ry="150" fill="#2060c0"/>`,
      );
      const tags = await tagsOf(plain('#ffffff', width, height).composite([object]));
      has(tags, 'white background', 'simple background', 'blue theme');
    }
  });

  it('sees a white background that is not pure', async () => {
    const object = svg(800, 450, '<rect x="300" y="100" width="200" height="350" fill="#207030"/>');
    has(await tagsOf(plain('#f6f5f4', 800, 450).composite([object])), 'white background', 'simple background');
  });

  it('sees the colour behind an object that touches an edge', async () => {
    const object = svg(500, 500, '<rect x="150" y="100" width="200" height="400" fill="#e0c090"/>');
    has(await tagsOf(plain('#3060e0').composite([object])), 'blue background', 'simple background');
  });

  it('calls a toned photograph sepia', async () => {
    const tags = await tagsOf(
      busy(480, 480, [
        [70, 50, 30],
        [140, 105, 70],
        [230, 200, 160],
      ]),
    );
    has(tags, 'sepia', 'monochrome');
    lacks(tags, 'greyscale');
  });

  it('calls a sunset orange', async () => {
    const sky = svg(
      640,
      360,
      '<linearGradient id="g" x2="0" y2="1"><stop stop-color="#c04010"/><stop offset="1" stop-color="#ffb040"/>' +
        '</linearGradient><rect width="640" height="360" fill="url(#g)"/><rect y="280" width="640" height="80" fill="#201008"/>',
    );
    has(await tagsOf(plain('#ffffff', 640, 360).composite([sky])), 'orange theme');
  });

  it('sees one spot of colour in a grey picture', async () => {
    const spot = svg(480, 480, '<circle cx="200" cy="220" r="60" fill="#e01020"/>');
    const tags = await tagsOf(
      sharp(
        await busy(480, 480, [
          [60, 60, 60],
          [150, 150, 150],
          [220, 220, 220],
        ])
          .png()
          .toBuffer(),
      ).composite([spot]),
    );
    has(tags, 'spot color');
    lacks(tags, 'greyscale', 'monochrome');
  });

  it('finds at least one tag for every picture of the sample dataset', async () => {
    const dataset = path.join(root, 'test/fixtures/sample-dataset');
    const pictures = readdirSync(dataset, { recursive: true, encoding: 'utf8' }).filter(
      (name) => !name.endsWith('.txt'),
    );
    let seen = 0;
    for (const name of pictures) {
      if (!statSync(path.join(dataset, name)).isFile()) continue;
      assert.notDeepEqual(await tagsOf(sharp(path.join(dataset, name))), [], name);
      seen++;
    }
    assert.ok(seen >= 6);
  });

  it('finds at least one tag for pictures of two colours, whichever they are', async () => {
    const levels = [0, 90, 170, 255];
    const colors = levels.flatMap((r) => levels.flatMap((g) => levels.map((b): [number, number, number] => [r, g, b])));
    for (const [index, color] of colors.entries()) {
      const other = colors[(index * 29 + 11) % colors.length]!;
      assert.notDeepEqual(await tagsOf(busy(320, 240, [color, other])), [], `${String(color)} and ${String(other)}`);
    }
  });

  it('says only that the colours are muted of a mid-tone picture', async () => {
    const tags = await tagsOf(
      busy(480, 480, [
        [128, 128, 128],
        [130, 160, 190],
        [190, 150, 130],
        [90, 70, 80],
      ]),
    );
    lacks(tags, 'greyscale', 'dark', 'high contrast', 'simple background', 'colorful');
  });

  it('does not know the rating: all four are equally likely', async () => {
    await plain('red').png().toFile(path.join(folder, 'picture.png'));
    const scores = await scorePixels(
      tagger,
      await prepareImage(path.join(folder, 'picture.png'), tagger.inputSize, 'exact'),
    );
    assert.deepEqual([...scores.slice(0, 4)], [0.25, 0.25, 0.25, 0.25]);
    const names = tagger.tags.slice(0, 4).map(({ name, category }) => `${name} ${category}`);
    assert.deepEqual(names, ['general rating', 'sensitive rating', 'questionable rating', 'explicit rating']);
  });

  it('is small and always the same file', () => {
    const again = path.join(folder, 'again');
    execFileSync(process.execPath, [script, again]);
    for (const name of ['model.onnx', 'selected_tags.csv']) {
      assert.deepEqual(readFileSync(path.join(again, name)), readFileSync(path.join(folder, name)));
    }
    assert.ok(statSync(path.join(folder, 'model.onnx')).size < 200_000);
  });
});
