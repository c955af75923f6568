/** The image on whose card's context menu a command was chosen, by its path relative to the dataset. */
export function pathIn(argument: unknown): string | undefined {
  return textIn(argument, 'path');
}

/** A text that the argument of a command has under a name. */
export function textIn(argument: unknown, name: string): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const value = (argument as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}
