import { foreignRefusals } from './foreignRefusals';
import { withoutQuotations } from './quotedText';

const oneOf = (...words: readonly string[]): string => `(?:${words.join('|')})`;
/** The end of a sentence or of what is looked at. */
const end = '(?=[.,;:!]|$)';

/**
 * What a model says that it cannot do. What people in a picture cannot do, as a sign or a song says, is something else:
 * "I can't help falling in love", "Sorry, we can't open today".
 */
const deed = oneOf(
  `assist(?: you)?(?: with|${end}| in)`,
  `help(?: you)?(?: with|${end}| in)`,
  'provide',
  'describe',
  'create',
  'generate',
  'fulfil',
  'comply with',
  'continue (?:with|to|describing)',
  'process',
  'analy[sz]e',
  'view',
  'access',
  'caption',
  'respond',
  'answer',
  'engage',
  'support (?:that|this|the|requests?)',
  'produce',
  'identify',
  'recogni[sz]e',
  'determine',
  'interpret',
  'discuss',
  'depict',
  'display',
  'comment on',
  'speculate',
  'accommodate',
  'transcribe',
  'write (?:a|an|about|that|this|explicit|such|captions?|descriptions?)',
  'see (?:(?:the|any|an|this|your|that) )?(?:images?|pictures?|photos?|files?)',
  'give (?:you )?(?:a|an|any|the) (?:[a-z]+ )?(?:captions?|descriptions?|details?)',
  'offer (?:a|an|any|captions?|descriptions?)',
  'share (?:that|this|any|details)',
  'make (?:a|an|any|the) (?:captions?|descriptions?|assumptions?)',
  `do (?:that|this|so)${end}`,
  'tell (?:you )?(?:who|what)',
  'look at (?:the|this|that|your) (?:image|picture|photo)',
  'open (?:the|this|that|your) (?:images?|pictures?|photos?|files?|links?)',
  'fully',
);
const adverbs = '(?:(?:directly|currently|really|possibly|in good conscience|be able to|accurately|reliably|safely) )*';
const cannot = oneOf(
  "can(?:no|')?t",
  'can not',
  "could(?: not|n't)",
  "won't",
  'will not',
  "would(?: not|n't)",
  "(?: am|'m| are|'re) (?:unfortunately |currently |sadly |also |just |really )?(?:unable|not able|not allowed|not permitted|not going|not programmed|not designed) to",
  "(?:'d| would)? ?prefer not to",
  'refuse to',
);
/** What needs no deed behind it. */
const declines = oneOf(
  '(?:must|have to|need to|will have to|will|am going to have to) (?:respectfully |politely )?decline',
  '(?:respectfully |politely )decline',
  "(?:'d| would) rather not",
  "(?:do not|don't) feel comfortable",
  "(?: am|'m) not comfortable",
  "(?:do not|don't|currently do not) have (?:the |any )?(?:ability|access|capability|permission|capacity)",
  'lack the ability',
);
const hedges = '(?:(?:just|simply|really|also|unfortunately|still|regretfully),? )*';
const inability = `(?:i|we) ?(?:${hedges}${declines}|${hedges}${cannot} ${hedges}${adverbs}${deed})`;

/** How refusals begin, in lower case. */
const starts: readonly RegExp[] = [
  new RegExp(`^(?:(?:no|oh|hmm|unfortunately|regrettably|however|but|sadly)[,.!…]? )*${inability}`),
  // An apology that goes on
  /^(?:i am|i'm|we are|we're) (?:(?:really|very|so|truly|terribly|deeply) )?sorry[,.;:—–-]? ?(?:but|however|i\b|we\b|as an? |for (?:the|any)\b|that\b|about\b|this (?:image|request|content)|the (?:image|request|content))/,
  new RegExp(
    `^(?:(?:so|very) )?sorry[,.!;:—–-]* (?:but )?(?:${inability}|as an? |(?:this|that|the) (?:request|image|content))`,
  ),
  /^(?:(?:i|we) (?:do |sincerely |must )?apologi[sz]e\b|(?:my |our |sincere |my sincere )?apologies(?:,| but| for|\.))/,
  // The model speaks of itself
  /^(?:as|being) an? (?:ai(?:,| (?:language |vision |text )?(?:model|assistant|system)\b)|artificial intelligence\b|(?:large )?language model\b|(?:responsible |helpful )?(?:ai )?(?:assistant|chatbot), i\b)/,
  /^(?:i am|i'm) (?:just |only )?(?:an? (?:ai\b|artificial intelligence|(?:large )?(?:text[- ]based|language)|virtual assistant|chatbot)|(?:designed|programmed) to|not able to|unable to)/,
  // It has no picture
  /^i (?:do not|don't|cannot|can't) see (?:any|an|the|your) (?:image|picture|photo|attachment|file)/,
  /^i (?:haven't|have not|did not|didn't) (?:receiv|been (?:given|provided))/,
  /^(?:there (?:is|was|seems to be|appears to be)|(?:it )?(?:seems|looks like|appears)(?: that)?(?: there (?:is|was))?) no (?:image|picture|photo|attachment)s?(?: (?:was|were|is|has been))? (?:attached|provided|uploaded|included|in your|to (?:describe|analy[sz]e|caption))/,
  /^no (?:image|picture|photo)s? (?:was|were|has been|is|have been) (?:provided|attached|uploaded|included|received|given)/,
  /^it (?:seems|looks like|appears)(?: that)? (?:you|the (?:image|picture|upload))\b[^.!?]{0,40}(?:n't|\bnot\b|missing|failed|forg[oe]t)/,
  /^please (?:provide|upload|share|attach|send|supply) (?:the|an?|your|me|another)\b/,
  // Policies
  /^(?:this|the|your|that) (?:request|prompt|content|image|picture|photo|query|material|message)(?: [a-z]+){0,4} (?:violates?|goes against|is against (?:our|my|the)|conflicts with|does not comply|can(?:no|')t be (?:described|processed|captioned|analy[sz]ed))\b/,
  /^(?:this|the|your|that) (?:request|prompt|content|query|response) (?:has been|was|is) (?:blocked|rejected|denied|refused|filtered|flagged|removed|not allowed)(?=[.!:;]|$| due| because| as | by (?:the|our|a|an|its|safety|content))/,
  /^(?:request|content|response) (?:was |has been |is )?(?:denied|blocked|rejected|refused|filtered|removed)(?=[.!:;]|$| due| because| by )/,
  /^(?:describing|captioning|providing|generating|creating) (?:this|such|that|a caption|a description|captions|descriptions|sexual|explicit)\b[^.!?]{0,120}\b(?:violat|inappropriate|not appropriate|against|unsafe|harmful)/,
  /^(?:it is|it's|it would be|it wouldn't be|it isn't) (?:not )?(?:appropriate|inappropriate|possible|impossible|ethical|unethical|against|within|safe) (?:for me|to (?:describe|provide|caption|create|generate|identify|share|discuss|write)|my|our)\b/,
  // Another talk instead
  /^(?:let's|can we|could we|perhaps we (?:can|could)) (?:talk|discuss|change|focus|move on|explore)\b[^.!?]{0,60}\b(?:else|different|instead|another|other)\b/,
  /^(?:i would|i'd|we would|we'd|i'm|i am) (?:be |more than )*(?:happy|glad|love|like|willing) to (?:help|assist|describe|provide)\b[^.!?]{0,120}\b(?:but|however|if you|please)\b/,
  /^(?:that|this|it) (?:is|would be|'s|isn't) (?:not )?(?:something|anything) (?:that )?(?:i|we) (?:can|will|am|are|would)/,
];

/** What may stand in front of a refusal that comes late, within the first sentences. */
const polite = oneOf(
  'i (?:understand|appreciate|see|recogni[sz]e|know|reali[sz]e|respect|notice|can see)',
  'thank you',
  'thanks',
  'while',
  'although',
  'though',
  'due to',
  'because',
  'given',
  'since',
  'based on',
  "i'm afraid",
  'i am afraid',
  '(?:this|the) (?:image|picture|photo|content|request|prompt)',
  'it (?:seems|looks|appears)',
  'hello',
  'hi',
  'sorry',
  'please note',
  'for (?:safety|privacy|legal|ethical)',
  'to (?:protect|respect|comply)',
  'my (?:guidelines|programming|purpose|policies)',
  'sure',
  'certainly',
  'of course',
  'okay',
  'ok',
  'well',
  'note',
  'warning',
  'content warning',
  'disclaimer',
);
const late = new RegExp(`^${polite}\\b[^\\n]{0,260}?(?<![a-z'])${inability}`);

/** Sentences of refusal that nobody in a picture says; they are found anywhere. */
const unmistakable = new RegExp(
  "(?:^|[.!?…]\\s+|\\n\\s*)(?:(?:i'm |i am )?(?:really |very )?sorry,? (?:but )?|unfortunately,? |however,? )?(?:i|we) ?" +
    "(?:can(?:no|')?t|can not|(?: am|'m)(?: unable| not able) to|won't|will not|must decline to) " +
    oneOf(
      '(?:assist|help)(?: you)? (?:with (?:that|this|it|your|the request|requests)|further)',
      'continue (?:with )?(?:this|that|describing|the description)',
      '(?:provide|give|offer|generate|create|write) (?:you )?(?:a |any |further |more |explicit |such |the |this |additional )*(?:caption|description|details?|content|information|assistance)',
      'describe (?:this image|the image|any|such|explicit|sexual)',
      'identify (?:(?:the|this|any|these|real|specific) )*(?:person|people|individual)',
      'identify (?:who|them|him|her)',
      'comply with|fulfil',
    ),
);

/**
 * Whether a model says that it will not or cannot write a caption. Its first words count: they speak of the model,
 * whereas a caption speaks of the picture, in which an outfit may be inappropriate and a sign sorry. Further on only
 * sentences count that no caption has, such as "I can't assist with that." What is quoted does not count.
 * @param text without boilerplate and thinking
 */
export function isRefusal(text: string): boolean {
  const plain = withoutQuotations(text.replaceAll(/[’ʼ]/g, "'"))
    .toLowerCase()
    .trim()
    .replace(/^[*_#>([\s-]+/, '')
    .replace(/[ \t]+/g, ' ');
  const start = plain.slice(0, 400);
  return (
    [...starts, ...foreignRefusals, late].some((pattern) => pattern.test(start)) ||
    unmistakable.test(plain.slice(0, longestLookedAt))
  );
}

/** Longer than any caption. */
const longestLookedAt = 8000;
