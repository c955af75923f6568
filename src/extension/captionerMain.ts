import type * as vscode from 'vscode';
import { useInheritedLanguage } from '../base/displayLanguage';
import { listModels } from '../captioner/endpoint/checkEndpoint';
import { previewCaptions } from '../jobs/run/previewCaptions';
import type { TaggerProcess } from '../protocol/child/TaggerProcess';
import { CaptionDialogs, type DialogParts } from './captionDialogs/CaptionDialogs';
import { AddCaptioner } from './captioners/AddCaptioner';
import { CaptionerPicker } from './captioners/CaptionerPicker';
import type { Captioners } from './captioners/Captioners';
import type { EndpointKeys } from './captioners/EndpointKeys';
import { askBeforeAsking } from './captioning/askCaptioner';
import { LanguageModelCaptions } from './captioning/LanguageModelCaptions';
import type { Models } from './taggers/Models';
import type { Taggers } from './taggers/Taggers';
import { TaggerPicker } from './taggers/TaggerPicker';

/** What {@link startCaptioners} works with. */
export interface CaptionerParts {
  readonly captioners: Captioners;
  readonly keys: EndpointKeys;
  readonly models: Models;
  readonly taggers: Taggers;
  readonly memory: vscode.Memento;
  /** makes the process that prepares pictures */
  readonly makeTagger: () => TaggerProcess;
  readonly log: vscode.LogOutputChannel;
}

/** What is needed only where somebody chooses what captions, sees what it would do, or asks it in this window. */
export interface StartedCaptioners {
  readonly picker: CaptionerPicker;
  readonly taggerPicker: TaggerPicker;
  readonly adding: AddCaptioner;
  readonly languageModels: LanguageModelCaptions;
  readonly askBeforeAsking: typeof askBeforeAsking;
  readonly previewCaptions: typeof previewCaptions;
  /** the dialogs about single answers of captioners */
  readonly makeDialogs: (parts: DialogParts) => CaptionDialogs;
}

/** Starts what most windows never need, which is therefore a bundle of its own: it has its own texts, too. */
export function startCaptioners(parts: CaptionerParts): StartedCaptioners {
  const { captioners, keys, models, taggers, memory, makeTagger, log } = parts;
  useInheritedLanguage();
  const adding = new AddCaptioner(keys, log);
  const taggerPicker = new TaggerPicker(models, memory);
  return {
    picker: new CaptionerPicker(captioners, taggerPicker, models, keys, adding, listModels),
    taggerPicker,
    adding,
    languageModels: new LanguageModelCaptions(makeTagger, log, taggers),
    askBeforeAsking,
    previewCaptions,
    makeDialogs: (dialogParts) => new CaptionDialogs(dialogParts),
  };
}
