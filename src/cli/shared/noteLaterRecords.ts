import type { Console } from './Console';

/** Notes that a newer version wrote some files of records, which this version cannot read. */
export function noteLaterRecords(output: Console, files: Iterable<string>): void {
  for (const file of files) {
    output.note(
      `${file}: a newer version of Dataset Captions wrote it; what it explains counts as written by hand here.`,
    );
  }
}
