// Makes the Marketplace's icon from its drawing: node scripts/writeIcon.mjs
import path from 'node:path';
import sharp from 'sharp';
import { root } from './setup.mjs';

const file = path.join(root, 'media/icon.png');
const { width, height, size } = await sharp(path.join(root, 'media/icon.svg'))
  .resize(256, 256)
  .png({ compressionLevel: 9, palette: true, effort: 10 })
  .toFile(file);
console.log(`Wrote ${path.relative(root, file)}: ${width} x ${height}, ${size} bytes.`);
