import { captionerHash } from '../jobs/captionerHash';
import type { JobCaptioner } from '../jobs/jobTypes';
import { JobFaultError } from '../jobs/run/jobFault';
import type { CaptionerProfile } from '../protocol/captioning/captionerProfile';

/** The captioners of a worker's machine. */
export interface LocalCaptioners {
  profiles: readonly CaptionerProfile[];
  /** the file that they were read from, for messages */
  file: string;
  /** keys for servers, by their origins */
  keysFor: (endpoints: readonly string[]) => Readonly<Record<string, string>>;
}

/**
 * The captioner of a job as this machine has it: with its own servers, so that nobody who can write on the shared disk
 * decides where its keys are sent.
 * @throws JobFaultError if there is none of that name, or it would write something else
 */
export function localCaptioner({ profile, hash }: JobCaptioner, local: LocalCaptioners | undefined): CaptionerProfile {
  const own = local?.profiles.find(({ name }) => name === profile.name);
  const where = local === undefined ? 'here' : `in ${local.file}`;
  if (own === undefined) {
    const message = `The captioner "${profile.name}" of the job is not ${where}. Put it there; --captioners FILE names another file.`;
    throw new JobFaultError('CAPTIONER_FAILED', message);
  }
  if (captionerHash(own) === hash) return own;
  const message = `The captioner "${profile.name}" ${where} is not the one of the job: model, words, sampling, size or template differ. Make it the same.`;
  throw new JobFaultError('CAPTIONER_FAILED', message);
}
