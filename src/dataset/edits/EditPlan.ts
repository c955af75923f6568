import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type { Caption } from '../captions/Caption';
import { foreignError } from '../captions/captionContent';
import { differingTags, isProseAlone } from '../../tags/captionGrammar';
import type { DatasetImage } from '../captions/DatasetImage';
import { inSlices, type SliceOptions } from '../../base/inSlices';
import { textOfRaw } from '../../tags/captionText';
import { isJsonCaption } from '../../tags/jsonCaption';
import { EditError } from './EditError';
import { TimeLimitError, withTimeLimit } from './timeLimit';

/** The effect of an edit on one caption. */
export interface PlannedChange {
  caption: Caption;
  /** paths of the images in the edit's scope that have this caption */
  images: string[];
  /** the caption file's content when the plan was made; the edit is applied only if the file is still the same */
  expected: string | null;
  before: string;
  after: string;
  /** the exact content that the file is to have, null for none; undefined where only the text is changed */
  raw?: string | null;
  /** whether the user selected this change */
  ticked: boolean;
}

/** What a caption is to hold, see {@link EditPlan.toContents}. */
export type WantedContent = { raw: string | null } | { text: string } | { reason: string };

/** How many captions lose and gain a tag. */
export interface TagChange {
  tag: string;
  removed: number;
  added: number;
}

export interface PlanOptions {
  /** whether the edit is about tags: captions that are JSON have none and are left out, prose is counted */
  ofTags?: boolean;
  signal?: AbortSignal;
  /** the maximum time per slice, in milliseconds */
  sliceMs?: number;
}

/**
 * Time limit for editing one caption, in milliseconds. Only a regular expression with catastrophic backtracking exceeds
 * it.
 */
const maxEditMs = 40;
/** Attempts per caption: a busy machine may suspend the process for a moment. */
const tries = 3;
const editsPerClockCheck = 16;

/** Preview of a bulk edit: the change of each caption, computed before anything is applied. */
export class EditPlan {
  readonly changes: PlannedChange[] = [];
  /** number of captions that the edit does not change */
  unchanged = 0;
  /** number of captions among those that an edit of tags leaves alone because they are prose and have none */
  prose = 0;
  /** captions that cannot be edited, with the reason */
  readonly leftOut: { path: string; reason: string }[] = [];
  private readonly tags = new Map<string, TagChange>();
  private unticked = 0;

  private constructor() {
    // Use `make`: computing a plan is asynchronous.
  }

  /**
   * Computes what an edit would do to the captions of some images, without changing them. A caption shared by several
   * images is counted once.
   * @param edit returns the new text of a caption
   * @throws EditError PATTERN_TOO_SLOW when one caption takes far longer than any sensible edit
   * @throws the signal's reason when aborted
   */
  static async make(
    images: Iterable<DatasetImage>,
    edit: (text: string) => string,
    options: PlanOptions = {},
  ): Promise<EditPlan> {
    const plan = new EditPlan();
    const imagesOf = new Map<Caption, string[]>();
    await inSlices(
      images,
      ({ path, caption }) => {
        const paths = imagesOf.get(caption);
        if (paths === undefined) imagesOf.set(caption, [path]);
        else paths.push(path);
      },
      options,
    );
    await plan.editAll(imagesOf, edit, options);
    return plan;
  }

  /**
   * Computes what it would do to captions to give them contents that they had before, as {@link make} does. Where the
   * texts are the same, line ends or a byte order mark may differ.
   * @param wantedOf what the file of a caption is to hold, null for no file; its text alone where what is around that
   *   stays; undefined where it stays as it is; or why it cannot have it
   * @throws the signal's reason when aborted
   */
  static async toContents(
    images: Iterable<DatasetImage>,
    wantedOf: (image: DatasetImage) => WantedContent | undefined,
    options: SliceOptions = {},
  ): Promise<EditPlan> {
    const plan = new EditPlan();
    const wanted = new Map<Caption, { images: string[]; content: WantedContent | undefined }>();
    await inSlices(
      images,
      (image) => {
        const known = wanted.get(image.caption);
        if (known === undefined) wanted.set(image.caption, { images: [image.path], content: wantedOf(image) });
        else known.images.push(image.path);
      },
      options,
    );
    await inSlices(
      wanted,
      ([caption, { images: paths, content }]) => {
        if (content === undefined) plan.unchanged++;
        else if ('reason' in content) plan.leftOut.push({ path: caption.path, reason: content.reason });
        else if ('text' in content) plan.recordResult(caption, paths, caption.text, content.text);
        else plan.recordResult(caption, paths, caption.text, textOfRaw(content.raw ?? ''), content.raw);
      },
      options,
    );
    return plan;
  }

  /** Number of captions that would change: those whose change is selected. */
  get tickedCount(): number {
    return this.changes.length - this.unticked;
  }

  /** Number of different tags that are added or removed. */
  get tagCount(): number {
    return this.tags.size;
  }

  /**
   * The tags that are added or removed in most captions, most frequent first.
   * @param max maximum number of tags; there may be as many tags as captions, and sorting them all would be slow
   */
  tagChanges(max: number): TagChange[] {
    const best: TagChange[] = [];
    for (const change of this.tags.values()) {
      const last = best[max - 1];
      if (last !== undefined && captionsOf(last) >= captionsOf(change)) continue;
      const place = best.findIndex((other) => captionsOf(other) < captionsOf(change));
      best.splice(place < 0 ? best.length : place, 0, change);
      best.length = Math.min(best.length, max);
    }
    return best;
  }

  /** The changes that the user selected. */
  get tickedChanges(): PlannedChange[] {
    return this.changes.filter(({ ticked }) => ticked);
  }

  /**
   * Selects or deselects changes.
   * @param index an index in {@link changes}, or all of them
   */
  tick(index: number | 'all', ticked: boolean): void {
    if (index === 'all') {
      for (const change of this.changes) change.ticked = ticked;
      this.unticked = ticked ? 0 : this.changes.length;
      return;
    }
    const change = this.changes[index];
    if (change === undefined || change.ticked === ticked) return;
    change.ticked = ticked;
    this.unticked += ticked ? -1 : 1;
  }

  private async editAll(
    imagesOf: ReadonlyMap<Caption, string[]>,
    edit: (text: string) => string,
    { ofTags = false, signal, sliceMs = 8 }: PlanOptions,
  ): Promise<void> {
    const entries = [...imagesOf];
    let next = 0;
    let failed = 0;
    while (next < entries.length) {
      signal?.throwIfAborted();
      // The time limit may interrupt `slice` anywhere. A caption counts as edited when it is in `edited`, and a single
      // `push` puts it there, so an interruption cannot leave a caption half counted.
      const edited: { before: string; after: string }[] = [];
      const slice = (): void => {
        const end = performance.now() + sliceMs;
        for (let entry = entries[next]; entry !== undefined; entry = entries[next + edited.length]) {
          const before = entry[0].text;
          edited.push({ before, after: edit(before) });
          if (edited.length % editsPerClockCheck === 0 && performance.now() > end) return;
        }
      };
      try {
        withTimeLimit(sliceMs + maxEditMs, slice);
        failed = 0;
      } catch (thrown) {
        if (!(thrown instanceof TimeLimitError)) throw thrown;
        failed = edited.length > 0 ? 1 : failed + 1;
        const entry = entries[next];
        if (failed >= tries && entry !== undefined) throw tooSlow(entry[0].path, thrown);
      }
      for (const { before, after } of edited) {
        const entry = entries[next++];
        if (entry === undefined) continue;
        if (ofTags && isJsonCaption(before)) this.leftOut.push({ path: entry[0].path, reason: jsonHasNoTags() });
        else {
          if (ofTags && before === after && isProseAlone(before)) this.prose++;
          this.recordResult(...entry, before, after);
        }
      }
      await nextTurn();
    }
  }

  private recordResult(caption: Caption, images: string[], before: string, after: string, raw?: string | null): void {
    if (caption.unreadable !== undefined) {
      this.leftOut.push({ path: caption.path, reason: caption.unreadable.message });
    } else if (before === after && (raw === undefined || raw === caption.raw)) {
      this.unchanged++;
    } else if (caption.inConflict) {
      const reason = l10n.t('Another program changed it while it was edited here. Settle the conflict first.');
      this.leftOut.push({ path: caption.path, reason });
    } else if (caption.foreignEncoding !== undefined) {
      this.leftOut.push({ path: caption.path, reason: foreignError(caption.foreignEncoding, caption.path).message });
    } else {
      const exact = raw === undefined ? {} : { raw };
      this.changes.push({ caption, images, expected: caption.raw, before, after, ...exact, ticked: true });
      this.countTags(before, after);
    }
  }

  private countTags(before: string, after: string): void {
    const [gone, come] = differingTags(before, after);
    const balance = new Map<string, number>();
    for (const tag of gone) balance.set(tag, (balance.get(tag) ?? 0) - 1);
    for (const tag of come) balance.set(tag, (balance.get(tag) ?? 0) + 1);
    for (const [tag, difference] of balance) {
      if (difference === 0) continue;
      let change = this.tags.get(tag);
      if (change === undefined) this.tags.set(tag, (change = { tag, removed: 0, added: 0 }));
      if (difference < 0) change.removed++;
      else change.added++;
    }
  }
}

function jsonHasNoTags(): string {
  return l10n.t('It is JSON, which has no tags. Find and replace changes its text.');
}

function captionsOf({ removed, added }: TagChange): number {
  return removed + added;
}

function tooSlow(path: string, cause: Error): EditError {
  return new EditError(
    'PATTERN_TOO_SLOW',
    l10n.t(
      'The pattern takes too long: it tries too many ways to match. Make it simpler, without repetitions inside repetitions.',
    ),
    path,
    cause,
  );
}
