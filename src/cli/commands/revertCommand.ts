import path from 'node:path';
import { JobError } from '../../jobs/JobError';
import { revertJob } from '../../jobs/run/revertJob';
import { errorMessage } from '../../protocol/channel/wireError';
import type { Command } from '../shared/Command';
import { fileWriter } from '../flags/inputFolder';
import { givenJob, jobsFlag, jobsHelp, runnerClient } from '../flags/jobFlags';
import { UsageError } from '../shared/UsageError';

/** Reverts the captions that a job wrote. */
export const revertCommand: Command = {
  usage: '<job>',
  summary: 'give every caption that a job wrote, and nobody changed since, its previous bytes back',
  flagHelp: [jobsHelp],
  flags: jobsFlag,
  async run(input) {
    const { output, signal, json } = input;
    const folder = await givenJob(input);
    const { root } = await folder.readManifest();
    try {
      const { reverted, left } = await revertJob(folder, fileWriter(), {
        signal,
        onProgress: (done, total) => {
          output.progress(`${done}/${total} captions`);
        },
      });
      for (const { path: image, reason } of left) output.note(`${path.join(root, image)}: ${reason}`);
      if (json) await output.result(`${JSON.stringify({ reverted: reverted.length, left })}\n`);
      output.note(`${reverted.length} caption(s) are as they were before the job, ${left.length} were left alone.`);
      await tellRunner();
      return left.length > 0 ? 'someFailed' : 'done';
    } catch (thrown) {
      if (thrown instanceof JobError) throw new UsageError(errorMessage(thrown));
      throw thrown;
    }

    async function tellRunner(): Promise<void> {
      const client = runnerClient(input);
      try {
        await client.refresh();
        if (client.isConnected) await client.request('reread', { id: folder.id });
      } catch (thrown) {
        // The captions are reverted; the runner notices the change of the job a little later.
        output.note(`The runner was not told: ${errorMessage(thrown)}`);
      } finally {
        client.dispose();
      }
    }
  },
};
