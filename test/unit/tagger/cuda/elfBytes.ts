/** What a written library says of itself. */
export interface ElfOptions {
  /** names of the libraries that it needs */
  needed?: string[];
  /** a text in its constants, between zero bytes */
  constant?: string;
  /** 62 is x64, 183 is arm64 */
  machine?: number;
  /** leaves out the section headers, as `strip --strip-section-headers` does */
  withoutSections?: boolean;
}

/** The bytes of a shared library for Linux without any code, laid out as elf(5) says. */
export function elfBytes({
  needed = [],
  constant = '',
  machine = 62,
  withoutSections = false,
}: ElfOptions = {}): Buffer {
  const names = Buffer.from(`\0${needed.map((name) => `${name}\0`).join('')}`);
  const constants = Buffer.from(`some text\0${constant}\0more`);
  const sectionNames = Buffer.from('\0.rodata\0.shstrtab\0');
  const namesAt = 64 + 2 * 56;
  const dynamicAt = align(namesAt + names.length);
  const entries: [tag: number, value: number][] = [
    ...needed.map((name): [number, number] => [1, names.indexOf(`\0${name}\0`) + 1]),
    [5, 0x1000 + namesAt],
    [10, names.length],
    [0, 0],
  ];
  const dynamic = Buffer.alloc(entries.length * 16);
  entries.forEach(([tag, value], index) => {
    dynamic.writeBigUInt64LE(BigInt(tag), index * 16);
    dynamic.writeBigUInt64LE(BigInt(value), index * 16 + 8);
  });
  const constantsAt = dynamicAt + dynamic.length;
  const sectionNamesAt = constantsAt + constants.length;
  const sectionsAt = align(sectionNamesAt + sectionNames.length);
  const file = Buffer.alloc(sectionsAt + 3 * 64);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(machine, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(2, 56);
  if (!withoutSections) {
    file.writeBigUInt64LE(BigInt(sectionsAt), 40);
    file.writeUInt16LE(64, 58);
    file.writeUInt16LE(3, 60);
    file.writeUInt16LE(2, 62);
  }
  // Memory begins at 0x1000, so that an address taken for an offset shows.
  segment(file, 64, 1, 0, file.length);
  segment(file, 64 + 56, 2, dynamicAt, dynamic.length);
  file.set(names, namesAt);
  file.set(dynamic, dynamicAt);
  file.set(constants, constantsAt);
  file.set(sectionNames, sectionNamesAt);
  section(file, sectionsAt + 64, sectionNames.indexOf('.rodata'), 1, constantsAt, constants.length);
  section(file, sectionsAt + 128, sectionNames.indexOf('.shstrtab'), 3, sectionNamesAt, sectionNames.length);
  return file;
}

function segment(file: Buffer, at: number, type: number, offset: number, size: number): void {
  file.writeUInt32LE(type, at);
  file.writeBigUInt64LE(BigInt(offset), at + 8);
  file.writeBigUInt64LE(BigInt(0x1000 + offset), at + 16);
  file.writeBigUInt64LE(BigInt(size), at + 32);
  file.writeBigUInt64LE(BigInt(size), at + 40);
}

function section(file: Buffer, at: number, name: number, type: number, offset: number, size: number): void {
  file.writeUInt32LE(name, at);
  file.writeUInt32LE(type, at + 4);
  file.writeBigUInt64LE(BigInt(offset), at + 24);
  file.writeBigUInt64LE(BigInt(size), at + 32);
}

function align(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
