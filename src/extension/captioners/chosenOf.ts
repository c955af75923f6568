import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import { languageModelOf, type LanguageModelAddress } from '../../protocol/captioning/languageModelAddress';

/**
 * What is selected to write captions: the taggers, a captioner behind servers, a model of VS Code, or a name that no
 * captioner has.
 */
export type Chosen =
  | { by: 'taggers' }
  | { by: 'captioner'; profile: CaptionerProfile }
  | { by: 'languageModel'; profile: CaptionerProfile; model: LanguageModelAddress }
  | { by: 'nobody'; name: string };

/**
 * What a name in the settings means.
 * @param name of a captioner; empty for the taggers
 */
export function chosenOf(name: string, profiles: readonly CaptionerProfile[]): Chosen {
  if (name === '') return { by: 'taggers' };
  const profile = profiles.find((one) => one.name === name);
  if (profile === undefined) return { by: 'nobody', name };
  const model = modelOf(profile);
  return model === undefined ? { by: 'captioner', profile } : { by: 'languageModel', profile, model };
}

/** The model of VS Code that a captioner is; undefined for one behind servers. */
export function modelOf({ endpoints }: CaptionerProfile): LanguageModelAddress | undefined {
  for (const endpoint of endpoints) {
    const model = languageModelOf(endpoint);
    if (model !== undefined) return model;
  }
  return undefined;
}
