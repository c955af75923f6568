import * as l10n from '@vscode/l10n';

/** Environment variables that tell child processes and threads the language, and the file with its translations. */
const languageVariable = 'DATASET_CAPTIONS_LANGUAGE';
const translationsVariable = 'DATASET_CAPTIONS_TRANSLATIONS';

/**
 * Sets the display language of this process, and of the processes and threads that it starts.
 * @param language as VS Code calls it, such as `ja`
 * @param bundle the translated texts; undefined where there are none, for English
 * @param file absolute path of the file that holds `bundle`
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

/** Adopts the display language of the process that started this process or thread. */
export function useInheritedLanguage(): void {
  const file = process.env[translationsVariable] ?? '';
  if (file === '') return;
  try {
    l10n.config({ fsPath: file });
  } catch {
    // The file is gone because the extension was updated or removed: fall back to English.
  }
}

/** The language in which to format numbers and dates; undefined for the language of the system. */
export function displayLanguage(): string | undefined {
  const language = process.env[languageVariable] ?? '';
  return language === '' ? undefined : language;
}
