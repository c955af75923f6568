import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { SuggestRequests } from '../../protocol/page/suggestProtocol';
import type { DatasetDocument } from '../document/DatasetDocument';
import type { TagSuggestions } from './TagSuggestions';

/** Answers what a grid asks about tags. */
export function suggestHandlers(
  document: DatasetDocument,
  suggestions: TagSuggestions,
): RequestHandlers<SuggestRequests> {
  return { suggestTags: (query) => suggestions.suggest(document, query) };
}
