import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { linkCaptions } from './linkCaptions';

const picture = 'test/fixtures/sample-dataset/10_cat/gallop.webp';

/** Makes the dataset; each image is a small one of its own. @param many more images behind them, without captions */
export async function makeLinkDataset(folder: string, many = 0): Promise<void> {
  for (const [image, caption] of Object.entries(linkCaptions)) {
    const file = path.join(folder, image);
    await mkdir(path.dirname(file), { recursive: true });
    await copyFile(picture, file);
    await writeFile(path.join(folder, captionFile(image)), caption);
  }
  if (many === 0) return;
  const behind = path.join(folder, '4_many');
  await mkdir(behind);
  const first = path.join(behind, '000.webp');
  await copyFile(picture, first);
  for (let number = 1; number < many; number++) {
    await link(first, path.join(behind, `${String(number).padStart(3, '0')}.webp`));
  }
}

/** The caption file of an image. */
export function captionFile(image: string): string {
  return image.replace(/\.\w+$/, '.txt');
}

/** What is in the caption files when nothing but these captions has changed; undefined for one that has no file. */
export function filesWith(changed: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [image, caption] of Object.entries({ ...linkCaptions, ...changed })) {
    if (caption !== undefined) files[captionFile(image)] = caption;
  }
  return files;
}
