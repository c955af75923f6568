/** See convnextGraph.mjs. */
export function convnext(shape: {
  depths: number[];
  widths: number[];
  side: number;
  tagCount: number;
  foundTags: number;
}): Uint8Array;
