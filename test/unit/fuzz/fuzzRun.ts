import fc from 'fast-check';

/** How long each fuzzer runs, in seconds: a moment with all tests, a minute with `npm run soak -- fuzz`. */
export const fuzzSeconds = Number(process.env.DATASET_CAPTIONS_FUZZ_SECONDS ?? '5');

const limits = { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: fuzzSeconds * 1000 };

/** Tries a property for {@link fuzzSeconds}. @throws Error with the seed and the smallest input that fails */
export function fuzz<T>(property: fc.IProperty<T>): void {
  tell(fc.check(property, limits));
}

/** The same for one that waits. */
export async function fuzzAsync<T>(property: fc.IAsyncProperty<T>): Promise<void> {
  tell(await fc.check(property, limits));
}

function tell<T>(details: fc.RunDetails<T>): void {
  if (details.failed)
    throw new Error(`${fc.defaultReportMessage(details)}\n${String(details.errorInstance)}`, {
      cause: details.errorInstance,
    });
  console.log(`      ${details.numRuns} inputs in ${fuzzSeconds} s, seed ${details.seed}`);
}

/** Texts with what parsers stumble over between the letters. */
export function oddTexts(...pieces: string[]): fc.Arbitrary<string> {
  const common = [
    '',
    ' ',
    '\n',
    '\r\n',
    '\r',
    '\t',
    '\0',
    '\ufeff',
    ',',
    '"',
    "'",
    '\\',
    '(',
    ')',
    ':',
    '*',
    '\ud83d',
    '😀',
  ];
  const piece = fc.oneof(
    fc.constantFrom(...common, ...pieces),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.string({ maxLength: 8 }),
  );
  return fc.array(piece, { maxLength: 24 }).map((parts) => parts.join(''));
}
