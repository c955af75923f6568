import type { ModelTag } from '../inference/selectedTags';

/** Which threshold applies to a merged tag. All categories except character and rating use the general one. */
export const tagKind = { general: 0, character: 1, rating: 2 } as const;

/** The merged tag list of several models. */
export interface MergedTags {
  /**
   * the tags of the first model in order, then those that only later models know; categories come from the first model
   * that knows the tag
   */
  tags: readonly ModelTag[];
  /** the {@link tagKind} of each merged tag; an array of numbers, because it is read for every score of every image */
  kinds: Uint8Array;
  /** for each model, the kinds of its own tags */
  ownKinds: readonly Uint8Array[];
  /** for each model, the output index of each merged tag; -1 where the model does not know it */
  outputs: readonly Int32Array[];
}

/**
 * Cache of merged lists: for each list of a first model, only the last merge that began with it. One is enough, because
 * jobs rarely change their models.
 */
const known = new WeakMap<readonly ModelTag[], { lists: readonly (readonly ModelTag[])[]; merged: MergedTags }>();

/**
 * Merges the tag lists of models by name; a rating and a tag with the same name stay separate. The result is cached by
 * the identity of the lists.
 * @param lists at least one; each the array object that its model was loaded with
 */
export function mergedTags(lists: readonly (readonly ModelTag[])[]): MergedTags {
  const [first] = lists;
  if (first === undefined) return { tags: [], kinds: new Uint8Array(0), ownKinds: [], outputs: [] };
  const last = known.get(first);
  if (last?.lists.length === lists.length && last.lists.every((list, index) => list === lists[index])) {
    return last.merged;
  }
  const merged = merge(lists);
  known.set(first, { lists: [...lists], merged });
  return merged;
}

function merge(lists: readonly (readonly ModelTag[])[]): MergedTags {
  const entries: { tag: ModelTag; outputs: number[] }[] = [];
  const byName = new Map<string, (typeof entries)[number]>();
  for (const [model, list] of lists.entries()) {
    for (const [output, tag] of list.entries()) {
      const key = tag.category === 'rating' ? `rating ${tag.name}` : `tag ${tag.name}`;
      const same = byName.get(key);
      // A model that lists a name twice keeps both outputs.
      if (same !== undefined && same.outputs[model] === undefined) same.outputs[model] = output;
      else {
        const entry = { tag, outputs: [] as number[] };
        entry.outputs[model] = output;
        entries.push(entry);
        if (same === undefined) byName.set(key, entry);
      }
    }
  }
  return {
    tags: entries.map(({ tag }) => tag),
    kinds: Uint8Array.from(entries, ({ tag }) => kindOf(tag)),
    ownKinds: lists.map((list) => Uint8Array.from(list, kindOf)),
    outputs: lists.map((_, model) => Int32Array.from(entries, ({ outputs }) => outputs[model] ?? -1)),
  };
}

function kindOf({ category }: ModelTag): number {
  return category === 'character' || category === 'rating' ? tagKind[category] : tagKind.general;
}
