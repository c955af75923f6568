import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { LruMap } from '../../base/LruMap';
import { SerialQueue } from '../../base/SerialQueue';
import { type ImageInfo, type PictureRegion, thumbnailSize } from '../../protocol/page/pictureProtocol';
import { taggerCrashed, type TaggerProcess } from '../../protocol/child/TaggerProcess';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { missingFile } from '../shared/fileVersion';
import { isLastingFailure, type PictureCache } from './PictureCache';
import { SharedWork } from '../shared/SharedWork';

/** Part of the key: a change in how pictures are made must not show old ones. */
const thumbnailVersion = 2;
/** Of larger pictures, which people look at closely. */
const previewQuality = 90;
/** The maximum number of folders, and of facts of images, that are kept in memory. */
const remembered = 1000;

/** The process that makes pictures. */
export type PictureMaker = Pick<TaggerProcess, 'request' | 'stop' | 'warmUp'>;

/** A picture of an image. */
export interface PictureOrder {
  /** absolute */
  imagePath: string;
  /** changes whenever the file changes */
  imageVersion: string;
  /** the longer side, in pixels; a thumbnail's without it */
  size?: number;
  region?: PictureRegion | undefined;
  /** those with the lowest are made first */
  rank?: number;
  /** whether nothing that is remembered counts */
  fresh?: boolean;
}

/** No picture can be made of an image. */
export class PictureError extends Error {
  constructor(
    readonly code: 'IMAGE_CRASHES',
    readonly path: string,
    message: string,
  ) {
    super(message);
    this.name = 'PictureError';
  }
}

/**
 * Thumbnails and larger pictures on disk, each made once by a child process and kept under a key of path, size and time of
 * the image.
 */
export class Thumbnails {
  private readonly inWork = new Map<string, SharedWork<string>>();
  private readonly realFolders = new LruMap<string, Promise<string>>(remembered);
  private readonly infos = new LruMap<string, Promise<ImageInfo>>(remembered);
  /** images that are tried alone */
  private readonly suspects = new SerialQueue();

  constructor(
    /** where pictures are kept; asked for when the first one is needed */
    readonly cache: () => Promise<PictureCache>,
    private readonly maker: PictureMaker,
    /** another process, for images that are suspected to crash it */
    private readonly suspectMaker: PictureMaker,
  ) {}

  /** Starts the process that makes pictures: they are wanted soon, and starting it later blocks this one for longer. */
  warmUp(): void {
    this.maker.warmUp();
  }

  /**
   * The file of a picture, made if need be.
   * @throws an error with a code that starts with `IMAGE_` when the image cannot be shown
   */
  async get(order: PictureOrder, signal: AbortSignal): Promise<string> {
    const cache = await this.cache();
    const key = await this.keyOf(order);
    if (order.fresh === true) await cache.forget(key);
    const file = await cache.find(key);
    if (file !== undefined) return file;
    const failure = await cache.failure(key);
    if (failure !== undefined) throw failure;
    signal.throwIfAborted();
    let work = this.inWork.get(key);
    if (work === undefined || work.calledOff) {
      const made = new SharedWork((own) => this.make(order, key, cache, own));
      work = made;
      this.inWork.set(key, made);
      void made.done.then(() => {
        if (this.inWork.get(key) === made) this.inWork.delete(key);
      });
    }
    return work.join(signal);
  }

  /**
   * What an image file is.
   * @throws an error with a code that starts with `IMAGE_` when it cannot be read
   */
  info(imagePath: string, imageVersion: string): Promise<ImageInfo> {
    return rememberedIn(this.infos, `${imagePath}\n${imageVersion}`, () =>
      this.maker.request('readImageInfo', { imagePath }),
    );
  }

  private async make(order: PictureOrder, key: string, cache: PictureCache, signal: AbortSignal): Promise<string> {
    const { imagePath, imageVersion, size = thumbnailSize, region, rank = 0 } = order;
    const outputPath = cache.fileOf(key);
    const request = {
      imagePath,
      size,
      outputPath,
      rank,
      ...(region === undefined ? {} : { region }),
      ...(size > thumbnailSize ? { quality: previewQuality } : {}),
    };
    try {
      const { bytes } = await this.maker.request('makeThumbnail', request, signal).catch((thrown: unknown) => {
        if (errorCode(thrown) !== taggerCrashed) throw thrown;
        return this.makeAlone(request, signal);
      });
      cache.added(key, bytes);
      return outputPath;
    } catch (thrown) {
      if (isLastingFailure(thrown) && imageVersion !== missingFile) {
        await cache.rememberFailure(key, errorCode(thrown) ?? '', errorMessage(thrown));
      }
      throw thrown;
    }
  }

  /** After a crash each of the images that were in work is tried alone: one of them did it, and only that one is refused. */
  private makeAlone(
    request: { imagePath: string; size: number; outputPath: string },
    signal: AbortSignal,
  ): Promise<{ bytes: number }> {
    const turn = this.suspects.run(async () => {
      signal.throwIfAborted();
      try {
        return await this.suspectMaker.request('makeThumbnail', request, signal);
      } catch (thrown) {
        if (errorCode(thrown) !== taggerCrashed) throw thrown;
        const message = l10n.t(
          'The program that decodes images crashed at it: the file is damaged, or a kind that is not supported.',
        );
        throw new PictureError('IMAGE_CRASHES', request.imagePath, message);
      }
    });
    const stopIfLast = (): void => {
      if (this.suspects.isIdle) this.suspectMaker.stop();
    };
    turn.then(stopIfLast, stopIfLast);
    return turn;
  }

  /** Links are followed by folder: one folder under two names has its pictures once, and no image costs a look at the disk. */
  private async keyOf({ imagePath, imageVersion, size = thumbnailSize, region }: PictureOrder): Promise<string> {
    const folder = path.dirname(imagePath);
    const real = await rememberedIn(this.realFolders, folder, () => realpath(folder).catch(() => folder));
    const part = region === undefined ? '' : `${region.left},${region.top},${region.width},${region.height}`;
    const file = path.join(real, path.basename(imagePath));
    return createHash('sha256').update([file, imageVersion, size, part, thumbnailVersion].join('|')).digest('hex');
  }
}

/** What a map holds for a key, or what `find` gives; failures are not kept. */
function rememberedIn<T>(map: LruMap<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const found = find();
  map.set(key, found);
  found.catch(() => {
    map.delete(key);
  });
  return found;
}
