import type { ShownReview } from '../../src/extension/captionDialogs/dialogHandlers';
import type { AnswerState, AnswerToTake, Reviewed, ReviewedAnswer } from '../../src/protocol/page/reviewProtocol';
import type { FakeHost } from './fakeHost';

/** A flagged answer of a {@link FakeReview}. */
export interface FakeAnswer {
  image: string;
  reason: string;
  text: string;
}

/** Plays the review of a job's flagged answers, on the captions of a {@link FakeHost}. */
export class FakeReview implements ShownReview {
  /** what was taken, by the path of the image */
  readonly taken = new Map<string, { text: string; byHand: boolean; added: boolean }>();
  /** why an answer is not written as the job would have, by the path of the image */
  readonly problems = new Map<string, { text: string; mayAdd: boolean }>();
  /** what a captioner says when it is asked again */
  answerAgain: (captioner: string, temperature: number | null, signal: AbortSignal) => Promise<string> = (captioner) =>
    Promise.resolve(`A caption by ${captioner}.`);
  private readonly states = new Map<number, AnswerState>();
  private readonly asked = new Map<number, { captioner: string; text: string }>();
  private readonly decisions: { index: number; before: string }[] = [];
  private at = 0;

  constructor(
    private readonly host: FakeHost,
    private readonly answers: FakeAnswer[],
  ) {}

  stateOf(index: number): AnswerState {
    return this.states.get(index) ?? 'waiting';
  }

  summary(id: number): ReturnType<ShownReview['summary']> {
    const captioners = [
      { name: 'Qwen', temperature: 0.7 },
      { name: 'JoyCaption', temperature: null },
    ];
    const { waiting, at } = this;
    const decided = this.decisions.map(({ index }) => index);
    return {
      id,
      label: 'Caption Empty',
      captioner: 'Qwen',
      count: this.answers.length,
      waiting,
      at,
      decided,
      captioners,
    };
  }

  rows(start: number, count: number): Promise<ReviewedAnswer[]> {
    const indexes = this.answers.slice(start, start + count).map((_, offset) => start + offset);
    return Promise.resolve(indexes.map((index) => this.shown(index)));
  }

  answer(index: number, isAhead: boolean): Promise<ReviewedAnswer> {
    if (!isAhead) this.at = index;
    return Promise.resolve(this.shown(index));
  }

  preview({ index, text, caption, add }: AnswerToTake): Promise<string> {
    const taken = text ?? this.shown(index).text;
    return Promise.resolve(add ? `${caption}. ${taken}` : taken);
  }

  async take({ index, text, caption, add }: AnswerToTake): Promise<Reviewed> {
    const shown = this.shown(index);
    if (shown.caption !== caption) {
      return { answer: shown, waiting: this.waiting, refusal: 'The caption was changed meanwhile.' };
    }
    const item = this.host.item(shown.image);
    const before = item.text;
    item.text = await this.preview({ id: 0, index, text, caption, add });
    this.taken.set(shown.image, { text: text ?? shown.text, byHand: text !== null, added: add });
    return this.decided(index, text === null ? 'taken' : 'edited', before);
  }

  discard(index: number): Promise<Reviewed> {
    return Promise.resolve(this.decided(index, 'discarded'));
  }

  takeBack(index: number): Promise<Reviewed> {
    const last = this.decisions.at(-1);
    const { image } = this.shown(index);
    if (last?.index !== index) {
      return Promise.resolve({ answer: this.shown(index), waiting: this.waiting, refusal: 'Not the last decision.' });
    }
    this.decisions.pop();
    this.states.delete(index);
    this.taken.delete(image);
    this.host.item(image).text = last.before;
    this.host.push();
    return Promise.resolve({ answer: this.shown(index), waiting: this.waiting });
  }

  async askAgain(index: number, captioner: string, temperature: number | null, signal: AbortSignal): Promise<Reviewed> {
    const text = await this.answerAgain(captioner, temperature, signal);
    signal.throwIfAborted();
    this.asked.set(index, { captioner, text });
    return { answer: this.shown(index), waiting: this.waiting };
  }

  private get waiting(): number {
    return this.answers.filter((_, index) => this.stateOf(index) === 'waiting').length;
  }

  private decided(index: number, state: AnswerState, before = this.host.item(this.shown(index).image).text): Reviewed {
    this.decisions.push({ index, before });
    this.states.set(index, state);
    this.host.push();
    return { answer: this.shown(index), waiting: this.waiting };
  }

  private shown(index: number): ReviewedAnswer {
    const { image, reason, text } = this.answers[index] ?? { image: '', reason: '', text: '' };
    const asked = this.asked.get(index);
    const problem = this.problems.get(image);
    return {
      index,
      image,
      imageVersion: '1',
      state: this.stateOf(index),
      reason: asked === undefined ? reason : '',
      text: asked?.text ?? text,
      isCut: false,
      ...(asked === undefined ? {} : { askedAgain: asked.captioner }),
      isGood: asked !== undefined,
      caption: this.host.item(image).text,
      ...(problem === undefined ? {} : { problem: problem.text }),
      mayAdd: problem?.mayAdd ?? true,
    };
  }
}
