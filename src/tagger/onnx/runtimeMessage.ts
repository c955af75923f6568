import { errorMessage } from '../../protocol/channel/wireError';

/** What ONNX Runtime or a driver said, without the sentence that this program put around it. */
export function runtimeMessage(thrown: unknown): string {
  return thrown instanceof Error && thrown.cause !== undefined ? errorMessage(thrown.cause) : errorMessage(thrown);
}

/**
 * A message of ONNX Runtime in few words: without the place in its source and C++ signatures. Only the first line that
 * says anything is kept.
 */
export function plainRuntimeMessage(message: string): string {
  const lines = message.split('\n').map((line) =>
    line
      .replace(/^\[?ONNXRuntimeError\]?\s*:\s*\d+\s*:\s*\w+\s*:\s*/, '')
      .replace(/^Non-zero status code returned while running (\w+) node\. Name:'[^']*' Status Message: /, '$1: ')
      // `file.cc:306 type function(types) condition was false. What it means`
      .replace(/\S+\.(?:cc|cpp|cu|h|hpp):\d+ .*? was false\. /, '')
      .replace(/\S+\.(?:cc|cpp|cu|h|hpp):\d+:? (?:[\w:<>*&~, ]+\([^)]*\)(?: const)?(?:::<lambda[^>]*>)? ?)?/, '')
      .trim(),
  );
  const first = lines.find((line) => line !== '') ?? '';
  return first.slice(0, 300).replace(/\.$/, '');
}
