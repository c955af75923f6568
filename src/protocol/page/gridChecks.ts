// Validation of the messages that the webview sends. docs/architecture.md says why messages are validated.
import * as v from 'valibot';
import type { ParamsOf } from '../channel/Channel';
import { checksOf, count, finite, nothing, texts } from '../channel/checks';
import type { HostRequests, WebviewEvents } from './gridProtocol';
import { sortKeys } from './imageSort';

const path = v.string();
const onePath = v.object({ path });
const scope = v.picklist(['selection', 'filtered', 'all']);
const target = v.union([v.object({ scope }), onePath]);
const copied = v.optional(v.string());
const targetWithText = v.union([v.object({ scope, text: copied }), v.object({ path, text: copied })]);
const pictureEntries = { path, imageVersion: v.string(), fresh: v.optional(v.boolean()) };
const picture = v.object(pictureEntries);
const region = v.object({ left: finite, top: finite, width: finite, height: finite });
/** Schema of the sort order of images. */
export const sort = v.object({
  key: v.picklist(sortKeys),
  descending: v.boolean(),
});
const selectCommand = v.variant('kind', [
  v.object({ kind: v.picklist(['only', 'toggle']), path }),
  v.object({ kind: v.literal('toggleAt'), index: count, order: finite }),
  v.object({ kind: v.literal('range'), from: count, to: count, order: finite, keep: v.boolean() }),
  v.object({ kind: v.literal('all') }),
  v.object({ kind: v.literal('none') }),
]);
const replay = v.object({ expected: v.optional(v.object({ captionPath: path, run: count, draft: count })) });
const typedAhead = v.object({
  number: count,
  place: v.object({ order: finite, index: count }),
  path: v.nullable(path),
  text: v.string(),
  joined: v.picklist(['text', 'tags']),
});
const editForm = v.object({
  operation: v.picklist([
    ...(['addTags', 'removeTags', 'replaceTags', 'moveTags', 'deduplicate', 'sortTags'] as const),
    ...(['separators', 'replaceText', 'setCaption', 'clear', 'restoreSnapshot', 'captionPreview'] as const),
  ]),
  tags: v.string(),
  position: v.picklist(['first', 'last']),
  keepFirst: finite,
  find: v.string(),
  replacement: v.string(),
  match: v.picklist(['exact', 'wildcard', 'regex']),
  regex: v.boolean(),
  matchCase: v.boolean(),
  sortBy: v.picklist(['alphabet', 'frequency']),
  text: v.string(),
  how: v.picklist(['replace', 'append', 'prepend']),
  snapshot: v.string(),
  snapshotName: v.string(),
});

const temperature = v.nullable(v.pipe(finite, v.minValue(0), v.maxValue(2)));
const answerToTake = v.object({
  id: count,
  index: count,
  text: v.nullable(v.string()),
  caption: v.string(),
  add: v.boolean(),
});
const trial = v.object({
  captioner: v.string(),
  words: v.object({ system: v.string(), prompt: v.string(), trigger: v.string(), temperature }),
});

/** Checks of the parameters of the webview's requests. */
export const gridParams = checksOf<ParamsOf<HostRequests>>()({
  ready: v.object({ place: v.nullable(v.object({ path, index: finite })), cards: count }),
  getItems: v.object({ start: count, count }),
  wantedImage: nothing,
  locate: onePath,
  setSort: v.object({ sort, number: count }),
  select: v.object({ command: selectCommand }),
  setQuery: v.object({ query: v.string(), number: count }),
  resolveConflict: v.object({ path, choice: v.picklist(['mine', 'theirs', 'both']) }),
  convertToUtf8: onePath,
  save: nothing,
  undo: replay,
  redo: replay,
  captionImage: onePath,
  captionAll: nothing,
  captionEmpty: nothing,
  controlJob: v.object({ id: v.string(), action: v.picklist(['pause', 'resume', 'cancel']) }),
  selectTagger: nothing,
  refresh: nothing,
  showLeftOut: nothing,

  ping: nothing,
  resumeDrafts: v.object({
    drafts: v.array(
      v.union([
        typedAhead,
        v.object({ path, text: v.string(), draft: count, from: v.string(), steps: v.array(count) }),
      ]),
    ),
  }),

  getItemsAround: v.object({
    paths: texts,
    index: finite,
    before: count,
    after: count,
    find: texts,
    places: v.array(v.object({ order: finite, index: count })),
  }),
  folderAt: v.object({ index: finite }),
  folderLengths: v.object({ order: finite }),

  getThumbnail: picture,
  getPreview: v.object({
    ...pictureEntries,
    size: finite,
    region: v.optional(region),
    urgent: v.optional(v.boolean()),
  }),
  getImageInfo: v.object({ path, imageVersion: v.string() }),

  suggestQuery: v.object({ text: v.string(), caret: count }),
  refreshResults: nothing,
  cancelSearch: nothing,
  rememberSearch: nothing,
  toggleSavedSearch: nothing,
  openSavedSearch: nothing,

  suggestTags: v.object({
    prefix: v.string(),
    typed: v.string(),
    path: v.optional(path),
    automatic: v.boolean(),
  }),

  getMarks: v.object({ paths: texts }),

  wantedComparison: nothing,
  filterComparison: v.object({ id: count, filter: v.object({ text: v.string(), isWhole: v.boolean() }) }),
  getComparedItems: v.object({ id: count, view: count, start: count, count }),
  openComparedCaption: v.object({ id: count, view: count, row: count }),
  openComparisonText: v.object({ id: count }),
  dropComparison: v.object({ id: count }),

  wantedReview: nothing,
  reviewFlagged: v.object({ job: v.string() }),
  dismissJob: v.object({ job: v.string() }),
  getReviewRows: v.object({ id: count, start: count, count }),
  getAnswer: v.object({ id: count, index: count, isAhead: v.boolean() }),
  previewAnswer: answerToTake,
  takeAnswer: answerToTake,
  discardAnswer: v.object({ id: count, index: count }),
  takeBackAnswer: v.object({ id: count, index: count }),
  askAgain: v.object({ id: count, index: count, captioner: v.string(), temperature }),
  dropReview: v.object({ id: count }),

  wantedTrial: nothing,
  checkTrial: v.object({ id: count, trial }),
  tryOnImage: v.object({ id: count, trial, index: count }),
  useTrial: v.object({ id: count, trial }),
  captionAfterTrial: v.object({ id: count, captioner: v.string() }),
  dropTrial: v.object({ id: count }),

  wantedEdit: nothing,
  planEdit: v.object({ scope, form: editForm }),
  getPlanItems: v.object({ planId: count, start: count, count }),
  tickPlan: v.object({ planId: count, index: v.union([count, v.literal('all')]), ticked: v.boolean() }),
  applyPlan: v.object({ planId: count }),
  dropPlan: nothing,
  captionImages: v.object({ scope }),
  copyCaption: targetWithText,
  pasteCaption: targetWithText,
  deleteImages: target,
});

/** Checks of the payloads of the webview's events. */
export const webviewEvents = checksOf<WebviewEvents>()({
  identify: v.object({ viewId: v.string() }),
  remember: v.object({ page: v.record(v.string(), v.unknown()) }),
  draft: v.object({ path, captionPath: path, text: v.string(), draft: count, from: v.string(), run: count }),
  typedAhead,
  commit: onePath,
  focus: onePath,
});
