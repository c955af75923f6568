import * as vscode from 'vscode';
import type { AddCaptioner } from '../captioners/AddCaptioner';
import type { CaptionerPicker } from '../captioners/CaptionerPicker';
import type { EndpointKeys } from '../captioners/EndpointKeys';
import type { TaggerPicker } from '../taggers/TaggerPicker';
import type { PaletteCommands } from './PaletteCommands';

/** What asks for taggers and captioners. */
export interface LateCaptioners {
  readonly picker: CaptionerPicker;
  readonly taggerPicker: TaggerPicker;
  readonly adding: AddCaptioner;
}

/**
 * Registers the commands by which somebody chooses what captions, taggers and captioners alike.
 * @param late is called by the first of these commands that runs
 */
export function registerCaptionerCommands(
  commands: PaletteCommands,
  late: () => LateCaptioners,
  keys: EndpointKeys,
): vscode.Disposable {
  return vscode.Disposable.from(
    // Its name is from when there were taggers only: people have keys for it.
    commands.register('datasetCaptions.selectTagger', () => late().picker.select()),
    commands.register('datasetCaptions.revealTagger', () => late().taggerPicker.revealModel()),
    commands.register('datasetCaptions.deleteTagger', () => late().taggerPicker.deleteDownload()),
    commands.register('datasetCaptions.addCaptioner', () => late().adding.run()),
    commands.register('datasetCaptions.setEndpointKey', () => keys.askForOne()),
  );
}
