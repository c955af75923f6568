import type { IncomingHttpHeaders } from 'node:http';
import { jsonOrUndefined } from '../../network/jsonOrUndefined';
import { singleHeader } from '../../network/singleHeader';
import { abortReason } from '../../protocol/channel/Channel';
import type { EndpointClient } from './EndpointClient';
import { readModels, told, type ListedModel } from './listedModels';
import { isRecord } from './serverProblem';

/** The programs and services that are known. */
export type ServerKind = 'vllm' | 'ollama' | 'llama.cpp' | 'lmstudio' | 'openrouter' | 'openai' | 'other';

/** What a server is, and what it reports besides its list of models. */
export interface ServerFacts {
  kind: ServerKind;
  /** such as `vLLM 0.11.0` */
  name: string;
  /** how many requests it works on at a time; undefined where it does not say */
  slots?: number;
  /** `models` with what else the server tells about them */
  models: ListedModel[];
  /** what the server tells about the model that is loaded, whatever its name */
  loaded: Omit<ListedModel, 'id' | 'ownedBy'>;
}

/** The timeout of requests for optional facts, in milliseconds. */
const asideTimeout = 5000;

/**
 * Finds out what a server is, by its address, its list of models, and paths that only one kind of server has.
 * @param headers of the list of models
 * @param model the model to ask about; empty for none
 * @throws the signal's reason
 */
export async function serverFacts(
  client: EndpointClient,
  models: ListedModel[],
  headers: IncomingHttpHeaders,
  model: string,
  signal: AbortSignal,
): Promise<ServerFacts> {
  const root = client.address.replace(/\/v\d+[^/]*$/, '');
  const json = (path: string): Promise<unknown> => askAside(client, `${root}${path}`, signal);
  const { hostname } = new URL(client.address);
  const owners = new Set(models.map(({ ownedBy }) => ownedBy));
  const server = singleHeader(headers.server) ?? '';

  if (hostname === 'openrouter.ai' || hostname.endsWith('.openrouter.ai')) {
    return { kind: 'openrouter', name: 'OpenRouter', models, loaded: {} };
  }
  if (hostname === 'api.openai.com') return { kind: 'openai', name: 'OpenAI', models, loaded: {} };
  if (Object.keys(headers).some((name) => name.startsWith('x-litellm-'))) {
    const version = singleHeader(headers['x-litellm-version']) ?? '';
    return { kind: 'other', name: `LiteLLM ${version}`.trim(), models, loaded: {} };
  }
  if (owners.has('vllm')) {
    return { kind: 'vllm', name: withVersion('vLLM', await json('/version')), models, loaded: {} };
  }
  if (owners.has('llamacpp') || server.toLowerCase().includes('llama.cpp')) {
    return { kind: 'llama.cpp', name: 'llama.cpp', models, ...llamaFacts(await json('/props')) };
  }
  const version = await json('/api/version');
  if (isRecord(version) && typeof version.version === 'string') {
    const shown = model === '' ? undefined : await askAside(client, `${root}/api/show`, signal, { model });
    const loaded = isRecord(shown) ? told(shown) : {};
    return { kind: 'ollama', name: withVersion('Ollama', version), models, loaded };
  }
  const studio = readModels(await json('/api/v0/models'));
  if (studio !== undefined) return { kind: 'lmstudio', name: 'LM Studio', models: studio, loaded: {} };
  const props = await json('/props');
  if (isRecord(props) && (isRecord(props.modalities) || props.total_slots !== undefined)) {
    return { kind: 'llama.cpp', name: 'llama.cpp', models, ...llamaFacts(props) };
  }
  return { kind: 'other', name: server === '' ? hostname : server, models, loaded: {} };
}

/** `/props` of llama.cpp's server (https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md). */
function llamaFacts(props: unknown): Pick<ServerFacts, 'slots' | 'loaded'> {
  if (!isRecord(props)) return { loaded: {} };
  const { total_slots: slots, modalities, default_generation_settings: settings } = props;
  const takesPictures = isRecord(modalities) && typeof modalities.vision === 'boolean' ? modalities.vision : undefined;
  const context = isRecord(settings) ? settings.n_ctx : undefined;
  return {
    ...(typeof slots === 'number' && slots > 0 ? { slots } : {}),
    loaded: {
      ...(takesPictures === undefined ? {} : { takesPictures }),
      // Of one slot: the context is divided among them.
      ...(typeof context === 'number' && context > 0 ? { contextTokens: context } : {}),
    },
  };
}

/** Gets optional JSON from a server; undefined where it has none. @throws the signal's reason */
async function askAside(client: EndpointClient, url: string, signal: AbortSignal, body?: unknown): Promise<unknown> {
  try {
    const answer =
      body === undefined
        ? await client.get(url, asideTimeout, signal)
        : await client.post(url, body, asideTimeout, signal);
    return answer.status === 200 ? jsonOrUndefined(answer.body.toString('utf8')) : undefined;
  } catch {
    if (signal.aborted) throw abortReason(signal);
    return undefined;
  }
}

function withVersion(name: string, json: unknown): string {
  return isRecord(json) && typeof json.version === 'string' ? `${name} ${json.version.slice(0, 40)}` : name;
}
