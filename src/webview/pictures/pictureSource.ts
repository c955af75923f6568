import type { PageHost } from '../shared/host';
import type { ImageKey, ImageSource, Picture } from './ImageQueue';
import { loadImage } from './loadImage';

/** The dependencies of the picture source. */
export interface PicturePage {
  host: Pick<PageHost, 'request'>;
  /** The element in which an image's card shows its picture; undefined when it has no card. */
  pictureBox(path: string): Element | undefined;
  changed(key: ImageKey): void;
}

/** Loads pictures from the host into elements. */
export function pictureSource(page: PicturePage): ImageSource<HTMLImageElement> {
  return {
    locate: async ({ path, imageVersion, size, region }, { fresh, urgent }, signal) => {
      const params = { path, imageVersion, ...(fresh ? { fresh } : {}) };
      if (size === undefined) return (await page.host.request('getThumbnail', params, signal)).uri;
      const preview = { ...params, size, urgent, ...(region === undefined ? {} : { region }) };
      return (await page.host.request('getPreview', preview, signal)).uri;
    },
    load: ({ path, size }: Picture, uri, signal) =>
      loadImage(uri, path.slice(path.lastIndexOf('/') + 1), signal, size !== undefined),
    now: () => performance.now(),
    later: (milliseconds, callback) => {
      const timer = setTimeout(callback, milliseconds);
      return () => {
        clearTimeout(timer);
      };
    },
    changed: (key) => {
      page.changed(key);
    },
    sizeOf: (image) => Math.max(image.naturalWidth, image.naturalHeight),
    shownSize: ({ path }, image) => {
      const box = page.pictureBox(path)?.getBoundingClientRect();
      if (box === undefined || box.width === 0 || image.naturalWidth === 0) return undefined;
      const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
      return Math.max(image.naturalWidth, image.naturalHeight) * scale * window.devicePixelRatio;
    },
  };
}
