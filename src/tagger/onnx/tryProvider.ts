import { fork } from 'node:child_process';
import path from 'node:path';
import { isTrialMessage, type TrialArgument, type TrialRequest } from '../../protocol/tagging/providerTrial';
import type { TimedProof } from './scoreProof';

/** How a trial ended. */
export type TrialResult =
  /** the scores of the proof picture, and the time of a run that is not the first, in milliseconds */
  | ({ kind: 'timed' } & TimedProof)
  /** it was not done within the limit and was ended; `milliseconds` of a first run that was done nevertheless */
  | { kind: 'tooSlow'; milliseconds: number | undefined }
  /** what ONNX Runtime says */
  | { kind: 'failed'; message: string }
  /** its process ended by itself: the signal or exit code */
  | { kind: 'crashed'; how: string };

/**
 * Runs the proof picture twice in a process of its own, which is ended after a limit, or when this process ends. A
 * driver that crashes ends that process only.
 * @param limit for loading and both runs, in milliseconds
 * @param entry the script of the process
 */
export function tryProvider(
  request: TrialRequest,
  limit: number,
  entry = path.join(__dirname, 'providerTrial.js'),
): Promise<TrialResult> {
  return new Promise((resolve) => {
    const argument: TrialArgument = { ...request, parent: process.pid };
    const child = fork(entry, [JSON.stringify(argument)], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    let first: TimedProof | undefined;
    const end = (result: TrialResult): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      // Sent to a process that could not be started, the error has no other listener.
      child.on('error', () => undefined);
      child.kill('SIGKILL');
      resolve(result);
    };
    const timer = setTimeout(() => {
      end({ kind: 'tooSlow', milliseconds: first?.milliseconds });
    }, limit);
    child.on('error', ({ message }) => {
      end({ kind: 'failed', message });
    });
    let how: string | undefined;
    const whenOver = (): void => {
      // What it said last may come after its end.
      if (how !== undefined && !child.connected) end({ kind: 'crashed', how });
    };
    child.on('exit', (code, signal) => {
      how = signal ?? String(code);
      whenOver();
    });
    child.on('disconnect', whenOver);
    child.on('message', (message: unknown) => {
      if (!isTrialMessage(message)) return;
      if (message.step === 'proven') first = message;
      else if (message.step === 'failed') end({ kind: 'failed', message: message.message });
      else if (first !== undefined) {
        const milliseconds = Math.min(first.milliseconds, message.milliseconds);
        end({ kind: 'timed', scores: first.scores, milliseconds });
      }
    });
  });
}
