import { imageStates, type ImageState, type NumberField, type Operator } from './QueryNode';

/** The value of a numeric term such as `tags:<5`. */
export interface NumberValue {
  operator: Operator;
  value: number;
  tolerance: number;
  text: string;
}

/** Aspect ratios within 1 % are the same: 1366 x 768 is 16:9. */
const ratioTolerance = 0.01;
/** Powers of 1024, as in file managers. */
const units: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** An example term for each numeric field, for messages and suggestions. */
export const numberExamples: Readonly<Record<NumberField, string>> = {
  tags: 'tags:<5',
  chars: 'chars:>200',
  width: 'width:>=1024',
  height: 'height:<512',
  ratio: 'ratio:16:9',
  size: 'size:>2MB',
};

/** Parses `<5`, `>=1024`, `16:9` or `2MB`; a number without operator means `=`. Returns undefined for anything else. */
export function numberValue(field: NumberField, written: string): NumberValue | undefined {
  const [, operator = '', text = ''] = /^(<=|>=|!=|=|<|>|)(.*)$/s.exec(written) ?? [];
  const read = field === 'ratio' ? ratio(text) : field === 'size' ? fileSize(text) : wholeNumber(text);
  if (read === undefined || !Number.isFinite(read.value)) return undefined;
  return { operator: operator === '' ? '=' : (operator as Operator), text, ...read };
}

/** The state with this name, case-insensitive. */
export function imageState(written: string): ImageState | undefined {
  const name = written.toLowerCase();
  return imageStates.find((state) => state === name);
}

interface Amount {
  value: number;
  tolerance: number;
}

function wholeNumber(text: string): Amount | undefined {
  return /^\d+$/.test(text) ? { value: Number(text), tolerance: 0 } : undefined;
}

function ratio(text: string): Amount | undefined {
  const [whole, width, height] = /^(\d+(?:\.\d+)?)(?:[:/](\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const value = Number(width) / (height === undefined ? 1 : Number(height));
  return { value, tolerance: value * ratioTolerance };
}

/** Parses a file size. The tolerance covers every size that rounds to the same digits: `2MB` means 1.5 to 2.5 MB. */
function fileSize(text: string): Amount | undefined {
  const [whole, number = '', fraction = '', unit = ''] = /^(\d+(?:\.(\d+))?)([kmg]?)i?b?$/i.exec(text) ?? [];
  const bytes = units[unit.toLowerCase()];
  if (whole === undefined || bytes === undefined) return undefined;
  return { value: Number(number) * bytes, tolerance: bytes === 1 ? 0 : (bytes * 10 ** -fraction.length) / 2 };
}
