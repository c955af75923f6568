import type { CaptionAnswer, FlagReason, OutputRules } from '../../protocol/captioning/captionerProfile';
import { isDamaged, withoutControlCharacters } from './controlCharacters';
import { withoutFences, withoutQuotes } from './fences';
import { isOtherLanguage } from './languages';
import { isLoop } from './loops';
import { breaksOff, hasEnd, noCaptionIn } from './noCaption';
import { isOdd } from './oddities';
import { withoutOpenings } from './openings';
import { isRefusal } from './refusals';
import { hasOpenTurns, withoutOffers, withoutRoleTails } from './roleTails';
import { hasOpenThoughts, isThinkingAloud, withoutThinking } from './thinking';
import { withTidyWhiteSpace } from './whiteSpace';

/** The answer of a server to the prompt about a picture. */
export interface ModelAnswer {
  /** the raw answer */
  text: string;
  /**
   * `length`: the server stopped it at the longest answer; `filter`: a moderation did; `none`: the server does not say;
   * `other`: something else stopped it, such as an abort
   */
  finish: 'stop' | 'length' | 'filter' | 'none' | 'other';
  /** what the server names as a refusal, apart from the text */
  refusal?: string;
  /** as it was sent */
  prompt: string;
}

/** A step that removes something from an answer before it is judged. */
type Step = (text: string) => string;

/**
 * What becomes of an answer: the prose that is written, or why a person has to look at it first. What is no part of a
 * caption is taken off: thinking, fences, what the model says in the name of others, openings. An answer that is no
 * caption, or only the beginning of one, is never cut into one: it is flagged, with the raw answer.
 */
export function captionOfAnswer(answer: ModelAnswer, rules: OutputRules): CaptionAnswer {
  const { prose, flagged } = judged(answer, rules);
  if (flagged === undefined) return { prose };
  return { flagged, text: answer.text.trim() === '' ? (answer.refusal ?? '') : answer.text };
}

/**
 * The text of an answer without what is no part of a caption, whatever else is wrong with it. Where a person accepts a
 * flagged answer all the same, this is what they begin with.
 */
export function tidyAnswer(text: string, rules: OutputRules): string {
  return settled(text, rules).prose;
}

/** No caption is longer, in characters. */
const longestAnswer = 100_000;
/** More layers around a caption than any model puts there. */
const mostLayers = 20;

/** Removes layer by layer: thinking may be inside a fence, and an announcement after the name of a role. */
function settled(answer: string, rules: OutputRules): { prose: string; hasThought: boolean } {
  let prose = withoutControlCharacters(answer);
  let hasThought = false;
  for (let layer = 0; layer < mostLayers; layer++) {
    const thought = withoutThinking(prose);
    hasThought ||= thought.hasThought;
    const next = tidied(thought.text, rules);
    if (next === prose) break;
    prose = next;
  }
  return { prose, hasThought };
}

function tidied(text: string, rules: OutputRules): string {
  const steps: readonly Step[] = [
    withTidyWhiteSpace,
    withoutRoleTails,
    // An announcement may stand before a fence, and a fence may hold an announcement.
    (one) => withoutOpenings(one, rules.openings),
    withoutFences,
    (one) => withoutOpenings(one, rules.openings),
    withoutQuotes,
    withoutOffers,
    withTidyWhiteSpace,
  ];
  return steps.reduce((rest, step) => step(rest), text);
}

function judged(answer: ModelAnswer, rules: OutputRules): { prose: string; flagged?: FlagReason } {
  const { finish, prompt } = answer;
  // Whatever it is, it is looked at by a person, and holds no other image up.
  if (answer.text.length > longestAnswer) return { prose: answer.text, flagged: 'odd' };
  const { prose, hasThought } = settled(answer.text, rules);
  // Judged with its openings, too: what is left of a refusal without them may look like a caption.
  const { text } = withoutThinking(answer.text);
  const flagged = (reason: FlagReason): { prose: string; flagged: FlagReason } => ({ prose, flagged: reason });
  if ((answer.refusal ?? '').trim() !== '' || finish === 'filter') return flagged('refused');
  const loops = isLoop(prose);
  const isNothing = !loops && !/[\p{L}\p{N}\p{S}]/u.test(prose);
  // Where a server hides thinking, the answer is empty if all tokens were spent on it.
  if (isNothing && (hasThought || finish === 'length')) return flagged('thinking');
  if (isNothing) return flagged('empty');
  if (isRefusal(prose) || isRefusal(text, true)) return flagged('refused');
  if (isThinkingAloud(text) || isThinkingAloud(prose) || hasOpenThoughts(prose)) return flagged('thinking');
  if (loops) return flagged('loop');
  // A server that says nothing of the end may have been broken off.
  if (finish === 'length' || finish === 'other' || (finish === 'none' && !hasEnd(prose))) return flagged('truncated');
  const nothing = noCaptionIn(prose);
  if (nothing !== undefined) return flagged(nothing);
  if (isDamaged(answer.text) || isOdd(prose, prompt) || hasOpenTurns(prose)) return flagged('odd');
  if (breaksOff(prose)) return flagged('truncated');
  if (isOtherLanguage(prose, rules.language)) return flagged('language');
  return { prose };
}
