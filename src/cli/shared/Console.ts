import { escapeControls } from '../../base/escapeControls';

/** Milliseconds between two progress lines if they cannot replace each other (a log file, a pipe). */
const lineInterval = 2000;
/** Milliseconds between two updates of the one progress line of a terminal. */
const updateInterval = 100;

/**
 * The output of a command: results go to standard output, messages for people to standard error. On a terminal, control
 * characters of names, tags and captions are shown as escapes.
 */
export class Console {
  private lastProgress = Date.now();
  private lineIsOpen = false;

  /** Writes a part of the result; resolves when the reader can take more (back-pressure). */
  async result(text: string): Promise<void> {
    this.clearLine();
    if (!process.stdout.write(forReader(text, process.stdout)))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
  }

  /** Writes a line for people. */
  note(line: string): void {
    this.clearLine();
    process.stderr.write(`${forReader(line, process.stderr)}\n`);
  }

  /** Shows the progress, throttled: as one updating line on a terminal, elsewhere as a line now and then. */
  progress(line: string): void {
    const isTerminal = process.stderr.isTTY;
    const now = Date.now();
    if (now - this.lastProgress < (isTerminal ? updateInterval : lineInterval)) return;
    this.lastProgress = now;
    if (!isTerminal) {
      process.stderr.write(`${line}\n`);
      return;
    }
    process.stderr.write(`\r\u001b[K${escapeControls(line).slice(0, process.stderr.columns - 1)}`);
    this.lineIsOpen = true;
  }

  /** Removes the progress line of a terminal. */
  clearLine(): void {
    if (this.lineIsOpen) process.stderr.write('\r\u001b[K');
    this.lineIsOpen = false;
  }
}

/** A program that reads the output gets what the files hold; a terminal would do what control characters say. */
export function forReader(text: string, { isTTY }: { isTTY?: boolean }): string {
  return isTTY === true ? escapeControls(text, '\n\t') : text;
}
