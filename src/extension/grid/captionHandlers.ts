import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { HostRequests, Replay, Replayed } from '../../protocol/page/gridProtocol';
import type { GridSession } from './GridSession';

type CaptionRequests = Pick<HostRequests, 'resolveConflict' | 'convertToUtf8' | 'save' | 'undo' | 'redo' | 'refresh'>;

/**
 * Answers what a page asks to be done with caption files.
 * @param isActive whether the page's tab is the active editor, to which VS Code's commands apply
 */
export function captionHandlers(session: GridSession, isActive: () => boolean): RequestHandlers<CaptionRequests> {
  const { document } = session;
  const replay =
    (direction: 'undo' | 'redo') =>
    async ({ expected }: Replay): Promise<Replayed> => {
      const { done, run } = await document.replayNext(direction, session, isActive, expected?.run);
      if (done && expected !== undefined) session.arrived(expected.captionPath, expected.draft);
      return { done, run: run ?? null };
    };
  return {
    resolveConflict: async ({ path, choice }) => {
      await document.order.run(() => {
        document.resolveConflict(session.image(path), choice);
      });
      return undefined;
    },
    convertToUtf8: async ({ path }) => {
      await document.order.run(() => {
        document.convertToUtf8(session.image(path));
      });
      return undefined;
    },
    undo: replay('undo'),
    redo: replay('redo'),
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
