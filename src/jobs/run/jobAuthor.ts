import type { Author } from '../../records/recordEntry';
import type { JobManifest } from '../jobTypes';
import { taggerAuthor } from './taggerAuthor';

/** Who captions in a job, as records name the author of what it writes. */
export function jobAuthor(job: JobManifest): Author {
  if ('captioner' in job) return { by: 'captioner', name: job.captioner.profile.name, job: job.id };
  return { ...taggerAuthor(job.tagger, job.write.separator), job: job.id };
}
