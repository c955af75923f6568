import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { expandPath, type SearchScope } from './modelPlaces';

/** How the hub is reached, by the environment variables of huggingface_hub. */
export interface HubSettings {
  /** without a slash at its end, such as `https://huggingface.co` */
  endpoint: string;
  /** an access token and where it is set; undefined where there is none */
  token: { value: string; from: string } | undefined;
  /** the name of the variable that forbids the network; undefined where none does */
  offlineBy: string | undefined;
  /** milliseconds without a byte after which a try fails */
  timeout: number;
}

const publicEndpoint = 'https://huggingface.co';
/** Seconds; huggingface_hub's. */
const defaultTimeout = 10;

/**
 * Reads `HF_ENDPOINT`, `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, the file `HF_TOKEN_PATH` or `HF_HOME/token`,
 * `HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE`, `HF_HUB_DISABLE_IMPLICIT_TOKEN` and `HF_HUB_DOWNLOAD_TIMEOUT`.
 * @param token a token that the user gave to this program: it wins
 */
export async function hubSettings(scope: SearchScope, token: string | undefined): Promise<HubSettings> {
  const { env } = scope;
  const seconds = Number(env.HF_HUB_DOWNLOAD_TIMEOUT);
  return {
    endpoint: endpointOf(env.HF_ENDPOINT),
    token: isSet(token) ? { value: token.trim(), from: l10n.t('the stored access token') } : await implicitToken(scope),
    offlineBy: ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find((name) => isOn(env[name])),
    timeout: (seconds > 0 && seconds < 1e6 ? seconds : defaultTimeout) * 1000,
  };
}

function endpointOf(value: string | undefined): string {
  if (!isSet(value)) return publicEndpoint;
  const trimmed = value.trim().replace(/\/+$/, '');
  return /^https?:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
}

async function implicitToken(scope: SearchScope): Promise<HubSettings['token']> {
  const { env } = scope;
  if (isOn(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  for (const from of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']) {
    const value = env[from];
    if (isSet(value)) return { value: value.trim(), from };
  }
  const file = tokenFile(scope);
  const value = await readFile(file, 'utf8').catch(() => '');
  return isSet(value) ? { value: value.trim(), from: file } : undefined;
}

function tokenFile(scope: SearchScope): string {
  const { HF_TOKEN_PATH, HF_HOME, XDG_CACHE_HOME } = scope.env;
  if (isSet(HF_TOKEN_PATH)) return expandPath(HF_TOKEN_PATH, scope);
  if (isSet(HF_HOME)) return path.join(expandPath(HF_HOME, scope), 'token');
  const cache = isSet(XDG_CACHE_HOME) ? expandPath(XDG_CACHE_HOME, scope) : path.join(scope.home, '.cache');
  return path.join(cache, 'huggingface/token');
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

function isOn(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '');
}
