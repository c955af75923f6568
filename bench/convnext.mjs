// A model with the shape and cost of a real tagger, and random weights: ConvNeXt-Base at 448 with 10,861 tags, 395 MB,
// with the contract of SmilingWolf's third generation. It says nothing about pictures.
import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { convnext } from './convnextGraph.mjs';
import { benchFolder } from './images.mjs';

const shape = { depths: [3, 3, 27, 3], widths: [128, 256, 512, 1024], side: 448, tagCount: 10_861, foundTags: 30 };

/**
 * Writes the model where it is not there yet.
 * @returns {Promise<string>} its folder
 */
export async function convnextModel() {
  const folder = benchFolder('convnext-1');
  const file = path.join(folder, 'model.onnx');
  if (existsSync(file)) return folder;
  const category = (index) => (index < 4 ? 9 : index < 8_200 ? 0 : 4);
  const rows = Array.from({ length: shape.tagCount }, (_, index) => `${index},tag_${index},${category(index)},1`);
  await writeFile(path.join(folder, 'selected_tags.csv'), `tag_id,name,category,count\n${rows.join('\n')}\n`);
  // Last, and whole: it is what says that the model is there.
  await writeFile(`${file}.tmp`, convnext(shape));
  await rename(`${file}.tmp`, file);
  return folder;
}
