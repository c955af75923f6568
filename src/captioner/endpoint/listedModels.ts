import { isRecord } from './serverProblem';

/** A model as a server lists it. */
export interface ListedModel {
  id: string;
  /** undefined where the server does not say */
  takesPictures?: boolean;
  /** whether it thinks before it answers; undefined where the server does not say */
  thinks?: boolean;
  /** of prompt, picture and answer together; undefined where the server does not say */
  contextTokens?: number;
  /** its owner, in the server's words, such as `vllm`; empty where it does not say */
  ownedBy: string;
}

/**
 * Reads a list of models: `data` of OpenAI with what vLLM (`max_model_len`), llama.cpp and OpenRouter
 * (`architecture.input_modalities`, `context_length`) and LM Studio (`type`, `loaded_context_length`) add to it.
 * @returns undefined where it is no such list
 */
export function readModels(json: unknown): ListedModel[] | undefined {
  const list = Array.isArray(json) ? json : isRecord(json) ? (json.data ?? json.models) : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((entry: unknown) => {
    if (!isRecord(entry)) return [];
    const id = entry.id ?? entry.model ?? entry.name;
    if (typeof id !== 'string' || id === '') return [];
    return [{ id, ownedBy: typeof entry.owned_by === 'string' ? entry.owned_by : '', ...told(entry) }];
  });
}

/** The facts in an entry of a list, or in a description of one model. */
export function told(entry: Record<string, unknown>): Omit<ListedModel, 'id' | 'ownedBy'> {
  const takesPictures = picturesIn(entry);
  const thinks = namesOf(entry.capabilities)?.includes('thinking');
  const contextTokens = contextIn(entry);
  return {
    ...(takesPictures === undefined ? {} : { takesPictures }),
    ...(thinks === undefined ? {} : { thinks }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
}

function picturesIn({ architecture, capabilities, type }: Record<string, unknown>): boolean | undefined {
  const inputs = isRecord(architecture) ? namesOf(architecture.input_modalities) : undefined;
  if (inputs !== undefined) return inputs.includes('image');
  if (type === 'vlm') return true;
  if (type === 'llm' || type === 'embeddings') return false;
  const abilities = namesOf(capabilities);
  if (abilities === undefined) return undefined;
  return abilities.some((name) => name === 'vision' || name === 'multimodal' || name === 'image');
}

function contextIn(entry: Record<string, unknown>): number | undefined {
  const fields = [
    'loaded_context_length',
    'max_model_len',
    'context_length',
    'n_ctx',
    'max_context_length',
    'max_input_tokens',
  ];
  return fields.map((field) => entry[field]).find((value): value is number => typeof value === 'number' && value > 0);
}

/** A list of names, as it is or as the keys of an object with the value true. */
function namesOf(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.filter((name): name is string => typeof name === 'string');
  if (!isRecord(value)) return undefined;
  return Object.keys(value).filter((name) => value[name] === true);
}
