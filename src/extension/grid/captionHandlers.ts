import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { HostRequests } from '../../protocol/page/gridProtocol';
import type { GridSession } from './GridSession';

type CaptionRequests = Pick<HostRequests, 'resolveConflict' | 'convertToUtf8' | 'save' | 'refresh'>;

/** Answers what a page asks to be done with caption files. */
export function captionHandlers(session: GridSession): RequestHandlers<CaptionRequests> {
  const { document } = session;
  return {
    resolveConflict: ({ path, choice }) => {
      document.resolveConflict(session.image(path), choice);
      return undefined;
    },
    convertToUtf8: ({ path }) => {
      document.convertToUtf8(session.image(path));
      return undefined;
    },
    save: async () => {
      await document.saveQuietly();
      return undefined;
    },
    refresh: async () => {
      await document.refresh();
      return undefined;
    },
  };
}
