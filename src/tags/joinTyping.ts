import { addTag } from './captionTags';

/** How typing joins a caption that was not there yet: at the end of its text, or as tags behind its tags. */
export type Joined = 'text' | 'tags';

/** A caption with what was typed at its end. */
export function joinTyping(caption: string, { text, joined }: { text: string; joined: Joined }): string {
  return joined === 'text' ? caption + text : addTag(caption, text);
}
