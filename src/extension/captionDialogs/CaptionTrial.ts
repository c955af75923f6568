import * as l10n from '@vscode/l10n';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { Dataset } from '../../dataset/Dataset';
import { categoriesOfTags } from '../../jobs/run/tagCategories';
import type { CaptionTexts } from '../../jobs/run/CaptionTexts';
import { promptProblems } from '../../protocol/captioning/placeholders';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type {
  Trial,
  TrialImage,
  TrialProblems,
  TrialResult,
  TrialSummary,
  TrialWords,
  TriedCaptioner,
} from '../../protocol/page/trialProtocol';
import { flagReasonText } from '../../protocol/captioning/flagReasonText';
import type { WriteOptions } from '../../tags/writeMode';
import type { DialogContent } from '../grid/PageDialog';
import { fileVersion } from '../shared/fileVersion';
import { failureText } from './failureText';
import { mostTried } from './mostTried';
import { readTexts } from './readTexts';
import type { SingleQuestions } from './SingleQuestions';
import { triedCaptioner, withWords, wordsOf } from './trialWords';

/** What a trial needs. */
export interface TrialParts {
  dataset: Dataset;
  /** how tags and sentences are written in that dataset */
  write: WriteOptions;
  /** the captioners behind servers, as they are set now */
  captioners: () => readonly CaptionerProfile[];
  questions: SingleQuestions;
  /** Stores words as those of a captioner in the user's settings. @throws Error in words */
  save: (profile: CaptionerProfile, words: TrialWords) => Promise<void>;
  /** Selects a captioner and continues with the captioning command. */
  goOn: (captioner: string) => Promise<void>;
  /** absolute paths of lists of tags with categories */
  tagFiles: () => Promise<readonly string[]>;
  onNote: (note: string) => void;
}

/** A captioner that is tried on a few images, with words that can be changed. Nothing is written into a caption. */
export class CaptionTrial implements DialogContent<TrialSummary> {
  private texts: { key: string; reading: Promise<CaptionTexts> } | undefined;

  private constructor(
    private readonly parts: TrialParts,
    private readonly images: readonly DatasetImage[],
    private readonly versions: readonly string[],
    private trial: Trial,
  ) {}

  /**
   * @param images at least one; the first {@link mostTried} are tried
   * @param captioner the one that is tried first; undefined for the first of all
   * @throws Error in words if there is no captioner
   */
  static async open(
    parts: TrialParts,
    images: readonly DatasetImage[],
    captioner: string | undefined,
  ): Promise<CaptionTrial> {
    const all = parts.captioners();
    const first = all.find(({ name }) => name === captioner) ?? all[0];
    if (first === undefined) throw new Error(l10n.t('There is no captioner yet: add one first.'));
    const tried = images.slice(0, mostTried);
    const versions = await Promise.all(tried.map(({ path }) => fileVersion(parts.dataset.absolute(path))));
    return new CaptionTrial(parts, tried, versions, { captioner: first.name, words: wordsOf(first) });
  }

  summary(id: number): TrialSummary {
    const images = this.images.map(({ path, caption }, index): TrialImage => {
      const now = this.parts.dataset.image(path)?.caption ?? caption;
      return { image: path, imageVersion: this.versions[index] ?? '', caption: now.text };
    });
    return { id, images, captioners: this.listed(), trial: this.trial };
  }

  /** @throws the signal's reason */
  async check(trial: Trial, signal: AbortSignal): Promise<TrialProblems> {
    this.trial = trial;
    const profile = this.profileOf(trial);
    if (profile === undefined) return { problems: [noCaptioner(trial.captioner)], missing: [] };
    const problems = promptProblems(trial.words.prompt, trial.words.system);
    if (problems.length > 0) return { problems, missing: [] };
    const texts = await this.textsOf(profile);
    signal.throwIfAborted();
    return { problems, missing: this.images.map((image) => texts.missingFor(this.captionOf(image), image.path)) };
  }

  /** Asks about one image. Throws nothing but the signal's reason. */
  async tryOn(trial: Trial, index: number, signal: AbortSignal): Promise<TrialResult> {
    const profile = this.profileOf(trial);
    const image = this.images[index];
    if (profile === undefined) return { state: 'failed', reason: noCaptioner(trial.captioner) };
    if (image === undefined || this.parts.dataset.image(image.path) === undefined) {
      return { state: 'failed', reason: l10n.t('The image is gone.') };
    }
    const { path } = image;
    const caption = this.captionOf(image);
    try {
      const texts = await this.textsOf(profile);
      const missing = texts.missingFor(caption, path);
      if (missing.length > 0) return { state: 'missing', placeholders: missing };
      const target = { path, caption, expected: caption.raw };
      const imagePath = this.parts.dataset.absolute(path);
      const answer = await this.parts.questions.ask(profile, texts, { imagePath, target }, signal);
      if ('prose' in answer) return { state: 'caption', text: texts.outputOf(caption, caption.text, answer.prose) };
      return { state: 'flagged', reason: flagReasonText(answer.flagged), text: answer.text };
    } catch (thrown) {
      signal.throwIfAborted();
      return { state: 'failed', reason: failureText(thrown) };
    }
  }

  /** @returns the captioners as they are now @throws Error in words */
  async use(trial: Trial): Promise<TriedCaptioner[]> {
    const profile = this.parts.captioners().find(({ name }) => name === trial.captioner);
    if (profile === undefined) throw new Error(noCaptioner(trial.captioner));
    const [problem] = promptProblems(trial.words.prompt, trial.words.system);
    if (problem !== undefined) throw new Error(problem);
    await this.parts.save(profile, trial.words);
    this.trial = trial;
    return this.listed();
  }

  /** Selects the captioner and continues with the captioning command. */
  goOn(captioner: string): Promise<void> {
    return this.parts.goOn(captioner);
  }

  private listed(): TriedCaptioner[] {
    return this.parts.captioners().map(triedCaptioner);
  }

  private profileOf({ captioner, words }: Trial): CaptionerProfile | undefined {
    const profile = this.parts.captioners().find(({ name }) => name === captioner);
    return profile === undefined ? undefined : withWords(profile, words);
  }

  private captionOf({ path, caption }: DatasetImage): DatasetImage['caption'] {
    return this.parts.dataset.image(path)?.caption ?? caption;
  }

  /** The texts for some words, cached: read once for all images and tries with the same words. */
  private textsOf(profile: CaptionerProfile): Promise<CaptionTexts> {
    const { dataset, write, tagFiles, onNote } = this.parts;
    const captions = this.images.map((image) => this.captionOf(image));
    const key = JSON.stringify([profile, captions.map(({ raw }) => raw)]);
    if (this.texts?.key === key) return this.texts.reading;
    const { signal } = new AbortController();
    const reading = categoriesOfTags(profile, captions, { files: tagFiles, onNote, signal }).then((known) =>
      readTexts({ root: dataset.folder, write, profile, captions, ...known }, signal, onNote),
    );
    this.texts = { key, reading };
    return reading;
  }
}

function noCaptioner(name: string): string {
  return l10n.t('There is no captioner "{0}" any more.', name);
}
