import { thumbnailSize } from '../../protocol/page/pictureProtocol';
import type { LinkMeter } from './LinkMeter';

/** What a load plan knows of the link. */
export type Link = Pick<LinkMeter, 'roundTrip' | 'rate' | 'isFar'>;

/** Pictures in flight over a near link, and over one that is not known yet. */
export const nearSlots = 12;
/** Pictures in flight over a far link. Each that is on its way comes, even when nobody wants it any more. */
const farSlots = { least: 4, most: 32 };
/** The part of what is seen that may be prefetched over a far link. */
const prefetched = 0.1;
/** Sharp pictures of a screen that take longer than this wait until the user rests, in milliseconds. */
const patience = 3000;
/** What a pixel of a sharp picture costs beside one of a thumbnail: its quality is higher. */
const sharpCost = 2;
/** The shorter side of a picture is about so much of the longer one. */
const aspect = 0.75;

/**
 * How many pictures are in flight at a time: enough to fill the link and no more. Twice what is measured, because what
 * is measured is limited by what was asked for.
 */
export function slotsFor({ roundTrip, rate, isFar }: Link): number {
  if (!isFar || roundTrip === undefined || rate === undefined) return nearSlots;
  const filling = Math.ceil((2 * roundTrip * rate) / costOf(thumbnailSize, false));
  return Math.min(farSlots.most, Math.max(farSlots.least, filling));
}

/**
 * How many of the pictures that are near, but not in view, are loaded: all over a near link; over a far one few, and
 * only their addresses are asked for.
 */
export function prefetchCount({ isFar }: Link, inView: number): number {
  return isFar ? Math.floor(inView * prefetched) : Infinity;
}

/** How many sharp pictures are in flight at a time: over a far link as few as fill it, since they hold up others. */
export function sharpSlotsFor({ roundTrip, rate, isFar }: Link, size: number): number {
  if (!isFar || roundTrip === undefined || rate === undefined) return nearSlots;
  return Math.max(1, Math.min(nearSlots, Math.floor((roundTrip * rate) / costOf(size, true))));
}

/** Whether sharp pictures of these sizes take so long that they are loaded only when the user rests. */
export function isCostly({ rate, isFar }: Link, sizes: readonly number[]): boolean {
  if (!isFar || rate === undefined) return false;
  return sizes.reduce((sum, size) => sum + costOf(size, true), 0) / rate > patience;
}

/** What a picture costs the link, in pixels of thumbnails. @param size its longer side */
export function costOf(size: number, isLarge: boolean): number {
  return size ** 2 * aspect * (isLarge ? sharpCost : 1);
}
