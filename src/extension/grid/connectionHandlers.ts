import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Caption, CaptionChange } from '../../dataset/captions/Caption';
import type { Dataset } from '../../dataset/Dataset';
import type { Typed } from '../document/DatasetDocument';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type {
  ConnectionRequests,
  KeptDraft,
  KeptTyping,
  ResumedDraft,
  TypedAhead,
} from '../../protocol/page/connectionProtocol';
import { textDigest } from '../../protocol/page/textDigest';
import { isEmptyCaption, rawWithText } from '../../tags/captionText';

/** The view of pages that are gone: their typing belongs to no run. */
const gonePage = {};

/** The part of a document that resuming uses, which unit tests replace. */
export interface ResumingDocument {
  readonly dataset: Dataset;
  whenLoaded(): Promise<void>;
  draft(imagePath: string, text: string, typed: Typed): Caption | undefined;
  commit(): void;
  recordEdit(label: string, changes: readonly CaptionChange[]): void;
}

/** A grid whose page may have gone while it was typed into. */
export interface ResumingSession {
  readonly document: ResumingDocument;
  hasDraft(caption: Caption, number: number): boolean;
  resumeAhead(typing: TypedAhead): boolean;
}

/** Answers whether the host is there, and takes in what an earlier page had typed. */
export function connectionHandlers(session: ResumingSession): RequestHandlers<ConnectionRequests> {
  return {
    ping: () => undefined,
    resumeDrafts: async ({ drafts }) => {
      await session.document.whenLoaded();
      const outcomes: ResumedDraft[] = [];
      for (const typing of drafts) outcomes.push(await resume(session, typing));
      return { outcomes };
    },
  };
}

function resume(session: ResumingSession, typing: KeptTyping): Promise<ResumedDraft> | ResumedDraft {
  if (!('place' in typing)) return resumeDraft(session, typing);
  return session.resumeAhead(typing) ? 'taken' : 'refused';
}

/** Never overwrites a text that the typing did not begin from or pass through. */
async function resumeDraft(
  session: ResumingSession,
  { path: image, text, draft, from, steps }: KeptDraft,
): Promise<ResumedDraft> {
  const { document } = session;
  const { dataset } = document;
  const caption = dataset.image(image)?.caption;
  if (caption === undefined) return 'refused';
  if (caption.text === text || session.hasDraft(caption, draft)) return 'taken';
  if (caption.unreadable !== undefined || caption.foreignEncoding !== undefined) return 'refused';
  if (caption.text === from || steps.includes(textDigest(caption.text))) {
    document.commit();
    document.draft(image, text, { from: caption.text, view: gonePage, run: draft });
    document.commit();
    caption.expectLateWrites((passed) => steps.includes(textDigest(passed)));
    return 'taken';
  }
  // Two texts that are not saved cannot both be kept in one caption.
  if (caption.isDirty) return 'refused';
  const raw = (words: string): string => rawWithText(caption.onDisk?.raw ?? null, words);
  const base = isEmptyCaption(from) ? null : Buffer.from(raw(from)).toString('base64');
  const edit = {
    captionPath: caption.path,
    images: [...caption.images],
    raw: isEmptyCaption(text) ? null : raw(text),
    base,
  };
  document.recordEdit(l10n.t('Edit Caption of {0}', path.basename(image)), await dataset.restoreEdits([edit]));
  return caption.inConflict ? 'conflict' : 'taken';
}
