import type { FlaggedAnswer, JobTarget } from '../../jobs/captionJob';
import type { CaptionTexts } from '../../jobs/run/CaptionTexts';
import { openCaptioner, type OpenCaptioner } from '../../jobs/run/openCaptioner';
import { abortReason } from '../../protocol/channel/Channel';
import type { CaptionAnswer, CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';

/** What questions about single images need. */
export interface QuestionParts {
  /** keys for the servers of a captioner, by their origins; in no file */
  keysOf: (endpoints: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  /** prepares pictures; started on first use */
  pictures: Pick<TaggerProcess, 'request'>;
  onLog: (line: string) => void;
}

/** An open captioner that several questions share; closed after the last one. */
interface Shared {
  opening: Promise<OpenCaptioner>;
  users: number;
  ending: AbortController;
}

/**
 * Asks captioners about single images, exactly as a job does: same prompt, picture, retries and cleaning of the
 * answer. Questions that are asked at the same time with the same texts share the connections of their captioner.
 * Nothing is written.
 */
export class SingleQuestions {
  private readonly open = new Map<CaptionTexts, Shared>();

  constructor(private readonly parts: QuestionParts) {}

  /**
   * @param texts of the caption, which have been read, with the same profile
   * @throws PromptError if a placeholder has nothing for the image; CaptionerError and JobFaultError in sentences for
   *   the user; errors of the picture; the signal's reason
   */
  async ask(
    profile: CaptionerProfile,
    texts: CaptionTexts,
    { imagePath, target }: { imagePath: string; target: JobTarget },
    signal: AbortSignal,
  ): Promise<CaptionAnswer> {
    const shared = this.share(profile, texts);
    const { opening, ending } = shared;
    shared.users++;
    try {
      signal.throwIfAborted();
      const captioner = await untilAborted(opening, signal);
      const answer = await captioner.makeTags(imagePath, signal, target);
      return answerOf(answer);
    } finally {
      if (--shared.users === 0) {
        this.open.delete(texts);
        ending.abort(new DOMException('Nobody waits', 'AbortError'));
        void opening.then((captioner) => captioner.close()).catch(() => undefined);
      }
    }
  }

  private share(profile: CaptionerProfile, texts: CaptionTexts): Shared {
    const known = this.open.get(texts);
    if (known !== undefined) return known;
    const ending = new AbortController();
    const opening = this.connect(profile, texts, ending.signal);
    // Each waiting question gets the error itself; if none waits any more, it must not be an unhandled rejection.
    opening.catch(() => undefined);
    const shared = { opening, users: 0, ending };
    this.open.set(texts, shared);
    return shared;
  }

  private async connect(profile: CaptionerProfile, texts: CaptionTexts, signal: AbortSignal): Promise<OpenCaptioner> {
    const { keysOf, pictures: tagger, onLog } = this.parts;
    const keys = new Map(Object.entries(await keysOf(profile.endpoints)));
    signal.throwIfAborted();
    return openCaptioner({ profile, keys, tagger, signal, onLog }, texts);
  }
}

/** A captioner's answer: it finds no tags. */
function answerOf(found: Awaited<ReturnType<OpenCaptioner['makeTags']>>): CaptionAnswer {
  if ('tags' in found) throw new TypeError('A captioner answered with tags.');
  return found satisfies FlaggedAnswer | { prose: string };
}

/** @throws the signal's reason when it is aborted first */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(abortReason(signal));
    };
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}
