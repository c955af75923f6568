// Large datasets, made once and kept: real pictures under many names, and captions as trainers have them.
import { copyFileSync, existsSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { benchFolder } from './images.mjs';
import { photos } from './measure.mjs';

/** Change it with the content, so that nobody measures yesterday's dataset. */
const version = 1;
const folders = 100;
/** Of a hundred images so many have a caption. */
const captioned = 66;
const differentCaptions = 20_000;
/** ext4 allows 65,000 names of one file. */
const mostLinks = 60_000;

/**
 * A dataset in 100 sub-folders; 66 of 100 images have a caption of some 120 bytes.
 * @param {number} images a multiple of 100
 * @returns {Promise<string>} its folder
 */
export async function largeDataset(images) {
  const folder = benchFolder(`dataset-${images}-${version}`);
  const made = path.join(folder, '.made');
  if (existsSync(made)) return folder;
  console.error(`Making ${images} images in ${folder}, once…`);
  const pictures = await photos(8);
  const texts = benchFolder(`captions-${version}`);
  const caption = captionFile(texts);
  const perFolder = images / folders;
  let picture = '';
  let picturesMade = 0;
  for (let index = 0; index < images; index++) {
    const sub = path.join(folder, `set ${Math.floor(index / perFolder) + 1}`);
    if (index % perFolder === 0) mkdirSync(sub, { recursive: true });
    if (index % (mostLinks / 10) === 0) {
      picture = path.join(texts, `${images}-${picturesMade}.jpg`);
      if (!existsSync(picture)) copyFileSync(pictures[picturesMade % pictures.length], picture);
      picturesMade++;
    }
    const name = path.join(sub, `image_${String(index % perFolder).padStart(6, '0')}`);
    if (existsSync(`${name}.jpg`)) continue;
    linkSync(picture, `${name}.jpg`);
    if (index % 100 < captioned) linkSync(caption(index), `${name}.txt`);
  }
  writeFileSync(made, '');
  return folder;
}

/** @param {string} folder */
function captionFile(folder) {
  return (/** @type {number} */ index) => {
    const number = index % differentCaptions;
    const file = path.join(folder, `${number}.txt`);
    if (!existsSync(file)) writeFileSync(file, captionOf(number));
    return file;
  };
}

/**
 * Some 14 tags: a few that most captions have, and rare ones.
 * @param {number} number
 */
function captionOf(number) {
  const tags = ['1girl', 'solo', number % 2 === 0 ? 'long hair' : 'short hair', 'looking at viewer'];
  for (let n = 1; n <= 10; n++) {
    const rank = Math.floor(5000 * (((number * 7919 + n * 104_729) % 10_007) / 10_007) ** 3);
    tags.push(`tag ${rank}`);
  }
  return tags.join(', ');
}
