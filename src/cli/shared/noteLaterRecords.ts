import type { Console } from './Console';

/** Says of files of records that a newer version wrote them, so that nobody here knows what they say. */
export function noteLaterRecords(output: Console, files: Iterable<string>): void {
  for (const file of files) {
    output.note(
      `${file}: a newer version of Dataset Captions wrote it; what it explains counts as written by hand here.`,
    );
  }
}
