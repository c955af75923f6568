import { oneOf, oneWordOf } from './oneOf';
import { isReported } from './textsOfPictures';

// A caption speaks of what is in a picture. Here is by what a sentence is known that speaks of the task instead: by who
// speaks or is spoken to, by what is asked for, and by the refusal.

const word = (source: string): string => String.raw`\b${source}\b`;

/** What is asked for. */
const picture = oneWordOf('images? pictures? photos? photographs? pics? attachments? uploads? files? imagery visuals?');
const text = oneWordOf('captions? captioning descriptions? descriptive responses? answers? outputs? details?');
const request = oneWordOf('requests? tasks? prompts? query queries instructions? question');
const matter = oneWordOf('content material subject topic nudity themes? scene');
const deed = oneWordOf(
  'describ(?:e|ed|ing) captioned caption comment(?:ing)? assist(?:ing|ance)? help(?:ing)? compl(?:y|ying) engag(?:e|ing) ' +
    'discuss(?:ing)? analy[sz](?:e|ed|ing) provid(?:e|ed|ing) generat(?:e|ed|ing) elaborat(?:e|ing) identif(?:y|ied|ying) ' +
    'fulfil(?:l|led|ling)? respond(?:ing)? process(?:ed|ing)? interpret(?:ed|ing)? speculat(?:e|ing) uncaptioned view(?:ed|ing)?',
);
const ofTask = word(oneOf(picture, text, request, matter, deed, 'this one', 'that one', 'do (?:it|this|that|so)'));
const rules = word(
  oneOf(
    oneWordOf('polic(?:y|ies) guidelines? moderation filters? restrictions? terms censorship privacy safety'),
    '(?:my|our|your|the) (?:rules|scope|capabilit(?:y|ies)|programming|principles|values|instructions)',
  ),
);

/** A no, in any form. */
const no = oneOf(
  "n't\\b",
  word(oneOf('not|no|never|cannot|nothing', "can'?t", 'none')),
  word(
    oneWordOf(
      'declin(?:e|ed|ing) refus(?:e|ed|al|ing) refrain(?:ing|ed)? abstain(?:ing)? avoid unable unwilling impossible ' +
        'inappropriate against forbidden prohibited prohibit(?:s)? forbids? prevents? blocked withheld withhold suppressed omitted skip ' +
        'redacted rejected denied skipped? skipping violates? violated violating breaks? breach(?:es)? beyond outside unsafe ' +
        'uncomfortable disallowed unavailable unsupported disabled without uncaptioned filtered restricted censored',
    ),
  ),
  word('(?:rather|prefer|preferred|pass on|turn down|turning down|say no|leave|stop here|moved? on|unlike)'),
);

const both = (...parts: readonly string[]): RegExp =>
  new RegExp('^' + parts.map((part) => String.raw`(?=[^\n]*?${part})`).join(''));

/** Who speaks, unless it is what a viewer sees. */
const speaker = oneOf(
  String.raw`\b(?:i|we)(?:'(?:m|d|ve|ll|re))?\b(?! (?:can |could )?(?:see|notice|observe)\b)(?<!\bwe(?= (?:(?:can|could|cannot|can't|do not|don't|only|also|never|barely) ?){0,3} ?(?:see|tell|notice|observe|know|make out)\b))`,
  String.raw`\b(?:me|my|our|us)\b`,
);
const machine = oneOf(
  String.raw`\b(?:this|the|our|your)(?: (?:ai|current|vision|language|underlying|selected))? ` +
    oneWordOf('model assistant ai bot chatbot system service server provider api endpoint'),
  String.raw`\b(?:moderation (?:layer|system|endpoint)|^(?:qwen|claude|gpt|chatgpt|gemini|gemma|llama|grok|copilot)(?: \w+)?)`,
);
/** What only the machine of a model does or has: an assistant in a picture cannot reach a shelf. */
const machineNo = new RegExp(
  String.raw`^[^\n]*?${machine}\b(?: (?:has|was|is|can|could|will|does|did|may|had))*(?:n't| not|not)?(?: (?:to|been|able|yet))*\b[^.\n]{0,20}?` +
    oneOf(
      String.raw`(?:declin|refus|reject|block|refrain|unable)\w* (?:to )?(?:the |this |that |your )?(?:respond|answer|describe|caption|comment|assist|comply|task|request|response|answer|picture|image|prompt|provide|process|generate)`,
      String.raw`(?:not|n't) (?:describe|caption|comment|assist|comply|respond|provide|process|support|accept|handle|answer|write|generate|engage|read|see|view)\b`,
      String.raw`(?:has no|lacks) (?:vision|image|support|access|capability)`,
    ),
);

const passive = oneOf(
  String.raw`(?:will|can|could|may|should|must|is|was|has been|have been|be|are|were)(?: not|n't|not)(?: be| been)? (?:described|captioned|provided|given|generated|produced|available|supplied|made|shown|completed|fulfilled|processed|read|supported|written|offered|discussed|possible|permitted|allowed)\b(?! (?:as|with|by|in|on|for|from|at|to)\b(?! (?:this|the|that|your) (?:image|picture|photo|request|caption|model|assistant|ai|system|server)| (?:me|us)\b))`,
  String.raw`(?:has been|have been|was|were|is|are|got) (?:flagged|blocked|withheld|suppressed|omitted|redacted|rejected|declined|denied|refused|filtered|disallowed|unavailable|disabled|unsupported|removed (?:due|because|for)|restricted|prohibited|forbidden)\b`,
  String.raw`(?:is|was|are) (?:left )?(?:without|lacking) an? (?:description|caption)`,
  String.raw`(?:did not|didn't|has not|hasn't) (?:come through|arrive|load|upload)`,
);

/** Sentences of the task, in lower case and without quotations. */
const signs: readonly RegExp[] = [
  // I will not, in any words
  both(speaker, no, ofTask),
  both(speaker, no, rules),
  new RegExp(
    String.raw`^[^\n]{0,30}?\b(?:i|we)(?:'\w+)?\b[^\n]{0,20}\b(?:refuse|decline|refrain|abstain|pass on|turn (?:this|that|it) down)\b[^\n]{0,30}$`,
  ),
  // The model will not
  machineNo,
  // Nobody will: "this image will not be described", "no description can be given", "this photo has been flagged"
  new RegExp(
    String.raw`^(?:[^\n]{0,120}?[,;:] )?(?:(?:the|this|that|your|these|those|such|an?|any) (?:[a-z]+ ){0,2})?` +
      oneOf(picture, text, request) +
      String.raw`(?: (?:of|for|about) (?:this|the|that|your|such) [a-z]+)? ${passive}`,
  ),
  new RegExp(
    String.raw`^(?:[^\n]{0,160}?[,;:] )?no (?:[a-z]+ )?${text} (?:(?:can|could|will|may) be|(?:(?:is|was|were|has been|have been|to be) )?(?:available|possible|provided|given|generated|produced|made|supplied|written|returned|of this|for this))\b`,
  ),
  new RegExp(
    String.raw`^(?:content warning\W+)?${text}(?: (?:is|was|of this image))? ?(?:unavailable|withheld|omitted|suppressed|redacted|declined|refused|blocked|not available|not possible|not provided|filtered)\b`,
  ),
  new RegExp(
    String.raw`^(?:it's|it is|it would be|it might be|it seems|it wouldn't be) (?:not |best |better )*(?:right|wrong|best|better|not|wise|safer|improper|fair|ok|okay|acceptable)?[^\n]{0,30}\b(?:for me|not) to ` +
      oneOf(deed),
  ),
  // Doing it would break rules
  new RegExp(
    String.raw`^(?:describing|captioning|commenting on|discussing|answering|fulfilling|complying|processing)\b[^\n]*?(?:${no}|\bharm)`,
  ),
  new RegExp(
    String.raw`^(?:this|that|the|your|such)(?: [a-z]+)? ?(?:${picture}|${request}|${matter}|)(?:'s| is| goes| falls| seems| appears)?\b[^\n]{0,20}\b` +
      oneOf(
        'not (?:one|something|anything) (?:that )?(?:i|we|this|the)',
        '(?:beyond|outside|against)(?: of)? (?:what )?(?:i|my|our|we)\\b',
        String.raw`(?:break|breaks|violate|violates|breach|breaches|conflict|conflicts|flagged)\b[^\n]{0,40}${rules}`,
        String.raw`under a category`,
        'not something (?:this|the)',
      ),
  ),
  new RegExp(
    String.raw`^(?:this|that|the|your) ${request} (?:cannot|can't|could not|couldn't|will not|won't|is not|was)\b`,
  ),
  both(
    String.raw`^(?:due|owing|because|given|for|to|out of|based|per|in line|considering|as)\b`,
    oneOf(
      rules,
      word('(?:sensitive|explicit|adult|sexual|nude|nudity|minors?|nsfw|inappropriate|graphic|intimate|unsafe)'),
    ),
    no,
    ofTask,
  ),
  new RegExp(
    String.raw`^(?:hmm|no|nope|sorry|well|unfortunately|sadly|ok|okay|error|refusal|warning)?[,.:;!…]*\s*(?:i'm |i am |we're )?(?:still )?(?:not (?:able|going|willing|allowed|permitted)(?: to)?|unable to|can'?t|cannot|can not|couldn't|won't|will not|must not|refus(?:e|ing) to|declin(?:e|ing) to)\b[^\n]{0,30}?` +
      oneOf(deed, picture, request, 'do', 'here', 'that', 'this'),
  ),
  // What pictures a model takes
  new RegExp(
    String.raw`^(?:[^\n]{0,60}[,;:] )?(?:${picture}|vision|multimodal|visual|image (?:analysis|inputs?|processing)|vision inputs?)(?: (?:content|inputs?|analysis|processing|support))?(?: (?:is|are))?(?: currently)? (?:not (?:supported|available|enabled)|unsupported|disabled|unavailable)`,
  ),
  new RegExp(String.raw`^(?:i|we)\b[^\n]{0,40}\bonly\b[^\n]{0,20}\btext\b`),
  new RegExp(
    String.raw`^(?:no|missing|empty|invalid) ${picture}(?: (?:was|were|is|has been))?(?: (?:found|available|detected|given|received|attached|data|provided|supplied|uploaded|input))?[.!]*$`,
  ),
  // Who it is
  new RegExp(
    oneOf(
      String.raw`^(?:hello|hi|hey)?[,!.]* ?(?:i'm|i am|my name is|this is) (?:qwen|claude|gpt|chatgpt|gemini|gemma|llama|mistral|pixtral|grok|deepseek|kimi|glm|internvl|phi|copilot|joycaption|an? (?:large |small )?(?:language|text|vision|ai)\b)`,
      String.raw`\b(?:large )?language model\b[^\n]{0,60}\b(?:created|made|trained|developed|built)\b`,
      String.raw`\b(?:created|made|trained|developed|built) by (?:alibaba|anthropic|openai|google|meta|mistral|microsoft|deepseek|xai|moonshot|zhipu)\b`,
    ),
  ),
  // Offers and questions
  /^(?:hello|hi|hey|sure|of course|certainly|absolutely|great|okay|ok)?(?: there)?[,!.]* ?(?:how|what) (?:can|may|could|would|should|do|image|picture|photo)\b[^\n]{0,40}\b(?:i|you|me)\b/,
  /^(?:hello|hi|hey)(?: there)?[,!.]*$/,
  /^i(?:'m| am) (?:ready|happy|here|glad|eager|waiting|looking forward)\b[^\n]*\b(?:help|assist|describe|caption|image|picture|photo)/,
  /^(?:sure|of course|certainly|absolutely|okay|yes)?[,!.]* ?(?:i can|i could|i will|i'd be|i would be|i'll|happy to|glad to)\b[^\n]*\b(?:help|assist)\b/,
];

/** One who is spoken to about the task; what you see is a caption. */
const toYou = both(
  String.raw`\b(?:you|your)(?:'(?:d|re|ve|ll))?\b`,
  oneOf(
    word(oneOf(picture, request, text)),
    word(
      '(?:upload|attach|provide|send|share|paste|help|assist|(?:like|want) me|describe|caption|message|chat)(?:e?d|ing)?',
    ),
  ),
);
const asked = new RegExp(
  String.raw`^(?:sure|okay|ok|hello|hi|yes|of course)?[,!.]* ?(?:please|kindly|feel free to|go ahead and)\b[^\n]{0,20}\b(?:provide|send|upload|share|attach|supply|paste|give|try|submit)\b[^\n]*\b(?:${picture}|again|link)`,
);
/** A picture that is named by who sent it, and what it shows. */
const sent =
  /\b(?:that )?you(?:'ve| have|'d)? (?:just )?(?:provided|shared|uploaded|sent|attached|gave me|submitted)(?= (?:shows?|depicts?|is an?|features?|captures?|appears?|contains?|presents?|portrays?))/g;
const seen =
  /\byou (?:can|could|may|might|will|would|'ll|also|still|even)?(?: (?:also|clearly|just|almost|even|barely|hardly|not|only|still))*n?o?t? ?(?:see|notice|observe|spot|find|make out|feel|hear|imagine|look|get|tell|enter|walk|stand)\b/g;

/** How many sentences are looked at: what is no caption says so soon. */
const sentencesLookedAt = 3;

/**
 * Whether a text speaks of the task, the request or the model, and refuses, asks or offers, rather than of what is in
 * the picture. When in doubt it does: a person may take an honest caption, but nobody sees a refusal that was written.
 * @param plain in lower case, without quotations
 */
export function isTalkOfTask(plain: string): boolean {
  const sentences = plain.split(/(?<=[.!?…])\s+|\n+/).slice(0, sentencesLookedAt);
  return sentences.some((sentence) => {
    if (isReported(sentence)) return false;
    const said = sentence.replace(/^(?:[*_#>([\s-]|\d+[.)])+/, '').slice(0, 600);
    return (
      signs.some((sign) => sign.test(said)) ||
      asked.test(said) ||
      toYou.test(said.replace(sent, ' ').replace(seen, ' '))
    );
  });
}
