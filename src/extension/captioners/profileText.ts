import * as l10n from '@vscode/l10n';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import { nameInOneLine } from '../../protocol/text/escapeControls';
import { modelOf } from './chosenOf';

/** How many characters of a prompt are shown beside its captioner. */
const shownPrompt = 120;

/** Where a captioner is and which model it is, in one line: `qwen3-vl:8b-instruct · localhost:11434`. */
export function whereOf(profile: CaptionerProfile): string {
  const model = modelOf(profile);
  if (model !== undefined) return l10n.t('VS Code · {0}', nameInOneLine(`${model.vendor} ${model.id}`));
  const hosts = [...new Set(profile.endpoints.map(hostOf))].join(', ');
  return `${profile.model === '' ? l10n.t('first model') : nameInOneLine(profile.model)} · ${nameInOneLine(hosts)}`;
}

/** Where a captioner sends pictures, in words: `http://localhost:11434, to the model qwen3-vl:8b-instruct`. */
export function destinationOf(profile: CaptionerProfile): string {
  const model = modelOf(profile);
  if (model !== undefined) return l10n.t('the model {0} of VS Code', nameInOneLine(`${model.vendor} ${model.id}`));
  const origins = [...new Set(profile.endpoints.map(originOf))].map(nameInOneLine).join(', ');
  return profile.model === '' ? origins : l10n.t('{0}, to the model {1}', origins, nameInOneLine(profile.model));
}

function originOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).origin : endpoint;
}

function hostOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).host : endpoint;
}

/** The beginning of a text in one line: its first sentence, or less of a long one. */
export function firstSentence(text: string): string {
  const line = nameInOneLine(text.replaceAll(/\s+/g, ' ').trim());
  const sentence = /^.*?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
  return sentence.length > shownPrompt ? `${sentence.slice(0, shownPrompt)}…` : sentence;
}
