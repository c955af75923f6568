import { existsSync } from 'node:fs';
import path from 'node:path';
import { inOneLine } from '../../protocol/text/escapeControls';
import { describeDownload } from '../../protocol/text/downloadText';
import { TaggerProcess, type TaggerProcessOptions } from '../../protocol/child/TaggerProcess';
import type { CommandInput } from '../shared/Command';
import { userDataFolder } from '../flags/userDataFolder';
import { UsageError } from '../shared/UsageError';

/** Calls `work` with a tagger process, which ends when that does. @throws UsageError if the program is incomplete */
export async function withTagger<T>(
  work: (tagger: TaggerProcess) => Promise<T>,
  listeners: Pick<TaggerProcessOptions, 'onDownloadProgress'> = {},
): Promise<T> {
  const entry = path.join(__dirname, 'tagger.js');
  if (!existsSync(entry))
    throw new UsageError(`The program is not complete: ${entry} is missing. Run "npm run build".`);
  const tagger = new TaggerProcess({
    entry,
    ...stateFolder(),
    onLog: (line) => process.stderr.write(`${inOneLine(`tagger: ${line}`)}\n`),
    ...listeners,
  });
  try {
    return await work(tagger);
  } finally {
    tagger.dispose();
  }
}

/** Without a home folder nothing is remembered of providers that ended their process. */
function stateFolder(): Pick<TaggerProcessOptions, 'stateFolder'> {
  try {
    return { stateFolder: path.join(userDataFolder(), 'providers') };
  } catch {
    return {};
  }
}

/** Shows the progress of downloads, for {@link withTagger}. */
export function showDownload({ output }: CommandInput): Pick<TaggerProcessOptions, 'onDownloadProgress'> {
  return {
    onDownloadProgress: (progress) => {
      output.progress(`${progress.id}: ${describeDownload(progress)}`);
    },
  };
}
