/** A text between a pair of quotation marks, at most so long that a mark without a partner takes nothing with it. */
const quoted =
  /"[^"\n]{0,300}"|“[^“”\n]{0,300}”|«[^«»\n]{0,300}»|„[^„“”\n]{0,300}[“”]|「[^「」\n]{0,300}」|『[^『』\n]{0,300}』|《[^《》\n]{0,300}》|(?<![\p{L}\p{N}])['‘][^'‘’\n]{1,200}['’](?![\p{L}\p{N}])/gu;

/** What a caption quotes, with the quotation marks. */
export function quotationsIn(text: string): string[] {
  return text.match(quoted) ?? [];
}

/**
 * A caption without what it quotes: a text in the picture says nothing of what the model means, nor of its language.
 * In the place of each quotation stands `""`.
 */
export function withoutQuotations(text: string): string {
  return text.replace(quoted, '""');
}
