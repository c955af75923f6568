// How much of the model's own speed a whole job keeps: images/s of `caption` on a folder, files written and all, beside
// the rate at which the same model runs alone, and for the palette beside the rate at which pictures are prepared. All on
// the CPU, in turns, so that a busy machine slows down both.
import path from 'node:path';
import { convnextModel } from './convnext.mjs';
import { captionJob, ensureBuilt, median, photos, printRows, root, runNode, withDataset } from './measure.mjs';

const rounds = 3;

await ensureBuilt();
const files = await photos(24);
const rows = [];
for (const { model, folder, images, skip, seconds } of [
  { model: 'palette', folder: path.join(root, 'dist/models/palette'), images: 600, skip: 60, seconds: 3 },
  { model: 'ConvNeXt-Base', folder: await convnextModel(), images: 24, skip: 4, seconds: 8 },
]) {
  const rates = { job: [], bare: [], prepare: [] };
  let execution = '';
  await withDataset(files, images, async (dataset) => {
    for (let round = 0; round < rounds; round++) {
      rates.bare.push(Number(await runNode(['bench/bareRun.mjs', path.join(folder, 'model.onnx'), String(seconds)])));
      const { rate, report } = await captionJob(dataset, ['--model', folder, '--provider', 'cpu'], skip);
      if (report.done !== images) throw new Error(`Only ${report.done} of ${images} images were captioned.`);
      rates.job.push(rate);
      execution = JSON.stringify(report.execution ?? '');
      rates.prepare.push(Number(await runNode(['bench/preprocessRun.mjs', String(seconds), ...files])));
    }
  });
  const ratio = (other) => median(rates.job.map((rate, round) => rate / other[round]));
  rows.push({
    model,
    'job images/s': round(median(rates.job)),
    'bare run images/s': round(median(rates.bare)),
    'preprocess images/s': round(median(rates.prepare)),
    'job / bare': round(ratio(rates.bare)),
    'job / preprocess': round(ratio(rates.prepare)),
    'job / slower of both': round(median(rates.job.map((rate, i) => rate / Math.min(rates.bare[i], rates.prepare[i])))),
    execution,
  });
}
printRows(rows);

function round(value) {
  return Number(value.toPrecision(4));
}
