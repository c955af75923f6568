import { captionEditor } from '../dataset/edits/captionEdit';
import { captionParts, type CaptionPart } from '../records/captionParts';
import { addTag, chipsOf, moveTag } from '../tags/captionTags';
import { parseTags } from '../tags/captionGrammar';
import { comparableTag } from '../tags/comparableTag';
import { isJsonCaption } from '../tags/jsonCaption';
import { captionWithTags } from '../tags/writeTags';

/**
 * Restores one tag or sentence of an earlier state of a caption. A tag comes back in its old spelling after the tag
 * that was before it, or at the beginning; a sentence at the end. If the caption did not have it then, it is removed.
 * Nothing else changes.
 * @param now with LF line ends
 * @param before what the caption held, with LF line ends; empty if there was none
 * @returns `now` if nothing changes, also where one of the two is JSON, which has no tags
 */
export function withTagOfBefore(now: string, before: string, tag: string): string {
  if (isJsonCaption(now) || isJsonCaption(before)) return now;
  const key = comparableTag(tag);
  const is = (one: string): boolean => comparableTag(one) === key;
  const isSentence = ({ kind, text }: CaptionPart): boolean => kind === 'sentence' && is(text);
  const [oldSentence] = captionParts(before).filter(isSentence);
  const standing = captionParts(now).filter(isSentence);
  if (oldSentence !== undefined || standing.length > 0) {
    if (oldSentence === undefined) return standing.reduceRight(withoutSentence, now);
    if (standing.length > 0) return now;
    return captionWithTags(now, [oldSentence.text], { mode: 'append', keepFirst: 0, separator: ', ' });
  }
  const tagsIn = (text: string): string[] => text.split('\n').flatMap((line) => [...parseTags(line)]);
  const old = tagsIn(before).find(is);
  const has = tagsIn(now).some(is);
  if ((old !== undefined) === has) return now;
  if (old === undefined) {
    const remove = captionEditor(
      { kind: 'removeTags', match: { kind: 'exact', patterns: [tag] } },
      { separator: ', ', countOf: () => 0 },
    );
    return remove(now);
  }
  const oldTags = tagsIn(before).map(comparableTag);
  const chips = chipsOf(now).map((chip) => comparableTag(chip.tag));
  const inFront = oldTags.slice(0, oldTags.indexOf(key)).findLast((one) => chips.includes(one));
  const added = addTag(now, old);
  return moveTag(added, chips.length, inFront === undefined ? 0 : chips.indexOf(inFront) + 1);
}

/** Removes a sentence from a caption, with the blanks around it and the comma that joined it to a tag. */
function withoutSentence(text: string, { start, end }: CaptionPart): string {
  const behind = text.slice(end);
  const before = text.slice(0, start);
  const isLast = /^[^\S\n]*(?:\n|$)/.test(behind);
  if (isLast) return before.replace(/[^\S\n]*,?[^\S\n]*$/, '') + behind;
  return before + behind.replace(/^[^\S\n]*,?[^\S\n]*/, '');
}
