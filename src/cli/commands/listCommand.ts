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
    for (const sentence of dataset.otherPictures) output.note(sentence);
    for (const image of dataset.allImages) {
      const warning = dataset.lookalikeWarning(image);
      if (warning !== undefined) output.note(`${dataset.absolute(image.path)}: ${warning}`);
    }
    if (!json) {
      for (const { path, caption } of dataset.allImages) {
        await output.result(`${path}: ${caption.text.replaceAll('\n', '\\n')}\n`);
      }
      output.note(`${dataset.allImages.length} images`);
      return 'done';
    }
    await output.result('{"images":[');
    let separator = '';
    for (const { path, caption } of dataset.allImages) {
      const image = {
        filename: path,
        caption_filename: dataset.captionPathOf(path),
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
