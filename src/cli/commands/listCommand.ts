import type { Command } from '../shared/Command';
import { captionExtensionFlag, captionExtensionHelp, openFolder } from '../flags/inputFolder';
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
    if (!json) {
      for (const { path, caption } of images) {
        await output.result(`${path}: ${caption.text.replaceAll('\n', '\\n')}\n`);
      }
      const all = dataset.allImages.length;
      output.note(images.length === all ? `${all} images` : `${images.length} of ${all} images`);
      return 'done';
    }
    await output.result('{"images":[');
    let separator = '';
    for (const { path, caption } of images) {
      const image = {
        filename: path,
        caption_filename: caption.path,
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
