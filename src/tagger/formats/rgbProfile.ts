import type { DecodedImage } from './DecodedImage';

/** A colour profile, if its colours are RGB (ICC.1, 7.2.6). */
export function rgbProfile(profile: Buffer | undefined): Buffer | undefined {
  return profile?.toString('latin1', 16, 20) === 'RGB ' ? profile : undefined;
}

/** TIFF's types of numbers. */
const [short, long, anyBytes] = [3, 4, 7];

/** Pixels with their colour profile as a file: a TIFF that is not compressed. */
export function withProfile({ pixels, width, height, channels }: DecodedImage, profile: Buffer): Buffer {
  const bitsAt = 8;
  const directoryAt = bitsAt + 8;
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, channels, bitsAt],
    [259, short, 1, 1],
    [262, short, 1, 2],
    [273, long, 1, 0],
    [277, short, 1, channels],
    [278, long, 1, height],
    [279, long, 1, pixels.length],
    ...(channels === 4 ? [[338, short, 1, 2] as [number, number, number, number]] : []),
    [34_675, anyBytes, profile.length, 0],
  ];
  const profileAt = directoryAt + 2 + entries.length * 12 + 4;
  const head = Buffer.alloc(profileAt);
  head.write('II*\0', 0, 'latin1');
  head.writeUInt32LE(directoryAt, 4);
  for (let channel = 0; channel < channels; channel++) head.writeUInt16LE(8, bitsAt + channel * 2);
  head.writeUInt16LE(entries.length, directoryAt);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = directoryAt + 2 + index * 12;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    const place = tag === 273 ? profileAt + profile.length : tag === 34_675 ? profileAt : value;
    head.writeUInt32LE(place, at + 8);
  }
  return Buffer.concat([head, profile, pixels]);
}
