import * as l10n from '@vscode/l10n';
import { CaptionError } from '../files/CaptionError';
import { decodeAs, guessEncoding, type GuessedEncoding } from './guessEncoding';
import { hasControls, hasStrayLetters, mayBeUtf16 } from './strayControls';

/** The encoding of a caption file that is not clean UTF-8: a guess, or `unknown` where there is no good one. */
export type ForeignEncoding = GuessedEncoding | 'unknown';

/** The content of a caption file. */
export interface CaptionContent {
  /** every character of the file, byte order mark and line ends included; of a foreign file without the mark */
  raw: string;
  /** set when the file is not clean UTF-8: its bytes, and the encoding with which `raw` was decoded */
  foreign?: ForeignContent;
}

/** The bytes of a caption file that is not clean UTF-8. Nothing is written into it unless the user agrees. */
export interface ForeignContent {
  bytes: Uint8Array;
  encoding: ForeignEncoding;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes a caption file. Clean UTF-8 is decoded without loss: encoding it again gives the same bytes. Anything else is
 * decoded as what it most likely is ({@link guessEncoding}); what cannot be read becomes U+FFFD. So is UTF-8 with
 * control characters that no text has: UTF-16 without a mark can be valid UTF-8, but is hardly so without them.
 */
export function decodeCaption(bytes: Uint8Array): CaptionContent {
  const text = decodeUtf8(bytes);
  const isDoubtful = text === undefined || hasControls(text) || hasStrayLetters(text);
  if (!isDoubtful && !mayBeUtf16(text)) return { raw: text };
  const encoding = guessEncoding(bytes);
  if (!isDoubtful && encoding?.startsWith('utf-16') !== true) return { raw: text };
  const raw = decodeAs(bytes, encoding ?? 'utf-8');
  if (encoding === 'utf-8' && raw === text) return { raw };
  return { raw, foreign: { bytes: Uint8Array.from(bytes), encoding: encoding ?? 'unknown' } };
}

/** The bytes of a caption file. */
export function encodeCaption(content: CaptionContent): Uint8Array {
  return content.foreign?.bytes ?? Buffer.from(content.raw, 'utf8');
}

/**
 * Refuses a file that has nothing but NULs, as a crash or a failing disk leaves it: it is neither text nor empty.
 * @throws CaptionError CAPTION_DAMAGED
 */
export function refuseDamaged(file: string, bytes: Uint8Array): void {
  if (bytes.length === 0 || bytes.some((byte) => byte !== 0)) return;
  const message = l10n.t('The file has nothing but NULs: it was damaged. Restore it, or delete it.');
  throw new CaptionError('CAPTION_DAMAGED', message, file);
}

/** The error for a caption file that is not clean UTF-8, with what to do about it. */
export function foreignError(encoding: ForeignEncoding, file: string): CaptionError {
  return new CaptionError('CAPTION_NOT_UTF8', foreignMessage(encoding), file);
}

function foreignMessage(encoding: ForeignEncoding): string {
  switch (encoding) {
    case 'utf-8':
      return l10n.t(
        'The caption file is damaged UTF-8: � stands for what cannot be read. It was kept. Agree in the editor to write it so, or mend it.',
      );
    case 'unknown':
      return l10n.t(
        'The caption file is not UTF-8, and its encoding is not clear. It was kept. Save it as UTF-8 with a text editor that shows it right.',
      );
    default:
      return l10n.t(
        'The caption file is not UTF-8 (it looks like {0}) and was kept. Convert it in the editor first.',
        encoding,
      );
  }
}

/** @returns undefined where it is not UTF-8 */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
