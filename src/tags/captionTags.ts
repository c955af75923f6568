/** A tag of a caption's first line, as a chip shows it. */
export interface Chip {
  /** without the blanks around it */
  tag: string;
  /** the line has had the same tag before */
  isDuplicate: boolean;
}

/** The tags of the first line, which is what trainers read. */
export function chipsOf(text: string): Chip[] {
  const known = new Set<string>();
  return tagsOf(firstLine(text)).map((tag) => {
    const key = tagKey(tag);
    const isDuplicate = known.has(key);
    known.add(key);
    return { tag, isDuplicate };
  });
}

/** The lines below the first; empty where there are none. */
export function otherLines(text: string): string {
  return text.slice(firstLine(text).length + 1);
}

/**
 * The text without one tag and the comma that it had. Every other character stays where it is.
 * @param index of the tag among the chips, from 0; another one changes nothing
 */
export function removeTag(text: string, index: number): string {
  return withParts(text, (parts) => {
    const at = partOf(parts, index);
    const removed = parts[at];
    if (removed === undefined) return;
    parts.splice(at, 1);
    const next = parts[0];
    // The blank before the next tag belonged to the comma.
    if (at === 0 && next !== undefined) parts[0] = leadOf(removed) + next.trimStart();
  });
}

/**
 * The text with a tag, or several with commas between them, behind the last one; a comma at the end stays at the end.
 * Blanks alone change nothing.
 */
export function addTag(text: string, tag: string): string {
  const added = tag.trim();
  if (added === '') return text;
  return withParts(text, (parts) => {
    const last = parts.at(-1) ?? '';
    const lead = parts.length > 1 ? leadOf(parts.find((part, at) => at > 0 && part.trim() !== '') ?? ' ') : ' ';
    if (last.trim() !== '') {
      const kept = last.trimEnd();
      parts.splice(-1, 1, kept, lead + added + last.slice(kept.length));
    } else if (parts.length === 1) {
      parts[0] = last + added;
    } else {
      parts.splice(-1, 0, lead + added);
    }
  });
}

/** The text with another tag, or several, in the place of one; blanks alone remove it. */
export function replaceTag(text: string, index: number, tag: string): string {
  const wanted = tag.trim();
  if (wanted === '') return removeTag(text, index);
  return withParts(text, (parts) => {
    const at = partOf(parts, index);
    const part = parts[at];
    if (part !== undefined) parts[at] = framed(part, wanted);
  });
}

/** The text with one tag moved to the place of another; commas and blanks stay as they are between the places. */
export function moveTag(text: string, from: number, to: number): string {
  return withParts(text, (parts) => {
    const places = parts.flatMap((part, at) => (part.trim() === '' ? [] : [at]));
    const tags = places.map((at) => parts[at]?.trim() ?? '');
    const [moved] = tags.splice(from, 1);
    if (moved === undefined || to < 0 || to > tags.length) return;
    tags.splice(to, 0, moved);
    for (const [order, at] of places.entries()) parts[at] = framed(parts[at] ?? '', tags[order] ?? '');
  });
}

/** What is said about a caption below it. */
export interface CaptionFacts {
  characters: number;
  tags: number;
  /** tags that a line has more than once, one entry for each time too many */
  duplicates: string[];
}

/** Counts what a caption has; tags are separated by commas and line ends. */
export function captionFacts(text: string): CaptionFacts {
  const facts: CaptionFacts = { characters: characterCount(text), tags: 0, duplicates: [] };
  for (const line of text.split('\n')) {
    const known = new Set<string>();
    for (const tag of tagsOf(line)) {
      const key = tagKey(tag);
      facts.tags++;
      if (known.has(key)) facts.duplicates.push(tag);
      known.add(key);
    }
  }
  return facts;
}

/** Counts letters outside the basic plane, such as emojis, as one. */
function characterCount(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

/** What two tags have in common that are the same: no matter how capitals, underscores, parentheses and accents are written. */
function tagKey(tag: string): string {
  return tag
    .replace(/\\([()])/g, '$1')
    .replaceAll('_', ' ')
    .toLowerCase()
    .normalize('NFC');
}

function tagsOf(line: string): string[] {
  return line.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end === -1 ? text : text.slice(0, end);
}

/** Changes the parts of the first line between its commas. */
function withParts(text: string, change: (parts: string[]) => void): string {
  const line = firstLine(text);
  const parts = line.split(',');
  change(parts);
  return parts.join(',') + text.slice(line.length);
}

/** Which part is the chip with this index; -1 where there is none. */
function partOf(parts: readonly string[], index: number): number {
  let chip = -1;
  return parts.findIndex((part) => part.trim() !== '' && ++chip === index);
}

function leadOf(part: string): string {
  return part.slice(0, part.length - part.trimStart().length);
}

function framed(part: string, tag: string): string {
  return leadOf(part) + tag + part.slice(part.trimEnd().length);
}
