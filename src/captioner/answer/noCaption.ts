import { isJsonCaption } from '../../tags/jsonCaption';
import { oneOf, oneWordOf } from './oneOf';
import { isReported } from './textsOfPictures';

/** All of an answer: values of programs, names of fields, single letters, and words before a missing caption. */
const bare = new RegExp(
  '^' +
    oneOf(
      oneWordOf(
        'undefined null none nil nan n/?a true false error errors? timeout caption captions description answer',
      ),
      oneWordOf(
        'response output result assistant user system title prose text unknown empty test todo tbd yes ok okay',
      ),
      String.raw`\[?error\]?|\[object object\]|[a-z]|i'm|i am|time-?out|describe (?:this|the) (?:image|picture|photo)`,
      '(?:sure|certainly|of course|absolutely|great|alright|got it|understood|no problem)(?: thing)?',
      '(?:the|this|an?) (?:image|picture|photo|caption)(?: (?:shows?|is|depicts|of|features|captures|here))?',
      "here(?: is|'s| are)?(?: (?:the|a|your))?(?: (?:caption|description))?",
    ) +
    String.raw`[\s.!:…*_]*$`,
);
/** All of an answer: a no. */
const bareNo = new RegExp(
  '^(?:sorry[,.!]* )?' +
    oneOf(
      "(?:no|nope|sorry|pass|never|apologies|my apologies|i won't|no,? i won't|no,? thanks?|not possible|impossible)",
      String.raw`refusal(?:: .{0,60})?|refused?|.{0,20}_refusal|refusing(?: to (?:describe|caption|comment|answer|respond|comply|engage).{0,60})?`,
      String.raw`(?:error|warning)?\W*(?:content|output|response|request|prompt|safety)[ _](?:was |is |has been )?(?:filter(?:ed)?|block(?:ed)?|declined|denied|refus(?:ed|al)|withheld|suppressed|moderated|violation)\b.{0,60}`,
      String.raw`(?:output|response|text|caption|description)s? (?:withheld|suppressed|redacted|removed|censored|blocked)\b.{0,80}`,
    ) +
    String.raw`[\s.!]*$`,
);

/** What servers say in the place of an answer, in any sentence of a short text. */
const ofServers = new RegExp(
  oneOf(
    String.raw`\b(?:incorrect|invalid|missing|wrong|no|expired|provide an?) api[ -]?key|\bapi[ -]?key (?:is|was|not|provided|required)|\bsk-[a-z0-9_-]{6,}`,
    String.raw`\bcredit balance|\binsufficient (?:credits?|quota|balance|funds)|\b(?:current|your|daily|monthly) quota\b|\bquota (?:exceeded|reached)|\bplan and billing`,
    String.raw`\brate[ -]?limit(?:s|ed)? (?:exceeded|reached|hit|error)|\btoo many requests(?! for)`,
    String.raw`\b(?:cuda|gpu|out[- ]of[- ]memory|oom)\b.{0,20}\b(?:memory|error|tried|killed)|\btried to allocate`,
    String.raw`\b(?:model|server|service|endpoint|api) (?:is|was)(?: (?:currently|still|temporarily))? (?:loading|busy|overloaded|unavailable|down|starting|not ready|not available|offline|at capacity)`,
    String.raw`\b(?:please )?(?:try|retry) again(?: (?:later|soon|in|shortly)|[.!]*$)`,
    String.raw`\b(?:an?|unknown|unexpected|internal|server|network) (?:[a-z]+ )?error (?:has )?(?:occurred|happened)|\bsomething went wrong`,
    String.raw`\b(?:connection|request|operation|read) (?:was )?(?:timed out|time-?out|reset|refused|aborted|cancell?ed|closed)`,
    String.raw`^\[error\b|^(?:fatal )?error\W*(?:\d{3}\b[.!:]|code\b|: )`,
    String.raw`\bmaximum (?:context|token)|\bcontext (?:length|window) (?:exceeded|of)|\btokens? (?:limit|exceeded)`,
    String.raw`\bfailed to (?:load|fetch|process|decode|generate|connect|parse)\b(?!:)`,
  ),
);
/** Longer texts than any such message, in words. */
const wordsOfMessage = 40;

/** Other things than words about a picture. */
const otherThings = /^(?:!?\[[^\]]*\]\([^)\s]*\)|<?https?:\/\/\S+>?|data:[a-z]+\/[a-z+.-]+[;,]\S*)$/;

/** What an answer is that has no caption in it. */
export type NoCaption = 'refused' | 'odd' | 'empty' | 'truncated';

/**
 * What a text is that describes nothing: a value of a program, an opening whose caption is missing, a bare no, an error
 * of a server in words, a link, or JSON that is cut or has nothing in it.
 * @returns undefined where it may be a caption
 */
export function noCaptionIn(text: string): NoCaption | undefined {
  const plain = text.trim().toLowerCase().replaceAll(/[’ʼ]/g, "'");
  const bareText = plain.replace(/^[*_#>\s]+|[*_\s]+$/g, '');
  if (bareNo.test(bareText)) return 'refused';
  if (bare.test(bareText) || otherThings.test(plain)) return 'odd';
  // What was announced is missing.
  if (/\p{L}[*_"”]*:$/u.test(bareText) && !bareText.includes('\n')) return 'odd';
  const isShort = plain.length < 400 && plain.split(/\s+/).length <= wordsOfMessage;
  if (isShort && plain.split(/(?<=[.!?])\s+|\n+/).some((one) => ofServers.test(one) && !isReported(one))) return 'odd';
  return noValueIn(text.trim());
}

/** Of JSON: whether it has nothing in it, or is cut. */
function noValueIn(text: string): NoCaption | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    const texts: string[] = [];
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'string' || typeof value === 'number') texts.push(String(value));
      return value;
    });
    return texts.some((one) => /[\p{L}\p{N}\p{S}]/u.test(one)) ? undefined : 'empty';
  } catch {
    // With a mistake, it is still the JSON that was wanted.
    const isJson = isJsonCaption(text) || /^\[\s*\{\s*"/.test(text);
    return isJson && !/[}\]]\s*$/.test(text) ? 'truncated' : undefined;
  }
}

/** Words behind which an English sentence goes on, without an end. */
const goesOn = /(?:^|\s)(?:an?|the|and|or|with|of|which|whose|while|into|its|his|their|as|is|are)$/i;

/** Whether a text has the end of a sentence, of a list of tags that is closed, or of JSON. */
export function hasEnd(text: string): boolean {
  return /[.!?…。！？}\])"'”’»」』*`]$/u.test(text.trim());
}

/** Whether a text breaks off in the midst of a sentence, whatever the server said of its end. */
export function breaksOff(text: string): boolean {
  return goesOn.test(text.trimEnd()) && /\s\S+\s/.test(text.trim());
}
