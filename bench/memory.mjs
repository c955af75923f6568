// Whether the tagger's memory stays flat over a long job: the most that its process ever had after 1,000 images and after
// 10,000, with photos and now and then a large one. Takes as long as it takes: npm run soak -- memory
import path from 'node:path';
import { benchImages } from './images.mjs';
import { photos, rounded, table } from './measure.mjs';
import { setupOf, TaggerClient } from './taggerClient.mjs';

const total = 10_000;
const firstLook = 1_000;
/**
 * Every so many images there is one of 16 megapixels: often enough that each thread has met each kind of them before the
 * first look, because what the first ones take is kept for the next.
 */
const largeEvery = 50;

/**
 * @param {{ root: string }} options
 * @returns {Promise<{ rows: Record<string, string | number>[] }>}
 */
export async function measure({ root }) {
  const small = await photos(24);
  const large = (await benchImages()).filter(({ megapixels }) => megapixels === 16).map(({ path: file }) => file);
  const setup = setupOf(path.join(root, 'dist/models/palette'));
  const tagger = await TaggerClient.create(root);
  try {
    const { imagesInWork } = await tagger.ask('loadTagger', { setup });
    let next = 0;
    let done = 0;
    let atFirstLook = 0;
    const work = async () => {
      while (next < total) {
        const index = next++;
        const files = index % largeEvery === largeEvery - 1 ? large : small;
        await tagger.ask('scoreImage', { imagePath: files[Math.floor(index / files.length) % files.length], setup });
        if (++done === firstLook) atFirstLook = tagger.peakRss();
      }
    };
    await Promise.all(Array.from({ length: imagesInWork }, work));
    const atEnd = tagger.peakRss();
    const growth = rounded(100 * (atEnd / atFirstLook - 1));
    return {
      rows: [
        {
          images: done,
          'peak RSS after 1,000, MB': Math.round(atFirstLook),
          'peak RSS after all, MB': Math.round(atEnd),
          'growth, %': growth,
        },
      ],
    };
  } finally {
    tagger.end();
  }
}

/** @param {{ rows: Record<string, string | number>[] }} result */
export function describe({ rows }) {
  return table(rows);
}
