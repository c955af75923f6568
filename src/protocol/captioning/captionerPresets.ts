import type { CaptionerProfile } from './captionerProfile';

export const presetNames = ['general', 'qwen3-vl', 'joycaption', 'toriigate'] as const;
export type PresetName = (typeof presetNames)[number];

/** A preset: a profile without its name and endpoints. */
export type CaptionerPreset = Omit<CaptionerProfile, 'name' | 'endpoints'>;

/**
 * Openings that say nothing about the picture. `(a|b)` is one of several words, `*` some words of the same sentence;
 * see `captioner/answer/openings`. An opening with information, such as "This watercolor shows", is not among them.
 */
export const usualOpenings: readonly string[] = [
  '(Sure|Certainly|Of course|Absolutely)(!|.|,)',
  "(Here is|Here's) (a|the|your|my) * (caption|description)*:",
  "(Here is|Here's) (a|the|your|my) (caption|description)*:",
  '(Caption|Description|Image description|Image caption|Final caption):',
  '(The|This) (image|picture) (shows|depicts|features|presents|displays|portrays|captures|showcases|contains)',
  '(In|Within) (the|this) (image|picture),? (we see|we can see|you can see|there is|there are|we have)',
  '(The|This) is an? (image|picture) (of|showing|depicting)',
];

const general: CaptionerPreset = {
  // The first model of a server: most servers of one user have one.
  model: '',
  system: '',
  prompt:
    'Describe this image in one to three sentences for training an image model. Say who or what is in it, what they ' +
    'do, what they wear, the setting, the light and the medium. Write only what is visible, as one paragraph, without ' +
    'an introduction.',
  trigger: '',
  // Nothing but the length: some models of hosts refuse any other temperature than their own.
  sampling: { maxTokens: 512 },
  // 512 is fast, 1024 usual, 1536 for text and small things: `field.md` B.1.
  imageSide: 1024,
  maximumInFlight: 32,
  // AnimaLoraStudio, LDS and SIS wait between 60 and 180 s for a local server: `field.md` B.3.
  timeoutSeconds: 120,
  output: { template: '{prose}', openings: [...usualOpenings], language: 'en' },
};

/** Built-in captioners: what is known to work for a family of models. */
export const captionerPresets: Readonly<Record<PresetName, CaptionerPreset>> = {
  general,
  'qwen3-vl': {
    ...general,
    // The sampling that the vendor's README advises for the instruct models on pictures; ai-toolkit's captioner uses
    // the same models: `field.md` A.2. vLLM and llama.cpp take the extra fields, others ignore them.
    sampling: {
      temperature: 0.7,
      topP: 0.8,
      maxTokens: 512,
      extra: { top_k: 20, presence_penalty: 1.5, repetition_penalty: 1 },
    },
  },
  joycaption: {
    ...general,
    system: 'You are a helpful image captioner.',
    // It is trained on a fixed list of prompts and follows no others well: this is one of them (README of JoyCaption
    // beta one, "Descriptive"; its example for vLLM has the system prompt and the sampling).
    prompt: 'Write a detailed description for this image.',
    sampling: { temperature: 0.6, topP: 0.9, maxTokens: 512 },
    // The vision tower sees 384 x 384 pixels (SigLIP 2 so400m), so that more would only take longer.
    imageSide: 512,
  },
  toriigate: {
    ...general,
    // The system prompt of its model card, as it stands there.
    system: "You are image captioning expert. Describe user's picture according to requested format and instructions.",
    // The form it is trained on, with the headers and the wording of its training (model card of ToriiGate 0.5); tags
    // are under a separate header, as they confuse it anywhere else: `field.md` A.2.
    prompt: [
      '# Captioning format:',
      'The caption for image should be quite short without long purple prose and slop. Cover main objects and details.',
      '',
      '# Booru tags for the image',
      '[{tags}]',
      '',
      '# Characters on picture:',
      'Avoid to guess names for characters.',
    ].join('\n'),
    // No sampling is known for it, so the server's default is used. Its base, Qwen3.5, thinks unless it is told not to
    // (vLLM, `field.md` B.1).
    sampling: { maxTokens: 512, extra: { chat_template_kwargs: { enable_thinking: false } } },
  },
};
