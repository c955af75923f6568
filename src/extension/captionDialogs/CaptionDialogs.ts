import path from 'node:path';
import * as vscode from 'vscode';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { JobFolder } from '../../jobs/folder/JobFolder';
import type { JobInfo } from '../../jobs/jobTypes';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type { TrialWords } from '../../protocol/page/trialProtocol';
import type { DatasetDocument } from '../document/DatasetDocument';
import { captionerEntries, setCaptionerEntries } from '../settings/captionerSettings';
import { writeOptions } from '../settings/settings';
import { CaptionReview } from './CaptionReview';
import { CaptionTrial } from './CaptionTrial';
import { SingleQuestions, type QuestionParts } from './SingleQuestions';
import { entriesWithWords } from './trialWords';

/** What the dialogs need of the extension. */
export interface DialogParts extends QuestionParts {
  jobsFolder: string;
  /** the captioners behind servers, as they are set now */
  captioners: () => readonly CaptionerProfile[];
  /** the name of the captioner that is selected; undefined where it is none of these */
  selected: () => string | undefined;
  /** Selects a captioner and continues with the captioning command. */
  goOn: (captioner: string) => Promise<void>;
  /** absolute paths of lists of tags with categories */
  tagFiles: () => Promise<readonly string[]>;
  /** called when the number of undecided answers of a job may have changed */
  onDecided: (job: string) => void;
}

/** The dialogs about single answers of captioners, ready to be shown in the page of a grid. */
export class CaptionDialogs {
  private readonly questions: SingleQuestions;

  constructor(private readonly parts: DialogParts) {
    this.questions = new SingleQuestions(parts);
  }

  /** Whether there is a captioner that can be tried. */
  get hasCaptioners(): boolean {
    return this.parts.captioners().length > 0;
  }

  /**
   * The flagged answers of a job that wait for a person.
   * @throws Error in words if there are none; JobError JOB_MISSING, JOB_UNREADABLE
   */
  async review(document: DatasetDocument, { id }: Pick<JobInfo, 'id'>): Promise<CaptionReview> {
    const { jobsFolder, captioners, onDecided, onLog: onNote } = this.parts;
    const folder = new JobFolder(path.join(jobsFolder, id));
    const manifest = await folder.readManifest();
    if (!('captioner' in manifest)) throw new Error(vscode.l10n.t('This job was not done by a captioner.'));
    await document.whenLoaded();
    const review = await CaptionReview.open({
      document,
      folder,
      manifest,
      captioners,
      questions: this.questions,
      onDecided: () => {
        onDecided(id);
      },
      onNote,
    });
    if (review.count === 0) {
      onDecided(id);
      throw new Error(vscode.l10n.t('No flagged answer of this job is left to look at.'));
    }
    return review;
  }

  /** A trial on some images. @throws Error in words if there is no captioner */
  trial({ dataset, uri }: DatasetDocument, images: readonly DatasetImage[]): Promise<CaptionTrial> {
    const { captioners, selected, goOn, tagFiles, onLog: onNote } = this.parts;
    const write = writeOptions(uri);
    return CaptionTrial.open(
      { dataset, write, captioners, questions: this.questions, save: saveWords, goOn, tagFiles, onNote },
      images,
      selected(),
    );
  }
}

/** Stores words as those of a captioner in the user's settings. @throws Error in words if it is not in there */
async function saveWords(profile: CaptionerProfile, words: TrialWords): Promise<void> {
  const entries = entriesWithWords(captionerEntries(), profile, words);
  if (entries === undefined) {
    throw new Error(vscode.l10n.t('The captioner "{0}" is not in your settings: change it where it is.', profile.name));
  }
  await setCaptionerEntries(entries);
}
