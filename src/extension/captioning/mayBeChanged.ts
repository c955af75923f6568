import type { Caption } from '../../dataset/captions/Caption';
import type { WriteOptions } from '../../tags/writeMode';
import { keepsJson } from '../../tags/writeTags';

/** Whether a job may change a caption that somebody made: not one that is locked, which it lists with the reason. */
export function mayBeChanged(caption: Caption, { mode }: WriteOptions): boolean {
  if (caption.unreadable !== undefined || caption.foreignEncoding !== undefined) return false;
  return !caption.isEmpty && !keepsJson(caption.text, mode);
}
