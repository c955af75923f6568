// Schemas of captioners and of their answers, for the manifests of jobs and for messages.
import * as v from 'valibot';
import { checkOf, count, finite, texts } from '../channel/checks';
import { flagReasons, type CaptionAnswer, type CaptionerProfile } from './captionerProfile';

const sampling = v.object({
  temperature: v.optional(finite),
  topP: v.optional(finite),
  maxTokens: count,
  seed: v.optional(v.pipe(v.number(), v.safeInteger())),
  stop: v.optional(texts),
  extra: v.optional(v.record(v.string(), v.unknown())),
});

/** Schema of what is made of an answer; also used for job files. */
export const outputRules = v.object({ template: v.string(), openings: texts, language: v.string() });

/** Schema of a captioner; also used for job files. */
export const captionerProfile = v.object({
  name: v.string(),
  endpoints: texts,
  model: v.string(),
  system: v.string(),
  prompt: v.string(),
  trigger: v.string(),
  sampling,
  imageSide: count,
  maximumInFlight: count,
  timeoutSeconds: finite,
  output: outputRules,
});

/** Schema of what became of an answer. */
export const captionAnswer = v.union([
  v.object({ prose: v.string() }),
  v.object({ flagged: v.picklist(flagReasons), text: v.string() }),
]);

/** Whether a value is a captioner as the type says. */
export const isCaptionerProfile = checkOf<CaptionerProfile>()(captionerProfile);

/** Whether a value says what became of an answer. */
export const isCaptionAnswer = checkOf<CaptionAnswer>()(captionAnswer);
