import { readFile } from 'node:fs/promises';
import { CaptionerError } from '../../captioner/endpoint/CaptionerError';
import { endpointAddress, endpointKeyVariable } from '../../captioner/endpoint/endpointAddress';
import { isLanguageCode, languageOfWords } from '../../protocol/captioning/answerLanguage';
import { captionerPresets, presetNames } from '../../protocol/captioning/captionerPresets';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import { outputProblems, promptProblems } from '../../protocol/captioning/placeholders';
import { errorMessage } from '../../protocol/channel/wireError';
import { captionFlags } from '../flags/captionFlags';
import { choice, count } from '../flags/flagValues';
import { modelFolderFlags } from '../flags/modelFolders';
import { taggerFlags } from '../flags/taggerFlags';
import type { Command, CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';
import { captionersVariable, usersCaptioners } from './captionerFile';
import { tagListFlag, tagListHelp } from './tagLists';

/** The flag for the file with the user's captioners. */
export const captionersFlag = { captioners: { type: 'string' } } as const;
export const captionersHelp = `--captioners FILE        JSON with captioners, as the setting of VS Code has them (default: ${captionersVariable})`;

/** The flags for a captioner: a vision-language model behind chat completions. */
export const captionerFlags: Command['flags'] = {
  captioner: { type: 'string' },
  ...captionersFlag,
  endpoint: { type: 'string', multiple: true },
  'endpoint-model': { type: 'string' },
  preset: { type: 'string' },
  prompt: { type: 'string' },
  'prompt-file': { type: 'string' },
  system: { type: 'string' },
  trigger: { type: 'string' },
  'image-side': { type: 'string' },
  'max-tokens': { type: 'string' },
  temperature: { type: 'string' },
  template: { type: 'string' },
  language: { type: 'string' },
  'in-flight': { type: 'string' },
  'answer-timeout': { type: 'string' },
  'skip-missing': { type: 'boolean' },
  ...tagListFlag,
  'retry-of': { type: 'string' },
};

export const captionerFlagHelp = [
  '--captioner NAME         captions in sentences by a vision-language model: a captioner that "captioners list" has;',
  '                         the flags that follow change it for this job, or name one without it',
  captionersHelp,
  '--endpoint URL           a server with chat completions that has the model (vLLM, Ollama, llama.cpp, LM Studio,',
  '                         OpenRouter, OpenAI); several times for several servers with one queue. The key is read',
  `                         from ${endpointKeyVariable}: one key, or ORIGIN=KEY for each server`,
  '--endpoint-model NAME    as the server names it (default: the first that it lists)',
  `--preset NAME            what the rest begins with: ${presetNames.join(', ')} (default general)`,
  '--prompt TEXT            what the model is asked, with {tags}, {caption}, {trigger}, {folder}, {filename} and',
  '                         {origin:hand} for what is known of an image',
  '--prompt-file FILE       the same from a file',
  '--system TEXT            instructions before the prompt',
  '--trigger WORD           what {trigger} stands for',
  '--image-side N           longer side of the picture that is sent, in pixels; never enlarged (default 1024)',
  '--max-tokens N           the longest answer; one that is cut off there is flagged and not written',
  '--temperature X          0 to 2 (default: what the captioner says, or the server)',
  '--template TEXT          what is written, with {prose}, {tags} and {trigger}, such as "{tags}. {prose}"',
  '                         (default {prose}); \\n is a line end',
  '--language LANG          of the answers, such as en; others are flagged and not written; "any" for any (default:',
  '                         en where the prompt is English and names no language, else any)',
  '--in-flight N            most requests at a time at a server; below that the number adapts to it',
  '--answer-timeout S       seconds that an answer may take',
  ...tagListHelp,
  '--skip-missing           leaves out the images for which a placeholder of the prompt has nothing; without it nothing',
  '                         is begun where there are some',
  '--retry-of JOB           only the images that failed or were flagged in that job, such as with another captioner',
];

/** What makes a captioner of a command, besides its name. */
const nameOfFlags = 'command line';

/**
 * The captioner that the flags name, with the changes that other flags make; undefined if they name none.
 * @throws UsageError for a name that there is not, a value that cannot be used, or a flag that needs a captioner
 */
export async function captionerOf(input: CommandInput): Promise<CaptionerProfile | undefined> {
  const name = input.text('captioner');
  const endpoints = input.texts('endpoint').map(address);
  if (name === undefined && endpoints.length === 0) {
    const alone = Object.keys(captionerFlags).find((flag) => isGiven(input, flag) && flag !== 'captioners');
    if (alone === undefined || alone === 'retry-of') return undefined;
    throw new UsageError(
      `--${alone} is for captioners: name one with --captioner NAME, or its server with --endpoint URL.`,
    );
  }
  const known = name === undefined ? undefined : await knownCaptioner(input, name);
  if (known !== undefined && input.text('preset') !== undefined) {
    throw new UsageError('--preset and --captioner do not go together: a captioner has all that a preset says.');
  }
  const base = known ?? { name: nameOfFlags, endpoints: [], ...captionerPresets[presetOf(input)] };
  const words = { system: input.text('system') ?? base.system, prompt: (await givenPrompt(input)) ?? base.prompt };
  const profile: CaptionerProfile = {
    ...base,
    ...words,
    endpoints: endpoints.length > 0 ? endpoints : base.endpoints.map(address),
    model: input.text('endpoint-model') ?? base.model,
    trigger: input.text('trigger') ?? base.trigger,
    imageSide: positive(input, 'image-side', base.imageSide),
    maximumInFlight: positive(input, 'in-flight', base.maximumInFlight),
    timeoutSeconds: positive(input, 'answer-timeout', base.timeoutSeconds),
    sampling: {
      ...base.sampling,
      maxTokens: positive(input, 'max-tokens', base.sampling.maxTokens),
      ...temperature(input),
    },
    output: {
      ...base.output,
      template: input.text('template') ?? base.output.template,
      language: languageFlag(input) ?? languageOfWords(base.output.language, base, words),
    },
  };
  if (profile.endpoints.length === 0)
    throw new UsageError(`The captioner ${profile.name} has no server: --endpoint URL.`);
  const problems = [...promptProblems(profile.prompt, profile.system), ...outputProblems(profile.output.template)];
  if (problems.length > 0) throw new UsageError(problems.join(' '));
  return profile;
}

/** The flags of captions that hold for prose, too. */
const forProse: ReadonlySet<string> = new Set(['write-mode', 'separator', 'records']);

/** @throws UsageError for a flag of taggers, which a captioner would not heed */
export function refuseTaggerFlags(input: CommandInput): void {
  const flags = [...Object.keys(taggerFlags), ...Object.keys(captionFlags).filter((flag) => !forProse.has(flag))];
  // Where models are found, lists of tags are.
  const wrong = flags.find((flag) => !(flag in modelFolderFlags) && isGiven(input, flag));
  if (wrong !== undefined) throw new UsageError(`--${wrong} is for taggers, and this is a captioner.`);
  if (input.isSet('dry-run')) {
    throw new UsageError(
      '--dry-run is for taggers: a captioner answers anew each time, so what it showed is not what a job would write.',
    );
  }
}

/** The address of a server in the form in which jobs have it. @throws UsageError */
export function address(text: string): string {
  try {
    return endpointAddress(text);
  } catch (thrown) {
    if (thrown instanceof CaptionerError) throw new UsageError(thrown.message);
    throw thrown;
  }
}

async function knownCaptioner(input: CommandInput, name: string): Promise<CaptionerProfile> {
  const { profiles, file } = await usersCaptioners(input);
  const known = profiles.find((profile) => profile.name === name);
  if (known !== undefined) return known;
  const names = profiles.map((profile) => `"${profile.name}"`).join(', ');
  const there = names === '' ? `There are none in ${file}` : `There are ${names} in ${file}`;
  throw new UsageError(`There is no captioner "${name}". ${there}.`);
}

function presetOf(input: CommandInput): (typeof presetNames)[number] {
  return choice(input, 'preset', presetNames, 'general');
}

async function givenPrompt(input: CommandInput): Promise<string | undefined> {
  const [text, file] = [input.text('prompt'), input.text('prompt-file')];
  if (text !== undefined && file !== undefined) throw new UsageError('--prompt and --prompt-file do not go together.');
  if (file === undefined) return text;
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '').trim();
  } catch (thrown) {
    throw new UsageError(`The prompt cannot be read from ${file}: ${errorMessage(thrown)}`);
  }
}

function positive(input: CommandInput, flag: string, usual: number): number {
  if (input.text(flag) === undefined) return usual;
  const value = count(input, flag, usual);
  if (value === 0) throw new UsageError(`--${flag} must be a whole number from 1 up.`);
  return value;
}

/** @throws UsageError */
function languageFlag(input: CommandInput): string | undefined {
  const language = input.text('language')?.trim();
  if (language === undefined) return undefined;
  if (language === 'any' || language === '') return '';
  if (isLanguageCode(language)) return language;
  throw new UsageError(`--language takes the code of a language, such as en or pt-BR, or "any", not "${language}".`);
}

function temperature(input: CommandInput): { temperature?: number } {
  const text = input.text('temperature');
  if (text === undefined) return {};
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= 0 && value <= 2)) throw new UsageError(`--temperature must be a number from 0 to 2, not "${text}".`);
  return { temperature: value };
}

function isGiven(input: CommandInput, flag: string): boolean {
  return input.isSet(flag) || input.texts(flag).length > 0;
}
