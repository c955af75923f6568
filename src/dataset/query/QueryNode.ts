/** Where a text term is searched; `any` means the path and the caption. */
export type TextField = 'any' | (typeof textFields)[number];

/**
 * What a numeric term compares: number of tags, number of characters, width and height in pixels, width divided by
 * height, file size in bytes.
 */
export type NumberField = (typeof numberFields)[number];

/**
 * Where a term looks for who wrote a caption: `origin` who wrote a part of it that stands, `deleted` which part a
 * person took out, `by` who wrote it last.
 */
export type OriginField = (typeof originFields)[number];

/** A term of a search about who wrote a caption. */
export interface OriginTerm {
  field: OriginField;
  /** in lower case; `*` matches any text, `?` one character, and `\` escapes these and itself */
  pattern: string;
}

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** States of an image or its caption that `is:` can name. */
export type ImageState = (typeof imageStates)[number];

export const textFields = ['tag', 'caption', 'name', 'path'] as const;
export const numberFields = ['tags', 'chars', 'width', 'height', 'ratio', 'size'] as const;
export const originFields = ['origin', 'deleted', 'by'] as const;
export const imageStates = ['empty', 'unsaved', 'conflict', 'failed', 'duplicate', 'selected'] as const;

/** A range in the text of a query; `start` is inclusive, `end` exclusive. */
export interface TextRange {
  start: number;
  end: number;
}

/** A node of the syntax tree of a query. */
export type QueryNode = TextRange &
  (
    | {
        kind: 'text';
        field: TextField;
        /** in lower case; `*` matches any text, `?` one character, and `\` escapes these and itself */
        pattern: string;
      }
    | {
        kind: 'number';
        field: NumberField;
        operator: Operator;
        value: number;
        /** numbers within this distance of `value` count as equal to it */
        tolerance: number;
        /** the value as the user wrote it, such as `16:9` or `2MB` */
        text: string;
      }
    | ({ kind: 'origin' } & OriginTerm)
    | { kind: 'state'; state: ImageState }
    | { kind: 'not'; part: QueryNode }
    /** two or more parts */
    | { kind: 'and' | 'or'; parts: readonly QueryNode[] }
  );

/** A mistake in a query and its range. */
export interface QueryError extends TextRange {
  /** one sentence for the user */
  message: string;
  /** whether further typing may fix it, for example an unclosed quote */
  incomplete: boolean;
}
