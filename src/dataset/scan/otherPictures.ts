import path from 'node:path';
import * as l10n from '@vscode/l10n';

/** Names under which JPEG and PNG files are saved by browsers and programs, and which trainers do not take. */
const otherNames: ReadonlySet<string> = new Set(['.jfif', '.jfi', '.jif', '.jpe', '.pjpeg', '.pjp', '.apng', '.dib']);
/** `.jpg_large`, `.jpg-orig`, `.jpg?name=small`: what is left of addresses on the web. A backup's name has `~`. */
const otherEnd = /^(\.(?:jpe?g|png|gif|webp|bmp)[_:?!-])(\w+)/;
/** Formats of pictures that this program does not read, and most trainers do not either. */
const otherFormats: ReadonlySet<string> = new Set(
  (
    '.heic .heif .hif .heics .heifs .avifs .jxl .jxr .wdp .hdp .jp2 .j2k .jpf .jpx .jpc .tga .qoi .pbm .pgm .ppm .pnm ' +
    '.pam .pfm .bpg .flif .svg .svgz .eps .wmf .emf .ico .cur .icns .mpo .jps .exr .hdr .dds .pcx .psd .psb .xcf .kra ' +
    '.sgi .ras .xbm .xpm .mng .jng .raw .dng .cr2 .cr3 .crw .nef .nrw .arw .srf .sr2 .srw .raf .orf .rw2 .rwl .pef .x3f ' +
    '.3fr .iiq .erf .kdc .mrw'
  ).split(' '),
);

/** How many files of a folder look like pictures, but are no images of the dataset, by the ends of their names. */
export class OtherPictures {
  private readonly renamable: Map<string, number>;
  private readonly convertible: Map<string, number>;

  /** @param counts as {@link counts} gave them in another thread */
  constructor(counts: OtherPictureCounts = { renamable: [], convertible: [] }) {
    this.renamable = new Map(counts.renamable);
    this.convertible = new Map(counts.convertible);
  }

  /** Counts a file if it is named like a picture; the caller passes only files that are no images of the dataset. */
  add(name: string): void {
    if (name.startsWith('.')) return;
    const end = path.extname(name).toLowerCase();
    if (otherNames.has(end)) count(this.renamable, end);
    else if (otherFormats.has(end)) count(this.convertible, end);
    else {
      const [whole, start = '', word = ''] = otherEnd.exec(end) ?? [];
      if (whole !== undefined) count(this.renamable, end === start + word ? end : `${start}…`);
    }
  }

  /** How many files there are. */
  get size(): number {
    return [...this.renamable.values(), ...this.convertible.values()].reduce((sum, files) => sum + files, 0);
  }

  /** As plain data. */
  get counts(): OtherPictureCounts {
    return { renamable: [...this.renamable], convertible: [...this.convertible] };
  }

  /** What is there and what to do about it, one sentence each; none if there is nothing. */
  describe(): string[] {
    const sentences: string[] = [];
    if (this.renamable.size > 0) {
      const found = listed(this.renamable);
      sentences.push(
        l10n.t('Left out because of their names: {0}. Rename them to .jpg, .png or what they are.', found),
      );
    }
    if (this.convertible.size > 0) {
      const found = listed(this.convertible);
      sentences.push(l10n.t('Left out because of their format: {0}. Convert them to use them.', found));
    }
    return sentences;
  }
}

/** Ends of names, and how many files have each. */
export interface OtherPictureCounts {
  /** pictures in a format that is supported, by other names */
  renamable: [end: string, files: number][];
  /** pictures in other formats */
  convertible: [end: string, files: number][];
}

function count(counts: Map<string, number>, end: string): void {
  counts.set(end, (counts.get(end) ?? 0) + 1);
}

function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([end, files]) => `${end} (${files})`)
    .join(', ');
}
