import { isJsonCaption } from '../../tags/jsonCaption';
import { withoutQuotations } from './quotedText';

const scripts = {
  latin: /\p{Script=Latin}/gu,
  cyrillic: /\p{Script=Cyrillic}/gu,
  greek: /\p{Script=Greek}/gu,
  arabic: /\p{Script=Arabic}/gu,
  hebrew: /\p{Script=Hebrew}/gu,
  devanagari: /\p{Script=Devanagari}/gu,
  thai: /\p{Script=Thai}/gu,
  hangul: /\p{Script=Hangul}/gu,
  han: /\p{Script=Han}/gu,
  kana: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
} as const;
type Script = keyof typeof scripts;

/** The scripts of languages that are not written in Latin letters. */
const scriptsOf: Readonly<Record<string, readonly Script[]>> = {
  ru: ['cyrillic'],
  uk: ['cyrillic'],
  bg: ['cyrillic'],
  sr: ['cyrillic', 'latin'],
  el: ['greek'],
  ar: ['arabic'],
  fa: ['arabic'],
  ur: ['arabic'],
  he: ['hebrew'],
  hi: ['devanagari'],
  th: ['thai'],
  ko: ['hangul'],
  zh: ['han'],
  ja: ['han', 'kana'],
};

/**
 * Function words (articles, prepositions, …) of languages in Latin letters. Languages may share words, but none is a
 * word of English that another language has.
 */
const functionWords: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries({
    en: `
      the of and with is are her his its their on at by wearing holding standing sitting from this that
      has which while behind against into to an it who
    `,
    de: `
      der das und ist ein eine einen einem einer mit auf sich den dem im vom zum zur sie er es trägt steht
      sitzt liegt vor hinter neben über nicht sind hat wird sein seine ihr ihre
    `,
    fr: `
      le la les un une est dans avec sur et qui du au aux elle il ses sa vêtue vêtu portant sont pour
      derrière devant
    `,
    es: `
      el la los las un una con y del que está su sus lleva por al sobre detrás junto sentada sentado hacia
      fondo pelo tiene se
    `,
    pt: `
      um uma com em está seu sua ao da na nas nos dos vestindo usando sobre atrás cabelo são para um que
      os
    `,
    it: `
      il la un una con che è del della nel gli di sono indossa seduta seduto sullo sulla dietro davanti
      suoi sua delle al
    `,
    nl: `
      het een van en met op zijn haar draagt staat zit aan naar voor achter bij te dat wordt
    `,
    pl: `
      jest się nie oraz siedzi stoi która który przy jej jego przed są na
    `,
    tr: `
      bir ve bu ile için olan üzerinde önünde arkasında duruyor oturuyor olarak çok
    `,
    id: `
      yang di dan dengan seorang sebuah adalah ini itu pada dari sedang berdiri duduk oleh latar
    `,
    vi: `
      một và của trong là có người đang với trên được phía đứng ngồi màu
    `,
    cs: `
      je na se ve která který před jako má stojí sedí její jeho oblečená pozadí
    `,
    hu: `
      egy és az van nő férfi áll ül előtt háttérben visel aki amely
    `,
    ro: `
      și este cu pe din care o un lângă fața stă poartă sunt într
    `,
    sv: `
      en ett och är på som med av framför står sitter har bär sig från
    `,
    no: `
      en et og er på som med av foran står sitter har bærer seg fra
    `,
    fi: `
      ja jossa joka edessä seisoo istuu nainen mies ovat sekä taustalla
    `,
  }).map(([language, words]) => [language, new Set(words.trim().split(/\s+/))]),
);

/** Texts with fewer letters or words are too short to tell their language. */
const fewestLetters = 8;
const fewestWords = 6;
/** How many different function words another language has to have, and how much more than the right one. */
const fewestFound = 3;
const timesMore = 2;
/** How much of an answer such words are at least, as one part in so many: names of foreign dishes or films are less. */
const oneOf = 4;
/** A short sentence has so many words, as many of them of another language, and none of the right one. */
const fewestWordsOfShort = 4;
const fewestFoundInShort = 2;

/**
 * Whether an answer is in another language than its profile asks for: most of its letters are of another script, or
 * its function words are those of another language. Quoted text does not count. A language in Latin letters that is
 * not listed here is told from other scripts only.
 * @param language as in BCP 47, such as `en` or `pt-BR`; empty for any
 */
export function isOtherLanguage(text: string, language: string): boolean {
  const wanted = language.trim().toLowerCase().split(/[-_]/)[0] ?? '';
  if (wanted === '') return false;
  const plain = withoutQuotations(isJsonCaption(text) ? valuesOfJson(text) : text);
  return isOtherScript(plain, wanted) || (!(wanted in scriptsOf) && hasOtherWords(plain, wanted));
}

function isOtherScript(text: string, wanted: string): boolean {
  const counts = Object.entries(scripts).map(
    ([script, letters]) => [script, text.match(letters)?.length ?? 0] as const,
  );
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  if (all < fewestLetters) return false;
  const countOf = (script: Script): number => counts.find(([name]) => name === script)?.[1] ?? 0;
  const right = (scriptsOf[wanted] ?? ['latin']).reduce((sum, script) => sum + countOf(script), 0);
  if (right * 2 < all) return true;
  // Japanese is hardly written without kana, nor Chinese with them.
  const kana = countOf('kana');
  return (wanted === 'ja' && kana === 0 && right > 12) || (wanted === 'zh' && kana * 5 > right);
}

function hasOtherWords(text: string, wanted: string): boolean {
  const own = functionWords[wanted];
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (own === undefined) return false;
  if (words.length < fewestWords) return isShortInOther(text, wanted, own);
  const found = (list: ReadonlySet<string>): string[] => words.filter((word) => list.has(word));
  const right = found(own).length;
  return Object.entries(functionWords).some(([language, list]) => {
    if (language === wanted) return false;
    const others = found(list);
    return (
      new Set(others).size >= fewestFound && others.length > right * timesMore && others.length * oneOf >= words.length
    );
  });
}

/** Whether a short text is a sentence of another language. What is written with capital letters may be a name. */
function isShortInOther(text: string, wanted: string, own: ReadonlySet<string>): boolean {
  const words = text.match(/\p{L}+/gu) ?? [];
  if (words.length < fewestWordsOfShort || !/[.!?…]\s*$/.test(text)) return false;
  if (words.some((word) => own.has(word.toLowerCase()))) return false;
  return Object.entries(functionWords).some(
    ([language, list]) =>
      language !== wanted && new Set(words.filter((word) => list.has(word))).size >= fewestFoundInShort,
  );
}

function valuesOfJson(text: string): string {
  // Names of fields are English in any language.
  return text.replace(/"(?:[^"\\]|\\.)*"\s*:/g, ' ').replaceAll('"', ' ');
}
