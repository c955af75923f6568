import * as vscode from 'vscode';
import { captionOfAnswer } from '../../captioner/answer/captionOfAnswer';
import { maximumPictureBytes } from '../../captioner/endpoint/chatRequest';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { TextEdit } from '../../dataset/edits/bulkEdits';
import type { EditAuthor } from '../../dataset/files/FileWriter';
import { captionerHash } from '../../jobs/captionerHash';
import { planCaptionJob, runCaptionJob, type CaptionScope, type JobTarget } from '../../jobs/captionJob';
import { CaptionTexts } from '../../jobs/run/CaptionTexts';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type { LanguageModelAddress } from '../../protocol/captioning/languageModelAddress';
import { errorMessage } from '../../protocol/channel/wireError';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import { inOneLine } from '../../protocol/text/escapeControls';
import type { WriteOptions } from '../../tags/writeMode';
import { destinationOf } from '../captioners/profileText';
import { askLanguageModel, LanguageModelFailure } from '../captioners/LanguageModels';
import type { DatasetDocument } from '../document/DatasetDocument';
import { writeOptions } from '../settings/settings';
import { categoriesOfTags } from '../../jobs/run/tagCategories';
import type { JobCaptioner } from '../../jobs/jobTypes';
import type { Taggers } from '../taggers/Taggers';
import { categorySource } from './categorySource';
import { askBeforeAsking } from './askCaptioner';

/**
 * Maximum number of images for a model of VS Code at a time. They are asked about one after the other, in the window,
 * and on the user's own quota; what is more belongs into a job.
 */
const maximumImages = 25;

/** Images that a model of VS Code is to caption. */
export interface LanguageModelWish {
  profile: CaptionerProfile;
  model: LanguageModelAddress;
  images: readonly DatasetImage[];
  mode: CaptionScope;
  label: string;
}

/** What became of the images. */
interface Asked {
  edits: TextEdit[];
  /** the images that got no caption, with the reason, and the answer if it was flagged */
  leftOut: { path: string; reason: string; answer?: string }[];
  /** why the rest was not asked about */
  failure?: LanguageModelFailure;
}

/**
 * Captions with the models of VS Code itself. They can be asked by this window only, and at the user's wish: so there
 * is no job, and what they write is one undoable edit of the document, recorded as theirs.
 */
export class LanguageModelCaptions {
  private isAsking = false;

  /** @param makeTagger makes the process that prepares pictures, which is started when it is first asked for one */
  constructor(
    private readonly makeTagger: () => TaggerProcess,
    private readonly log: vscode.LogOutputChannel,
    private readonly taggers: Pick<Taggers, 'allTagFiles'>,
  ) {}

  /** Captions images, with the progress in a notification that can cancel it. Asks before it changes captions. */
  async caption(document: DatasetDocument, wish: LanguageModelWish): Promise<void> {
    if (this.isAsking) {
      const text = vscode.l10n.t(
        'A model of VS Code is being asked already. Cancel that first or wait until it is done.',
      );
      void vscode.window.showWarningMessage(text);
      return;
    }
    this.isAsking = true;
    try {
      await this.captionAlone(document, wish);
    } finally {
      this.isAsking = false;
    }
  }

  private async captionAlone(document: DatasetDocument, wish: LanguageModelWish): Promise<void> {
    const { profile, images, mode, label } = wish;
    await document.whenLoaded();
    document.commit();
    const write = writeOptions(document.uri);
    const targets = await planCaptionJob(images, mode, write.mode);
    const open = targets.filter(({ caption }) => caption.unreadable === undefined);
    if (open.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Every image has a caption; nothing to do.'));
      return;
    }
    if (open.length > maximumImages) {
      await tellTooMany(profile.name, open.length);
      return;
    }
    const asked: WriteOptions = mode === 'empty' ? { ...write, mode: 'onlyEmpty' } : write;
    const where = destinationOf(profile);
    const button = open.length === 1 ? vscode.l10n.t('Caption') : label;
    const captions = open.map(({ caption }) => caption);
    const categories = await categoriesOfTags(profile, captions, categorySource(this.taggers));
    const captioner = { profile, hash: captionerHash(profile), ...categories };
    const how = { captioner, where, write: asked, targets: open, label: button, onlyIfNeeded: open.length === 1 };
    const agreed = await askBeforeAsking(document, how);
    if (agreed === undefined) return;
    const result = await this.ask(document, wish, captioner, agreed.targets, agreed.write);
    if (document.isClosed) return;
    await this.apply(document, wish, result);
    this.tell(wish, result);
  }

  /** Asks about one image after the other, as a job does, and keeps what it would write. */
  private ask(
    document: DatasetDocument,
    { profile, model, label }: LanguageModelWish,
    captioner: JobCaptioner,
    targets: readonly JobTarget[],
    write: WriteOptions,
  ): Thenable<Asked> {
    const asked: Asked = { edits: [], leftOut: [] };
    const { dataset } = document;
    const place = {
      location: vscode.ProgressLocation.Notification,
      title: `${label} (${profile.name})`,
      cancellable: true,
    };
    return vscode.window.withProgress(place, async (progress, token) => {
      const cancel = new AbortController();
      const stop = token.onCancellationRequested(() => {
        cancel.abort();
      });
      const { signal } = cancel;
      const texts = new CaptionTexts({
        root: dataset.folder,
        write,
        captioner,
      });
      const tagger = this.makeTagger();
      try {
        await texts.readToLook(targets, signal, (note) => {
          this.log.warn(note);
        });
        await runCaptionJob(dataset, targets, {
          makeTags: async (imagePath, stopped, { caption, path }) => {
            const prompt = texts.promptOf(caption, path);
            const picture = { imagePath, side: profile.imageSide, maximumBytes: maximumPictureBytes };
            const { jpeg } = await tagger.request('prepareJpeg', picture, stopped);
            const question = { system: texts.systemOf(caption, path), prompt, jpeg };
            const text = await askLanguageModel(model, profile.name, question, token);
            return captionOfAnswer({ text, finish: 'stop', prompt }, profile.output);
          },
          makeText: (caption, existing, found, options) => texts.textOf(caption, existing, found, options),
          preview: ({ caption }, text, found) => {
            if (!('prose' in found) || caption.isText(text, dataset.options.emptiedCaption)) return;
            const output = texts.outputOf(caption, caption.text, found.prose);
            const { tags } = texts.givenBy(caption.text, text, output, write.separator);
            const by = authorOf(profile, output === '' ? [] : tags);
            asked.edits.push({ caption, text, expected: caption.raw, by });
          },
          isCrash: () => false,
          faultOf: (thrown) => (thrown instanceof LanguageModelFailure && thrown.isOfModel ? 'machine' : undefined),
          mode: 'all',
          write,
          concurrency: 1,
          signal,
          onOutcome: ({ path }, _outcome, reason, answer) => {
            if (reason === undefined) return;
            asked.leftOut.push({ path, reason, ...(answer === undefined ? {} : { answer: answer.text }) });
          },
          onProgress: ({ handled, total }) => {
            progress.report({ message: `${String(handled)}/${String(total)}`, increment: 100 / total });
          },
        }).then(({ error }) => {
          if (error instanceof LanguageModelFailure) asked.failure = error;
        });
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
      } finally {
        stop.dispose();
        tagger.dispose();
      }
      return asked;
    });
  }

  private async apply(document: DatasetDocument, { profile, label }: LanguageModelWish, asked: Asked): Promise<void> {
    if (asked.edits.length === 0) return;
    const { leftOut } = await document.applyEdits(label, asked.edits, authorOf(profile, []));
    asked.leftOut.push(...leftOut);
  }

  private tell({ profile, label }: LanguageModelWish, { failure, leftOut }: Asked): void {
    for (const { path, reason } of leftOut) this.log.info(`${label}: not captioned: ${path}: ${reason}`);
    if (failure !== undefined) {
      this.log.error(`${label}: ${errorMessage(failure)}`);
      void offerCaptioners(failure.message);
      return;
    }
    if (leftOut.length > 0) void tellLeftOut(profile.name, leftOut);
  }
}

/** A captioner as the author of an edit. @param tags the parts that it put into a caption */
function authorOf({ name, trigger }: CaptionerProfile, tags: string[]): EditAuthor {
  const asked = trigger === '' ? {} : { asked: [trigger] };
  return { by: 'captioner', name, ...(tags.length === 0 ? {} : { found: { tags }, ...asked }) };
}

async function offerCaptioners(text: string): Promise<void> {
  const select = vscode.l10n.t('Select Captioner');
  if ((await vscode.window.showWarningMessage(text, select)) === select) {
    await vscode.commands.executeCommand('datasetCaptions.selectTagger');
  }
}

function tellTooMany(name: string, count: number): Promise<void> {
  return offerCaptioners(
    vscode.l10n.t(
      '"{0}" is a model of VS Code, which is asked in the window, on your own quota, about {1} images at most; these are {2}. Select fewer, or another captioner.',
      name,
      maximumImages,
      count,
    ),
  );
}

async function tellLeftOut(name: string, leftOut: Asked['leftOut']): Promise<void> {
  const [first] = leftOut;
  if (first === undefined) return;
  const text =
    leftOut.length === 1
      ? vscode.l10n.t('{0} wrote no caption for {1}: {2}', name, inOneLine(first.path), first.reason)
      : vscode.l10n.t(
          '{0} wrote no caption for {1} images, such as {2}: {3}',
          name,
          leftOut.length,
          inOneLine(first.path),
          first.reason,
        );
  const show = vscode.l10n.t('Show All');
  if ((await vscode.window.showWarningMessage(text, show)) !== show) return;
  const content = leftOut
    .map(({ path, reason, answer }) =>
      [inOneLine(`${path}: ${reason}`), ...(answer === undefined ? [] : [answer])].join('\n'),
    )
    .join('\n\n');
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }));
}
