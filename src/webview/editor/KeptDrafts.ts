import type { CaptionOf } from '../../protocol/page/cardProtocol';
import type { KeptDraft, KeptTyping, TypedAhead } from '../../protocol/page/connectionProtocol';
import { textDigest } from '../../protocol/page/textDigest';

/** Maximum number of texts on the way that are remembered for a caption; more are sent only without a connection. */
const maxSteps = 2000;

/** A draft as it is sent to the host. */
interface SentDraft extends CaptionOf {
  text: string;
  draft: number;
  /** the caption's text before it, as far as the page knows */
  from: string;
}

interface Kept {
  /** the image at whose card it was typed last */
  path: string;
  text: string;
  from: string;
  /** the texts that were sent, with the numbers of their drafts */
  steps: { draft: number; digest: number }[];
}

/**
 * Typed text that the host has not confirmed. It is stored where it survives the page, and the next page sends it to
 * the host again: a message that was in flight when the connection was lost may never arrive.
 */
export class KeptDrafts {
  /** by path of the caption file */
  private readonly kept = new Map<string, Kept>();
  /** what the host could not take in, or the page not place */
  private left: readonly KeptTyping[] = [];

  /** @param changed called after each change of {@link list} */
  constructor(private readonly changed: () => void) {}

  /** Number of captions with typing that the host has not confirmed. */
  get count(): number {
    return this.kept.size;
  }

  /** Text that could not be added to its caption; kept until the user has seen it. */
  get leftOver(): readonly KeptTyping[] {
    return this.left;
  }

  /** All that is to be kept. */
  get list(): KeptTyping[] {
    const sent = [...this.kept.values()].map(({ path, text, from, steps }) => ({
      path,
      text,
      draft: steps.at(-1)?.draft ?? 0,
      from,
      steps: steps.map(({ digest }) => digest),
    }));
    return [...this.left, ...sent];
  }

  /**
   * A draft was sent: the first of a caption says which text its typing began from.
   */
  sent({ path, captionPath, text, draft, from }: SentDraft): void {
    const kept = this.kept.get(captionPath) ?? { path, text, from, steps: [] };
    kept.path = path;
    kept.text = text;
    kept.steps.push({ draft, digest: textDigest(text) });
    if (kept.steps.length > maxSteps) kept.steps.shift();
    // Those typed last at the end.
    this.kept.delete(captionPath);
    this.kept.set(captionPath, kept);
    this.changed();
  }

  /** The host has taken in the draft with this number, and so all before it of the same caption. */
  confirmed(captionPath: string, draft: number): void {
    const kept = this.kept.get(captionPath);
    if (kept === undefined || draft < (kept.steps[0]?.draft ?? 0)) return;
    kept.steps = kept.steps.filter((step) => step.draft >= draft);
    if ((kept.steps.at(-1)?.draft ?? 0) <= draft) this.kept.delete(captionPath);
    this.changed();
  }

  /** Sets what could not be taken in. */
  leave(typing: readonly KeptTyping[]): void {
    this.left = typing;
    this.changed();
  }

  /** The user has seen what was left over of a caption and does not want it. */
  drop(typing: KeptTyping): void {
    this.leave(this.left.filter((other) => other !== typing));
  }
}

/** What an earlier page kept, as far as it has the right shape. */
export function keptDraftsOf(stored: unknown): KeptTyping[] {
  return Array.isArray(stored) ? stored.filter((value) => isKeptDraft(value) || isTypedAhead(value)) : [];
}

function isKeptDraft(value: unknown): value is KeptDraft {
  if (typeof value !== 'object' || value === null) return false;
  const { path, text, draft, from, steps } = value as Partial<Record<keyof KeptDraft, unknown>>;
  const areTexts = [path, text, from].every((one) => typeof one === 'string');
  if (!areTexts || typeof draft !== 'number' || !Array.isArray(steps)) return false;
  return steps.every((step) => typeof step === 'number');
}

function isTypedAhead(value: unknown): value is TypedAhead {
  if (typeof value !== 'object' || value === null) return false;
  const { number, place, path, text, joined } = value as Partial<Record<keyof TypedAhead, unknown>>;
  if (typeof number !== 'number' || typeof text !== 'string' || (path !== null && typeof path !== 'string'))
    return false;
  if (typeof place !== 'object' || place === null || (joined !== 'text' && joined !== 'tags')) return false;
  return 'order' in place && typeof place.order === 'number' && 'index' in place && typeof place.index === 'number';
}
