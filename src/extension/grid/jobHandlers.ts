import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { HostRequests } from '../../protocol/page/gridProtocol';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { GridSession } from './GridSession';

type JobRequests = Pick<HostRequests, 'captionImage' | 'captionAll' | 'captionEmpty' | 'controlJob'>;

/** Answers what a page asks of captioning jobs. */
export function jobHandlers(session: GridSession, jobs: CaptionJobs): RequestHandlers<JobRequests> {
  const { document } = session;
  return {
    captionImage: async ({ path }) => {
      await jobs.captionImage(document, session.image(path));
      return undefined;
    },
    captionAll: async () => {
      await jobs.captionDataset(document, 'all');
      return undefined;
    },
    captionEmpty: async () => {
      await jobs.captionDataset(document, 'empty');
      return undefined;
    },
    controlJob: async ({ id, action }) => {
      await jobs.control(id, action);
      return undefined;
    },
  };
}
