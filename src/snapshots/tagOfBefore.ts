import { captionEditor } from '../dataset/edits/captionEdit';
import { addTag, chipsOf, moveTag } from '../tags/captionTags';
import { parseTags } from '../tags/captionGrammar';
import { comparableTag } from '../tags/comparableTag';
import { isJsonCaption } from '../tags/jsonCaption';

/**
 * Gives a caption one tag as it had it before: it comes back behind the tag that stood in front of it, or at the
 * beginning, in its old spelling; or it goes, if the caption did not have it. Nothing else changes.
 * @param now with LF line ends
 * @param before what the caption held, with LF line ends; empty if there was none
 * @returns `now` if nothing changes, also where one of the two is JSON, which has no tags
 */
export function withTagOfBefore(now: string, before: string, tag: string): string {
  if (isJsonCaption(now) || isJsonCaption(before)) return now;
  const key = comparableTag(tag);
  const is = (one: string): boolean => comparableTag(one) === key;
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
