import { oneOf, oneWordOf } from './oneOf';

/** What carries words, or is made of them. */
const carriers = oneWordOf(
  'signs? stickers? tattoo(?:ed|s)? t-shirts? shirts? hoodies? posters? banners? billboards? plaques? slogans? headlines? ' +
    'lettering engraving graffiti placards? mugs? pillows? badges? keychains? doormats? patch(?:es)? memes? covers?',
);
/** Words behind which a carrier is spoken of, and does not follow its text: "I can't read the sign". */
const notOfText = String.raw`(?<!\b(?:the|this|that|these|those|an?|any|his|her|their|its|your|of|to|on|or|and|such|describe|read|see) )`;
const surfaces = String.raw`\b(?:on|across|above|over|under|beside|behind|in|at|of|worn|around|hangs?|hanging|stands?|says|reads|with)\b`;
const says =
  '(?:says?|reads?|said|asks?|warns?|announces?|begs?|declares?|states?|demands?|promises|sings?|pleads?|shouts?)';

/**
 * By what a sentence is known that says which words are in the picture, without quotation marks: "We can't take cash,
 * reads the sign". They speak as anybody does.
 */
const reported = new RegExp(
  oneOf(
    String.raw`[,.;:?!—–-]\s${says} (?:(?:an?|the|one|some|its|his|her|their|two|many|small|big|this) |[a-z]+ (?:sign|letters))`,
    String.raw`[,;:] (?:an?|the|one|his|her|its) (?:(?!policy|policies|guidelines?|rules?|model|system)[a-z'-]+ ){1,4}${says}\b`,
    String.raw`\b(?:is|are|was|were|in|it) (?:hand-?)?(?:printed|written|painted|tattooed|stitched|embroidered|carved|engraved|projected|scrawled|sprayed|stamped|spelled|stencil(?:l)?ed|inscribed|lettered|typed|sewn|chalked)\b`,
    String.raw`\b(?:that|which|bubble|text|note|card|message|screen|caption|title|sign|banner|t-shirt|shirt|chat|poster|letter|voucher|tattoo|label) (?:${says}|saying|reading)\b`,
    String.raw`\b(?:icon|dialog|error|message) (?:appears|is|on|in|flashes|blinks|hangs)\b`,
    String.raw`\b(?:titled|labell?ed|lettered|entitled)\b`,
    String.raw`${notOfText}\b${carriers}(?:,[^,.!?\n]{1,30})?,? (?:[a-z-]+ )?${surfaces}`,
    String.raw`[,;:] (?:an?|the) (?:[a-z]+ )?${oneWordOf('slogan headline motto lyric quote title poster meme painting song album record book sculpture mural note')}\b`,
  ),
);
/** A model that cannot tell what a sign says. */
const untold = new RegExp(
  String.raw`\b(?:what(?:ever)?|how|whether)\b[^,;]{0,40}\b(?:${says}|(?:is|are|was) [a-z]+(?:ed|en))\b`,
);

const said = new RegExp(
  oneOf(
    String.raw`^[^.\n]{0,150}[,?!] ${says} (?:an?|the|one|his|her|its) `,
    String.raw`^[^.\n]{0,150}, (?:an?|the) (?:[a-z]+ )?${oneWordOf('slogan headline motto lyric quote title')}\b`,
  ),
  'i',
);

/** Whether a text begins with words that something in the picture says, and names what. */
export function isSaid(text: string): boolean {
  return said.test(text);
}

/** Whether a sentence, in lower case, tells words that are in the picture. */
export function isReported(sentence: string): boolean {
  return reported.test(sentence) && !untold.test(sentence);
}
