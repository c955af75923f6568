import type { ServerErrorCode } from '../../protocol/tagging/taggerFault';

/**
 * What went wrong with a server that runs models. The message is for the user: which address, and what the server said.
 */
export class ServerError extends Error {
  constructor(
    readonly code: ServerErrorCode,
    message: string,
    /** of the answer; undefined where there was none */
    readonly status?: number,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ServerError';
  }
}
