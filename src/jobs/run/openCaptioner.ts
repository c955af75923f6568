import * as l10n from '@vscode/l10n';
import { captionOfAnswer } from '../../captioner/answer/captionOfAnswer';
import { Captioner, type CaptionerStatus } from '../../captioner/Captioner';
import type { EndpointReport } from '../../captioner/endpoint/checkEndpoint';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type { RunTagger } from './captionWork';
import { JobFaultError } from './jobFault';
import type { CaptionTexts } from './CaptionTexts';

export interface CaptionerWork {
  profile: CaptionerProfile;
  /** by the origins of endpoints; in no file */
  keys: ReadonlyMap<string, string>;
  /** prepares pictures; it needs no model */
  tagger: Pick<TaggerProcess, 'request'>;
  signal: AbortSignal;
  onStatus?: (status: CaptionerStatus) => void;
  onLog?: (line: string) => void;
}

/** A captioner that is ready to be asked, with what its servers reported. */
export interface OpenCaptioner extends RunTagger {
  reports: readonly EndpointReport[];
  close: () => Promise<void>;
}

/**
 * Opens a captioner for a job, or for a few images that are only tried: both ask in the same way. Its servers are
 * first tried with one small picture, so that a problem that is no fault of the images is reported before any of them
 * is sent.
 * @param texts of the captions, which say what is asked about an image
 * @throws CaptionerError for an address; JobFaultError if it works at none of its servers; the signal's reason
 */
export async function openCaptioner(work: CaptionerWork, texts: CaptionTexts): Promise<OpenCaptioner> {
  const { profile, keys, tagger, signal, onStatus, onLog } = work;
  const captioner = await Captioner.open({
    profile,
    keys,
    preparePicture: async (imagePath, side, maximumBytes, stopped) => {
      const { jpeg } = await tagger.request('prepareJpeg', { imagePath, side, maximumBytes }, stopped);
      return jpeg;
    },
    ...(onStatus === undefined ? {} : { onStatus }),
    ...(onLog === undefined ? {} : { onLog }),
  });
  try {
    const reports = await captioner.check(signal);
    refuseUnusable(reports);
    return {
      reports,
      imagesInWork: captioner.imagesInWork,
      close: () => captioner.close(),
      makeTags: async (imagePath, stopped, { caption, path: image }) => {
        const prompt = texts.promptOf(caption, image);
        const answer = await captioner.ask(imagePath, prompt, stopped, texts.systemOf(caption, image));
        return captionOfAnswer({ ...answer, prompt }, profile.output);
      },
    };
  } catch (thrown) {
    await captioner.close();
    throw thrown;
  }
}

/**
 * @throws JobFaultError if every server has a permanent problem. One that cannot be reached may come back: it is
 *   waited for, as while the job runs
 */
function refuseUnusable(reports: readonly EndpointReport[]): void {
  const wrong = reports.map(({ problems }) => problems.filter(({ fatal, kind }) => fatal && kind !== 'unreachable'));
  if (wrong.length === 0 || !wrong.every((problems) => problems.length > 0)) return;
  const words = [...new Set(wrong.flat().map(({ text }) => text))].join(' ');
  // The cause has the problem alone, for callers that have no job to resume.
  throw new JobFaultError('CAPTIONER_FAILED', l10n.t('{0} When that is mended, resume.', words), new Error(words));
}

/** What the servers of a captioner are doing, in one line such as `12 in flight, 340 tokens/s`. */
export function paceText({ inFlight, tokensPerSecond, endpoints }: CaptionerStatus): string {
  const parts = [l10n.t('{0} in flight', inFlight)];
  if (tokensPerSecond !== undefined) parts.push(l10n.t('{0} tokens/s', Math.round(tokensPerSecond)));
  const away = endpoints.filter(({ state }) => state === 'away' || state === 'out').length;
  if (away > 0) parts.push(l10n.t('{0} of {1} servers away', away, endpoints.length));
  return parts.join(', ');
}
