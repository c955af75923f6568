/** An error as a server describes it, whatever shape that has. */
export interface ServerProblem {
  /** the message for people; may be empty */
  message: string;
  /** its code of the error, such as `insufficient_quota`, in lower case; empty where it has none */
  code: string;
  /** its class of errors, such as `invalid_request_error`, in lower case; empty where it has none */
  type: string;
  /** the field of the request that it is about, such as `max_tokens`; empty where it says none */
  field: string;
  /** the HTTP status that it names itself, as some do within a 200; undefined where it names none */
  status: number | undefined;
}

/**
 * The error in an answer of JSON: nested (`{"error":{…}}` of OpenAI, vLLM, Ollama, llama.cpp, OpenRouter), flat
 * (`{"object":"error",…}` of old vLLM), a string (LM Studio), or the `detail` of FastAPI.
 * @returns undefined where the answer is no error
 */
export function serverProblem(json: unknown): ServerProblem | undefined {
  if (Array.isArray(json)) return json.length === 1 ? serverProblem(json[0]) : undefined;
  if (!isRecord(json)) return undefined;
  const { error, detail } = json;
  if (typeof error === 'string') return described({ ...json, message: error });
  if (isRecord(error)) return described(error);
  if (json.object === 'error') return described(json);
  if (detail !== undefined && json.choices === undefined) {
    return described({ message: typeof detail === 'string' ? detail : JSON.stringify(detail) });
  }
  const isBareMessage = typeof json.message === 'string' && json.choices === undefined && json.data === undefined;
  return isBareMessage ? described(json) : undefined;
}

/** Whether a value is an object of JSON. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function described({ message, code, type, param, metadata, status }: Record<string, unknown>): ServerProblem {
  return {
    message: [textOf(message), upstreamText(metadata)].filter((part) => part !== '').join(' '),
    code: textOf(code).toLowerCase(),
    type: [textOf(type).toLowerCase(), isModeration(metadata) ? 'moderation' : '']
      .filter((part) => part !== '')
      .join(' '),
    field: textOf(param),
    status: statusOf(code) ?? statusOf(status),
  };
}

/** What the provider behind OpenRouter said (`metadata.raw`), and why it flagged a picture (`metadata.reasons`). */
function upstreamText(metadata: unknown): string {
  if (!isRecord(metadata)) return '';
  const { raw, reasons } = metadata;
  const said = isRecord(raw) || Array.isArray(raw) ? JSON.stringify(raw) : textOf(raw);
  return [said, Array.isArray(reasons) ? reasons.map(textOf).join(', ') : ''].filter((part) => part !== '').join(' ');
}

/** Whether an error of OpenRouter is that of a moderation, whatever its words are. */
function isModeration(metadata: unknown): boolean {
  return isRecord(metadata) && (Array.isArray(metadata.reasons) || metadata.flagged_input !== undefined);
}

function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 300 && status < 600 ? status : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
