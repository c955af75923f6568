import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The captions of the dataset on which cases of a slow link are played, by the paths of their images. */
export const linkCaptions: Readonly<Record<string, string>> = {
  '1_one/a.webp': 'ant, monochrome',
  '1_one/b.webp': 'bee, monochrome',
  '1_one/c.webp': 'cat, monochrome',
  '1_one/d.webp': 'dog, monochrome',
  '2_two/e.webp': 'elk, umbrella',
  '2_two/f.webp': 'fox, umbrella',
  '2_two/g.webp': 'gnu, umbrella',
  '2_two/h.webp': 'hen, umbrella',
  '3_three/i.webp': 'ibis, panorama, sepia, night',
  '3_three/j.webp': 'jay, panorama',
  '3_three/k.webp': 'koi, panorama',
  '3_three/l.webp': 'lynx, panorama',
};

/** The images in the order of names. */
export const linkImages = Object.keys(linkCaptions);

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
