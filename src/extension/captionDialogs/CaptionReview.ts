import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { tidyAnswer } from '../../captioner/answer/captionOfAnswer';
import type { Caption } from '../../dataset/captions/Caption';
import { contentHash } from '../../dataset/captions/captionHash';
import type { TextEdit } from '../../dataset/edits/bulkEdits';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { Dataset } from '../../dataset/Dataset';
import type { EditAuthor } from '../../dataset/files/FileWriter';
import type { JobFolder } from '../../jobs/folder/JobFolder';
import { PreviousContents } from '../../jobs/folder/PreviousContents';
import {
  noteReviewed,
  waitingAnswers,
  type ReviewDecision,
  type WaitingAnswer,
} from '../../jobs/folder/reviewedAnswers';
import type { CaptionerManifest } from '../../jobs/jobTypes';
import type { CaptionTexts } from '../../jobs/run/CaptionTexts';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type {
  AnswerState,
  AnswerToTake,
  Reviewed,
  ReviewedAnswer,
  ReviewRow,
  ReviewSummary,
} from '../../protocol/page/reviewProtocol';
import { flagReasonText } from '../../protocol/captioning/flagReasonText';
import { isJsonCaption } from '../../tags/jsonCaption';
import type { FoundTags } from '../../tags/FoundTags';
import type { WriteOptions } from '../../tags/writeMode';
import type { EditOrigin } from '../document/EditStack';
import type { DialogContent } from '../grid/PageDialog';
import { fileVersion } from '../shared/fileVersion';
import { failureText } from './failureText';
import { readTexts } from './readTexts';
import type { SingleQuestions } from './SingleQuestions';
import { withTemperature } from './trialWords';

/** Maximum number of rows per request: more than any screen shows. */
const maxRows = 200;
/** Longer answers are cut off for display, in characters: a model may repeat itself endlessly. */
const longestShown = 100_000;

/** What a review needs of the dataset that is open. */
export interface ReviewedDocument {
  readonly dataset: Dataset;
  /** Ends the edit that is being typed. */
  commit(): void;
  applyEdits(
    label: string,
    edits: readonly TextEdit[],
    by: EditAuthor,
    onReplay?: (direction: 'undo' | 'redo') => void,
    origin?: EditOrigin,
  ): Promise<{ changed: number; leftOut: readonly { path: string; reason: string }[] }>;
  undoIfLast(origin: EditOrigin, isActive: () => boolean): Promise<boolean>;
}

export interface ReviewParts {
  document: ReviewedDocument;
  folder: JobFolder;
  manifest: CaptionerManifest;
  /** the captioners behind servers, as they are set now */
  captioners: () => readonly CaptionerProfile[];
  questions: SingleQuestions;
  /** called when the number of undecided answers may have changed */
  onDecided: () => void;
  onNote: (note: string) => void;
}

/** What a captioner said when it was asked again. */
interface NewAnswer {
  /** the profile with which it was asked */
  profile: CaptionerProfile;
  text: string;
  /** why it would be flagged, too; empty if it would be written */
  reason: string;
}

/** A decision of this review. */
interface Decision {
  index: number;
  /** what had become of the answer before */
  before: AnswerState;
  /** the edit of the caption; undefined where it stays as it is */
  edit?: EditOrigin;
}

/**
 * A review of the flagged answers of a job that nobody has decided on. Decisions are stored in the job's folder.
 * Answers keep their places while the review is open, so that a mistake can be corrected.
 */
export class CaptionReview implements DialogContent<ReviewSummary> {
  private readonly states = new Map<number, AnswerState>();
  private readonly asked = new Map<number, NewAnswer>();
  /** the last one is taken back first */
  private decisions: Decision[] = [];
  private runs = 0;
  private at = 0;

  private constructor(
    private readonly parts: ReviewParts,
    private readonly answers: readonly WaitingAnswer[],
  ) {}

  /** @throws JobError JOB_MISSING, JOB_UNREADABLE; errors of the file system */
  static async open(parts: ReviewParts): Promise<CaptionReview> {
    return new CaptionReview(parts, await waitingAnswers(parts.folder));
  }

  /** How many answers this review has, decided or not. */
  get count(): number {
    return this.answers.length;
  }

  private get waiting(): number {
    return this.answers.length - [...this.states.values()].filter((state) => state !== 'waiting').length;
  }

  summary(id: number): ReviewSummary {
    const { manifest } = this.parts;
    const { profile } = manifest.captioner;
    const askable = this.askable().map(({ name, sampling }) => ({ name, temperature: sampling.temperature ?? null }));
    return {
      id,
      label: manifest.label,
      captioner: profile.name,
      count: this.answers.length,
      waiting: this.waiting,
      at: this.at,
      decided: this.decisions.map(({ index }) => index),
      captioners: askable,
    };
  }

  /** Rows from position `start`; at most 200. */
  rows(start: number, count: number): Promise<ReviewRow[]> {
    const answers = this.answers.slice(start, start + Math.min(count, maxRows));
    return Promise.all(answers.map((answer, offset) => this.row(answer, start + offset)));
  }

  /** An answer by its position; the review comes back to it, unless it is asked for before it is looked at. */
  async answer(index: number, isAhead = false): Promise<ReviewedAnswer> {
    if (!isAhead) this.at = index;
    const answer = this.answerAt(index);
    const [row, { text, said }] = await Promise.all([this.row(answer, index), this.textsOf(index)]);
    const asked = this.asked.get(index);
    const image = this.parts.document.dataset.image(answer.path);
    const problem = image === undefined ? { text: imageGone(), mayAdd: false } : this.problemOf(image, answer);
    return {
      ...row,
      text: text.slice(0, longestShown),
      isCut: text.length > longestShown,
      ...(said === text ? {} : { said: said.slice(0, longestShown) }),
      ...(asked === undefined ? {} : { askedAgain: asked.profile.name }),
      isGood: asked?.reason === '',
      caption: image?.caption.text ?? '',
      ...(problem === undefined ? {} : { problem: problem.text }),
      mayAdd: problem?.mayAdd ?? true,
    };
  }

  /** What the caption would become. */
  async preview({ index, text, add }: AnswerToTake, signal: AbortSignal): Promise<string> {
    const answer = this.answerAt(index);
    const image = this.parts.document.dataset.image(answer.path);
    if (image === undefined) return '';
    return (await this.made(image, index, text, add, signal)).text;
  }

  /**
   * Writes an answer into its caption, as one edit to undo: an answer as it is by its captioner, one that was changed
   * by the person. Nothing is written where the caption is not the one that the person saw.
   */
  async take({ index, text, caption: seen, add }: AnswerToTake, signal: AbortSignal): Promise<Reviewed> {
    const { document, manifest } = this.parts;
    const answer = this.answerAt(index);
    // What is being typed becomes an edit of its own, before this one.
    document.commit();
    const image = document.dataset.image(answer.path);
    if (image === undefined) return this.refused(index, imageGone());
    const { caption } = image;
    if (caption.text !== seen) {
      return this.refused(
        index,
        l10n.t('The caption was changed meanwhile, and nothing was written. This is what it holds now.'),
      );
    }
    const problem = this.problemOf(image, answer);
    if (problem !== undefined && (!add || !problem.mayAdd)) return this.refused(index, problem.text);
    const expected = caption.raw;
    const made = await this.made(image, index, text, add, signal);
    const isChanged = text !== null && text !== (await this.textsOf(index)).text;
    const decision = isChanged ? 'edited' : 'taken';
    if (made.text === caption.text) {
      if (made.prose !== '') return this.decided({ index, before: this.stateOf(index) }, decision);
      return this.refused(index, l10n.t('There is no text to write. Write one, or discard the answer.'));
    }
    const { trigger } = manifest.captioner.profile;
    const by: EditAuthor = isChanged
      ? { by: 'hand' }
      : {
          by: 'captioner',
          name: (this.asked.get(index)?.profile ?? manifest.captioner.profile).name,
          job: manifest.id,
          found: made.given,
          asked: trigger === '' ? [] : [trigger],
        };
    const label = l10n.t('Take Answer for {0}', path.posix.basename(answer.path));
    const edit: EditOrigin = { view: this, run: ++this.runs };
    const taking: Decision = { index, before: this.stateOf(index), edit };
    const onReplay = (direction: 'undo' | 'redo'): void => {
      // One that was taken back waits again.
      this.decisions = this.decisions.filter((one) => one !== taking);
      if (direction === 'redo') this.decisions.push(taking);
      this.decide(index, direction === 'undo' ? 'open' : decision).catch((thrown: unknown) => {
        this.parts.onNote(failureText(thrown));
      });
    };
    const edits = [{ caption, text: made.text, expected }];
    const { leftOut } = await document.applyEdits(label, edits, by, onReplay, edit);
    const [left] = leftOut;
    return left === undefined ? this.decided(taking, decision) : this.refused(index, left.reason);
  }

  /**
   * Takes back the last decision of this review.
   * @param index the answer that it is about, for the user
   * @param isActive whether the page's tab is the active editor
   */
  async takeBack(index: number, isActive: () => boolean): Promise<Reviewed> {
    const last = this.decisions.at(-1);
    if (last?.index !== index) return this.refused(index, l10n.t('This was not the last decision.'));
    const { edit, before } = last;
    if (edit === undefined) {
      this.decisions.pop();
      await this.decide(index, before === 'waiting' ? 'open' : before);
    } else if (!(await this.parts.document.undoIfLast(edit, isActive))) {
      return this.refused(index, l10n.t('A caption was edited since: close this, and undo that first.'));
    }
    return { answer: await this.answer(index), waiting: this.waiting };
  }

  /** Leaves the caption as it is; the answer is not offered again. */
  discard(index: number): Promise<Reviewed> {
    return this.decided({ index, before: this.stateOf(index) }, 'discarded');
  }

  /**
   * Asks a captioner about the image again. Nothing is written.
   * @param temperature 0..2; null for the server's own
   * @throws the signal's reason
   */
  async askAgain(index: number, captioner: string, temperature: number | null, signal: AbortSignal): Promise<Reviewed> {
    const { dataset } = this.parts.document;
    const { path: imagePath } = this.answerAt(index);
    const image = dataset.image(imagePath);
    const known = this.askable().find(({ name }) => name === captioner);
    if (image === undefined) return this.refused(index, imageGone());
    if (known === undefined) return this.refused(index, l10n.t('There is no captioner "{0}" any more.', captioner));
    const profile = withTemperature(known, temperature);
    const { caption } = image;
    try {
      const texts = await this.texts(profile, caption, this.parts.manifest.write, signal);
      const target = { path: imagePath, caption, expected: caption.raw };
      const answer = await this.parts.questions.ask(
        profile,
        texts,
        { imagePath: dataset.absolute(imagePath), target },
        signal,
      );
      const isGood = 'prose' in answer;
      this.asked.set(index, {
        profile,
        text: isGood ? answer.prose : answer.text,
        reason: isGood ? '' : flagReasonText(answer.flagged),
      });
      return { answer: await this.answer(index), waiting: this.waiting };
    } catch (thrown) {
      signal.throwIfAborted();
      return this.refused(index, failureText(thrown));
    }
  }

  /** The captioner of the job as it was then, and those of the user with other names. */
  private askable(): CaptionerProfile[] {
    const { profile } = this.parts.manifest.captioner;
    return [profile, ...this.parts.captioners().filter(({ name }) => name !== profile.name)];
  }

  private async row({ path: image, flag }: WaitingAnswer, index: number): Promise<ReviewRow> {
    return {
      index,
      image,
      imageVersion: await fileVersion(this.parts.document.dataset.absolute(image)),
      state: this.stateOf(index),
      reason: this.asked.get(index)?.reason ?? flagReasonText(flag),
    };
  }

  /**
   * What the model said, all of it, and what of it is a text for a caption: a job would have written neither thinking
   * nor fences nor openings. @throws JobError JOB_UNREADABLE; errors of the file system
   */
  private async textsOf(index: number): Promise<{ said: string; text: string }> {
    const asked = this.asked.get(index);
    // What was not flagged is tidy.
    if (asked?.reason === '') return { said: asked.text, text: asked.text };
    const { output } = asked?.profile ?? this.parts.manifest.captioner.profile;
    const said = asked?.text ?? (await this.answerOfJob(index));
    const tidied = tidyAnswer(said, output);
    return { said, text: tidied === said.trim() ? said : tidied };
  }

  private answerOfJob(index: number): Promise<string> {
    const { answer } = this.answerAt(index);
    return PreviousContents.use((contents) => contents.readAnswer(answer));
  }

  private answerAt(index: number): WaitingAnswer {
    const answer = this.answers[index];
    if (answer === undefined) throw new RangeError(`There is no answer ${String(index)}.`);
    return answer;
  }

  /** How the job writes into a caption. */
  private get write(): WriteOptions {
    const { mode, write } = this.parts.manifest;
    return mode === 'empty' ? { ...write, mode: 'onlyEmpty' } : write;
  }

  /** Why the job would not write this caption any more: it does not overwrite what somebody wrote meanwhile. */
  private problemOf(
    { caption }: DatasetImage,
    { expected }: WaitingAnswer,
  ): { text: string; mayAdd: boolean } | undefined {
    const { mode } = this.write;
    if (mode !== 'replace' && isJsonCaption(caption.text)) {
      return { text: l10n.t('The caption is JSON, to which nothing can be added.'), mayAdd: false };
    }
    if (mode === 'onlyEmpty' && !caption.isEmpty) {
      return { text: l10n.t('Somebody wrote a caption meanwhile: it is not overwritten.'), mayAdd: true };
    }
    if (mode !== 'replace' || caption.isEmpty) return undefined;
    // Unsaved text is not in the file.
    const isAsPlanned = !caption.isDirty && contentHash(caption.onDisk) === expected;
    if (isAsPlanned) return undefined;
    return { text: l10n.t('The caption was edited since the job began: it is not overwritten.'), mayAdd: true };
  }

  /** A caption with a text in it. */
  private async made(
    { caption }: DatasetImage,
    index: number,
    text: string | null,
    add: boolean,
    signal: AbortSignal,
  ): Promise<{ text: string; prose: string; output: string; given: FoundTags }> {
    const prose = (text ?? (await this.textsOf(index)).text).trim();
    if (prose === '') return { text: caption.text, prose, output: '', given: { tags: [] } };
    const write: WriteOptions = add && this.write.mode !== 'update' ? { ...this.write, mode: 'append' } : this.write;
    // Whichever captioner was asked, the job's own template makes the text of the file.
    const texts = await this.texts(this.parts.manifest.captioner.profile, caption, write, signal);
    const output = texts.outputOf(caption, caption.text, prose);
    const made = texts.textOf(caption, caption.text, { prose }, write);
    return { text: made, prose, output, given: texts.givenBy(caption.text, made, output, write.separator) };
  }

  private texts(
    profile: CaptionerProfile,
    caption: Caption,
    write: WriteOptions,
    signal: AbortSignal,
  ): Promise<CaptionTexts> {
    const { manifest, onNote } = this.parts;
    const { categories } = manifest.captioner;
    const known = categories === undefined ? {} : { categories };
    return readTexts({ root: manifest.root, write, profile, captions: [caption], ...known }, signal, onNote);
  }

  private async refused(index: number, refusal: string): Promise<Reviewed> {
    return { answer: await this.answer(index), waiting: this.waiting, refusal };
  }

  private stateOf(index: number): AnswerState {
    return this.states.get(index) ?? 'waiting';
  }

  private async decided(made: Decision, decision: Exclude<ReviewDecision, 'open'>): Promise<Reviewed> {
    const { index } = made;
    this.decisions.push(made);
    await this.decide(index, decision);
    return { answer: await this.answer(index), waiting: this.waiting };
  }

  private async decide(index: number, decision: ReviewDecision): Promise<void> {
    this.states.set(index, decision === 'open' ? 'waiting' : decision);
    await noteReviewed(this.parts.folder, this.answerAt(index), decision);
    this.parts.onDecided();
  }
}

function imageGone(): string {
  return l10n.t('The image is not in the dataset any more.');
}
