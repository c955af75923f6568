import { createHash } from 'node:crypto';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { LruMap } from '../../base/LruMap';
import { SerialQueue } from '../../base/SerialQueue';
import { type ImageInfo, type PictureRegion, thumbnailSize } from '../../protocol/page/pictureProtocol';
import { taggerCrashed, taggerHung, type TaggerProcess } from '../../protocol/child/TaggerProcess';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { missingFile } from '../shared/fileVersion';
import { isCrashOfDecoder } from './crashedDecoder';
import { isLastingFailure, type PictureCache } from './PictureCache';
import { SharedWork } from '../shared/SharedWork';
import { realPath } from '../../base/realPath';

/**
 * Part of the cache key. Increase it when pictures are made differently, or of more images, so that no old ones and no
 * old failures are shown.
 */
const thumbnailVersion = 3;
/** WebP quality of pictures larger than a thumbnail, from 0 to 100. */
const previewQuality = 90;
/** Maximum number of entries of each LRU map in memory. */
const remembered = 1000;

/** The process that makes pictures, limited to the methods that are used here. */
export type PictureMaker = Pick<TaggerProcess, 'request' | 'stop' | 'warmUp'>;

/** Which picture of an image is wanted. */
export interface PictureOrder {
  /** absolute */
  imagePath: string;
  /** changes whenever the file changes */
  imageVersion: string;
  /** the longer side, in pixels; the size of a thumbnail if undefined */
  size?: number;
  region?: PictureRegion | undefined;
  /** waiting pictures with the lowest rank are made first */
  rank?: number;
  /** whether cached pictures and failures are ignored */
  fresh?: boolean;
}

/**
 * No picture can be made of an image.
 * - `IMAGE_CRASHES`: the process crashed when it decoded the image
 * - `PICTURE_NOT_MADE`: the process was killed, could not be started or hung, which another time it may not
 */
export class PictureError extends Error {
  constructor(
    readonly code: 'IMAGE_CRASHES' | 'PICTURE_NOT_MADE',
    readonly path: string,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
    this.name = 'PictureError';
  }
}

/**
 * Thumbnails and larger pictures, each made once by a child process and cached on disk under a key made of path, size
 * and modification time of the image.
 */
export class Thumbnails {
  private readonly inFlight = new Map<string, SharedWork<string>>();
  private readonly realFolders = new LruMap<string, Promise<string>>(remembered);
  private readonly infos = new LruMap<string, Promise<ImageInfo>>(remembered);
  /** decodes the images that may have crashed a process, one at a time */
  private readonly suspects = new SerialQueue();

  constructor(
    /** opens the cache, or returns the open one */
    readonly cache: () => Promise<PictureCache>,
    private readonly maker: PictureMaker,
    /** a second process, for images that may have crashed the first one */
    private readonly suspectMaker: PictureMaker,
  ) {}

  /** Starts the process that makes pictures before the first request: a later start blocks this process for longer. */
  warmUp(): void {
    this.maker.warmUp();
  }

  /**
   * The file of a picture; makes the picture if it is not cached.
   * @throws an error with a code that starts with `IMAGE_` when the image cannot be shown; PictureError
   *   PICTURE_NOT_MADE when it may be another time
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
    let work = this.inFlight.get(key);
    if (work === undefined || work.calledOff) {
      const made = new SharedWork((own) => this.make(order, key, cache, own));
      work = made;
      this.inFlight.set(key, made);
      void made.done.then(() => {
        if (this.inFlight.get(key) === made) this.inFlight.delete(key);
      });
    }
    return work.join(signal);
  }

  /** The file of a picture if it has been made. */
  async made(order: PictureOrder): Promise<string | undefined> {
    const cache = await this.cache();
    return cache.find(await this.keyOf(order));
  }

  /**
   * Size in pixels and bytes, and format, of an image file.
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
      ownerOnly: true,
      rank,
      ...(region === undefined ? {} : { region }),
      ...(size > thumbnailSize ? { quality: previewQuality } : {}),
    };
    try {
      const { bytes } = await this.maker.request('makeThumbnail', request, signal).catch((thrown: unknown) => {
        if (!hasEnded(thrown)) throw thrown;
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

  /**
   * After a crash the images that were in flight are tried one by one: one of them caused the crash, and only that
   * one is refused.
   */
  private makeAlone(
    request: { imagePath: string; size: number; outputPath: string },
    signal: AbortSignal,
  ): Promise<{ bytes: number }> {
    const turn = this.suspects.run(async () => {
      signal.throwIfAborted();
      try {
        return await this.suspectMaker.request('makeThumbnail', request, signal);
      } catch (thrown) {
        if (!hasEnded(thrown)) throw thrown;
        const { imagePath } = request;
        if (isCrashOfDecoder(thrown, imagePath)) {
          const message = l10n.t(
            'The program that decodes images crashed at it: the file is damaged, or a kind that is not supported.',
          );
          throw new PictureError('IMAGE_CRASHES', imagePath, message, thrown);
        }
        const message = l10n.t('No picture could be made now. {0}', errorMessage(thrown));
        throw new PictureError('PICTURE_NOT_MADE', imagePath, message, thrown);
      }
    });
    const stopIfLast = (): void => {
      if (this.suspects.isIdle) this.suspectMaker.stop();
    };
    turn.then(stopIfLast, stopIfLast);
    return turn;
  }

  /**
   * The cache key of a picture. Symbolic links are resolved for the folder, not for each image: so the pictures of a
   * folder that has two names are made only once, and no disk access per image is needed.
   */
  private async keyOf({ imagePath, imageVersion, size = thumbnailSize, region }: PictureOrder): Promise<string> {
    const folder = path.dirname(imagePath);
    const real = await rememberedIn(this.realFolders, folder, () => realPath(folder).catch(() => folder));
    const part = region === undefined ? '' : `${region.left},${region.top},${region.width},${region.height}`;
    const file = path.join(real, path.basename(imagePath));
    return createHash('sha256').update([file, imageVersion, size, part, thumbnailVersion].join('|')).digest('hex');
  }
}

/** Whether the process is gone: it crashed, or hung and was ended. */
function hasEnded(thrown: unknown): boolean {
  const code = errorCode(thrown);
  return code === taggerCrashed || code === taggerHung;
}

/** Caches what `find` returns in an LRU map; a rejected promise is not kept. */
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
