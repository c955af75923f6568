import { decodeCaption } from '../dataset/captions/captionContent';
import { captionParts, type CaptionPart } from '../records/captionParts';
import { textOfRaw } from '../tags/captionText';
import { isContent, noCaption, unreadCaption, type CaptionKey } from './store/captionKey';
import type { CaptionStates } from './CaptionStates';
import { SnapshotError } from './store/SnapshotError';

/** An image whose caption differs. */
export interface StateChange {
  /** relative to the folder */
  image: string;
  /** undefined: the image is new */
  before: CaptionKey | undefined;
  /** undefined: the image is gone */
  after: CaptionKey | undefined;
}

/** An image whose caption differs, and which tags and sentences were added and removed. */
export interface ComparedChange extends StateChange {
  came: string[];
  went: string[];
}

/** An image whose caption is not known, because the snapshot is damaged there. */
export interface DamagedImage {
  image: string;
  /** in which of the two */
  in: 'before' | 'after';
}

/** How many images gained and lost a tag, a sentence, or a caption that is JSON. */
export interface PartChange {
  text: string;
  kind: CaptionPart['kind'];
  came: number;
  went: number;
}

/** What differs between two states of the captions of a folder. */
export interface Comparison {
  same: number;
  /** images that are in both with different captions */
  changed: number;
  /** how many of these have the same parts: only their order, separators, line ends or encoding differ */
  onlyForm: number;
  /** images that are only in the later, or only in the earlier state */
  new: number;
  gone: number;
  /** images whose captions could not be read in one of the two, also those that are damaged in it */
  unknown: number;
  damaged: DamagedImage[];
  /** how many images are in damaged lists of either state */
  lost: { before: number; after: number };
  changes: ComparedChange[];
  /** those of most images first */
  parts: PartChange[];
}

/**
 * Compares two states of the captions of a folder: per image, and per tag and sentence, also those of new and gone
 * images. Images that one of the two does not cover, because it was made of a part of the folder, are left out; those
 * that are damaged in one of the two are named.
 * @throws the signal's reason
 */
export async function compareStates(
  before: CaptionStates,
  after: CaptionStates,
  signal?: AbortSignal,
): Promise<Comparison> {
  const { changes, same, unknown, damaged } = changesBetween(before, after);
  const parts = new PartCounts();
  let onlyForm = 0;
  const texts = { before: new Map<CaptionKey, Kinds>(), after: new Map<CaptionKey, Kinds>() };
  await readParts(before, changes, ({ before: key }) => key, texts.before, signal);
  await readParts(after, changes, ({ after: key }) => key, texts.after, signal);
  const isKnown = (change: StateChange): boolean => {
    const where = (['before', 'after'] as const).find((one) => isMissing(texts[one], change[one]));
    if (where !== undefined) damaged.push({ image: change.image, in: where });
    return where === undefined;
  };
  const compared = changes.filter(isKnown).map((change): ComparedChange => {
    const [old, now] = [kindsOf(texts.before, change.before), kindsOf(texts.after, change.after)];
    const { came, went } = parts.add(old, now);
    const isSame = came.length + went.length === 0;
    if (isSame && change.before !== undefined && change.after !== undefined) onlyForm++;
    return { ...change, came, went };
  });
  const isNew = compared.filter((change) => change.before === undefined).length;
  const isGone = compared.filter((change) => change.after === undefined).length;
  return {
    same,
    changed: compared.length - isNew - isGone,
    onlyForm,
    new: isNew,
    gone: isGone,
    unknown: unknown + damaged.length,
    damaged,
    lost: { before: before.lost, after: after.lost },
    changes: compared,
    parts: parts.sorted(),
  };
}

/** Which images differ. */
export function changesBetween(
  before: CaptionStates,
  after: CaptionStates,
): { changes: StateChange[]; same: number; unknown: number; damaged: DamagedImage[] } {
  const changes: StateChange[] = [];
  const damaged: DamagedImage[] = [];
  let [same, unknown] = [0, 0];
  for (const [image, key] of after.keys) {
    const old = before.keys.get(image);
    if (old === undefined && !before.covers(image)) continue;
    if (old === undefined && before.lost > 0) damaged.push({ image, in: 'before' });
    else if (key === unreadCaption || old === unreadCaption) unknown++;
    else if (old === key) same++;
    else changes.push({ image, before: old, after: key });
  }
  for (const [image, old] of before.keys) {
    if (after.keys.has(image) || !after.covers(image)) continue;
    if (after.lost > 0) damaged.push({ image, in: 'after' });
    else if (old === unreadCaption) unknown++;
    else changes.push({ image, before: old, after: undefined });
  }
  return { changes, same, unknown, damaged };
}

/** The parts of a caption, each with its kind. */
type Kinds = ReadonlyMap<string, CaptionPart['kind']>;

const noParts: Kinds = new Map();

function kindsOf(texts: ReadonlyMap<CaptionKey, Kinds>, key: CaptionKey | undefined): Kinds {
  return key === undefined || key === noCaption ? noParts : (texts.get(key) ?? noParts);
}

function isMissing(texts: ReadonlyMap<CaptionKey, Kinds>, key: CaptionKey | undefined): boolean {
  return key !== undefined && isContent(key) && !texts.has(key);
}

/** Reads the parts of captions; damaged contents are left out. */
async function readParts(
  states: CaptionStates,
  changes: readonly StateChange[],
  keyOf: (change: StateChange) => CaptionKey | undefined,
  found: Map<CaptionKey, Kinds>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const wanted = new Set<CaptionKey>();
  for (const change of changes) {
    const key = keyOf(change);
    if (key !== undefined && isContent(key)) wanted.add(key);
  }
  for (const key of states.inOrder(wanted)) {
    signal?.throwIfAborted();
    const content = await states.read(key).catch((thrown: unknown) => {
      if (thrown instanceof SnapshotError && thrown.code === 'SNAPSHOT_DAMAGED') return undefined;
      throw thrown;
    });
    if (content === undefined) continue;
    const text = textOfRaw(decodeCaption(content).raw);
    found.set(key, new Map(captionParts(text).map((part) => [part.text, part.kind])));
  }
}

class PartCounts {
  private readonly counts = new Map<string, PartChange>();

  /** @returns which parts came and went */
  add(before: Kinds, after: Kinds): { came: string[]; went: string[] } {
    const came = [...after.keys()].filter((text) => !before.has(text));
    const went = [...before.keys()].filter((text) => !after.has(text));
    for (const text of came) this.of(text, after.get(text) ?? 'tag').came++;
    for (const text of went) this.of(text, before.get(text) ?? 'tag').went++;
    return { came, went };
  }

  sorted(): PartChange[] {
    return [...this.counts.values()].sort(
      (a, b) => b.came + b.went - (a.came + a.went) || (a.text < b.text ? -1 : Number(a.text > b.text)),
    );
  }

  private of(text: string, kind: CaptionPart['kind']): PartChange {
    let count = this.counts.get(text);
    if (count === undefined) this.counts.set(text, (count = { text, kind, came: 0, went: 0 }));
    return count;
  }
}
