import * as l10n from '@vscode/l10n';

/** By these a process and its threads learn of the language, and of the file with its texts. */
const languageVariable = 'DATASET_CAPTIONS_LANGUAGE';
const translationsVariable = 'DATASET_CAPTIONS_TRANSLATIONS';

/**
 * Sets the display language of this process, and of the processes and threads that it starts.
 * @param language as VS Code calls it, such as `ja`
 * @param bundle the translated texts; undefined where there are none, for English
 * @param file absolute path of the same
 */
export function useLanguage(
  language: string,
  bundle: Record<string, string> | undefined,
  file: string | undefined,
): void {
  process.env[languageVariable] = language;
  if (bundle === undefined || file === undefined) return;
  process.env[translationsVariable] = file;
  l10n.config({ contents: bundle });
}

/** Takes the display language over from the process that started this process or thread. */
export function useInheritedLanguage(): void {
  const file = process.env[translationsVariable] ?? '';
  if (file === '') return;
  try {
    l10n.config({ fsPath: file });
  } catch {
    // The extension was updated or removed meanwhile: English will do.
  }
}

/** The language for numbers and dates; undefined where it is the system's. */
export function displayLanguage(): string | undefined {
  const language = process.env[languageVariable] ?? '';
  return language === '' ? undefined : language;
}
