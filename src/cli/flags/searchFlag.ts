import type { Dataset } from '../../dataset/Dataset';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { parseQuery } from '../../dataset/query/parseQuery';
import { ImageView } from '../../dataset/view/ImageView';
import type { CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';
import { askOriginsOf } from './askOrigins';

export const searchFlag = { search: { type: 'string' } } as const;
export const searchHelp =
  '--search QUERY           only the images that the search field of the editor finds with it (docs/search.md)';

/**
 * The search that a command was given: it finds the images that the editor finds, in the same order; all without one.
 * @throws UsageError for a mistake in the search, before anything is read; the search throws the signal's reason when
 *   aborted
 */
export function searchOf(input: CommandInput): (dataset: Dataset) => Promise<readonly DatasetImage[]> {
  const query = input.text('search');
  if (query === undefined) return (dataset) => Promise.resolve(dataset.allImages);
  const { error } = parseQuery(query);
  if (error !== undefined) {
    const part = query.slice(error.start, error.end);
    const place = part === '' || part === query ? '' : `, at "${part}"`;
    throw new UsageError(`--search "${query}"${place}: ${error.message}`);
  }
  return (dataset) => find(dataset, query, input);
}

async function find(
  dataset: Dataset,
  query: string,
  { output, signal }: CommandInput,
): Promise<readonly DatasetImage[]> {
  const view = new ImageView(dataset, { askOrigins: askOriginsOf(dataset, output) });
  const cancel = (): void => {
    view.cancel();
  };
  signal.addEventListener('abort', cancel);
  view.onDidChange(() => {
    if (view.searching !== undefined) {
      output.progress(`Searching: ${view.searching.done} of ${view.searching.total} images`);
    }
  });
  try {
    await view.setQuery(query);
    signal.throwIfAborted();
    return view.images;
  } finally {
    signal.removeEventListener('abort', cancel);
    view.dispose();
    output.clearLine();
  }
}
