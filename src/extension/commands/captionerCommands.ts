import * as vscode from 'vscode';
import type { AddCaptioner } from '../captioners/AddCaptioner';
import type { CaptionerPicker } from '../captioners/CaptionerPicker';
import type { EndpointKeys } from '../captioners/EndpointKeys';
import type { PaletteCommands } from './PaletteCommands';

/** Registers the commands about what captions: taggers and captioners alike. */
export function registerCaptionerCommands(
  commands: PaletteCommands,
  picker: CaptionerPicker,
  adding: AddCaptioner,
  keys: EndpointKeys,
): vscode.Disposable {
  return vscode.Disposable.from(
    // Its name is from when there were taggers only: people have keys for it.
    commands.register('datasetCaptions.selectTagger', () => picker.select()),
    commands.register('datasetCaptions.addCaptioner', () => adding.run()),
    commands.register('datasetCaptions.setEndpointKey', () => keys.askForOne()),
  );
}
