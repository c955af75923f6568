/** What a text term is looked for in; `any` is the path and the caption. */
export type TextField = 'any' | (typeof textFields)[number];

/** What a number is compared with: tags, characters, pixels, width divided by height, bytes. */
export type NumberField = (typeof numberFields)[number];

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** States of an image and its caption, as `is:` names them. */
export type ImageState = (typeof imageStates)[number];

export const textFields = ['tag', 'caption', 'name', 'path'] as const;
export const numberFields = ['tags', 'chars', 'width', 'height', 'ratio', 'size'] as const;
export const imageStates = ['empty', 'unsaved', 'conflict', 'failed', 'duplicate', 'selected'] as const;

/** Where something stands in the text of a query: from `start` to before `end`. */
export interface TextRange {
  start: number;
  end: number;
}

/** A part of a search as a tree. */
export type QueryNode = TextRange &
  (
    | {
        kind: 'text';
        field: TextField;
        /**
         * in small letters; `*` is any text, `?` one character, and `\` before one of them or itself means just that
         */
        pattern: string;
      }
    | {
        kind: 'number';
        field: NumberField;
        operator: Operator;
        value: number;
        /** a number as far from `value` as this is still equal to it */
        tolerance: number;
        /** the value as it was written, such as `16:9` or `2MB` */
        text: string;
      }
    | { kind: 'state'; state: ImageState }
    | { kind: 'not'; part: QueryNode }
    /** two parts or more */
    | { kind: 'and' | 'or'; parts: readonly QueryNode[] }
  );

/** What is wrong with a query, and where. */
export interface QueryError extends TextRange {
  /** one sentence for the user */
  message: string;
  /** whether typing on may put it right, as with a quote that is not closed yet */
  incomplete: boolean;
}
