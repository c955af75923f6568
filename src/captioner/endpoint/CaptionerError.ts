import { errorCode } from '../../protocol/channel/wireError';

/** Errors that are no fault of an image: they pause a job. */
const machineCodes = [
  /** an invalid address, a user name or password in it, or a key that would go over plain HTTP to another machine */
  'ENDPOINT_ADDRESS',
  /** the server wants another key */
  'ENDPOINT_KEY',
  /** no credit or quota is left, or not soon */
  'ENDPOINT_QUOTA',
  /** not trusted, redirected, or no server with chat completions */
  'ENDPOINT_REFUSED',
  /** away or overloaded for longer than a restart may take */
  'ENDPOINT_UNREACHABLE',
  /** the server does not have the model */
  'MODEL_NOT_FOUND',
  /** the model takes no pictures, or its projector is missing */
  'MODEL_TEXT_ONLY',
] as const;

/** Errors of one image, unless several in a row have them. */
const unclearCodes = [
  /** the server does not take the request */
  'REQUEST_REFUSED',
  /** the server does not take the picture */
  'IMAGE_REFUSED',
  /** picture, prompt and answer are more than the model's context, the smaller picture, too */
  'CONTEXT_OVERFLOW',
  /** the server broke off, or gave no answer that can be read, again and again */
  'ANSWER_UNREADABLE',
  /** no answer in time, twice */
  'ANSWER_TIMEOUT',
] as const;

/** All codes of a {@link CaptionerError}. */
export const captionerErrorCodes = [...machineCodes, ...unclearCodes] as const;
export type CaptionerErrorCode = (typeof captionerErrorCodes)[number];

const faults = new Map<string | undefined, 'machine' | 'unclear'>([
  ...machineCodes.map((code) => [code, 'machine'] as const),
  ...unclearCodes.map((code) => [code, 'unclear'] as const),
]);

/**
 * What went wrong with a server of a vision-language model, or with one request to it. The message is sentences for the
 * user: which server, what it said, and what to do; neither a key nor a picture is in it.
 */
export class CaptionerError extends Error {
  constructor(
    readonly code: CaptionerErrorCode,
    message: string,
    /** the address of the server, without its query; empty where there is none */
    readonly endpoint = '',
    /** of the answer; undefined where there was none */
    readonly status?: number,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CaptionerError';
  }

  /** See {@link captionerFault}. */
  get fault(): 'machine' | 'unclear' {
    return faults.get(this.code) ?? 'unclear';
  }
}

/**
 * What caused an error of a captioner: `machine` means the server or its settings, not the image; `unclear` means the
 * server, if several images in a row fail like this; undefined means that it is no error of a captioner.
 */
export function captionerFault(thrown: unknown): 'machine' | 'unclear' | undefined {
  return faults.get(errorCode(thrown));
}
