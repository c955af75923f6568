import * as l10n from '@vscode/l10n';
import type { ImageFormat } from '../../base/sniffFormat';
import { errorMessage } from '../../protocol/channel/wireError';
import { DecodingError } from '../formats/DecodingError';
import { endsEarly } from '../formats/endsEarly';
import { foreignContent } from '../formats/foreignFormat';
import { ChecksumError } from '../formats/mendPng';
import { NativePackageError } from '../native/nativePackages';
import { ImageError } from './ImageError';

/**
 * The error for a file that begins like an image and cannot be decoded, with what is wrong with it.
 * @param cause what a decoder threw; what is said already, or is no image's fault, is returned as it is
 * @param bytes of the file, where the decoder does not say whether it ends early
 */
export function refusal(path: string, format: ImageFormat, cause: unknown, bytes?: Buffer): Error {
  if (cause instanceof ImageError || cause instanceof NativePackageError) return cause;
  if (cause instanceof ChecksumError) {
    const message =
      cause.part === 'head'
        ? l10n.t('The {0} is damaged: the checksum of its header is wrong.', format)
        : l10n.t("The {0} is damaged: the checksum of the picture's data is wrong.", format);
    return new ImageError('IMAGE_DAMAGED', path, message, cause);
  }
  switch (faultOf(format, cause, bytes)) {
    case 'cut':
      return new ImageError(
        'IMAGE_TRUNCATED',
        path,
        l10n.t('The {0} ends early: it is truncated or damaged.', format),
        cause,
      );
    case 'unsupported': {
      const detail = cause instanceof DecodingError ? cause.message : undefined;
      const message =
        detail === undefined
          ? l10n.t('This kind of {0} is not supported.', format)
          : l10n.t('This kind of {0} is not supported: {1}.', format, detail.replace(/\.$/, ''));
      return new ImageError('IMAGE_NOT_AN_IMAGE', path, message, cause);
    }
    case 'damaged':
      return new ImageError(
        'IMAGE_DAMAGED',
        path,
        l10n.t('The {0} is damaged: its data contradict themselves.', format),
        cause,
      );
  }
}

function faultOf(format: ImageFormat, cause: unknown, bytes: Buffer | undefined): DecodingError['fault'] {
  if (cause instanceof DecodingError) return cause.fault;
  if (bytes !== undefined && endsEarly(bytes, format)) return 'cut';
  return /compression|codec|not built|not implemented|unsupported/i.test(errorMessage(cause))
    ? 'unsupported'
    : 'damaged';
}

/** The error for a file that is none of the supported images, with what it is instead. */
export function notAnImage(path: string, bytes: Buffer): ImageError {
  return new ImageError('IMAGE_NOT_AN_IMAGE', path, whatItIs(bytes));
}

function whatItIs(bytes: Buffer): string {
  const content = foreignContent(bytes);
  switch (content?.kind) {
    case 'lfsPointer':
      return l10n.t('Not an image, but a Git LFS pointer to one: run git lfs pull.');
    case 'annexPointer':
      return l10n.t('Not an image, but a git-annex pointer to one: run git annex get.');
    case 'changedAsText':
      return l10n.t('An image that was copied as a text, which has changed its bytes: copy it again, as binary.');
    case 'late': {
      const { format, bytes: count } = content;
      return l10n.t('The {0} begins only after {1} other bytes, so that programs do not know it.', format, count);
    }
    case 'webPage':
      return l10n.t('Not an image, but a web page (HTML): the download went wrong.');
    case 'text':
      return l10n.t('Not an image, but a text.');
    case 'zeros':
      return l10n.t('Not an image: the file holds nothing but zeros.');
    case 'format':
      return l10n.t('{0} is a format that is not supported.', content.name);
    case undefined:
      return l10n.t('Not an image, or a format that is not supported.');
  }
}
