import * as l10n from '@vscode/l10n';

/**
 * A `Content-Range`: where the content begins, and the length of the whole file; each undefined where it is not said.
 */
export interface ContentRange {
  start: number | undefined;
  total: number | undefined;
}

/** The number of first bytes that tell an error page or a Git LFS pointer from a file. */
export const sniffLength = 128;

/** Parses `bytes 100-199/1000`, `bytes 100-199/*` and the `bytes *\/1000` of a 416. */
export function contentRange(value: string | undefined): ContentRange | undefined {
  const match = /^\s*bytes\s+(?:(\d+)-\d+|\*)\/(\d+|\*)\s*$/i.exec(value ?? '');
  if (match === null) return undefined;
  const [, start, total] = match;
  return {
    start: start === undefined ? undefined : Number(start),
    total: total === undefined || total === '*' ? undefined : Number(total),
  };
}

/** An ETag without its quotes; undefined for a weak one, which says nothing about bytes. */
export function strongEtag(value: string | string[] | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /^\s*"?([^"]+)"?\s*$/.exec(value)?.[1];
}

/**
 * Whether an answer that should be a file is something else that servers send with status 200.
 * @param head the first {@link sniffLength} bytes, or all there are
 * @returns the error's code and message, which names the address
 */
export function sniffProblem(
  head: Buffer,
  contentType: string | undefined,
  address: string,
): { code: 'NOT_THE_FILE' | 'LFS_POINTER'; message: string } | undefined {
  const text = head
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
    .toLowerCase();
  if (text.startsWith('version https://git-lfs')) {
    return {
      code: 'LFS_POINTER',
      message: l10n.t(
        '{0} is a Git LFS pointer and not the file itself: the mirror is not complete. Use another server.',
        address,
      ),
    };
  }
  const isPage =
    /^<(!doctype html|html)/.test(text) || (/^text\/html/i.test(contentType ?? '') && text.startsWith('<'));
  if (!isPage) return undefined;
  return {
    code: 'NOT_THE_FILE',
    message: l10n.t(
      '{0} answered with a web page and not with the file: a proxy, a sign-in page of the network or a wrong address. Open it in a browser to see why.',
      address,
    ),
  };
}
