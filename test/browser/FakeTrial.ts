import type { ShownTrial } from '../../src/extension/captionDialogs/dialogHandlers';
import type {
  Trial,
  TrialProblems,
  TrialResult,
  TrialSummary,
  TriedCaptioner,
} from '../../src/protocol/page/trialProtocol';
import type { FakeItem } from './fakeHost';

/** Plays a trial of captioners on some images. */
export class FakeTrial implements ShownTrial {
  /** what was asked, in order */
  readonly asked: { trial: Trial; image: string }[] = [];
  readonly used: Trial[] = [];
  /** the captioners with which the user went on */
  readonly wentOn: string[] = [];
  readonly captioners: TriedCaptioner[] = [
    {
      name: 'Qwen',
      place: 'qwen3-vl · localhost:11434',
      words: { system: '', prompt: 'Describe this image.', trigger: '', temperature: 0.7 },
    },
    {
      name: 'JoyCaption',
      place: 'joycaption · pod:8000',
      words: { system: 'You are helpful.', prompt: 'Write a caption.', trigger: 'sks', temperature: null },
    },
  ];
  /** what a captioner says of an image */
  result: (trial: Trial, index: number, signal: AbortSignal) => TrialResult | Promise<TrialResult> = (
    { captioner },
    index,
  ) => ({
    state: 'caption',
    text: `Image ${String(index)} as ${captioner} sees it.`,
  });
  private trial: Trial = { captioner: 'Qwen', words: this.captioners[0]?.words ?? noWords };

  constructor(private readonly images: readonly FakeItem[]) {}

  summary(id: number): TrialSummary {
    const images = this.images.map(({ path: image, imageVersion, text: caption }) => ({
      image,
      imageVersion,
      caption,
    }));
    return { id, images, captioners: structuredClone(this.captioners), trial: this.trial };
  }

  check(trial: Trial): Promise<TrialProblems> {
    this.trial = trial;
    const { prompt } = trial.words;
    if (prompt.trim() === '') return Promise.resolve({ problems: ['The prompt is empty.'], missing: [] });
    const missing = this.images.map(({ text }) => (prompt.includes('{tags}') && text === '' ? ['{tags}'] : []));
    return Promise.resolve({ problems: [], missing });
  }

  async tryOn(trial: Trial, index: number, signal: AbortSignal): Promise<TrialResult> {
    this.asked.push({ trial, image: this.images[index]?.path ?? '' });
    const result = await this.result(trial, index, signal);
    signal.throwIfAborted();
    return result;
  }

  use(trial: Trial): Promise<TriedCaptioner[]> {
    this.used.push(trial);
    const captioner = this.captioners.find(({ name }) => name === trial.captioner);
    if (captioner !== undefined) captioner.words = trial.words;
    return Promise.resolve(structuredClone(this.captioners));
  }

  goOn(captioner: string): Promise<void> {
    this.wentOn.push(captioner);
    return Promise.resolve();
  }
}

const noWords = { system: '', prompt: '', trigger: '', temperature: null };
