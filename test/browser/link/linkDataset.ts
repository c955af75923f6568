import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { linkCaptions } from './linkCaptions';

/** Makes the dataset; each image is a small one of its own. */
export async function makeLinkDataset(folder: string): Promise<void> {
  for (const [image, caption] of Object.entries(linkCaptions)) {
    const file = path.join(folder, image);
    await mkdir(path.dirname(file), { recursive: true });
    await copyFile('test/fixtures/sample-dataset/10_cat/gallop.webp', file);
    await writeFile(path.join(folder, captionFile(image)), caption);
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
