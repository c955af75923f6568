import type { PresetName } from '../../protocol/captioning/captionerPresets';

/** The preset that fits a model, by the model's name. */
export function presetFor(model: string): PresetName {
  const name = model.toLowerCase();
  if (/joy[-_ ]?caption/.test(name)) return 'joycaption';
  if (/torii[-_ ]?gate/.test(name)) return 'toriigate';
  return /qwen[-_ ]?3[-_ ]?vl/.test(name) ? 'qwen3-vl' : 'general';
}

/**
 * A unique name for a captioner: that of its model, without the folder or owner before it and endings such as `.gguf`.
 */
export function nameFor(model: string, taken: Iterable<string>): string {
  const last = model.split(/[/\\]/).at(-1) ?? '';
  const short = last.replace(/:latest$|\.gguf$/i, '').trim();
  const base = short === '' ? 'Captioner' : short;
  const names = new Set(taken);
  let name = base;
  for (let number = 2; names.has(name); number++) name = `${base} ${String(number)}`;
  return name;
}
