import { folderOf } from '../../dataset/files/datasetPath';
import { folderRun } from '../../dataset/view/folderRun';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { GridViewRequests } from '../../protocol/page/gridViewProtocol';
import type { GridPanel } from '../editor/GridPanel';

/** More images than a grid pins or shows are never looked for. */
const mostPaths = 500;

/** Answers what the grid asks to keep its place when images come, go or move. */
export function gridViewHandlers(grid: GridPanel): RequestHandlers<GridViewRequests> {
  return {
    getItemsAround: async ({ paths, index, before, after, find }) => {
      const { view } = grid;
      const matching = view.images.length;
      let anchor: { path: string; index: number } | null = null;
      for (const path of paths.slice(0, mostPaths)) {
        const at = view.indexOf(path);
        if (at === undefined) continue;
        anchor = { path, index: at };
        break;
      }
      const found = find.slice(0, mostPaths).map((path) => view.indexOf(path) ?? null);
      const middle = anchor?.index ?? Math.min(index, Math.max(0, matching - 1));
      const start = Math.max(0, middle - before);
      const answer = await grid.items(start, middle + after - start);
      return { ...answer, matching, anchor, found, start };
    },
    folderAt: ({ index }) => {
      const { images, order, sort } = grid.view;
      const image = images[index];
      if (image === undefined || sort.key !== 'name') return null;
      const { start, end } = folderRun(images, index);
      const previous = start === 0 ? null : folderRun(images, start - 1).start;
      return { order, folder: folderOf(image.path), start, end, previous };
    },
  };
}
