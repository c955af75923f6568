import type { Dataset } from '../../dataset/Dataset';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { CaptionMarks, OriginRequests, PartGroup } from '../../protocol/page/originProtocol';
import { textDigest } from '../../protocol/page/textDigest';
import type { PartOrigin } from '../../records/originsOf';
import { normalizeLineEnds } from '../../tags/captionText';
import type { Origins } from './Origins';

/** Most images of one question: more than a grid shows. */
const mostImages = 500;

/** Answers a page's questions who wrote what. */
export function originHandlers(dataset: Dataset, origins: Origins): RequestHandlers<OriginRequests> {
  return {
    getMarks: async ({ paths }) => {
      const images = paths.slice(0, mostImages).map((path) => dataset.image(path));
      const known = images.filter(isReadable);
      // The captions may change while the records are read.
      const digests = known.map(({ caption }) => textDigest(normalizeLineEnds(caption.text)));
      const found = await origins.of(
        dataset,
        known.map(({ caption }) => caption),
      );
      if (found === undefined) return { marks: null };
      const marks = new Map<string, CaptionMarks>();
      for (const [index, { path }] of known.entries()) {
        marks.set(path, { digest: digests[index] ?? 0, groups: groupsOf(found[index]?.parts ?? []) });
      }
      return { marks: images.map((image) => marks.get(image?.path ?? '') ?? null) };
    },
  };
}

function isReadable(image: DatasetImage | undefined): image is DatasetImage {
  return image !== undefined && image.caption.unreadable === undefined;
}

/** Parts by who wrote them when, in the order of the first of each: so names and times are sent once. */
export function groupsOf(parts: readonly PartOrigin[]): PartGroup[] {
  const groups = new Map<string, PartGroup>();
  for (const { text, score, ...who } of parts) {
    const key = JSON.stringify([who.by, who.name, who.when]);
    const group = groups.get(key) ?? { ...who, parts: [] };
    group.parts.push(score === undefined ? [text] : [text, score]);
    groups.set(key, group);
  }
  return [...groups.values()];
}
