import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import type { EditAuthor } from '../../dataset/files/FileWriter';
import type { JobResult } from '../../jobs/captionJob';
import type { previewCaptions } from '../../jobs/run/previewCaptions';
import { taggerAuthor } from '../../jobs/run/taggerAuthor';
import { errorMessage } from '../../protocol/channel/wireError';
import { loadTagger } from '../../protocol/child/loadTagger';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import { serverTokenVariable } from '../../protocol/tagging/execution';
import { JobRate } from '../../protocol/text/JobRate';
import type { FoundTags } from '../../tags/FoundTags';
import type { WriteOptions } from '../../tags/writeMode';
import type { DatasetDocument } from '../document/DatasetDocument';
import { captionOptions } from '../settings/settings';
import { Disposable } from '../shared/Disposable';
import type { CudaSupport } from '../taggers/CudaSupport';
import type { ServerToken } from '../taggers/ServerToken';
import type { Taggers } from '../taggers/Taggers';
import type { PreviewPlan } from './JobStarter';

/** Minimum time between two updates of the progress, in milliseconds. */
const progressPause = 100;

/** The caption that a job would write. */
export interface PreviewedText {
  /** what the caption file was to hold when the text was made of it; null for no file */
  expected: string | null;
  /** with LF line ends */
  text: string;
  found: FoundTags;
}

/** A dry run of a job: what it would do to captions. */
export interface CaptionPreview {
  /** of the job, such as `Caption All` */
  label: string;
  write: WriteOptions;
  /** the tagger, as the author of what it would write */
  author: EditAuthor;
  /** of the captions that would change, by the path of the image that was tagged */
  texts: ReadonlyMap<string, PreviewedText>;
  /** number of captions that would stay as they are */
  unchanged: number;
  /** the images that would not be captioned, with the reason */
  leftOut: readonly { path: string; reason: string }[];
}

/** A preview that was made for a document. */
export interface MadePreview {
  document: DatasetDocument;
  preview: CaptionPreview;
  /** whether captions were edited while it was made: then somebody is typing, and no dialog may come in between */
  isInTheWay: boolean;
}

/**
 * Finds out what jobs would do to captions, with a tagger in a process of its own that ends with each preview. Only
 * tags and texts are kept of it, in memory, until it is shown.
 */
export class CaptionPreviews extends Disposable {
  private readonly madeEmitter = this.register(new vscode.EventEmitter<MadePreview>());
  readonly onDidMake = this.madeEmitter.event;
  private readonly life = new AbortController();
  private isMaking = false;

  /** @param makeTagger makes the process of a tagger, which is started when it is first asked for something */
  constructor(
    private readonly makeTagger: () => TaggerProcess,
    private readonly taggers: Taggers,
    private readonly cuda: CudaSupport,
    private readonly serverToken: ServerToken,
    private readonly late: () => { readonly previewCaptions: typeof previewCaptions },
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.register({
      dispose: () => {
        this.life.abort();
      },
    });
  }

  /** Makes a preview, with its progress in a notification that can cancel it. Does not throw. */
  async make(document: DatasetDocument, plan: PreviewPlan): Promise<void> {
    if (this.isMaking) {
      const text = vscode.l10n.t('A preview is being made already. Cancel it first or wait until it is done.');
      void vscode.window.showWarningMessage(text);
      return;
    }
    this.isMaking = true;
    let isInTheWay = false;
    const edits = document.onDidEdit(() => {
      isInTheWay = true;
    });
    try {
      const preview = await this.withProgress(document, plan);
      if (preview !== undefined && !document.isClosed) this.madeEmitter.fire({ document, preview, isInTheWay });
    } catch (thrown) {
      this.log.error(`Preview of ${plan.label}: ${errorMessage(thrown)}`);
      void vscode.window.showWarningMessage(vscode.l10n.t('No preview was made. {0}', errorMessage(thrown)));
    } finally {
      edits.dispose();
      this.isMaking = false;
    }
  }

  /** @returns undefined if it was cancelled */
  private withProgress(document: DatasetDocument, plan: PreviewPlan): Thenable<CaptionPreview | undefined> {
    const title = vscode.l10n.t('Preview of {0}', plan.label);
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const cancel = new AbortController();
        token.onCancellationRequested(() => {
          cancel.abort();
        });
        const signal = AbortSignal.any([cancel.signal, this.life.signal]);
        const tagger = this.makeTagger();
        let shown = 0;
        try {
          return await this.tagAll(document, plan, tagger, signal, (message, part) => {
            // Nobody is left to whom it could be shown.
            if (document.isClosed) cancel.abort();
            progress.report({ message, increment: Math.max(0, part - shown) });
            shown = Math.max(shown, part);
          });
        } catch (thrown) {
          if (signal.aborted) return undefined;
          throw thrown;
        } finally {
          tagger.dispose();
        }
      },
    );
  }

  /** @param onProgress gets a line, and how much is done, in percent */
  private async tagAll(
    document: DatasetDocument,
    { label, mode, write, targets }: PreviewPlan,
    tagger: TaggerProcess,
    signal: AbortSignal,
    onProgress: (message: string, part: number) => void,
  ): Promise<CaptionPreview | undefined> {
    const name = this.taggers.displayName();
    const { setup, imagesInWork } = await this.load(document.uri, tagger, signal, (line) => {
      onProgress(line, 0);
    });
    const texts = new Map<string, PreviewedText>();
    const same = sameTexts();
    const rate = new JobRate();
    let told = 0;
    const { dataset } = document;
    const options = captionOptions(document.uri);
    const result = await this.late().previewCaptions(dataset, targets, {
      tagger,
      setup,
      options,
      mode,
      write,
      imagesInWork,
      signal,
      onText: ({ path, caption }, text, found) => {
        if (caption.isText(text, dataset.options.emptiedCaption)) return;
        texts.set(path, { expected: caption.raw, text, found: { ...found, tags: found.tags.map(same) } });
      },
      onProgress: ({ handled, total }) => {
        const now = performance.now();
        const speed = rate.describe(now, handled, total);
        if (now - told < progressPause && handled < total) return;
        told = now;
        const count = `${handled.toLocaleString(displayLanguage())}/${total.toLocaleString(displayLanguage())}`;
        onProgress([count, speed].filter(Boolean).join(', '), (100 * handled) / total);
      },
      onNote: (note) => {
        this.log.warn(note);
        void vscode.window.showWarningMessage(note);
      },
    });
    if (result.status === 'cancelled') return undefined;
    this.tellOfEnd(result, label);
    const leftOut = Array.from(result.failed, ([path, reason]) => ({ path, reason }));
    const unchanged = result.results.size - texts.size;
    const author = { ...taggerAuthor({ name, setup }, write.separator), asked: options.addedTags };
    return { label, write, author, texts, unchanged, leftOut };
  }

  /** @throws Error that says what is wrong with the tagger and what to do about it; the signal's reason */
  private async load(
    folder: vscode.Uri,
    tagger: TaggerProcess,
    signal: AbortSignal,
    onStatus: (line: string) => void,
  ): Promise<{ setup: Awaited<ReturnType<Taggers['setup']>>; imagesInWork: number }> {
    try {
      onStatus(vscode.l10n.t('Looking for the tagger…'));
      const setup = await this.taggers.setup(folder, signal, onStatus);
      const [environment, { serverToken }] = await Promise.all([
        this.cuda.environment(),
        this.serverToken.secretsOf(setup),
      ]);
      tagger.useEnvironment({
        ...environment,
        ...(serverToken === undefined ? {} : { [serverTokenVariable]: serverToken }),
      });
      onStatus(vscode.l10n.t('Loading the tagger…'));
      const { imagesInWork } = await loadTagger(tagger, setup, signal);
      return { setup, imagesInWork };
    } catch (thrown) {
      signal.throwIfAborted();
      throw new Error(this.taggers.explain(thrown), { cause: thrown });
    }
  }

  /** A tagger or disk that failed in the middle ends a preview; what there is of it is shown. */
  private tellOfEnd({ status, message, results, failed, total }: JobResult, label: string): void {
    if (status !== 'error') return;
    this.log.error(`Preview of ${label}: ${message}`);
    const done = (results.size + failed.size).toLocaleString(displayLanguage());
    const all = total.toLocaleString(displayLanguage());
    void vscode.window.showWarningMessage(
      vscode.l10n.t('The preview ended early, after {0} of {1} images. {2}', done, all, message),
    );
  }
}

/** Gives the same string for equal texts: each that comes from another process takes memory of its own. */
function sameTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const same = known.get(text);
    if (same !== undefined) return same;
    known.set(text, text);
    return text;
  };
}
