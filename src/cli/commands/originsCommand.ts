import { stat } from 'node:fs/promises';
import type { Caption } from '../../dataset/captions/Caption';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import { nameInOneLine } from '../../protocol/text/escapeControls';
import type { CaptionOrigins, PartOrigin } from '../../records/originsOf';
import { recordRootOf } from '../../records/recordFolder';
import { readHistory } from '../../records/edits/readHistory';
import { captionExtensionFlag, captionExtensionHelp, openFolderOrImage } from '../flags/inputFolder';
import type { Command } from '../shared/Command';
import { noteLaterRecords } from '../shared/noteLaterRecords';

/** Prints who wrote what of the captions of a folder or an image. */
export const originsCommand: Command = {
  usage: '<image-or-folder>',
  summary: 'who wrote each tag and sentence of captions, and what was deleted by hand',
  flagHelp: [captionExtensionHelp],
  flags: captionExtensionFlag,
  async run(input) {
    const { json, output, signal } = input;
    const dataset = await openFolderOrImage(input);
    const root = recordRootOf(dataset.folder);
    const pathOf = (caption: Caption): string => datasetPathOf(root, dataset.absolute(caption.path));
    const captions = Array.from(dataset.allCaptions, (caption) => ({
      caption: pathOf(caption),
      text: caption.text,
      picture: dataset.absolute(caption.images[0] ?? ''),
    }));
    const { history } = await readHistory(root, captions, signal);
    noteLaterRecords(output, history.laterFiles);
    let unreadable = 0;
    let separator = '';
    if (json) await output.result('{');
    for (const { path: image, caption } of dataset.allImages) {
      signal.throwIfAborted();
      const file = dataset.absolute(caption.path);
      if (caption.unreadable !== undefined) {
        output.note(`${file}: ${caption.unreadable.message}`);
        unreadable++;
        continue;
      }
      // A part that is missing was deleted at the latest when the file was last written.
      const written = await stat(file).catch(() => undefined);
      const seen = written === undefined ? undefined : Math.round(written.mtimeMs);
      const origins = history.originsOf(pathOf(caption), caption.text, seen);
      if (json) {
        const key = JSON.stringify(dataset.absolute(image));
        await output.result(`${separator}${key}:${JSON.stringify(asJson(origins))}`);
      } else {
        await output.line(nameInOneLine(image));
        for (const line of described(origins)) await output.line(`  ${line}`);
      }
      separator = ',';
    }
    if (json) await output.result('}\n');
    return unreadable === 0 ? 'done' : 'someFailed';
  },
};

/** With null where nothing is known, and times in ISO 8601. */
function asJson({ parts, deleted }: CaptionOrigins): object {
  return {
    parts: parts.map(({ text, by, name = null, score = null, when }) => ({
      text,
      by,
      name,
      score,
      when: timeOf(when),
    })),
    deleted: deleted.map(({ text, when }) => ({ text, when: timeOf(when) })),
  };
}

function described({ parts, deleted }: CaptionOrigins): string[] {
  return [
    ...parts.map((part) => `${part.text}: ${writerOf(part)}`),
    ...deleted.map(({ text, when }) => [`${text}: deleted by hand`, timeOf(when) ?? []].flat().join(', ')),
  ];
}

function writerOf({ by, name, score, when }: PartOrigin): string {
  return [by, name ?? [], score === undefined ? [] : score.toFixed(2), timeOf(when) ?? []].flat().join(', ');
}

function timeOf(when: number | undefined): string | null {
  return when === undefined ? null : new Date(when).toISOString();
}
