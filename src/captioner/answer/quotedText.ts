/** A text between a pair of quotation marks, limited in length, so that an unpaired mark swallows nothing. */
const quoted =
  /"[^"\n]{0,300}"|“[^“”\n]{0,300}”|«[^«»\n]{0,300}»|„[^„“”\n]{0,300}[“”]|「[^「」\n]{0,300}」|『[^『』\n]{0,300}』|《[^《》\n]{0,300}》|(?<![\p{L}\p{N}])['‘][^'‘’\n]{1,200}['’](?![\p{L}\p{N}])/gu;

/** What a caption quotes, with the quotation marks. */
export function quotationsIn(text: string): string[] {
  return text.match(quoted) ?? [];
}

/**
 * A caption with `""` in place of each quotation: a text in the picture says nothing about what the model means, or in
 * which language it answers.
 */
export function withoutQuotations(text: string): string {
  return text.replace(quoted, '""');
}
