import { checkEndpoint } from '../../captioner/endpoint/checkEndpoint';
import { endpointOrigin } from '../../captioner/endpoint/endpointAddress';
import { keysOfEnvironment } from '../../jobs/client/endpointKeys';
import { captionerPresets } from '../../protocol/captioning/captionerPresets';
import { inOneLine } from '../../protocol/text/escapeControls';
import type { Command, CommandInput, CommandOutcome } from '../shared/Command';
import { UsageError } from '../shared/UsageError';
import { usersCaptioners } from './captionerFile';
import { address, captionersFlag, captionersHelp } from './captionerFlags';

/** Lists the captioners of the user, or tries a server. */
export const captionersCommand: Command = {
  usage: 'list | check URL',
  summary: 'the captioners that there are; or what is behind the address of a server, and what is missing there',
  flagHelp: [
    captionersHelp,
    '--endpoint-model NAME    tries this model (default: the first that the server lists); one small picture is sent',
  ],
  flags: { ...captionersFlag, 'endpoint-model': { type: 'string' } },
  run(input) {
    const [action, url, surplus] = input.positionals;
    if (surplus !== undefined) throw new UsageError(`One server at a time; "${surplus}" is one too many.`);
    if (action === 'check' && url !== undefined) return check(input, address(url));
    if (action === 'check') throw new UsageError('Which server? "captioners check URL".');
    if (action === undefined || (action === 'list' && url === undefined)) return list(input);
    throw new UsageError(`"${[action, url].join(' ').trim()}" is none of "list" and "check URL".`);
  },
};

async function list(input: CommandInput): Promise<CommandOutcome> {
  const { output, json } = input;
  const { profiles, file } = await usersCaptioners(input);
  if (json) {
    await output.result(`${JSON.stringify({ file, captioners: profiles, presets: captionerPresets })}\n`);
    return 'done';
  }
  for (const { name, model, endpoints, prompt } of profiles) {
    await output.line(inOneLine(name));
    await output.line(`  ${inOneLine(model === '' ? 'the first model' : model)} at ${endpoints.join(', ')}`);
    await output.line(`  ${inOneLine(prompt)}`);
  }
  if (profiles.length === 0) output.note(`There are no captioners in ${file}.`);
  output.note(`Presets for --preset: ${Object.keys(captionerPresets).join(', ')}.`);
  return 'done';
}

async function check(input: CommandInput, endpoint: string): Promise<CommandOutcome> {
  const { output, json, signal } = input;
  const key = keysOfEnvironment([endpoint])[endpointOrigin(endpoint)];
  const access = { endpoint, ...(key === undefined ? {} : { key }) };
  const report = await checkEndpoint(access, input.text('endpoint-model') ?? '', undefined, signal);
  if (json) await output.result(`${JSON.stringify(report)}\n`);
  else {
    await output.line(`${report.endpoint}: ${inOneLine(report.serverName)}`);
    for (const { id, takesPictures, contextTokens } of report.models) {
      const facts = [
        ...(takesPictures === undefined ? [] : [takesPictures ? 'takes pictures' : 'text only']),
        ...(contextTokens === undefined ? [] : [`${contextTokens} tokens`]),
      ];
      await output.line(`  ${inOneLine(id)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`);
    }
    if (report.works) await output.line(`${inOneLine(report.model)} answered a small picture.`);
  }
  for (const { text } of report.problems) output.note(text);
  return report.works ? (report.problems.length > 0 ? 'someFailed' : 'done') : 'nothingDone';
}
