import type { RequestHandlers } from '../protocol/Channel';
import type { SuggestRequests } from '../protocol/suggestProtocol';
import type { DatasetDocument } from './DatasetDocument';
import type { TagSuggestions } from './TagSuggestions';

/** Answers what a grid asks about tags. */
export function suggestHandlers(
  document: DatasetDocument,
  suggestions: TagSuggestions,
): RequestHandlers<SuggestRequests> {
  return { suggestTags: (query) => suggestions.suggest(document, query) };
}
