import * as v from 'valibot';
import type { CaptionOptions, Thresholds } from '../../protocol/tagging/captionOptions';
import {
  countValue,
  readCaptionOptions,
  readThresholds,
  readWriteOptions,
  scoreValue,
  separatorValue,
  type CaptionValues,
} from '../../protocol/tagging/captionValues';
import { usualLimits, type SnapshotLimits } from '../../snapshots/store/snapshotTypes';
import type { WriteOptions } from '../../tags/writeMode';
import { textsByNameOf, textsOf } from '../shared/schemas';

/** Reads a setting by its name without the section. The value can be anything: settings.json is not checked. */
export type ReadSetting = (name: string) => unknown;

/** How scores become captions. Invalid values count as not set. */
export function captionOptionsOf(read: ReadSetting): CaptionOptions {
  return readCaptionOptions(valuesOf(read));
}

/** The scores from which tags are kept. Invalid values count as not set. */
export function thresholdsOf(read: ReadSetting): Thresholds {
  return readThresholds(valuesOf(read));
}

/**
 * How tags are written into captions. Invalid values count as not set. In a window a caption is brought up to date
 * where nothing else is set: persons and taggers work on the same captions there.
 */
export function writeOptionsOf(read: ReadSetting): WriteOptions {
  return readWriteOptions(valuesOf(read), 'update');
}

/** How long automatic snapshots are kept. Invalid values count as not set. */
export function snapshotLimitsOf(read: ReadSetting): SnapshotLimits {
  const { count } = valuesOf(read);
  return {
    days: count('snapshots.keepDays', usualLimits.days),
    megabytes: Math.max(1, count('snapshots.maximumSize', usualLimits.megabytes)),
  };
}

/** Lists and objects are copied: VS Code gives proxies, which cannot be sent to another process. */
function valuesOf(read: ReadSetting): CaptionValues {
  return {
    choice: (name, choices, usual) => v.parse(v.fallback(v.picklist(choices), usual), read(name)),
    count: (name, usual) => v.parse(v.fallback(countValue, usual), read(name)),
    score: (name, usual) => v.parse(v.fallback(scoreValue, usual), read(name)),
    separator: (name, usual) => v.parse(v.fallback(separatorValue, usual), read(name)),
    truth: (name, usual) => v.parse(v.fallback(v.boolean(), usual), read(name)),
    texts: (name) => v.parse(textsOf, read(name)),
    textsByName: (name) => v.parse(textsByNameOf, read(name)),
  };
}
