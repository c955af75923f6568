import type { Command } from '../shared/Command';
import { captionExtensionFlag, captionExtensionHelp, openFolder } from '../flags/inputFolder';
import { nameInOneLine } from '../../protocol/text/escapeControls';
import { searchFlag, searchHelp, searchOf } from '../flags/searchFlag';

/** Prints the images of a folder with their captions. */
export const listCommand: Command = {
  usage: '<folder>',
  summary: 'the images of a folder with their captions',
  flagHelp: [searchHelp, captionExtensionHelp],
  flags: { ...searchFlag, ...captionExtensionFlag },
  async run(input) {
    const { json, output } = input;
    const search = searchOf(input);
    const dataset = await openFolder(input);
    for (const problem of dataset.problems) output.note(`${dataset.absolute(problem.path)}: ${problem.reason}`);
    const images = await search(dataset);
    for (const sentence of dataset.otherPictures) output.note(sentence);
    for (const image of images) {
      const warning = dataset.lookalikeWarning(image);
      if (warning !== undefined) output.note(`${dataset.absolute(image.path)}: ${warning}`);
    }
    if (!json) {
      for (const { path, caption } of images) {
        await output.line(`${nameInOneLine(path)}: ${caption.text}`);
      }
      const all = dataset.allImages.length;
      const every = all === 1 ? '1 image' : `${all} images`;
      output.note(images.length === all ? every : `${images.length} of ${every}`);
      return 'done';
    }
    await output.result('{"images":[');
    let separator = '';
    for (const { path, caption } of images) {
      const image = {
        filename: path,
        caption_filename: dataset.captionPathOf(path),
        caption: caption.text,
        image_path: dataset.absolute(path),
      };
      await output.result(separator + JSON.stringify(image));
      separator = ',';
    }
    await output.result(`],"count":${images.length}}\n`);
    return 'done';
  },
};
