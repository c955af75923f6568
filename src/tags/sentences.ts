import type { Stretch } from './Stretch';

/** A part of a list of tags mostly has fewer words than this; a sentence mostly has that many in a row. */
const wordsOfSentence = 4;
/** With so many words, a part of a line is a sentence even if it has none of {@link proseWords}. */
const wordsOfLongTag = 6;
/** A sentence without blanks between its words, as in Japanese, has at least so many characters. */
const charactersOfSentence = 8;
/** A sentence without punctuation at its end, as many short captions are, has at least so many words, */
const wordsWithoutEnd = 6;
/** and so many of {@link proseWords}. */
const proseWordsWithoutEnd = 3;
/** The first or last part of a line with such a sentence has at least so many UTF-16 code units. */
const shortestWithoutEnd = 25;
/** A sentence of short parts has at least so many of {@link proseWords}. */
const proseWordsOfShortParts = 4;
/**
 * A part after a comma in such a sentence that is no tag has at least so many words, one of {@link proseWords} among
 * them.
 */
const wordsOfClause = 3;
/** Exclusive maximum number of letters in an abbreviation with a full stop. */
const lettersOfWord = 5;
/** How much of a part is read, in UTF-16 code units: enough to tell, and bounded however long a part is. */
const longestLook = 400;

/** Punctuation that may end a sentence, with closing quotation marks and brackets. */
const endSign = /(?:[.!?…]+["'”’)\]]*(?=[\s,]|$))|(?:[。！？]+[」』）]*)/g;

/** What must stand before a sign for it to end a sentence; in `:.` and `, !?` the sign is part of a tag. */
const endsWord = /[\p{L}\p{M}\p{N}"'”’)\]」』）%°]$/u;

/** Abbreviations with a full stop, as in `dr. stone`. Single capital letters, as in `J. Doe`, count, too. */
const abbreviations = new Set(
  (
    'dr mr mrs ms mx st no nr vs vol jr sr prof ft feat etc eg ie inc ltd co capt lt sgt col gen rev fig approx ca cf ' +
    'ver ep pt op mt bros'
  ).split(' '),
);

/** Words that sentences have and tags rarely do. Some are of other languages than English. */
const proseWords = new Set(
  (
    'a an the is are was were be being has have had does and while as who which that this these those there ' +
    'she he they it her his their its with near beside some into towards both each wears wearing stands standing ' +
    'der die das ein eine einen einem einer und ist sind mit im auf une un le la les des est et dans avec sur ' +
    'el los las una está y il lo gli è um uma os é com'
  ).split(' '),
);

/** Words that join others in a sentence and that few tags have, besides {@link proseWords}. */
const joiningWords = new Set(
  'of and or but by over through past outside within without during at in on to from for'.split(' '),
);
/** Minimum number of words of a line that is read as sentences as a whole; one without a comma may have two. */
const wordsOfWritten = 5;
/** Minimum number of words of a part in a script other than Latin that counts as prose. */
const wordsOfOtherScript = 3;
const otherScript = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;
/** How a written line begins: with a capital letter, or one of a script without them; perhaps quoted or numbered. */
const writtenStart = /^["'“‘«(*_#>\s-]*(?:\d+[.)]\s+)?["'“‘«(]*[\p{Lu}\p{Lt}\p{Lo}]/u;
/** The end of a written line. */
const writtenEnd = /[\p{L}\p{M}\p{N}"'”’)\]」』）%°](?:[.!?…]+|[。！？؟۔।]+)["'”’)\]」』）*_]*$/u;
/** The beginning of a description, such as `This image`: no tag begins so, so the text needs no full stop. */
const depiction =
  /^(?:This|The) (?:\p{L}+ )?(?:image|photo|photograph|picture|scene|painting|illustration|drawing|artwork|video|shot)\s?,?\s/u;
/** A part that begins with the subject of a clause: no tag does. */
const clause = /^(?:she|he|they|it|there|we|I)\s\p{Ll}/u;
/** Matches parts that only lists of tags have. */
const tagOnly =
  /_|\\|:\d|^\d+ ?(?:girl|boy|other)s?\b|^(?:solo|masterpiece|highres|absurdres|(?:best|high|amazing) quality|looking at viewer|(?:simple|white) background|score \d)(?:\.|$)/i;

/** Words that sentences begin with, but names do not. */
const openings = new Set(
  (
    'a an the this that these those there it she he they we you her his their its one two three four several some many ' +
    'both each in on at behind beside under above below near with from to here what while as'
  ).split(' '),
);
/** How sentences without a capital letter begin, but tags such as `from behind` do not. */
const plainOpening = /^(?:a|an|she|he|they|there)\s/;
/** The subject of a short sentence. */
const subject = /^["'“‘(]*(?:She|He|They|It|There|This|That|We|I)\s/;
const capital = /^["'“‘(]*\p{Lu}/u;
/** A capital letter without a quotation mark before it, which may be in the midst of a sentence. */
const capitalOpening = /^\p{Lu}/u;
/** A capital letter, and a word behind that word. */
const capitalThenWord = /^["'“‘(]?\p{Lu}\S*\s/u;
/** One capital word, as `Outdoors` before a comma. */
const capitalWord = /^\p{Lu}\p{Ll}+$/u;
/** The beginning of a sentence after a full stop at the end of tags. */
const beginsSentence = /^\s+["'“‘(]*(?:\p{Lu}|\p{Lo}|\p{N}|(?:a|an|the|she|he|they|there)\s)/u;
/** The beginning of a text that cannot continue a sentence. */
const beginsAnew = /^["'“‘(]*[^\p{Ll}\s,"'“‘(]/u;

/** Whether a line may have sentences. Most captions have none; a few native searches are enough to see that. */
export function mayHaveSentences(line: string): boolean {
  const hasSign =
    line.includes('.') ||
    line.includes('!') ||
    line.includes('?') ||
    line.includes('…') ||
    line.includes('。') ||
    line.includes('！') ||
    line.includes('？');
  return (hasSign && signAtEnd.test(line)) || mayLackEnd(line);
}

/** A sign that is not within a word, as in `3.5mm` or `(smile:1.2)`. */
const signAtEnd = /[.!?…]["'”’)\]]*(?:[\s,]|$)|[。！？]/;

const signAtEndOfPart = /[.!?…。！？]+["'”’)」』]*$/;

/** Whether the first or last part of a line is as long as a sentence without a sign at its end. */
function mayLackEnd(line: string): boolean {
  const comma = line.indexOf(',');
  if (comma < 0) return line.length >= shortestWithoutEnd;
  return comma >= shortestWithoutEnd || line.length - line.lastIndexOf(',') > shortestWithoutEnd;
}

/**
 * Finds the sentences of a line, from left to right. A text that ends like a sentence is one if it has a part of some
 * words in a row that reads like prose: with an article, a pronoun, a verb or a capital letter, or many words. A tag
 * with a full stop, such as `dr. stone`, is none. Tags may stand in front of the sentences, divided by a comma or a
 * full stop, and behind them. What stands directly behind a sentence belongs to the sentences unless it looks like
 * tags.
 * Takes time linear in the length of the line.
 * @param separators of tags, from left to right, without those in brackets
 * @param held what is in brackets, from left to right: no sentence ends within it
 * @param isHard whether no sentence goes across a separator, as across those of trainers
 */
export function sentencesIn(
  line: string,
  separators: readonly Stretch[],
  held: readonly Stretch[],
  isHard: (separator: Stretch) => boolean,
): Stretch[] {
  const found: Stretch[] = [];
  let section: Stretch[] = [];
  let start = 0;
  for (const separator of separators) {
    section.push({ start, end: separator.start });
    start = separator.end;
    if (!isHard(separator)) continue;
    new Section(line, section, held, found).read();
    section = [];
  }
  section.push({ start, end: line.length });
  new Section(line, section, held, found).read();
  return found;
}

/** What is known of a part of a section, or of its beginning. */
interface Look {
  text: string;
  /** at most about {@link longestLook} */
  words: number;
  proseWords: number;
  isLong: boolean;
  isWithoutBlanks: boolean;
}

/** A line, or what lies between two separators of trainers in it. */
class Section {
  private readonly end: number;
  /** where the sentence that is looked for may begin */
  private from: number;
  /** index of the part in which {@link from} lies */
  private first = 0;
  /** index of the first part that has not been checked for prose yet */
  private unread = 0;
  /** a part that reads like prose, between {@link first} and the one that is looked at */
  private prose: number | undefined;
  /** the last part with a capital letter at its beginning, which may be that of a sentence of short parts */
  private capitalAt: number | undefined;
  /** whether that part begins like a sentence, with one of {@link openings} */
  private isOpened = false;
  private wordsOfOpening = 0;
  /** words of prose since */
  private proseWords = 0;
  /** whether the text from {@link from} on directly follows a sentence */
  private isBehind = false;
  /** a part after {@link from} begins like a sentence, so the text before a full stop is no list of tags */
  private opens = false;
  private openRead = 0;

  /** what is told of the parts from each on to the end; made when it is asked for */
  private rests: readonly Rest[] | undefined;
  private looseEnd: number | undefined;

  /** @param isWhole whether no other part of the section follows */
  constructor(
    private readonly line: string,
    private readonly parts: readonly Stretch[],
    private readonly held: readonly Stretch[],
    private readonly found: Stretch[],
    private readonly isWhole = true,
  ) {
    this.from = parts[0]?.start ?? 0;
    this.end = parts.at(-1)?.end ?? 0;
  }

  read(): void {
    if (this.addWritten()) return;
    const text = this.line.slice(this.from, this.end);
    const offset = this.from;
    let last = 0;
    let nextHeld = 0;
    for (const { 0: sign, index } of text.matchAll(endSign)) {
      const at = offset + index;
      const end = at + sign.length;
      while ((this.held[nextHeld]?.end ?? Infinity) <= end) nextHeld++;
      if ((this.held[nextHeld]?.start ?? Infinity) < at) continue;
      if (at < this.from || !this.isEnd(at, end, sign)) continue;
      while (last < this.parts.length - 1 && (this.parts[last]?.end ?? 0) < end) last++;
      const start = this.startOf(last, end, sign);
      if (start !== undefined) this.add(start, end, last);
      else if (/^[!?]*\.$/.test(sign) && this.isEndOfTags(last, at, end)) {
        this.goOn(end, last, false);
        if (this.addWritten()) return;
      }
    }
    this.addUnfinished();
  }

  /**
   * Reads sentences that are clear from the whole of them: what is left begins with a capital letter, ends like a
   * sentence, has some words of prose and nothing of a list of tags. `Rain, thunder, and lightning fill the sky.` has
   * no part that tells. Tags may stand in front, where a part begins as only a sentence does.
   * @returns whether it read all there is
   */
  private addWritten(): boolean {
    if (!this.isWhole || !(this.endsWritten() || this.isDepiction())) return false;
    for (let index = this.first; index < this.parts.length; index++) {
      const start = this.startOfPart(index);
      if (!this.isWritten(index, start)) {
        if (this.mayBeOfSentence(index)) return false;
        continue;
      }
      const inFront = this.parts
        .slice(this.first, index)
        .map((part) => ({ ...part, start: Math.max(part.start, this.from) }));
      if (inFront.length > 0) new Section(this.line, inFront, this.held, this.found, false).read();
      this.addSentences(start);
      return true;
    }
    return false;
  }

  /** Whether a part may be the beginning of a sentence that goes on behind it, so that none begins with the next. */
  private mayBeOfSentence(index: number): boolean {
    const { text, words, proseWords: count } = this.look(index, this.end);
    return (words >= wordsOfSentence && count > 0) || /[.!?…]["'”’)]*\s/.test(text);
  }

  private isDepiction(): boolean {
    return depiction.test(this.line.slice(this.from, Math.min(this.end, this.from + longestLook)).trimStart());
  }

  private endsWritten(): boolean {
    return writtenEnd.test(this.line.slice(Math.max(this.from, this.end - longestLook), this.end).trimEnd());
  }

  /** Whether the section is written from here on. @param start of the part, or within it */
  private isWritten(index: number, start: number): boolean {
    const begin = this.line.slice(start, Math.min(this.end, start + longestLook)).trimStart();
    if (!writtenStart.test(begin)) return false;
    const own = this.look(index, this.end);
    if (index > this.first && !(own.words > 1 && capitalOpening.test(own.text) && openings.has(firstWord(own.text))))
      return false;
    const rest = this.restFrom(index + 1);
    if (rest.hasTag || tagOnly.test(own.text) || this.endsAtSeparator(index)) return false;
    if (this.lastLooseEnd() > start) return false;
    const isAlone = index === this.parts.length - 1;
    // Names have no small word.
    if (isAlone && own.words < wordsOfWritten) return /\s\p{Ll}/u.test(own.text);
    if (
      own.words + rest.words < (rest.hasClause ? wordsOfClause : wordsOfWritten) ||
      rest.capitals * 2 > this.parts.length - index
    )
      return false;
    return rest.hasClause || joining(own) + rest.joining > 0 || this.hasInnerEnd(start);
  }

  /** Whether a sentence ends with a part that is not the last: tags follow. */
  private endsAtSeparator(index: number): boolean {
    if (index === this.parts.length - 1) return false;
    const { start = 0, end = 0 } = this.parts[index] ?? {};
    const part = this.line.slice(Math.max(start, end - longestLook), end).trimEnd();
    const sign = signAtEndOfPart.exec(part)?.[0];
    const stop = Math.max(start, end - longestLook) + part.length;
    return sign !== undefined && this.isEnd(stop - sign.length, stop, sign);
  }

  /**
   * Position of the last end of a sentence in the section that goes on in lower case, as where tags follow: `She waves.
   * hat, smile`; -1 if there is none.
   */
  private lastLooseEnd(): number {
    if (this.looseEnd === undefined) {
      this.looseEnd = -1;
      const from = this.parts[0]?.start ?? 0;
      for (const { 0: sign, index } of this.line.slice(from, this.end).matchAll(endSign)) {
        const at = from + index;
        const end = at + sign.length;
        if (sign.startsWith('..') || sign.startsWith('…') || !this.isEnd(at, end, sign)) continue;
        if (/^\s+\p{Ll}/u.test(this.line.slice(end, Math.min(this.end, end + 20)))) this.looseEnd = at;
      }
    }
    return this.looseEnd;
  }

  /** Whether a sentence ends before the last does: `Medium shot. Woman. Red coat, black boots, umbrella.` */
  private hasInnerEnd(start: number): boolean {
    const look = this.line.slice(start, Math.min(this.end, start + longestLook));
    for (const { 0: sign, index } of look.matchAll(endSign)) {
      const end = start + index + sign.length;
      if (this.isEnd(start + index, end, sign) && /^\s+["'“‘(]*\p{Lu}/u.test(this.line.slice(end, end + 20)))
        return true;
    }
    return false;
  }

  /** What is told of all parts from this one on. */
  private restFrom(index: number): Rest {
    if (this.rests === undefined) {
      const rests: Rest[] = [];
      let rest = noRest;
      for (let at = this.parts.length - 1; at >= 0; at--) {
        const look = this.look(at, this.end, 0);
        rest = {
          words: rest.words + look.words,
          joining: rest.joining + joining(look),
          capitals: rest.capitals + (/^["'“‘(]*\p{Lu}\p{Ll}/u.test(look.text) ? 1 : 0),
          hasClause: rest.hasClause || clause.test(look.text),
          hasTag: rest.hasTag || tagOnly.test(look.text) || this.endsAtSeparator(at),
        };
        rests[at] = rest;
      }
      this.rests = rests;
    }
    return this.rests[index] ?? noRest;
  }

  /** All that is written from here on, sentence by sentence. */
  private addSentences(start: number): void {
    let from = start;
    let nextHeld = 0;
    const add = (end: number): void => {
      const text = this.line.slice(from, end);
      if (text.trim() !== '')
        this.found.push({ start: end - text.trimStart().length, end: from + text.trimEnd().length });
      from = end;
    };
    for (const { 0: sign, index } of this.line.slice(start, this.end).matchAll(endSign)) {
      const at = start + index;
      const end = at + sign.length;
      while ((this.held[nextHeld]?.end ?? Infinity) <= end) nextHeld++;
      const isHeld = (this.held[nextHeld]?.start ?? Infinity) < at;
      if (isHeld || !this.isEnd(at, end, sign)) continue;
      if (!/^(?:\s*$|[\s"'“‘(]*[^\p{Ll}\s,;:"'“‘(])/u.test(this.line.slice(end, Math.min(this.end, end + 20))))
        continue;
      add(end);
    }
    add(this.end);
  }

  /** Whether a sign ends something, be it a sentence or a list of tags in front of one. */
  private isEnd(at: number, end: number, sign: string): boolean {
    const before = this.line.slice(Math.max(this.from, at - 12), at);
    if (!endsWord.test(before)) return false;
    const isLast = this.line.slice(end, this.end).trim() === '';
    if (isLast || !sign.startsWith('.') || sign.startsWith('..')) return true;
    const word = /[\p{L}\p{M}]*$/u.exec(before)?.[0] ?? '';
    return !abbreviations.has(word.toLowerCase()) && !/(?:^|[^\p{L}\p{M}])\p{Lu}$|\.\p{L}$/u.test(before);
  }

  /** Where a sentence begins that ends here; undefined if none does. */
  private startOf(last: number, end: number, sign: string): number | undefined {
    const behind = this.line.slice(end, Math.min(this.end, end + longestLook)).trimStart();
    const ending = this.look(last, end);
    const isComma = this.isBeforeSeparator(end, last);
    if (!this.isBehind && isInTag(sign, isComma, behind, ending, wordOf(this.line, this.from, end))) return undefined;
    if (this.isBehind && beginsAnew.test(this.line.slice(this.from, end).trimStart())) return this.from;
    const prose = this.proseUntil(last, end, ending, sign);
    if (prose === undefined) return undefined;
    return this.isBehind ? this.from : this.beginningOf(prose, last, end);
  }

  /** Index of the first part that reads like prose, up to the part that ends here. */
  private proseUntil(last: number, end: number, ending: Look, sign: string): number | undefined {
    for (; this.prose === undefined && this.unread < last; this.unread++) {
      const look = this.look(this.unread, this.end);
      if (capital.test(look.text)) {
        this.capitalAt = this.unread;
        this.isOpened = look.words > 1 && openings.has(firstWord(look.text));
        this.wordsOfOpening = look.words;
        this.proseWords = 0;
      }
      this.proseWords += look.proseWords;
      const goesOn = this.isOpened && look.isLong && look.proseWords > 0;
      if (goesOn || isProse(look, this.unread === this.first, false, false)) this.prose = this.unread;
    }
    if (this.prose !== undefined) return this.prose;
    const isAtEnd = this.line.slice(end, this.end).trim() === '';
    if (isProse(ending, this.first === last, true, isAtEnd)) return last;
    // `A girl sings, loudly, on a stage.` has no part of many words.
    const isClause = this.isOpened && this.wordsOfOpening >= wordsOfClause;
    const isMany = this.proseWords + ending.proseWords >= (isClause ? 2 : proseWordsOfShortParts);
    return isMany && sign.startsWith('.') && !capital.test(ending.text) ? this.capitalAt : undefined;
  }

  /** Where the sentence begins that has this part: it may have shorter parts in front, but no tags. */
  private beginningOf(prose: number, last: number, end: number): number {
    const look = (index: number): Look => this.look(index, index === last ? end : this.end);
    const isClear = capital.test(look(prose).text) && openings.has(firstWord(look(prose).text));
    for (let index = this.first; index < prose; index++) {
      const { text, proseWords: count } = look(index);
      const isStart = capitalThenWord.test(text)
        ? !isClear || count > 0 || openings.has(firstWord(text))
        : !isClear && index === prose - 1 && capitalWord.test(text);
      if (isStart) return this.startOfPart(index);
    }
    return this.startOfPart(prose);
  }

  /** Whether tags end here with a full stop, in front of sentences. */
  private isEndOfTags(last: number, at: number, end: number): boolean {
    if (!beginsSentence.test(this.line.slice(end, Math.min(this.end, end + 20)))) return false;
    for (; !this.opens && this.openRead <= last; this.openRead++) {
      const { text, words } = this.look(this.openRead, this.openRead === last ? at : this.end);
      this.opens = words > 1 && (capital.test(text) ? openings.has(firstWord(text)) : plainOpening.test(text));
      if (this.openRead === last) break;
    }
    if (this.opens) return false;
    // `Anna smiles.` may be a sentence, `Hatsune Miku.` is none.
    const { text } = this.look(last, at);
    return this.first !== last || !/^\p{Lu}.*\s\p{Ll}/u.test(text);
  }

  private add(start: number, end: number, last: number): void {
    const blanks = /^\s*/.exec(this.line.slice(start, end))?.[0].length ?? 0;
    this.found.push({ start: start + blanks, end });
    this.goOn(end, last, !this.isBeforeSeparator(end, last));
  }

  private goOn(from: number, part: number, isBehind: boolean): void {
    this.from = from;
    // After a comma, the next part begins.
    this.first = this.unread = this.openRead = part;
    this.prose = this.capitalAt = undefined;
    this.opens = this.isOpened = false;
    this.proseWords = 0;
    this.isBehind = isBehind;
    if (this.look(part, this.end).text === '' && part < this.parts.length - 1) {
      this.first = this.unread = this.openRead = part + 1;
    }
  }

  /**
   * Adds the last sentence without punctuation at its end, as in a truncated answer: several words after a sentence,
   * no tags.
   */
  private addUnfinished(): void {
    if (!this.isBehind && mayLackEnd(this.line.slice(this.from, this.end))) this.addWithoutEnd();
    const rest = this.line.slice(this.from, this.end);
    if (!this.isBehind || !beginsAnew.test(rest.trimStart())) return;
    const look = this.look(this.first, this.end);
    if (look.words < wordsOfSentence && !look.isWithoutBlanks && !subject.test(look.text)) return;
    const start = this.from + rest.length - rest.trimStart().length;
    this.found.push({ start, end: this.from + rest.trimEnd().length });
  }

  /** A sentence without a sign at its end, of which a part has more words of prose than any tag. */
  private addWithoutEnd(): void {
    let first: number | undefined;
    let last = 0;
    for (let index = this.first; index < this.parts.length; index++) {
      const { words, proseWords: count } = this.look(index, this.end);
      if (first === undefined && words >= wordsWithoutEnd && count >= proseWordsWithoutEnd) first = last = index;
      else if (words >= wordsOfClause && count > 0) last = index;
    }
    if (first === undefined) return;
    const start = this.startOfPart(first);
    const part = this.line.slice(start, this.parts[last]?.end);
    this.found.push({ start: start + part.length - part.trimStart().length, end: start + part.trimEnd().length });
  }

  /** Whether a comma, or another separator of tags, follows. */
  private isBeforeSeparator(end: number, part: number): boolean {
    return part < this.parts.length - 1 && this.line.slice(end, this.parts[part]?.end).trim() === '';
  }

  private startOfPart(index: number): number {
    return Math.max(this.from, this.parts[index]?.start ?? 0);
  }

  /** @param end of what is looked at: the end of the part, or before it */
  private look(index: number, end: number, from = this.from): Look {
    const start = Math.max(from, this.parts[index]?.start ?? 0);
    const stop = Math.min(end, this.parts[index]?.end ?? 0, start + longestLook);
    const text = this.line.slice(start, Math.max(start, stop)).trim();
    const words = text === '' ? [] : text.split(/\s+/);
    const isWithoutBlanks = (text.match(blankless)?.length ?? 0) >= charactersOfSentence;
    const count = words.filter((word) => proseWords.has(bare(word))).length;
    const isLong = words.length >= wordsOfSentence || isWithoutBlanks;
    return { text, words: words.length, proseWords: count, isLong, isWithoutBlanks };
  }
}

/** What is told of some parts of a section together. */
interface Rest {
  words: number;
  /** see {@link joining} */
  joining: number;
  /** how many parts begin with a capital letter */
  capitals: number;
  hasClause: boolean;
  hasTag: boolean;
}

const noRest: Rest = { words: 0, joining: 0, capitals: 0, hasClause: false, hasTag: false };

/** How many words of a part only sentences have. */
function joining({ text, words, proseWords: count }: Look): number {
  const all = text.split(/\s+/);
  const others = words < wordsOfOtherScript ? 0 : all.filter((word) => otherScript.test(word)).length;
  // `looking at viewer` is a tag, `Woman in a coat` is not.
  return count + others + (words >= wordsOfSentence ? all.filter((word) => joiningWords.has(bare(word))).length : 0);
}

/** Characters of scripts that have no blanks between words. */
const blankless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** Whether a text reads like prose also where blanks may divide tags: with a capital letter and words of prose. */
export function isClearlyProse(text: string): boolean {
  const count = text.split(/\s+/).filter((word) => proseWords.has(bare(word))).length;
  return (capital.test(text) && count > 1) || (text.match(blankless)?.length ?? 0) >= charactersOfSentence;
}

/**
 * Whether a part of a line reads like prose.
 * @param isFirst nothing stands in front of it
 * @param isLast the sentence ends with it
 * @param isAtEnd the line, or what a trainer divides of it, ends with it too
 */
function isProse(look: Look, isFirst: boolean, isLast: boolean, isAtEnd: boolean): boolean {
  const { text, words } = look;
  if (subject.test(text) && words > 1 && (!isLast || isAtEnd)) return true;
  if (!look.isLong) return false;
  if (look.isWithoutBlanks || capital.test(text)) return true;
  if (isLast) return (isFirst && isAtEnd) || look.proseWords > 0 || words >= wordsOfLongTag;
  if (isFirst) return look.proseWords > 0;
  return look.proseWords > (openings.has(firstWord(text)) ? 1 : 2);
}

/**
 * Whether a sign, as in `love live!, hat`, `yu-gi-oh! 5d's` or `capt. america`, is a part of a tag rather than the end
 * of a sentence whose last words are few.
 * @param behind what follows
 * @param ending the part of the line that ends with the sign
 * @param word what the sign stands behind
 */
function isInTag(sign: string, isComma: boolean, behind: string, ending: Look, word: string): boolean {
  if (isComma) return /^[!?…]/.test(sign) && !(ending.isLong && ending.proseWords > 0);
  if (ending.isLong) return false;
  if (!/^\p{Ll}/u.test(behind)) return /^[!?…]/.test(sign) && /^\p{N}/u.test(behind);
  return word.length < lettersOfWord;
}

/** The letters before the sign at the end of a text. */
function wordOf(line: string, from: number, end: number): string {
  return /(\p{L}*)[^\p{L}]*$/u.exec(line.slice(Math.max(from, end - 20), end))?.[1] ?? '';
}

function firstWord(text: string): string {
  return bare(/^\S*/.exec(text)?.[0] ?? '');
}

/** A word without the signs around it, in lower case. */
function bare(word: string): string {
  return word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').toLowerCase();
}
