import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { count, finite, texts } from '../channel/checks';
import { nameInOneLine } from '../text/escapeControls';
import { isLanguageCode, usualLanguage } from './answerLanguage';
import { captionerPresets, presetNames, type PresetName } from './captionerPresets';
import type { CaptionerProfile, OutputRules, Sampling } from './captionerProfile';
import { languageModelOf } from './languageModelAddress';
import { outputProblems, promptProblems } from './placeholders';

/** The captioners of a list, and its problems. */
export interface ReadCaptioners {
  /** those that can be used, in their order */
  profiles: CaptionerProfile[];
  /** what is wrong, in sentences for the user that name captioner and field */
  problems: string[];
}

/** How a field is checked, and the words for what it has to be. */
interface Field {
  schema: v.GenericSchema;
  /** the end of the sentence "The field must be …" */
  expected: () => string;
}

const text: Field = { schema: v.string(), expected: () => l10n.t('a text') };
const list: Field = { schema: texts, expected: () => l10n.t('a list of texts') };
const anyObject: Field = {
  schema: v.custom<Record<string, unknown>>(isRecord),
  expected: () => l10n.t('an object with braces'),
};

function number(least: number, most: number): Field {
  return {
    schema: v.pipe(finite, v.minValue(least), v.maxValue(most)),
    expected: () => l10n.t('a number from {0} to {1}', least, most),
  };
}

function whole(least: number, most: number): Field {
  return {
    schema: v.pipe(count, v.minValue(least), v.maxValue(most)),
    expected: () => l10n.t('a whole number from {0} to {1}', least, most),
  };
}

/** A field that `null` takes out of the preset: then the server's own value holds. */
function orNull(field: Field): Field {
  return { ...field, schema: v.nullable(field.schema) };
}

/** Most of the fields of a captioner; the limits are those of the setting's schema in package.json. */
const profileFields: Readonly<Record<string, Field>> = {
  name: text,
  preset: { schema: v.picklist(presetNames), expected: () => presetNames.join(', ') },
  endpoints: list,
  model: text,
  system: text,
  prompt: text,
  trigger: text,
  sampling: anyObject,
  imageSide: whole(64, 8192),
  maximumInFlight: whole(1, 1024),
  timeoutSeconds: number(1, 3600),
  output: anyObject,
};

const samplingFields: Readonly<Record<string, Field>> = {
  temperature: orNull(number(0, 2)),
  topP: orNull(number(0, 1)),
  maxTokens: whole(1, 1_000_000),
  seed: orNull(whole(0, Number.MAX_SAFE_INTEGER)),
  stop: orNull(list),
  extra: orNull(anyObject),
};

const outputFields: Readonly<Record<string, Field>> = { template: text, openings: list, language: text };

/** Fields of the request for which a captioner has fields under other names. */
const ownFields = ['model', 'messages', 'stream', 'max_tokens', 'max_completion_tokens', 'n'];

/** Names under which people keep keys: they would be read by everyone who reads the settings. */
const secretName = /^(?:api[-_]?key|key|token|password|secret|authorization|bearer)$/i;

/**
 * Reads captioners that were written by hand: the setting `datasetCaptions.captioners`, or a file with the same list.
 * Each needs a name and endpoints; fields that it does not have come from its preset. One that cannot be used is left
 * out and reported as a problem; an unknown field is reported, too, and changes nothing.
 * @param value anything: settings.json is not checked
 */
export function readCaptioners(value: unknown): ReadCaptioners {
  const read: ReadCaptioners = { profiles: [], problems: [] };
  if (value === undefined || value === null) return read;
  if (!Array.isArray(value)) {
    read.problems.push(l10n.t('The captioners must be a list with square brackets.'));
    return read;
  }
  // Settings come as proxies, which no message can hold.
  const copy = JSON.parse(JSON.stringify(value)) as unknown[];
  for (const [index, entry] of copy.entries()) addProfile(read, entry, index);
  return read;
}

function addProfile({ profiles, problems }: ReadCaptioners, entry: unknown, index: number): void {
  if (!isRecord(entry)) {
    problems.push(l10n.t('Captioner {0} of the list must be an object with braces.', index + 1));
    return;
  }
  const name = typeof entry.name === 'string' ? entry.name.trim() : '';
  const own = new Problems(name === '' ? l10n.t('Captioner {0} of the list', index + 1) : captionerNamed(name));
  if (name === '') own.add('name', l10n.t('is missing: captioners are chosen by it'));
  if (profiles.some((profile) => profile.name === name)) own.add('name', l10n.t('is that of another captioner'));
  own.check(entry, profileFields, '');
  const { sampling = {}, output = {} } = entry;
  if (isRecord(sampling)) own.check(sampling, samplingFields, 'sampling.');
  if (isRecord(output)) own.check(output, outputFields, 'output.');
  // A profile whose fields are of the wrong kind cannot be put together.
  const profile = own.isUsable ? profileOf(entry, name) : undefined;
  if (profile !== undefined) checkMeaning(own, profile);
  problems.push(...own.sentences);
  if (profile !== undefined && own.isUsable) profiles.push(profile);
}

function captionerNamed(name: string): string {
  return l10n.t('Captioner "{0}"', nameInOneLine(name));
}

/** What is wrong with one captioner. */
class Problems {
  readonly sentences: string[] = [];
  isUsable = true;

  /** @param whose the start of each sentence: which captioner it is */
  constructor(private readonly whose: string) {}

  /** @param problem the end of the sentence; the captioner is left out because of it */
  add(field: string, problem: string): void {
    this.isUsable = false;
    this.sentences.push(l10n.t('{0} is left out: {1} {2}.', this.whose, field, problem));
  }

  /** Adds a problem of a field that has its own sentence. */
  addSentence(field: string, sentence: string): void {
    this.isUsable = false;
    this.sentences.push(l10n.t('{0} is left out: {1}: {2}', this.whose, field, sentence));
  }

  /** Checks types and ranges of values, and reports unknown fields. */
  check(values: Record<string, unknown>, fields: Readonly<Record<string, Field>>, prefix: string): void {
    for (const [name, value] of Object.entries(values)) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      const fullName = nameInOneLine(prefix + name);
      if (field !== undefined) {
        if (!v.is(field.schema, value)) this.add(fullName, l10n.t('must be {0}', field.expected()));
      } else if (secretName.test(name)) {
        this.add(fullName, l10n.t('does not belong into settings, as others may read them: keys are stored apart'));
      } else {
        const known = Object.keys(fields).join(', ');
        this.sentences.push(l10n.t('{0}: {1} means nothing. Known are {2}.', this.whose, fullName, known));
      }
    }
  }
}

/** A captioner whose fields are of the right kinds, with what its preset says where it says nothing. */
function profileOf(entry: Record<string, unknown>, name: string): CaptionerProfile {
  const own = entry as Partial<CaptionerProfile> & { preset?: PresetName; sampling?: unknown; output?: unknown };
  const { preset = 'general', sampling, output, ...others } = own;
  const usual = captionerPresets[preset];
  const chosen = {
    model: others.model ?? usual.model,
    system: others.system ?? usual.system,
    prompt: others.prompt ?? usual.prompt,
    trigger: others.trigger ?? usual.trigger,
    imageSide: others.imageSide ?? usual.imageSide,
    maximumInFlight: others.maximumInFlight ?? usual.maximumInFlight,
    timeoutSeconds: others.timeoutSeconds ?? usual.timeoutSeconds,
  };
  const endpoints = (others.endpoints ?? []).map((endpoint) => endpoint.trim()).filter((endpoint) => endpoint !== '');
  return {
    name,
    endpoints: [...new Set(endpoints)],
    ...chosen,
    sampling: withoutNulls({ ...usual.sampling, ...(sampling as Partial<Sampling> | undefined) }),
    output: { ...usual.output, language: usualLanguage(chosen), ...(output as Partial<OutputRules> | undefined) },
  };
}

/** A copy without the fields that are null: they are not sent. */
function withoutNulls(sampling: Sampling): Sampling {
  const set = Object.entries(sampling).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(set) as unknown as Sampling;
}

/** Looks at what the values mean: addresses, placeholders, fields that the request has already. */
function checkMeaning(problems: Problems, profile: CaptionerProfile): void {
  if (profile.endpoints.length === 0) {
    problems.add(
      'endpoints',
      l10n.t('is missing: it lists the addresses of servers, such as http://localhost:11434/v1'),
    );
  }
  for (const endpoint of profile.endpoints) {
    const problem = addressProblem(endpoint);
    if (problem !== undefined) problems.addSentence('endpoints', problem);
  }
  for (const problem of promptProblems(profile.prompt, profile.system)) problems.addSentence('prompt', problem);
  for (const problem of outputProblems(profile.output.template)) problems.addSentence('output.template', problem);
  const { language } = profile.output;
  if (language !== '' && !isLanguageCode(language)) {
    problems.add('output.language', l10n.t('must be the code of a language, such as en or pt-BR, or empty for any'));
  }
  for (const name of Object.keys(profile.sampling.extra ?? {})) {
    const field = nameInOneLine(`sampling.extra.${name}`);
    if (ownFields.includes(name)) problems.add(field, l10n.t('is set by the captioner itself'));
    else if (secretName.test(name)) {
      problems.add(field, l10n.t('does not belong into settings, as others may read them: keys are stored apart'));
    }
  }
}

/** What is wrong with the address of a server, as a sentence without the address; undefined if nothing is. */
function addressProblem(endpoint: string): string | undefined {
  if (languageModelOf(endpoint) !== undefined) return undefined;
  const address = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol) || address.hostname === '') {
    return l10n.t('An address begins with http:// or https://, as in http://localhost:11434/v1.');
  }
  if (address.username !== '' || address.password !== '') {
    return l10n.t('An address has no user name or password in it: keys are stored apart.');
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
