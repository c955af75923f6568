import { countTags } from '../../tags/tagCounts';
import type { Command } from '../shared/Command';
import { captionExtensionFlag, captionExtensionHelp, openFolder } from '../flags/inputFolder';
import { jsonOfMap } from '../shared/jsonObject';

/** Prints how often each tag occurs over the images of a folder. */
export const tagsCommand: Command = {
  usage: '<folder>',
  summary: 'how often each tag occurs over the images of a folder',
  flagHelp: [captionExtensionHelp],
  flags: captionExtensionFlag,
  async run(input) {
    const dataset = await openFolder(input);
    for (const { path, reason } of dataset.problems) input.output.note(`${dataset.absolute(path)}: ${reason}`);
    const counts = countTags(dataset.allImages.map(({ caption }) => caption.text));
    if (input.json) await input.output.result(`${jsonOfMap(counts)}\n`);
    else for (const [tag, count] of counts) await input.output.line(`${String(count).padStart(7)}  ${tag}`);
    return 'done';
  },
};
