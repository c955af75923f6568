/** A serialized error: plain data that survives both JSON and structured clone. */
export interface WireError {
  name: string;
  message: string;
  code?: string;
  path?: string;
  stack?: string;
  cause?: WireError;
}

/** An error that happened on the other side of a channel, with its name, code, path and cause intact. */
export class RemoteError extends Error {
  readonly code: string | undefined;
  readonly path: string | undefined;

  constructor(wire: WireError) {
    super(wire.message, wire.cause === undefined ? undefined : { cause: new RemoteError(wire.cause) });
    this.name = wire.name;
    this.code = wire.code;
    this.path = wire.path;
    if (wire.stack !== undefined) this.stack = wire.stack;
  }
}

/**
 * Turns anything that was thrown into plain data.
 * @param thrown the value of a catch clause
 * @param depth maximum number of nested causes to keep, which also ends cycles
 */
export function toWireError(thrown: unknown, depth = 5): WireError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) };
  const { code, path } = thrown as { code?: unknown; path?: unknown };
  const wire: WireError = { name: thrown.name, message: thrown.message };
  if (typeof code === 'string') wire.code = code;
  if (typeof path === 'string') wire.path = path;
  if (thrown.stack !== undefined) wire.stack = thrown.stack;
  if (thrown.cause !== undefined && depth > 0) wire.cause = toWireError(thrown.cause, depth - 1);
  return wire;
}

/**
 * Reads an error that another process sent: properties that are missing or invalid are replaced or left out.
 * @param depth maximum number of nested causes to read
 */
export function readWireError(raw: unknown, depth = 5): WireError {
  const { name, message, code, path, stack, cause } = (typeof raw === 'object' && raw !== null ? raw : {}) as Partial<
    Record<keyof WireError, unknown>
  >;
  const wire: WireError = {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : 'The other process failed and did not say why.',
  };
  if (typeof code === 'string') wire.code = code;
  if (typeof path === 'string') wire.path = path;
  if (typeof stack === 'string') wire.stack = stack;
  if (typeof cause === 'object' && cause !== null && depth > 0) wire.cause = readWireError(cause, depth - 1);
  return wire;
}

/** The `code` of an error of any class; undefined if it has none. */
export function errorCode(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** The message of anything that was thrown, to show to the user. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
