import type { Command } from '../shared/Command';
import { captionExtensionFlag, captionExtensionHelp, openFolder } from '../flags/inputFolder';

/** Prints the images of a folder with their captions. */
export const listCommand: Command = {
  usage: '<folder>',
  summary: 'the images of a folder with their captions',
  flagHelp: [captionExtensionHelp],
  flags: captionExtensionFlag,
  async run(input) {
    const { json, output } = input;
    const dataset = await openFolder(input);
    for (const problem of dataset.problems) output.note(`${dataset.absolute(problem.path)}: ${problem.reason}`);
    if (!json) {
      for (const { path, caption } of dataset.allImages) {
        await output.line(`${path}: ${caption.text}`);
      }
      output.note(`${dataset.allImages.length} images`);
      return 'done';
    }
    await output.result('{"images":[');
    let separator = '';
    for (const { path, caption } of dataset.allImages) {
      const image = {
        filename: path,
        caption_filename: caption.path,
        caption: caption.text,
        image_path: dataset.absolute(path),
      };
      await output.result(separator + JSON.stringify(image));
      separator = ',';
    }
    await output.result(`],"count":${dataset.allImages.length}}\n`);
    return 'done';
  },
};
