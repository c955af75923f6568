import type { Author } from '../../records/recordEntry';
import type { JobManifest } from '../jobTypes';
import { taggerAuthor } from './taggerAuthor';

/** The author of what a job writes, as it is named in records. */
export function jobAuthor(job: JobManifest): Author {
  if ('captioner' in job) return { by: 'captioner', name: job.captioner.profile.name, job: job.id };
  return { ...taggerAuthor(job.tagger, job.write.separator), job: job.id };
}
