import { japanese, korean, simplifiedChinese, traditionalChinese, type CommonCharacters } from './commonCharacters';

/**
 * How much a character surprises a reader of a language, in bits: the binary logarithm of one over its share of a
 * text. The sum over a text says how unlikely it is that somebody wrote it.
 * @param before the characters beside it, 0 at an end
 */
export type LanguageModel = (code: number, before: number, after: number) => number;

/** A character that no text has: unassigned, an unpaired surrogate, or for private use. */
const neverWritten = 30;
/** A character of another script than the language's. */
const ofAnotherScript = 20;
/** A character of East Asia beside a Latin letter; between two, or a Cyrillic one beside one, which no word has. */
const mixedScripts = 3;
const mixedAlphabets = 10;

/** The bits of the characters that are in neither list of the common ones. */
interface RareCharacters {
  /** of the standard's first level, by use */
  listed: number;
  /** of its second level */
  rare: number;
  /** of the script, but in no standard before Unicode */
  unlisted: number;
}

/** The part of a double-byte standard that holds what is in daily use: the range of both bytes. */
interface Level {
  encoding: string;
  lead: readonly [number, number];
  trail: readonly [number, number];
}

/**
 * Shares as counts of large texts give them: of Chinese, the first hundred characters are some 42%, the first five
 * hundred 78%, what is beyond the first level of GB 2312 less than 2%; the others are alike.
 */
const models = {
  simplified: lazily(() =>
    scriptModel(simplifiedChinese, [8, 10.3], { listed: 14.4, rare: 17.6, unlisted: 22 }, isHan, [
      { encoding: 'gbk', lead: [0xb0, 0xd7], trail: [0xa1, 0xfe] },
      { encoding: 'gbk', lead: [0xd8, 0xf7], trail: [0xa1, 0xfe] },
    ]),
  ),
  traditional: lazily(() =>
    scriptModel(traditionalChinese, [8, 10.3], { listed: 14.8, rare: 19, unlisted: 22 }, isHan, [
      { encoding: 'big5', lead: [0xa4, 0xc6], trail: [0x40, 0xfe] },
      { encoding: 'big5', lead: [0xc9, 0xf9], trail: [0x40, 0xfe] },
    ]),
  ),
  japanese: lazily(() => {
    const kanji = scriptModel(japanese, [9.3, 11.4], { listed: 15.2, rare: 18.5, unlisted: 22 }, isHan, [
      { encoding: 'euc-jp', lead: [0xb0, 0xcf], trail: [0xa1, 0xfe] },
      { encoding: 'euc-jp', lead: [0xd0, 0xf4], trail: [0xa1, 0xfe] },
    ]);
    return (code, before, after) => {
      const within = isWithinLatin(before, after) ? mixedAlphabets : 0;
      if (code >= 0x3041 && code <= 0x3094) return 7.4 + within;
      if (code >= 0x30a1 && code <= 0x30f6) return 9 + within;
      // Half-width katakana: each is one byte of Shift JIS, as which Latin letters can be read, too.
      if (code >= 0xff61 && code <= 0xff9f) return 16;
      return kanji(code, before, after);
    };
  }),
  korean: lazily(() =>
    scriptModel(korean, [7.5, 9.7], { listed: 14.3, rare: 20, unlisted: 23 }, isHangul, [
      { encoding: 'euc-kr', lead: [0xb0, 0xc8], trail: [0xa1, 0xfe] },
    ]),
  ),
  western: (): LanguageModel => western,
  russian: (): LanguageModel => russian,
} satisfies Record<string, () => LanguageModel>;

/** A language, or `any` for the encodings of Unicode, which say nothing about it. */
export type Language = keyof typeof models | 'any';

/** The model of a language; it is made when it is asked for first, which takes some 10 ms. */
export function languageModel(language: Language): LanguageModel {
  return language === 'any' ? anyLanguage() : models[language]();
}

const anyLanguage = lazily(() => {
  const all = Object.values(models).map((model) => model());
  return (code, before, after) => Math.min(...all.map((model) => model(code, before, after)));
});

/** How much a character of ASCII surprises, in bits; captions are tags or sentences in lower case. */
export function asciiBits(code: number): number {
  if (code >= 0x61 && code <= 0x7a) return 4.8;
  if (code === 0x20 || code === 0x2c) return 4;
  if (code >= 0x30 && code <= 0x39) return 6;
  if (code >= 0x41 && code <= 0x5a) return 7;
  if (code === 0x0a || code === 0x0d) return 7;
  if (code < 0x20 || code === 0x7f) return code === 0x09 ? 10 : neverWritten;
  return "._-()':".includes(String.fromCharCode(code)) ? 7.5 : 10;
}

/** A model of a script with thousands of characters. */
function scriptModel(
  common: CommonCharacters,
  [most, many]: readonly [number, number],
  { listed, rare, unlisted }: RareCharacters,
  isOfScript: (code: number) => boolean,
  [first, second]: readonly [Level, Level?],
): LanguageModel {
  const bits = new Map<number, number>();
  const note = (characters: string, cost: number): void => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      if (!bits.has(code)) bits.set(code, cost);
    }
  };
  note(common.most, most);
  note(common.many, many);
  note(charactersOf(first), listed);
  if (second !== undefined) note(charactersOf(second), rare);
  return (code, before, after) => {
    const beside = isAsciiLetter(before) || isAsciiLetter(after) ? mixedScripts : 0;
    return (
      (isWithinLatin(before, after) ? mixedAlphabets : beside) +
      (bits.get(code) ?? (isOfScript(code) ? unlisted : otherScript(code)))
    );
  };
}

/**
 * The characters of a level, as the decoder of its encoding knows them, and some of ASCII, where a pair of bytes is
 * none; nothing where the platform has no decoder: then only the common characters are known.
 */
function charactersOf({ encoding, lead, trail }: Level): string {
  const pairs: number[] = [];
  for (let first = lead[0]; first <= lead[1]; first++) {
    for (let second = trail[0]; second <= trail[1]; second++) pairs.push(first, second);
  }
  try {
    return new TextDecoder(encoding).decode(Uint8Array.from(pairs)).replaceAll('\ufffd', '');
  } catch {
    return '';
  }
}

function otherScript(code: number): number {
  // Signs that all of East Asia uses: of CJK, in full width, and of typography.
  if ((code >= 0x3000 && code <= 0x303f) || (code >= 0xff01 && code <= 0xff5e)) return 13;
  if (code >= 0x2010 && code <= 0x266f) return 15;
  return isNeverWritten(code) ? neverWritten : ofAnotherScript;
}

/** The letters of Western European languages beyond ASCII, the commonest first; capitals are rarer. */
const westernBits = new Map<number, number>();
for (const [letters, bits] of [
  ['é', 5.5],
  ['èàüöäáíóñç', 7],
  ['êâåøæßúïôîëõã', 8],
  ['ûùòìœ', 9],
  ['ÿšž', 12],
  // Icelandic; Turkish and Czech have other letters in their place, and more writers.
  ['ýðþ', 26],
] as const) {
  for (const letter of letters) {
    westernBits.set(letter.charCodeAt(0), bits);
    if (letter !== 'ß') westernBits.set(letter.toUpperCase().charCodeAt(0), bits + 2.5);
  }
}
for (const [signs, bits] of [
  ['’', 6],
  ['“”–—…‘', 7],
  ['«»°€£©®™·\u00a0¿¡', 9],
  ['½×±²³§•ªº', 11],
] as const) {
  for (const sign of signs) westernBits.set(sign.charCodeAt(0), bits);
}

/**
 * What follows some of these letters within a word. In the code pages of other parts of Europe the same bytes are
 * letters that stand elsewhere: Czech "oči" would be "oèi", Polish "koń" "koñ".
 */
const followers = new Map(
  Object.entries({
    è: 'rstmncvgdlbpqfh',
    ì: '',
    ù: '',
    õ: 'e',
    ñ: 'aeiou',
    œ: 'uinsdltc',
    á: 'abcdfghijklmnpqrstuvxyz',
    ê: 'abcdefghijlmnopqrstuvxz',
  }).map(([letter, letters]) => [letter.charCodeAt(0), letters] as const),
);

/** Letters that end no word of Western Europe: "erdõ" was erdő, "koñ" koń. */
const neverLast = new Set(Array.from('õñœ', (letter) => letter.charCodeAt(0)));
/** Signs that are letters in other code pages: "½il" was œil, "€pfel" was Äpfel. */
const signsBeforeNoLetter = new Set(Array.from('½¼¾±²³¹•ªº€™®·', (sign) => sign.charCodeAt(0)));
/** For a letter or a sign where none would write it. */
const strangePlace = 14;

/** In Western Europe letters with accents stand among others: two side by side, or a sign within a word, are rare. */
function western(code: number, before: number, after: number): number {
  const bits = westernBits.get(code) ?? (isNeverWritten(code) ? neverWritten : code < 0x100 ? 14 : ofAnotherScript);
  if (isWesternLetter(code)) {
    if (neverLast.has(code) && !isLetter(after)) return bits + strangePlace;
    // No word goes on with a capital: "éLóŒ" is 長髮 in GBK.
    if (isUpper(code) ? isLowerLetter(before) : isUpper(after)) return bits + 6;
    if (isLetter(after) && followers.get(code)?.includes(String.fromCharCode(after)) === false)
      return bits + strangePlace;
    if (isWesternLetter(before) || isWesternLetter(after)) return bits + 2.5;
    return isAsciiLetter(before) || isAsciiLetter(after) ? bits : bits + 3;
  }
  if (isLetter(after) && signsBeforeNoLetter.has(code)) return bits + strangePlace;
  if (code === 0xa0 && (before === 0 || before === 0x20)) return bits + strangePlace;
  const isWithin = isLetter(before) && isLetter(after);
  return isWithin && code !== 0x2019 && code !== 0xb7 ? bits + 6 : bits;
}

/** Letters of Russian, the commonest first. */
const cyrillic = 'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё';
const russianBits = new Map<number, number>();
for (const [place, letter] of Array.from(cyrillic).entries()) {
  // From some 11% for the first to 0.1% for the last.
  russianBits.set(letter.charCodeAt(0), 3.2 + place * 0.21);
  russianBits.set(letter.toUpperCase().charCodeAt(0), 3.2 + place * 0.21 + 4);
}

function russian(code: number, before: number, after: number): number {
  const bits = russianBits.get(code);
  if (bits === undefined) return Math.max(western(code, before, after), 10);
  const isUpperWithin = code < 0x430 && isCyrillic(before) && before >= 0x430;
  return bits + (isUpperWithin ? 6 : 0) + (isAsciiLetter(before) || isAsciiLetter(after) ? mixedAlphabets : 0);
}

function isHan(code: number): boolean {
  return (code >= 0x4e00 && code <= 0x9fff) || (code >= 0x3400 && code <= 0x4dbf) || (code >= 0xf900 && code <= 0xfaff);
}

function isHangul(code: number): boolean {
  return code >= 0xac00 && code <= 0xd7a3;
}

function isCyrillic(code: number): boolean {
  return code >= 0x400 && code <= 0x45f;
}

function isWithinLatin(before: number, after: number): boolean {
  return isAsciiLetter(before) && isAsciiLetter(after);
}

function isAsciiLetter(code: number): boolean {
  return isLower(code) || (code >= 0x41 && code <= 0x5a);
}

function isLower(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isUpper(code: number): boolean {
  const letter = String.fromCharCode(code);
  return isLetter(code) && letter !== letter.toLowerCase();
}

function isLowerLetter(code: number): boolean {
  return isLetter(code) && !isUpper(code);
}

/** A letter of Latin-1 or of Windows-1252, not of ASCII. */
function isWesternLetter(code: number): boolean {
  return (code >= 0xc0 && code <= 0xff && code !== 0xd7 && code !== 0xf7) || (code >= 0x152 && code <= 0x17e);
}

function isLetter(code: number): boolean {
  return isAsciiLetter(code) || isWesternLetter(code);
}

function isNeverWritten(code: number): boolean {
  return (
    (code >= 0x80 && code <= 0x9f) ||
    (code >= 0xd800 && code <= 0xf8ff) ||
    code === 0xfffd ||
    (code & 0xfffe) === 0xfffe
  );
}

function lazily(make: () => LanguageModel): () => LanguageModel {
  let made: LanguageModel | undefined;
  return () => (made ??= make());
}
