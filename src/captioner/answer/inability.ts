// What models say that they cannot or will not do, as sources of patterns for texts in lower case.
import { oneOf } from './oneOf';

/** The end of a sentence, or of the text that is searched. */
const end = '(?=[.,;:!]|$)';
const pictures = '(?:images?|pictures?|photos?|files?|attachments?|links?)';
const captions = '(?:captions?|descriptions?|details?|information|content)';
const theOrThis = '(?:(?:the|this|that|these|those|any|an?|your|such|real|specific) )*';
const somebody = '(?:person|people|individuals?|who|them|him|her)';

/**
 * What only a model that captions does, so that it is a refusal in any clause of the first sentences. What people in a
 * picture cannot do, as a sign or a song says, is something else: "I can't help falling in love".
 */
const task = oneOf(
  'describ(?:e|ing)',
  'caption(?:ing)?',
  `(?:provide|generate|create|give|offer|produce|write) (?:you )?(?:[a-z]+ ){0,3}${captions}`,
  'assist(?: you)?(?: with| here|[.,;!]|$)',
  `help(?: you)?(?: with (?:that|this|it|your|the|describing|identifying|captioning)|${end})`,
  `(?:identify|recogni[sz]e|name) ${theOrThis}${somebody}`,
  `(?:view|see|access|process|open|load|analy[sz]e|interpret|look at) ${theOrThis}${pictures}`,
  'comply|fulfil',
  `do (?:that|this|so)${end}`,
);

/**
 * What is a refusal at the start of an answer only: people in a picture may say it, too, but no caption begins like
 * that.
 */
const deed = oneOf(
  task,
  'help with',
  ...['provide', 'create', 'generate', 'process', 'analy[sz]e', 'view', 'access', 'respond', 'answer', 'engage'],
  ...['produce', 'identify', 'recogni[sz]e', 'determine', 'interpret', 'discuss', 'depict', 'display', 'speculate'],
  ...['accommodate', 'transcribe', 'comment on', 'fully', 'continue (?:with|to|describing)'],
  'support (?:that|this|the|requests?)',
  'write (?:an?|about|that|this|explicit|such)',
  'share (?:that|this|any|details)',
  'make (?:an?|any|the) (?:captions?|descriptions?|assumptions?)',
  'tell (?:you )?(?:who|what)',
);

const adverbs = '(?:(?:directly|currently|really|possibly|in good conscience|accurately|reliably|safely) )*';
const hedges = '(?:(?:just|simply|really|also|unfortunately|still|regretfully),? )*';

const cannot = oneOf(
  "can(?:no|')?t(?: and (?:will not|won't))?",
  'can not',
  "(?:could|would|should)(?: not|n't)",
  "won't|will not",
  "do not|don't",
  "(?: am|'m) not sure (?:that )?i can",
  "(?:do not|don't) (?:think|believe|feel) (?:that )?(?:i|we) (?:can|should|am able to)",
  "(?: am|'m| are|'re) (?:unfortunately |currently |sadly |also |just |really )?" +
    '(?:unable|not (?:able|allowed|permitted|going|programmed|designed)) to',
  "(?:'d| would)? ?prefer not to",
  'refuse to',
);

/** What needs no deed behind it. */
const declines = oneOf(
  '(?:must|have to|need to|will have to|will|am going to have to) (?:respectfully |politely )?decline',
  '(?:respectfully |politely )decline',
  '(?:must|have to|need to) (?:respectfully )?refuse',
  "(?:'d| would) rather not",
  "(?:do not|don't) feel comfortable",
  "(?: am|'m) not comfortable",
  "(?:do not|don't|currently do not) have (?:the |any )?(?:ability|access|capability|permission|capacity)",
  'lack the ability',
  "(?:(?:have|need| am going|'m going) to|will) (?:pass on|stop here)",
);

const inability = (what: string): string =>
  `(?:i|we) ?${hedges}(?:${declines}|${cannot} ${hedges}${adverbs}(?:(?:be able|seem) to )?${what})`;

/** "I cannot" with one of the deeds, at the start of an answer. */
export const inabilityAtStart = inability(deed);

/** "I cannot" with one of the tasks, in any clause. */
export const inabilityOfTask = inability(task);

/** A sentence, anywhere, that no caption has and nobody in a picture says. */
export const unmistakable = new RegExp(
  String.raw`(?:^|[.!?…]\s+|\n\s*)` +
    "(?:(?:i'm |i am )?(?:really |very )?sorry,? (?:but )?|unfortunately,? |however,? )?(?:i|we) ?" +
    "(?:can(?:no|')?t|can not|(?: am|'m)(?: unable| not able) to|won't|will not|must decline to) " +
    oneOf(
      '(?:assist|help)(?: you)? (?:with (?:that|this|it|your|the request|requests)|further)',
      'continue (?:with )?(?:this|that|describing|the description)',
      `(?:provide|give|offer|generate|create|write) (?:you )?(?:(?:a|any|further|more|explicit|such|the|this|additional) )*${captions}`,
      'describe (?:this image|the image|any|such|explicit|sexual)',
      `identify ${theOrThis}${somebody}`,
      'comply with|fulfil',
    ),
);
