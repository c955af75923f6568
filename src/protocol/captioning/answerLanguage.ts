/** The words by which a model is asked. */
export interface AskedWords {
  system: string;
  prompt: string;
}

/** Words of prompts in English that no other language has. */
const english = new Set(
  (
    'the this these what which with without describe description write caption captions image images picture photo ' +
    'pictures sentence sentences words give tell about from who where how is are only visible for detailed short'
  ).split(' '),
);
/** So many different ones say that a prompt is English. */
const fewestEnglish = 2;
/** Prompts that may ask for another language than their own. */
const namesLanguage =
  /\b(?:languages?|translat\w*|arabic|bengali|bulgarian|cantonese|catalan|chinese|croatian|czech|danish|dutch|estonian|farsi|finnish|french|german|greek|hebrew|hindi|hungarian|indonesian|italian|japanese|korean|latin|latvian|lithuanian|malay|mandarin|norwegian|persian|polish|portuguese|romanian|russian|serbian|slovak|slovenian|spanish|swedish|tagalog|thai|turkish|ukrainian|urdu|vietnamese|deutsch|français|español|italiano|português)\b/iu;

/**
 * The language that answers have to have where a captioner does not say it: English where it is asked in English and
 * no word names a language; else any, as a prompt in another language has answers in that.
 * @returns as in BCP 47; empty for any
 */
export function usualLanguage({ system, prompt }: AskedWords): string {
  const asked = `${system}\n${prompt}`;
  // Placeholders are no words of the prompt.
  const words =
    prompt
      .replace(/\{[^{}]*\}/g, ' ')
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [];
  const isEnglish = new Set(words.filter((word) => english.has(word))).size >= fewestEnglish;
  const isLatin = /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*$/u.test(asked);
  return isEnglish && isLatin && !namesLanguage.test(asked) ? 'en' : '';
}

/** Whether a text has the form of a language's code in BCP 47. */
export function isLanguageCode(text: string): boolean {
  return /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/.test(text);
}

/** The language of answers to other words, where it followed from the words before. */
export function languageOfWords(language: string, before: AskedWords, now: AskedWords): string {
  return language === usualLanguage(before) ? usualLanguage(now) : language;
}
