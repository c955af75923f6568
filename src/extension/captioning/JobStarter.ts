import path from 'node:path';
import * as vscode from 'vscode';
import { hasRecords, recordRootOf } from '../../records/recordFolder';
import { captionerHash } from '../../jobs/captionerHash';
import { planCaptionJob, type CaptionScope, type JobTarget } from '../../jobs/captionJob';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { WriteOptions } from '../../tags/writeMode';
import { clusterCaptionerJob, clusterJob, linkJob, sharedJobsFolder, shardSizes } from '../../jobs/folder/clusterJob';
import { JobFolder, type NewCaptionerJob, type NewJob, type NewTaggerJob } from '../../jobs/folder/JobFolder';
import { jobImages } from '../../jobs/folder/jobTargets';
import type { JobCaptioner, JobImage, JobInfo, JobTagger } from '../../jobs/jobTypes';
import { categoriesOfTags } from '../../jobs/run/tagCategories';
import { categorySource } from './categorySource';
import type { RunnerClient } from '../../jobs/client/RunnerClient';
import type { JobSecrets } from '../../jobs/client/runnerProtocol';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type { askBeforeAsking } from './askCaptioner';
import { mayBeChanged } from './mayBeChanged';
import type { Captioners } from '../captioners/Captioners';
import type { EndpointKeys } from '../captioners/EndpointKeys';
import { destinationOf } from '../captioners/profileText';
import type { ClusterAddress, JobCluster } from './ClusterAddress';
import type { CudaSupport } from '../taggers/CudaSupport';
import type { DatasetDocument } from '../document/DatasetDocument';
import type { ModelHashes } from '../taggers/ModelHashes';
import type { ServerToken } from '../taggers/ServerToken';
import { questionBeforeWriting } from './questionBeforeWriting';
import { captionOptions, jobsOutliveWindow, snapshotLimits, writeOptions } from '../settings/settings';
import type { Taggers } from '../taggers/Taggers';
import { selectedTaggers } from '../settings/taggerSettings';

/** Which images a job is to caption. */
export interface JobWish {
  label: string;
  mode: CaptionScope;
  /** without it, all images of the dataset */
  images?: readonly DatasetImage[];
  /** the cluster whose workers caption; without it, this machine does */
  cluster?: JobCluster;
}

/** A job that the user has confirmed and that can be started. */
export interface JobPlan extends JobWish {
  /** the captioner that is asked; without it, the selected taggers tag */
  captioner?: CaptionerProfile;
  /** of the tags that its prompt may name; looked up where a plan has none */
  categories?: JobCaptioner['categories'];
  work: readonly JobImage[];
  write: WriteOptions;
  /** a job of one image: it runs at once and is not queued behind a job of thousands */
  single: boolean;
}

/** A job of which the user chose to see a preview only. */
export interface PreviewPlan {
  label: string;
  mode: CaptionScope;
  write: WriteOptions;
  targets: readonly JobTarget[];
}

/** The dataset of a job, whether it is open in an editor or not. */
export type JobSource = Pick<DatasetDocument, 'uri' | 'dataset'>;

/** Plans jobs (which includes the questions to the user), writes their folders and hands them to the runner. */
export class JobStarter {
  constructor(
    private readonly runner: Pick<RunnerClient, 'request'>,
    private readonly jobsFolder: string,
    private readonly taggers: Taggers,
    private readonly cuda: CudaSupport,
    private readonly hashes: ModelHashes,
    private readonly serverToken: ServerToken,
    private readonly clusterAddress: ClusterAddress,
    private readonly captioners: Captioners,
    private readonly endpointKeys: EndpointKeys,
    private readonly late: () => { readonly askBeforeAsking: typeof askBeforeAsking },
  ) {}

  /**
   * Plans a job for all images of a dataset, or for those in `wish.images`. Asks before it replaces captions.
   * @param isTaken whether another job already works on a caption or will
   * @returns undefined if there is nothing to do, of which the user is informed, or if the user declines
   * @throws Error in words if the captioner that is selected cannot be asked
   */
  async plan(
    document: DatasetDocument,
    wish: JobWish,
    isTaken: (target: JobTarget) => boolean,
  ): Promise<JobPlan | PreviewPlan | undefined> {
    const { label, mode } = wish;
    const captioner = this.captioners.ofJobs();
    await document.whenLoaded();
    const { dataset } = document;
    if (dataset.allImages.length === 0) {
      inform(vscode.l10n.t('There are no images to caption in {0}.', document.name));
      return undefined;
    }
    // Text that was typed so far is saved first, so that it is on disk before a job replaces it.
    await document.autoSave();
    const write = writeOptions(document.uri);
    const planned = await planCaptionJob(wish.images ?? dataset.allImages, mode, write.mode);
    if (planned.length === 0) {
      inform(vscode.l10n.t('Every image has a caption; nothing to do.'));
      return undefined;
    }
    if (planned.some(isTaken)) {
      const text = vscode.l10n.t('A job is already captioning this dataset. Cancel it first or wait until it is done.');
      void vscode.window.showWarningMessage(text);
      return undefined;
    }
    const targets = await this.savedOnly(document, planned);
    if (targets.length === 0) return undefined;
    if (captioner !== undefined) {
      const how = { label, mode, write, onlyIfNeeded: false };
      const agreed = await this.askCaptioner(document, captioner, targets, how);
      return agreed === undefined ? undefined : { ...wish, ...agreed, single: false };
    }
    const changed = targets.filter(({ caption }) => mayBeChanged(caption, write)).length;
    if (changed === 0) return { ...wish, write, work: await jobImages(targets), single: false };
    // A preview is made on this machine.
    const buttons = { agree: label, ...(wish.cluster === undefined ? { preview: previewButton() } : {}) };
    const answer = await ask(document, write, { images: targets.length, changed }, buttons);
    if (answer === undefined) return undefined;
    if (answer === 'preview') return { label, mode, write, targets };
    return { ...wish, write: answer, work: await jobImages(targets), single: false };
  }

  /** Plans a job for one image. Asks before it replaces a caption. @returns as {@link plan} */
  async planSingle(document: DatasetDocument, image: DatasetImage): Promise<JobPlan | undefined> {
    const { caption } = image;
    const captioner = this.captioners.ofJobs();
    const asked = caption.raw;
    const label = vscode.l10n.t('Caption {0}', path.posix.basename(image.path));
    let write = writeOptions(document.uri);
    if (write.mode === 'onlyEmpty' && mayBeChanged(caption, write)) {
      inform(vscode.l10n.t('{0} has a caption, and the setting "Write Mode" fills empty ones only.', image.path));
      return undefined;
    }
    if (captioner !== undefined) {
      const how = { label: vscode.l10n.t('Caption'), mode: 'all' as const, write, onlyIfNeeded: true };
      const target = { path: image.path, caption, expected: asked };
      const agreed = await this.askCaptioner(document, captioner, [target], how);
      if (agreed === undefined) return undefined;
      ({ write } = agreed);
    } else if (mayBeChanged(caption, write)) {
      const answer = await ask(document, write, { images: 1, changed: 1 }, { agree: actionOf(write) });
      if (answer === undefined || answer === 'preview') return undefined;
      write = answer;
    }
    // The question takes the keyboard from somebody who types on, and a blank has answered it.
    if (caption.raw !== asked) {
      inform(vscode.l10n.t('The caption was edited meanwhile; the edit was kept.'));
      return undefined;
    }
    document.commit();
    await document.autoSave();
    const targets = await this.savedOnly(document, [{ path: image.path, caption, expected: asked }]);
    if (targets.length === 0) return undefined;
    const by = captioner === undefined ? {} : { captioner };
    return { label, mode: 'all', write, work: await jobImages(targets), single: true, ...by };
  }

  /** Asks the user before a captioner is asked. @returns as {@link plan} */
  private async askCaptioner(
    document: DatasetDocument,
    captioner: CaptionerProfile,
    targets: readonly JobTarget[],
    { label, mode, write, onlyIfNeeded }: Pick<JobPlan, 'label' | 'mode' | 'write'> & { onlyIfNeeded: boolean },
  ): Promise<Pick<JobPlan, 'captioner' | 'categories' | 'write' | 'work'> | undefined> {
    // A job for empty captions changes no others.
    const asked: WriteOptions = mode === 'empty' ? { ...write, mode: 'onlyEmpty' } : write;
    const captions = targets.map(({ caption }) => caption);
    const known = await categoriesOfTags(captioner, captions, categorySource(this.taggers));
    const by = { profile: captioner, hash: captionerHash(captioner), ...known };
    const wish = { captioner: by, where: destinationOf(captioner), write: asked, targets, label, onlyIfNeeded };
    const agreed = await this.late().askBeforeAsking(document, wish);
    if (agreed === undefined) return undefined;
    const how = mode === 'empty' ? write : agreed.write;
    return { captioner, ...known, write: how, work: await jobImages(agreed.targets) };
  }

  /** The captioner of a plan as a job has it. @throws the signal's reason */
  private async jobCaptioner(
    { dataset }: JobSource,
    profile: CaptionerProfile,
    { categories, work }: JobPlan,
    signal: AbortSignal,
  ): Promise<JobCaptioner> {
    const captions = work.flatMap(({ path: image }) => dataset.image(image)?.caption ?? []);
    const known =
      categories === undefined
        ? await categoriesOfTags(profile, captions, categorySource(this.taggers, signal))
        : { categories };
    return { profile, hash: captionerHash(profile), ...known };
  }

  /**
   * Prepares the tagger (downloads, checks), writes the folder of the job and starts it.
   * @param onStatus gets one line for each step that takes time
   * @throws errors of the disk, of the tagger and of the runner; the signal's reason
   */
  async start(
    document: JobSource,
    plan: JobPlan,
    signal: AbortSignal,
    onStatus: (line: string) => void,
  ): Promise<JobInfo> {
    const { label, mode, write, work, single, cluster, captioner } = plan;
    const by =
      captioner === undefined
        ? { options: captionOptions(document.uri), tagger: await this.tagger(document.uri, signal, onStatus) }
        : { captioner: await this.jobCaptioner(document, captioner, plan, signal) };
    signal.throwIfAborted();
    onStatus(vscode.l10n.t('Starting the job…'));
    const common = {
      label,
      mode,
      write,
      root: document.uri.fsPath,
      captionExtension: document.dataset.options.captionExtension,
      snapshots: snapshotLimits(document.uri),
    };
    const folder = await this.write({ ...common, ...by }, work, cluster);
    try {
      signal.throwIfAborted();
      return await this.runner.request('start', {
        id: folder.id,
        ...(single ? { atOnce: true } : {}),
        ...(jobsOutliveWindow() ? {} : { tied: true }),
        secrets: await this.secretsOf(folder.id),
      });
    } catch (thrown) {
      // Nothing will ever run it: remove the folder, unless a runner has its lock.
      await folder.remove().catch(() => undefined);
      throw thrown;
    }
  }

  /** @throws Error that says what is wrong with the tagger and what to do about it; the signal's reason */
  private async tagger(folder: vscode.Uri, signal: AbortSignal, onStatus: (line: string) => void): Promise<JobTagger> {
    const name = this.taggers.displayName();
    try {
      onStatus(vscode.l10n.t('Looking for the tagger…'));
      const setup = await this.taggers.setup(folder, signal, onStatus);
      onStatus(vscode.l10n.t('Checking the tagger…'));
      const [hashes, environment] = await Promise.all([this.hashes.of(setup, signal), this.cuda.environment()]);
      return { name, setup, environment, hashes };
    } catch (thrown) {
      signal.throwIfAborted();
      throw new Error(this.taggers.explain(thrown), { cause: thrown });
    }
  }

  /** The secrets that the runner needs to run a job: they are not in its folder. @param id of the job */
  async secretsOf(id: string): Promise<JobSecrets> {
    const job = await new JobFolder(path.join(this.jobsFolder, id)).readManifest();
    const ofServer =
      'tagger' in job
        ? await this.serverToken.secretsOf(job.tagger.setup)
        : { endpointKeys: await this.endpointKeys.of(job.captioner.profile.endpoints) };
    return { ...(await this.clusterAddress.secretsOf(job.place)), ...ofServer };
  }

  /**
   * Writes the folder of a job: in this window's storage, or for a cluster beside the dataset, where other machines
   * find it.
   */
  private async write(
    job: Omit<NewTaggerJob, 'place'> | Omit<NewCaptionerJob, 'place'>,
    work: readonly JobImage[],
    cluster: JobCluster | undefined,
  ): Promise<JobFolder> {
    if (cluster === undefined) return JobFolder.create(this.jobsFolder, { ...job, place: { kind: 'local' } }, work);
    const jobsFolder = sharedJobsFolder(job.root);
    const modelNames = selectedTaggers().map((tagger) => path.basename(tagger));
    const where = { ...cluster, shardSize: shardSizes.usual, jobsFolder };
    const shared: NewJob =
      'captioner' in job ? await clusterCaptionerJob(job, where) : await clusterJob(job, { ...where, modelNames });
    return linkJob(this.jobsFolder, await JobFolder.create(jobsFolder, shared, work));
  }

  /** The targets without unsaved edits, after offering to save: a job must not overwrite text that exists only here. */
  private async savedOnly(document: DatasetDocument, targets: readonly JobTarget[]): Promise<readonly JobTarget[]> {
    const savedNow = (): JobTarget[] => {
      const inEditors = document.unsavedInEditors;
      return targets.filter(({ caption }) => !caption.isDirty && !inEditors.has(caption.path));
    };
    const unsaved = targets.length - savedNow().length;
    if (unsaved === 0) return targets;
    const question = vscode.l10n.t('Some captions have edits that are not saved (captions: {0}).', unsaved);
    const detail = vscode.l10n.t('They are saved before the job begins, so that they can be brought back.');
    const save = vscode.l10n.t('Save and Caption');
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, save)) !== save) return [];
    await document.saveQuietly();
    const saved = savedNow();
    if (saved.length < targets.length) {
      const left = targets.length - saved.length;
      void vscode.window.showWarningMessage(
        vscode.l10n.t('Left out because they could not be saved (captions: {0}). Their cards say why.', left),
      );
    }
    return saved;
  }
}

function inform(text: string): void {
  void vscode.window.showInformationMessage(text);
}

/**
 * Asks before captions are changed.
 * @param about how many images are captioned, and how many of them have a caption
 * @param buttons what the buttons say; without `preview` none is offered
 * @returns how captions are to be written, by this job; undefined if the user declines
 */
async function ask(
  { dataset }: DatasetDocument,
  write: WriteOptions,
  about: { images: number; changed: number },
  buttons: { agree: string; preview?: string },
): Promise<WriteOptions | 'preview' | undefined> {
  const isRecorded = write.records !== 'off' && hasRecords(recordRootOf(dataset.folder));
  const question = questionBeforeWriting(write, about.images, about.changed, isRecorded);
  const detail = vscode.l10n.t('Undo brings the old captions back.');
  const replace = write.mode === 'update' ? [vscode.l10n.t('Replace Instead')] : [];
  const preview = buttons.preview === undefined ? [] : [buttons.preview];
  const items = [buttons.agree, ...preview, ...replace];
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, ...items);
  if (answer === undefined) return undefined;
  if (answer === buttons.preview) return 'preview';
  return answer === buttons.agree ? write : { ...write, mode: 'replace' };
}

function previewButton(): string {
  return vscode.l10n.t('Preview…');
}

/** The label of the button that lets a job write into a caption. */
function actionOf({ mode }: WriteOptions): string {
  if (mode === 'replace') return vscode.l10n.t('Replace Caption');
  return mode === 'update' ? vscode.l10n.t('Update Caption') : vscode.l10n.t('Add Tags');
}
