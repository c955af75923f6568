/** What a dataset is for. */
export const purposes = ['character', 'style', 'concept'] as const;
export type Purpose = (typeof purposes)[number];

/**
 * Traits that captions leave out, so that the trigger takes them on: what a caption names stays apart from the trigger,
 * what it does not name becomes part of it (`field.md` A.1). In English, as they go into the prompt.
 */
export const usualTraits: Readonly<Record<Purpose, readonly string[]>> = {
  // Permanent traits of a person. Temporary ones, such as wet hair or closed eyes, are named in captions.
  character: ['hair color', 'hair style', 'eye color', 'skin color', 'face', 'body build', 'age'],
  style: ['art style', 'medium', 'artist', 'brushwork', 'line work', 'rendering', 'color palette'],
  // Only the user knows what the concept looks like.
  concept: [],
};

/** What captions still name, as it changes from picture to picture. */
const named: Readonly<Record<Purpose, string>> = {
  character:
    'clothing, accessories, pose, action, expression, gaze, framing, setting and light, and states that pass, such as ' +
    'wet hair or closed eyes',
  style: 'who and what is in the picture, what they do, clothing, setting and composition',
  concept: 'who and what else is in the picture, what they do, setting, framing and light',
};

/**
 * A prompt with the instructions of a purpose appended. The trigger becomes the placeholder `{trigger}`.
 * @param prompt with placeholders
 * @param traits to leave out, such as {@link usualTraits}; braces in them are ordinary text
 * @param hasTrigger whether the profile has a word that stands for what is trained
 */
export function withPurpose(prompt: string, purpose: Purpose, traits: readonly string[], hasTrigger: boolean): string {
  const left = traits.map((trait) => trait.trim()).filter((trait) => trait !== '');
  const sentences = [
    ...(hasTrigger ? [callIt[purpose]] : []),
    ...(left.length === 0 ? [] : [`Do not mention: ${left.map(asText).join(', ')}.`]),
    `Do mention: ${named[purpose]}.`,
  ];
  return [prompt.trimEnd(), sentences.join(' ')].filter((text) => text !== '').join('\n\n');
}

const callIt: Readonly<Record<Purpose, string>> = {
  character: 'Call the main character {trigger}, without explaining the name.',
  style: 'The style has a name of its own, {trigger}, which is written elsewhere: do not describe the style.',
  concept: 'Call the concept that all pictures share {trigger}, without explaining the name.',
};

/** Escapes braces, so that a text has no placeholders. */
function asText(text: string): string {
  const isBalanced = text.split('{').length === text.split('}').length;
  return isBalanced ? text.replace(/[{}]/g, '$&$&') : text.replace(/[{}]/g, '');
}
