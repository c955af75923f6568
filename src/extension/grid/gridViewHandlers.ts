import { folderOf } from '../../dataset/files/datasetPath';
import { folderLengths } from '../../dataset/view/folderLengths';
import { folderRun } from '../../dataset/view/folderRun';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { CardItem } from '../../protocol/page/cardProtocol';
import type { GridViewRequests } from '../../protocol/page/gridViewProtocol';
import type { HostRequests } from '../../protocol/page/gridProtocol';
import type { GridSession } from './GridSession';

/** Maximum number of paths looked up per request: far more than a grid shows. */
const maxPaths = 500;
/** Maximum number of folders of which the page is told all lengths: some 80 kB at most. */
const maxFolders = 20_000;

type ViewRequests = GridViewRequests & Pick<HostRequests, 'getItems' | 'locate'>;

/** Adds to cards where their thumbnails are. */
export type AddAddresses = (cards: CardItem[]) => Promise<CardItem[]>;

/** Answers what a page asks about cards and their positions, even while images are added, removed or reordered. */
export function gridViewHandlers(session: GridSession, addAddresses: AddAddresses): RequestHandlers<ViewRequests> {
  const { view } = session;
  return {
    getItems: async ({ start, count }) => {
      const answer = await session.items(start, count);
      return { ...answer, items: await addAddresses(answer.items) };
    },
    locate: ({ path }) => ({ index: view.indexOf(path) ?? null, order: view.order }),
    getItemsAround: async ({ paths, index, before, after, find, places }) => {
      const matching = view.images.length;
      let anchor: { path: string; index: number } | null = null;
      for (const path of paths.slice(0, maxPaths)) {
        const at = view.indexOf(path);
        if (at === undefined) continue;
        anchor = { path, index: at };
        break;
      }
      const found = find.slice(0, maxPaths).map((path) => view.indexOf(path) ?? null);
      const placed = places.slice(0, maxPaths).map((place) => {
        const path = session.imageAt(place)?.path;
        return path === undefined ? null : { path, index: view.indexOf(path) ?? null };
      });
      const middle = anchor?.index ?? Math.min(index, Math.max(0, matching - 1));
      const start = Math.max(0, middle - before);
      const answer = await session.items(start, middle + after - start);
      return { ...answer, items: await addAddresses(answer.items), matching, anchor, found, placed, start };
    },
    folderAt: ({ index }) => {
      const { images, order, shownSort } = view;
      const image = images[index];
      if (image === undefined || shownSort.key !== 'name') return null;
      const { start, end } = folderRun(images, index);
      const previous = start === 0 ? null : folderRun(images, start - 1).start;
      return { order, folder: folderOf(image.path), start, end, previous };
    },
    folderLengths: ({ order }) => {
      session.noteOrder();
      const known = session.orders.get(order);
      return { lengths: known?.byName === true ? (folderLengths(known.images, maxFolders) ?? null) : null };
    },
  };
}
