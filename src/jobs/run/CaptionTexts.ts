import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { fileText, inOneLine } from '../../captioner/output/fileText';
import { fillPrompt, missingFor, placeholdersOf, type PromptValues } from '../../captioner/prompt/fillPrompt';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type { Caption } from '../../dataset/captions/Caption';
import { datasetPathOf, folderOf } from '../../dataset/files/datasetPath';
import { errorMessage } from '../../protocol/channel/wireError';
import { captionParts } from '../../records/captionParts';
import { captionerAnswers } from '../../records/edits/captionerAnswers';
import { partsOfProse } from '../../records/edits/partsOfProse';
import { readHistory, type KnownHistory } from '../../records/edits/readHistory';
import { captionWithProse } from '../../records/edits/updateProse';
import { originsByHand, type CaptionOrigins } from '../../records/originsOf';
import { recordRootOf } from '../../records/recordFolder';
import { updatedCaption } from '../../records/updateCaption';
import { isEmptyCaption } from '../../tags/captionText';
import { comparableTag } from '../../tags/comparableTag';
import type { FoundTags } from '../../tags/FoundTags';
import { isJsonCaption } from '../../tags/jsonCaption';
import { firstLine } from '../../tags/tagLine';
import type { WriteOptions } from '../../tags/writeMode';
import { captionWithTags } from '../../tags/writeTags';
import type { Found } from '../captionJob';
import type { JobCaptioner, JobManifest } from '../jobTypes';

/** What has to be known of a job to make its texts. */
export interface TextsOfJob extends Pick<JobManifest, 'root' | 'write'> {
  /** of a job by a captioner */
  captioner?: JobCaptioner;
}

/**
 * The new texts of captions as a job writes them: in the write mode `update` by the records of who wrote what. For a
 * captioner also the prompt for an image. Writes nothing.
 */
export class CaptionTexts {
  /** the folder that has the records beside its images, absolute */
  readonly root: string;
  /** whether new texts, or the prompts of a captioner, depend on records */
  readonly needsRecords: boolean;
  private readonly updates: boolean;
  private known: KnownHistory | undefined;
  /** of tags in their normalized form */
  private categories: Map<string, string> | undefined;

  /** @param job `root` is the dataset, absolute */
  constructor(private readonly job: TextsOfJob) {
    const { root, write, captioner } = job;
    const isOn = write.records !== 'off';
    this.root = isOn ? recordRootOf(root) : root;
    this.updates = isOn && write.mode === 'update';
    this.needsRecords = this.updates || (isOn && captioner !== undefined && asksForOrigins(captioner));
  }

  /**
   * Reads what is known of captions.
   * @returns also changes that are not recorded yet
   * @throws errors of the disk: then all existing text counts as written by hand; the signal's reason
   */
  async read(captions: readonly Caption[], signal: AbortSignal): Promise<KnownHistory> {
    const present = captions.map((caption) => {
      const picture = path.join(this.job.root, caption.images[0] ?? '');
      return { caption: this.pathOf(caption), text: caption.text, picture };
    });
    this.known = await readHistory(this.root, present, signal);
    return this.known;
  }

  /**
   * Reads what records say of captions, if their texts depend on it, without writing anything later.
   * @param onNote called with a sentence if the records of the dataset could not be read
   * @throws the signal's reason
   */
  async readToLook(
    targets: readonly { caption: Caption }[],
    signal: AbortSignal,
    onNote: (note: string) => void,
  ): Promise<void> {
    if (!this.needsRecords) return;
    const captions = targets.map(({ caption }) => caption);
    try {
      const later = laterRecords(await this.read(captions, signal));
      if (later !== undefined) onNote(later);
    } catch (thrown) {
      signal.throwIfAborted();
      onNote(notLookedUp(thrown));
    }
  }

  /**
   * Makes the new text of a caption.
   * @param mayRemove whether parts that machines wrote may be removed: if that is not recorded, they would count as
   *   deleted by hand
   */
  textOf(caption: Caption, existing: string, found: Found, options: WriteOptions, mayRemove = true): string {
    // Also in a caption that is empty now, parts that were deleted by hand do not come back.
    const isUpdate = options.mode === 'update' || (this.updates && isEmptyCaption(existing));
    const isTags = 'tags' in found;
    if (!isUpdate && isTags) return captionWithTags(existing, found.tags, options);
    const origins = isUpdate ? this.sureOrigins(caption, existing, mayRemove) : originsByHand(existing);
    // A caption keeps its own separator, whatever that of later jobs is.
    const { separator = options.separator } = origins;
    const how: WriteOptions = isUpdate ? { ...options, mode: 'update', separator } : options;
    if (isTags) return updatedCaption(existing, origins, found.tags, how);
    return captionWithProse(existing, this.outputOf(caption, existing, found.prose), origins, {
      ...how,
      prose: inOneLine(found.prose),
      tags: this.tagsInFront(caption, existing),
      ...(isUpdate ? { answers: this.answersIn(caption) } : {}),
    });
  }

  /** The separator of a caption's tags: by its records, else that of this job. */
  separatorOf(caption: Caption, existing: string): string {
    return this.originsOf(caption, existing).separator ?? this.job.write.separator;
  }

  /** Whether records explain what a caption holds; also true if they were not read. */
  isExplained(caption: Caption): boolean {
    return this.known?.history.explains(this.pathOf(caption), caption.text) ?? true;
  }

  /** The prompt of a captioner for an image. @throws PromptError if a placeholder has nothing for it */
  promptOf(caption: Caption, image: string): string {
    const { captioner } = this.job;
    return fillPrompt(captioner?.profile.prompt ?? '', this.valuesOf(caption, image));
  }

  /** The system text of a captioner for an image; throws as {@link promptOf} does. */
  systemOf(caption: Caption, image: string): string {
    const { captioner } = this.job;
    const system = captioner?.profile.system ?? '';
    return system === '' ? '' : fillPrompt(system, this.valuesOf(caption, image));
  }

  /** The placeholders of the prompt and the system text that have nothing for an image, with their braces. */
  missingFor(caption: Caption, image: string): string[] {
    const { captioner } = this.job;
    return captioner === undefined ? [] : missingFor(allWords(captioner.profile), this.valuesOf(caption, image));
  }

  /** The text that a caption would get from an answer if it were empty, by the template of the captioner. */
  outputOf(caption: Caption, existing: string, prose: string): string {
    const { template = '{prose}' } = this.job.captioner?.profile.output ?? {};
    const { trigger = '' } = this.job.captioner?.profile ?? {};
    return fileText(template, { prose, tags: this.tagsInFront(caption, existing), trigger });
  }

  /**
   * What of an edit is the captioner's: the parts of what it had to say as they are read alone and in the caption.
   * @param text the caption after it
   */
  givenBy(existing: string, text: string, output: string, separator: string): FoundTags {
    return { tags: partsOfProse(existing, text, output, separator) };
  }

  /** What captioners wrote into a caption earlier, as far as it is recorded. */
  private answersIn(caption: Caption): (readonly string[])[] {
    return captionerAnswers(this.known?.history.entriesOf(this.pathOf(caption)) ?? []);
  }

  /** The tags of a caption that trainers read, which is those of its first line, for a template. */
  private tagsInFront(caption: Caption, existing: string): string[] {
    return this.tagsOf(existing, this.originsOf(caption, existing), firstLine(existing).length);
  }

  private valuesOf(caption: Caption, image: string): PromptValues {
    const { text } = caption;
    const origins = this.originsOf(caption, text);
    const byHand = origins.parts.filter(({ by }) => by === 'hand').map((part) => part.text);
    const folder = folderOf(image);
    return {
      // Trainers read the first line only; a caption that is JSON has none.
      tags: isJsonCaption(text) ? [] : this.tagsOf(firstLine(text), origins),
      categoryOf: (tag) => this.categoryOf(tag),
      caption: text,
      trigger: this.job.captioner?.profile.trigger ?? '',
      folder: path.basename(folder === '' ? this.job.root : folder),
      filename: path.basename(image, path.extname(image)),
      handText: byHand.join(', '),
    };
  }

  /**
   * The tags of a caption. What a captioner wrote is none, even where it ends without a full stop; nor is a short
   * sentence.
   * @param until where what is looked at ends
   */
  private tagsOf(text: string, { parts: origins }: CaptionOrigins, until = Infinity): string[] {
    const parts = captionParts(text, this.job.write.separator);
    return parts.flatMap(({ kind, text: part, end }, index) =>
      kind === 'tag' && end <= until && origins[index]?.by !== 'captioner' && !isShortSentence(part) ? [part] : [],
    );
  }

  private categoryOf(tag: string): string | undefined {
    this.categories ??= new Map(
      Object.entries(this.job.captioner?.categories ?? {}).flatMap(([category, tags]) =>
        tags.map((one): [string, string] => [one, category]),
      ),
    );
    return this.categories.get(comparableTag(tag));
  }

  private originsOf(caption: Caption, text: string): CaptionOrigins {
    return this.known?.history.originsOf(this.pathOf(caption), text) ?? originsByHand(text);
  }

  private sureOrigins(caption: Caption, existing: string, mayRemove: boolean): CaptionOrigins {
    const history = this.known?.history;
    const known = history?.originsOf(this.pathOf(caption), existing);
    const byHand = originsByHand(existing);
    const isSure = mayRemove && (history === undefined || history.laterFiles.size === 0);
    return isSure ? (known ?? byHand) : { ...byHand, deleted: known?.deleted ?? [] };
  }

  private pathOf(caption: Caption): string {
    return datasetPathOf(this.root, path.join(this.job.root, caption.path));
  }
}

/** Whether a part of a caption is a sentence of few words, such as `A red barn.` */
function isShortSentence(part: string): boolean {
  return /^["'“‘(]*\p{Lu}.*\s.*[.!?…]["'”’)]*$/u.test(part);
}

/** Whether the words of a captioner need to know who wrote what. */
function asksForOrigins({ profile }: JobCaptioner): boolean {
  const names = [...placeholdersOf(allWords(profile)), ...placeholdersOf(profile.output.template)];
  return names.some((name) => name === 'origin:hand' || name === 'tags' || name.startsWith('tags:'));
}

/** The message if records could not be read. */
export function notLookedUp(thrown: unknown): string {
  return l10n.t(
    'Who wrote what could not be looked up ({0}): what the captions have counts as written by hand, and tags are only added.',
    errorMessage(thrown),
  );
}

/** The message if a later version of the program wrote records; undefined if none did. */
export function laterRecords({ history }: KnownHistory): string | undefined {
  const [later] = history.laterFiles;
  if (later === undefined) return undefined;
  return l10n.t(
    'A newer version of Dataset Captions wrote {0}. What it says is not known here: what the captions have counts as written by hand, and tags are only added.',
    later,
  );
}

/** Both texts that a model gets, for looking at their placeholders. */
function allWords({ system, prompt }: CaptionerProfile): string {
  return `${system}\n${prompt}`;
}
