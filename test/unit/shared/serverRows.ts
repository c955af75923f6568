// Answers of servers that are errors, in the shapes that each of them has.
import { caption, dropped, events, json, openAiError, type StandInAnswer } from './StandInServer';

/**
 * What must be done about an answer: the job pauses, this image fails, a filter refused it, it is sent once more with a
 * smaller picture, or again later.
 */
export type Due = 'pause' | 'fail' | 'refused' | 'smaller' | 'later';

/** One answer, and what is due. */
export interface ServerRow {
  server: string;
  what: string;
  answer: StandInAnswer;
  due: Due;
  /** the code of the error, for what pauses or fails */
  code?: string;
  /** what the message must say */
  says?: RegExp;
}

const page = (status: number): StandInAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html><head><title>${status}</title></head><body><center><h1>${status} Bad Gateway</h1></center><hr>nginx</body></html>`,
});
const openRouter = (status: number, code: number, message: string, metadata?: object): StandInAnswer =>
  json(status, { error: { code, message, ...(metadata === undefined ? {} : { metadata }) }, user_id: 'user_1' });
const vllm = (code: number, message: string, type = 'BadRequestError'): StandInAnswer =>
  json(code, { error: { message, type, param: null, code } });
const flatVllm = (code: number, message: string): StandInAnswer =>
  json(code, { object: 'error', message, type: 'BadRequestError', param: null, code });
const ollama = (status: number, message: string, type = 'invalid_request_error'): StandInAnswer =>
  json(status, { error: { message, type, param: null, code: null } });
const llama = (code: number, message: string, type: string, more: object = {}): StandInAnswer =>
  json(code, { error: { code, message, type, ...more } });

const vllmTooLong =
  "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4488 in the messages, 512 in the completion). Please reduce the length of the messages or completion.";

/** Each row of the table of servers, with the shapes that were seen. */
export const serverRows: readonly ServerRow[] = [
  {
    server: 'OpenAI',
    what: 'a wrong key',
    answer: openAiError(
      401,
      'invalid_api_key',
      'Incorrect API key provided: sk-proj-********wxyz. You can find your API key at https://platform.openai.com.',
    ),
    due: 'pause',
    code: 'ENDPOINT_KEY',
    says: /another key/,
  },
  {
    server: 'OpenAI',
    what: 'no quota',
    answer: json(429, {
      error: {
        message: 'You exceeded your current quota, please check your plan and billing details.',
        type: 'insufficient_quota',
        param: null,
        code: 'insufficient_quota',
      },
    }),
    due: 'pause',
    code: 'ENDPOINT_QUOTA',
    says: /credit or quota is used up/,
  },
  {
    server: 'OpenAI',
    what: 'too many requests',
    answer: json(
      429,
      {
        error: {
          message:
            'Rate limit reached for gpt-4o in organization org-1 on requests per min (RPM): Limit 3. Please try again in 20ms.',
          type: 'requests',
          param: null,
          code: 'rate_limit_exceeded',
        },
      },
      { 'retry-after': '0' },
    ),
    due: 'later',
  },
  {
    server: 'OpenAI',
    what: 'no such model',
    answer: json(404, {
      error: {
        message: 'The model `gpt-9` does not exist or you do not have access to it.',
        type: 'invalid_request_error',
        param: null,
        code: 'model_not_found',
      },
    }),
    due: 'pause',
    code: 'MODEL_NOT_FOUND',
    says: /does not have the model "m"/,
  },
  {
    server: 'OpenAI',
    what: 'a refusal',
    answer: caption(null, { refusal: "I'm sorry, I can't assist with that." }, 'content_filter'),
    due: 'refused',
    says: /^I'm sorry, I can't assist with that\.$/,
  },
  {
    server: 'OpenAI',
    what: 'a server that has a problem',
    answer: json(500, {
      error: {
        message: 'The server had an error while processing your request.',
        type: 'server_error',
        param: null,
        code: null,
      },
    }),
    due: 'later',
  },
  {
    server: 'OpenAI',
    what: 'a picture that its rules forbid',
    answer: openAiError(400, 'content_policy_violation', 'Your request was rejected as a result of our safety system.'),
    due: 'refused',
    says: /safety system/,
  },
  {
    server: 'OpenAI',
    what: 'a model without pictures',
    answer: openAiError(400, null, 'Invalid content type. image_url is only supported by certain models.'),
    due: 'pause',
    code: 'MODEL_TEXT_ONLY',
    says: /takes no pictures/,
  },
  {
    server: 'Azure',
    what: 'a filter',
    answer: json(400, {
      error: {
        message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
      },
    }),
    due: 'refused',
    says: /filtered/,
  },
  {
    server: 'OpenRouter',
    what: 'no credit',
    answer: openRouter(402, 402, 'Insufficient credits. Add more using https://openrouter.ai/settings/credits'),
    due: 'pause',
    code: 'ENDPOINT_QUOTA',
    says: /Insufficient credits/,
  },
  {
    server: 'OpenRouter',
    what: 'no credit, inside a 200',
    answer: openRouter(200, 402, 'Insufficient credits'),
    due: 'pause',
    code: 'ENDPOINT_QUOTA',
    says: /answered 402/,
  },
  {
    server: 'OpenRouter',
    what: 'a wrong key, inside a 200',
    answer: openRouter(200, 401, 'No auth credentials found'),
    due: 'pause',
    code: 'ENDPOINT_KEY',
  },
  {
    server: 'OpenRouter',
    what: 'moderation',
    answer: openRouter(403, 403, 'Your input was flagged', {
      reasons: ['sexual'],
      flagged_input: 'Describe',
      provider_name: 'x',
      model_slug: 'y',
    }),
    due: 'refused',
    says: /flagged sexual/,
  },
  {
    server: 'OpenRouter',
    what: 'moderation, inside a 200',
    answer: openRouter(200, 403, 'Input was flagged by moderation'),
    due: 'refused',
    says: /flagged/,
  },
  {
    server: 'OpenRouter',
    what: 'the limit of a key',
    answer: openRouter(
      403,
      403,
      'Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys',
    ),
    due: 'pause',
    code: 'ENDPOINT_QUOTA',
  },
  { server: 'OpenRouter', what: 'no time left', answer: openRouter(408, 408, 'Request timed out'), due: 'later' },
  {
    server: 'OpenRouter',
    what: 'too many bytes',
    answer: json(413, {
      error: { code: 413, message: 'Request Entity Too Large', metadata: { error_type: 'payload_too_large' } },
    }),
    due: 'smaller',
    code: 'IMAGE_REFUSED',
  },
  {
    server: 'OpenRouter',
    what: 'a picture that is too large',
    answer: openRouter(200, 400, 'image_too_large: image exceeds 5 MB maximum'),
    due: 'smaller',
    code: 'IMAGE_REFUSED',
  },
  {
    server: 'OpenRouter',
    what: 'a format that it does not take',
    answer: openRouter(400, 400, 'unsupported_image_format: Unsupported image format'),
    due: 'fail',
    code: 'IMAGE_REFUSED',
  },
  {
    server: 'OpenRouter',
    what: 'a model without pictures',
    answer: openRouter(404, 404, 'No endpoints found that support image input'),
    due: 'pause',
    code: 'MODEL_TEXT_ONLY',
  },
  {
    server: 'OpenRouter',
    what: 'no such model',
    answer: openRouter(400, 400, 'nobody/nothing is not a valid model ID'),
    due: 'pause',
    code: 'MODEL_NOT_FOUND',
  },
  {
    server: 'OpenRouter',
    what: 'a provider that fails, inside a 200',
    answer: openRouter(200, 502, 'Provider returned error', { raw: 'upstream connect error', provider_name: 'x' }),
    due: 'later',
  },
  {
    server: 'OpenRouter',
    what: 'an answer that ends in an error',
    answer: json(200, {
      choices: [
        {
          message: { role: 'assistant', content: 'A wom' },
          finish_reason: 'error',
          error: { code: 502, message: 'Provider disconnected' },
        },
      ],
    }),
    due: 'later',
  },
  {
    server: 'vLLM',
    what: 'a bad request, nested',
    answer: vllm(400, 'temperature must be non-negative, got -1.0.'),
    due: 'fail',
    code: 'REQUEST_REFUSED',
    says: /temperature must be non-negative/,
  },
  {
    server: 'vLLM',
    what: 'a bad request, flat',
    answer: flatVllm(400, 'temperature must be non-negative, got -1.0.'),
    due: 'fail',
    code: 'REQUEST_REFUSED',
    says: /temperature must be non-negative/,
  },
  {
    server: 'vLLM',
    what: 'a bad request, with its number as a text',
    answer: json(400, {
      error: { message: 'top_p must be in (0, 1], got 2.0.', type: 'BadRequestError', param: null, code: '400' },
    }),
    due: 'fail',
    code: 'REQUEST_REFUSED',
    says: /top_p/,
  },
  {
    server: 'vLLM',
    what: 'too long, nested',
    answer: vllm(400, vllmTooLong),
    due: 'smaller',
    code: 'CONTEXT_OVERFLOW',
    says: /--max-model-len/,
  },
  {
    server: 'vLLM',
    what: 'too long, flat',
    answer: flatVllm(400, vllmTooLong),
    due: 'smaller',
    code: 'CONTEXT_OVERFLOW',
  },
  {
    server: 'vLLM',
    what: 'too long, newer',
    answer: vllm(
      400,
      'The decoder prompt (length 5012) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens plus multimodal tokens.',
    ),
    due: 'smaller',
    code: 'CONTEXT_OVERFLOW',
  },
  {
    server: 'vLLM',
    what: 'a text-only model',
    answer: vllm(400, 'm is not a multimodal model'),
    due: 'pause',
    code: 'MODEL_TEXT_ONLY',
    says: /takes no pictures/,
  },
  {
    server: 'vLLM',
    what: 'a text-only model, newer',
    answer: vllm(400, 'At most 0 image(s) may be provided in one prompt.'),
    due: 'pause',
    code: 'MODEL_TEXT_ONLY',
  },
  {
    server: 'vLLM',
    what: 'no such model',
    answer: vllm(404, 'The model `Qwen/Qwen2.5-VL-7B` does not exist.', 'NotFoundError'),
    due: 'pause',
    code: 'MODEL_NOT_FOUND',
  },
  {
    server: 'vLLM',
    what: 'a wrong key',
    answer: json(401, { error: 'Unauthorized' }),
    due: 'pause',
    code: 'ENDPOINT_KEY',
  },
  {
    server: 'vLLM',
    what: 'an engine that broke down',
    answer: vllm(
      500,
      'EngineCore encountered an issue. See stack trace (above) for the root cause.',
      'InternalServerError',
    ),
    due: 'later',
  },
  {
    server: 'Ollama',
    what: 'no such model',
    answer: ollama(404, 'model "qwen3-vl:99b" not found, try pulling it first', 'not_found_error'),
    due: 'pause',
    code: 'MODEL_NOT_FOUND',
  },
  {
    server: 'Ollama',
    what: 'a text-only model',
    answer: ollama(400, 'this model does not support image input'),
    due: 'pause',
    code: 'MODEL_TEXT_ONLY',
  },
  {
    server: 'Ollama',
    what: 'a full queue',
    answer: ollama(503, 'server busy, please try again.  maximum pending requests exceeded', 'api_error'),
    due: 'later',
  },
  {
    server: 'Ollama',
    what: 'too long',
    answer: ollama(400, 'prompt too long; exceeded max context length by 1200 tokens'),
    due: 'smaller',
    code: 'CONTEXT_OVERFLOW',
    says: /OLLAMA_CONTEXT_LENGTH/,
  },
  {
    server: 'Ollama',
    what: 'a picture that it does not take',
    answer: ollama(400, 'invalid image input'),
    due: 'fail',
    code: 'IMAGE_REFUSED',
  },
  {
    server: 'Ollama',
    what: 'a model that is too large',
    answer: ollama(500, 'model requires more system memory (38.2 GiB) than is available (15.4 GiB)', 'api_error'),
    due: 'pause',
    code: 'ENDPOINT_REFUSED',
    says: /too little memory/,
  },
  {
    server: 'LM Studio',
    what: 'a picture that it does not take, as a string',
    answer: json(400, { error: "'url' field must be a base64 encoded image." }),
    due: 'fail',
    code: 'IMAGE_REFUSED',
    says: /base64 encoded image/,
  },
  {
    server: 'LM Studio',
    what: 'no model',
    answer: json(404, {
      error: {
        message: 'No models loaded. Please load a model in the developer page or use the `lms load` command.',
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_found',
      },
    }),
    due: 'pause',
    code: 'MODEL_NOT_FOUND',
  },
  {
    server: 'LM Studio',
    what: 'no projector',
    answer: json(400, { error: 'Vision add-on is not loaded, but images were provided for processing' }),
    due: 'pause',
    code: 'MODEL_TEXT_ONLY',
    says: /has no projector/,
  },
  {
    server: 'LM Studio',
    what: 'too long, as a string',
    answer: json(400, {
      error:
        'The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input',
    }),
    due: 'smaller',
    code: 'CONTEXT_OVERFLOW',
  },
  {
    server: 'llama.cpp',
    what: 'a model that is loaded',
    answer: llama(503, 'Loading model', 'unavailable_error'),
    due: 'later',
  },
  {
    server: 'llama.cpp',
    what: 'a wrong key',
    answer: llama(401, 'Invalid API Key', 'authentication_error'),
    due: 'pause',
    code: 'ENDPOINT_KEY',
  },
  {
    server: 'llama.cpp',
    what: 'too long',
    answer: llama(
      400,
      'the request exceeds the available context size. try increasing the context size or enable context shift',
      'exceed_context_size_error',
      { n_prompt_tokens: 5000, n_ctx: 4096 },
    ),
    due: 'smaller',
    code: 'CONTEXT_OVERFLOW',
  },
  {
    server: 'llama.cpp',
    what: 'no projector, as a 500',
    answer: llama(
      500,
      'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
      'server_error',
    ),
    due: 'pause',
    code: 'MODEL_TEXT_ONLY',
    says: /--mmproj/,
  },
  {
    server: 'LiteLLM',
    what: 'a wrong key, without a database of keys',
    answer: json(400, { error: { message: 'No connected db.', type: 'no_db_connection', param: null, code: '400' } }),
    due: 'pause',
    code: 'ENDPOINT_KEY',
  },
  {
    server: 'LiteLLM',
    what: 'too long',
    answer: json(400, {
      error: {
        message:
          'litellm.ContextWindowExceededError: litellm.BadRequestError: this is a mock context window exceeded error\nmodel=m. context_window_fallbacks=None.',
        type: 'invalid_request_error',
        param: null,
        code: '400',
      },
    }),
    due: 'smaller',
    code: 'CONTEXT_OVERFLOW',
  },
  {
    server: 'transformers serve',
    what: 'another model',
    answer: json(400, { detail: "Server is pinned to '/models/tiny'; requested 'm'." }),
    due: 'pause',
    code: 'MODEL_NOT_FOUND',
  },
  {
    server: 'Gemini',
    what: 'a wrong key',
    answer: json(400, [
      { error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' } },
    ]),
    due: 'pause',
    code: 'ENDPOINT_KEY',
  },
  {
    server: 'LiteLLM',
    what: 'no such model',
    answer: json(400, {
      error: {
        message:
          "{'error': '/chat/completions: Invalid model name passed in model=m. Call `/v1/models` to view available models for your key.'}",
        type: 'invalid_request_error',
        param: 'model',
        code: '400',
      },
    }),
    due: 'pause',
    code: 'MODEL_NOT_FOUND',
  },
  {
    server: 'xAI',
    what: 'a picture that its rules forbid, as a 403 of permissions',
    answer: json(403, {
      code: 'The caller does not have permission to execute the specified operation',
      error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO',
    }),
    due: 'refused',
    says: /usage guidelines/,
  },
  {
    server: 'Alibaba',
    what: 'a picture that its inspection forbids',
    answer: openAiError(400, 'data_inspection_failed', 'Input data may contain inappropriate content.'),
    due: 'refused',
    says: /inappropriate/,
  },
  {
    server: 'OpenRouter',
    what: 'moderation in other words, with its reasons',
    answer: openRouter(403, 403, 'Forbidden by the provider', { reasons: ['violence'], provider_name: 'x' }),
    due: 'refused',
    says: /violence/,
  },
  {
    server: 'Gemini',
    what: 'a picture that its filter lets not through, inside a 200',
    answer: json(200, { choices: [], prompt_feedback: { block_reason: 'PROHIBITED_CONTENT' } }),
    due: 'refused',
    says: /PROHIBITED_CONTENT/,
  },
  {
    server: 'another server',
    what: 'a 403 for a picture that its guidelines forbid',
    answer: json(403, { error: { message: 'This image violates our content guidelines.', type: 'forbidden' } }),
    due: 'refused',
    says: /guidelines/,
  },
  {
    server: 'another server',
    what: 'an account that was shut out for what it sent before',
    answer: json(403, { error: { message: 'Your account was suspended for violating our usage policies.' } }),
    due: 'pause',
    code: 'ENDPOINT_KEY',
  },
  {
    server: 'OpenRouter',
    what: 'a region',
    answer: openRouter(403, 403, 'The model is not available in your region'),
    due: 'pause',
    code: 'ENDPOINT_KEY',
  },
  { server: 'a proxy', what: 'a page with 502', answer: page(502), due: 'later' },
  { server: 'a proxy', what: 'a page with 504', answer: page(504), due: 'later' },
  { server: 'a proxy', what: 'a page with 200', answer: page(200), due: 'later' },
  {
    server: 'a proxy',
    what: 'a redirect',
    answer: { status: 302, headers: { location: 'https://login.example/' }, body: '' },
    due: 'pause',
    code: 'ENDPOINT_REFUSED',
  },
  {
    server: 'another server',
    what: 'no chat completions',
    answer: json(404, { detail: 'Not Found' }),
    due: 'pause',
    code: 'ENDPOINT_REFUSED',
    says: /check the server's address/,
  },
  {
    server: 'another server',
    what: 'a request that does not fit its schema',
    answer: json(422, { detail: [{ loc: ['body', 'seed'], msg: 'value is not a valid integer', type: 'type_error' }] }),
    due: 'fail',
    code: 'REQUEST_REFUSED',
    says: /not a valid integer/,
  },
  {
    server: 'any',
    what: 'JSON that is cut',
    answer: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"id":"x","choices":[{"message":{"role":"assistant","content":"A cat sits on',
    },
    due: 'later',
  },
  {
    server: 'any',
    what: 'no choices',
    answer: json(200, { id: 'x', object: 'chat.completion', choices: [] }),
    due: 'later',
  },
  { server: 'any', what: 'an empty body', answer: { status: 200, headers: {}, body: '' }, due: 'later' },
  { server: 'any', what: 'a socket that is dropped at once', answer: dropped(), due: 'later' },
  {
    server: 'any',
    what: 'a socket that is dropped in the answer',
    answer: dropped('{"choices":[{"message":{"content":"A c'),
    due: 'later',
  },
  {
    server: 'any',
    what: 'a stream that breaks off',
    answer: events([{ choices: [{ delta: { content: 'A cat' } }] }], ''),
    due: 'later',
  },
  {
    server: 'any',
    what: 'an error within a stream',
    answer: events([{ choices: [{ delta: { content: 'A cat' } }] }, { error: { code: 401, message: 'Unauthorized' } }]),
    due: 'pause',
    code: 'ENDPOINT_KEY',
  },
];
