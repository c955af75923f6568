// How much of the model's own speed a whole job keeps: images/s of `caption` on a folder, files written and all, beside
// the rate at which the same model runs alone, and beside the rate at which pictures are prepared alone. All on the CPU, in
// turns, so that a busy machine slows down all of them.
import path from 'node:path';
import { convnextModel } from './convnext.mjs';
import { benchImages } from './images.mjs';
import { captionJob, median, photos, rounded, runNode, table, withDataset } from './measure.mjs';

/** Less than this, in seconds, says nothing about a rate. */
const leastSeconds = 2;
/** What is compared runs on the CPU; a GPU would be compared with it. */
const onCpu = ['--provider', 'cpu'];

/**
 * @param {{ root: string, seconds: number }} options
 * @returns {Promise<{ rows: Record<string, string | number>[] }>}
 */
export async function measure({ root, seconds }) {
  const small = await photos(24);
  const palette = path.join(root, 'dist/models/palette');
  const rows = [];
  for (const { model, folder, files, images, skip } of [
    { model: 'palette, 1 MP JPEG', folder: palette, files: small, images: 600, skip: 60 },
    {
      model: 'palette, 1 to 16 MP',
      folder: palette,
      files: (await benchImages()).map(({ path: file }) => file),
      images: 180,
      skip: 18,
    },
    { model: 'ConvNeXt-Base', folder: await convnextModel(), files: small, images: 24, skip: 4 },
  ]) {
    rows.push(await measureModel(model, folder, files, images, skip, seconds));
  }
  return { rows };
}

/** @param {{ rows: Record<string, string | number>[] }} result */
export function describe({ rows }) {
  return table(rows);
}

async function measureModel(model, folder, files, images, skip, seconds) {
  const rates = { job: [], bare: [], prepare: [] };
  const slice = String(Math.max(leastSeconds, seconds / 20));
  const modelFile = path.join(folder, 'model.onnx');
  await withDataset(files, images, async (dataset) => {
    const end = Date.now() + (seconds * 1000) / 2;
    while (rates.job.length < 3 || Date.now() < end) {
      rates.bare.push(Number(await runNode(['bench/bareRun.mjs', modelFile, slice])));
      const { rate, report } = await captionJob(dataset, ['--model', folder, ...onCpu], skip);
      if (report.done !== images) throw new Error(`Only ${report.done} of ${images} images were captioned.`);
      rates.job.push(rate);
      rates.prepare.push(Number(await runNode(['bench/preprocessRun.mjs', slice, ...files])));
    }
  });
  const ratio = (other) => rounded(median(rates.job.map((rate, round) => rate / other[round])));
  return {
    model,
    rounds: rates.job.length,
    'job images/s': rounded(median(rates.job)),
    'bare run images/s': rounded(median(rates.bare)),
    'preprocess images/s': rounded(median(rates.prepare)),
    'job / bare run': ratio(rates.bare),
    'job / preprocess': ratio(rates.prepare),
  };
}
