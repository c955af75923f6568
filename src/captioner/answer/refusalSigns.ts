import { inabilityAtStart, inabilityOfTask } from './inability';
import { oneOf, oneWordOf } from './oneOf';

const picture = '(?:image|picture|photo|attachment|file)s?';
const asked = oneWordOf('request prompt content image picture photo query material message');
const lists = oneWordOf('policy policies system filters? guidelines');
const rulesOfModels = `(?:safety|content|usage|moderation) ${lists}`;
/** Within one sentence. */
const some = (most: number): string => String.raw`[^.!?\n]{0,${most}}`;
const not = String.raw`(?:n't|\bnot|\bno)\b`;

const starting = (source: string): RegExp => new RegExp(`^${source}`);

/** How apologies of models begin. */
const apologies = [
  String.raw`(?:i|we)(?:'m|'re| am| are) (?:(?:really|very|so|truly|terribly|deeply) )?sorry[,.;:—–-]? ?` +
    oneOf(
      String.raw`(?:but|however|i|we|that|about|as an?)\b`,
      String.raw`for (?:the|any)\b`,
      '(?:this|the) (?:image|request|content)',
    ),
  String.raw`(?:(?:so|very) )?sorry[,.!;:—–-]* (?:but )?` +
    oneOf(inabilityAtStart, 'as an? ', '(?:this|that|the) (?:request|image|content)'),
  String.raw`(?:i|we) (?:do |sincerely |must )?apologi[sz]e\b`,
  String.raw`(?:my |our |sincere |my sincere )?apologies(?:[,.!]| but| for)`,
  String.raw`(?:i|we) regret (?:that (?:i|we)|to (?:say|inform|tell))\b`,
];

/** The model speaks of what it is. */
const ofItself = [
  String.raw`(?:as|being) an?(?: [a-z-]+){0,4} (?:ai|assistant|chatbot|language model)\b[^.!?]{0,120}\b(?:i|i'm|my)\b`,
  String.raw`(?:as|being) an? (?:ai(?:,| (?:language |vision |text )?(?:model|assistant|system)\b)|` +
    String.raw`artificial intelligence\b|(?:large )?language model\b)`,
  "i(?: am|'m) (?:just |only )?" +
    oneOf(
      String.raw`an? (?:ai\b|artificial intelligence|(?:large )?(?:text[- ]based|language)|virtual assistant|chatbot)`,
      '(?:designed|programmed|not able|unable) to',
    ),
];

/** No picture came with the question. */
const withoutPicture = [
  // An empty frame in a picture has no photo attached, either.
  String.raw`(?!an?\b)${some(120)}${not}${some(40)}\b${picture}\b${some(30)}\b` +
    oneOf(
      String.raw`(?:attached|uploaded|provided|included)\b(?! (?:with|to|in|on|by) (?!(?:this|the|that|your) (?:message|request|prompt|chat|conversation|query)))`,
      'in your (?:message|request|prompt)',
      'you (?:attached|uploaded|shared|sent|provided)',
    ) +
    String.raw`\b`,
  `i (?:do not|don't|cannot|can't) see (?:any|an|the|your) ${picture}`,
  "i (?:have|did)(?:n't| not) (?:receiv|been (?:given|provided))",
  String.raw`(?:there (?:is|was|seems to be|appears to be)|(?:it )?(?:seems|looks like|appears)(?: that)?(?: there (?:is|was))?)` +
    ` no ${picture}(?: (?:was|were|is|has been))? (?:attached|provided|uploaded|included(?! in the (?!message|request))|in your|to (?:describe|caption))`,
  `no ${picture} (?:was|were|has been|is|have been) ${oneWordOf('provided attached uploaded included received given')}` +
    String.raw`\b(?! (?:with|to|in|on|by) (?!(?:(?:this|the|that|your) (?:message|request|prompt|chat|conversation|query)|me|us)\b))`,
  String.raw`it (?:seems|looks like|appears)(?: that)? (?:you|the (?:image|picture|upload))\b${some(40)}` +
    String.raw`(?:missing|failed|forg[oe]t|n't\b(?! (?:straight|hung|in|of|a|the)\b)|(?:is|was|were|has|have|did|does|do|are) not\b(?! (?:straight|hung|in|of|an?|the)\b))`,
  String.raw`(?:please|(?:could|can|would) you(?: please)?) ${oneWordOf('provide upload share attach send supply')} ` +
    String.raw`(?:the|an?|your|me|another)\b`,
  String.raw`you (?:(?:have|did)(?:n't| not)|forgot)\b${some(30)}\b(?:image|picture|photo|attach|upload)`,
];

/** The model gives rules, its own or those of its maker, as the reason. */
const policies = [
  String.raw`(?:this|the|your|that) ${asked}(?: [a-z]+){0,4} ` +
    String.raw`(?:violates?|goes against|is against (?:our|my|the)|conflicts with|does not comply)\b`,
  String.raw`(?:this|the|your|that) (?:request|prompt|content|query|response) (?:has been|was|is) ` +
    String.raw`(?:blocked|rejected|denied|refused|filtered|flagged|removed|not allowed)` +
    String.raw`(?=[.!:;]|$| due| because| as | by (?:the|our|a|an|its|safety|content))`,
  String.raw`(?:request|content|response) (?:was |has been |is )?(?:denied|blocked|rejected|refused|filtered|removed)` +
    String.raw`(?=[.!:;]|$| due| because| by )`,
  String.raw`(?:describing|captioning|providing|generating|creating) ` +
    String.raw`(?:this|such|that|a caption|a description|captions|descriptions|sexual|explicit)\b[^.!?]{0,120}\b` +
    '(?:violat|inappropriate|not appropriate|against|unsafe|harmful)',
  String.raw`(?:identifying|describing|captioning|sharing|writing)\b${some(80)}\b` +
    String.raw`(?:is|would be|goes) (?:against|outside|beyond) (?:my|our)\b`,
  String.raw`(?:my|our) (?:(?:safety|content|ethical|usage) )?(?:guidelines|policies|policy|programming|rules)\b${some(20)}` +
    String.raw`\b(?:do not|don't|does not|doesn't|prevents?|prohibits?|forbids?|restricts?)\b`,
  String.raw`(?:this|that|it) (?:is|goes|falls) (?:beyond|outside|against)(?: of)? my\b`,
  String.raw`(?:it is|it's|it would be|it wouldn't be|it isn't) (?:not )?` +
    String.raw`(?:appropriate|inappropriate|possible|impossible|ethical|unethical|against|within|safe) ` +
    String.raw`(?:for me|to (?:describe|provide|caption|create|generate|identify|share|discuss|write)|my|our)\b`,
  String.raw`${some(160)}\b(?:against|violat\w+) (?:my|our|the) (?:[a-z]+ ){0,2}` +
    oneWordOf('guidelines rules? policy policies programming principles values terms'),
  String.raw`${some(160)}\b(?:flagged|refused|blocked|rejected|filtered|can't|cannot|not) ${some(60)}\b${rulesOfModels}\b`,
];

/** The model offers something else that it can do. */
const elsewhere =
  String.raw`${some(120)}(?:n't|\b(?:not|outside|beyond))\b${some(60)}\bi (?:can|could|am able to) ` +
  String.raw`(?:describe|caption|read|view|identify|help|assist|process)\b`;

/** The request is not fulfilled, without saying by whom. */
const notDone = [
  String.raw`(?:(?:unable|not able|failed) to|cannot|can't|could not) ` +
    String.raw`(?:describe|caption|generate|provide|analy[sz]e|fulfil|comply|assist)\b`,
  String.raw`(?:(?:unable|not able|failed) to|cannot|can't|could not) (?:process|identify|view|load|complete|access|open|read|display)` +
    String.raw`(?:[.!]*$| (?:(?:the|this|that|your|an?|any|requested) )*(?:images?|pictures?|photos?|files?|attachments?|requests?|person|people|individuals?|content|media|url)\b)`,
  String.raw`(?:(?:the|this|your|that|an?|no) )?(?:[a-z]+ )?` +
    String.raw`(?:image|picture|photo|caption|description|request|content|prompt|file|attachment)\b(?:(?!, (?:and|but) )[^.!?]){0,80}?\b` +
    String.raw`(?:cannot|can't|can not|could(?: not|n't)|was(?: not|n't)|is(?: not|n't)|has not been|failed to)(?: be)? ` +
    String.raw`(?:provided?|described?|displayed or described|loaded?|processed?|completed|uploaded?|attached|captioned|` +
    String.raw`generated|viewed|accessed|analy[sz]ed)\b(?! (?:as|with|fully|from)\b)`,
  String.raw`(?:explicit|nsfw|sensitive|inappropriate|adult|sexual) content (?:(?:was|has been) )?(?:detected|found)\b(?! by (?:no|a|an)\b)`,
  // All of an answer
  String.raw`\[?` +
    oneOf(
      '(?:content|safety|usage) (?:policy|guidelines?) violation',
      oneWordOf('refused declined redacted censored'),
      '(?:content |request )?(?:blocked|filtered|removed|denied|refused)(?: by [a-z ]{1,30})?',
      '(?:nsfw|inappropriate)(?: content)?',
      'no (?:caption|description)(?: available)?',
    ) +
    String.raw`\]?[.!]?$`,
];

/** Another talk is offered instead. */
const instead = [
  String.raw`(?:let's|can we|could we|perhaps we (?:can|could)) (?:talk|discuss|change|focus|move on|explore)\b` +
    String.raw`[^.!?]{0,60}\b(?:else|different|instead|another|other)\b`,
  String.raw`(?:i|we)(?: would|'d|'m| am) (?:be |more than )*(?:happy|glad|love|like|willing) ` +
    String.raw`to (?:help|assist|describe|provide)\b[^.!?]{0,120}\b(?:but|however|if you|please|another|instead)\b`,
  "(?:that|this|it|(?:this|that|the) (?:image|picture|photo|request))(?:'s| is| would be| isn't) (?:not )?(?:something|anything) (?:that )?(?:i|we) (?:can|will|am|are|would)",
];

/** A first sentence in which a model speaks of itself and of the request, and declines. */
const ofTheTask =
  String.raw`(?:i|we)(?:'m|'ve|'d|'ll|\b)(?! (?:can )?(?:see|notice|observe)\b)` +
  String.raw`(?=[^.!?\n]*(?:n't|\b(?:not|cannot|only|unable|decline|refuse|against|avoid|no)\b))[^.!?\n]*\b` +
  oneOf(
    oneWordOf('images? pictures? photos? captions? captioning describe describing descriptions? requests?'),
    oneWordOf('guidelines policy policies attached attachment explicit ai assist'),
    'language model',
  ) +
  String.raw`\b`;

/**
 * Patterns of the first words of a refusal, in English and lower case: they speak of the model, of the request or of
 * rules, whereas a caption speaks of the picture.
 */
export const refusalSigns: readonly RegExp[] = [
  `(?:(?:unfortunately|regrettably|however|but|sadly) )*${inabilityAtStart}`,
  String.raw`[^\n]{0,300}?(?<![a-z'])${inabilityOfTask}`,
  ofTheTask,
  elsewhere,
  ...[apologies, ofItself, withoutPicture, policies, notDone, instead].flat(),
].map(starting);
