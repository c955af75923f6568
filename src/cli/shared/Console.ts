import { escapeControls, inOneLine, nameInOneLine } from '../../protocol/text/escapeControls';

/** Milliseconds between two progress lines if they cannot replace each other (a log file, a pipe). */
const lineInterval = 2000;
/** Milliseconds between two updates of the one progress line of a terminal. */
const updateInterval = 100;

/**
 * The output of a command: results go to standard output, messages for people to standard error. In what people read,
 * control characters of names, tags and captions are shown as escapes, also where it goes to a pipe or a file, which is
 * shown on a terminal later. JSON is exact.
 */
export class Console {
  private lastProgress = Date.now();
  private lineIsOpen = false;

  /**
   * Writes a part of the result as it is, such as JSON; resolves when the reader can take more (back-pressure). A
   * terminal gets control characters as escapes, which mean the same in JSON.
   */
  async result(text: string): Promise<void> {
    this.clearLine();
    if (!process.stdout.write(process.stdout.isTTY ? escapeControls(text, '\n\t') : text))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
  }

  /** Writes a line of the result for people; resolves as {@link result} does. */
  line(text: string): Promise<void> {
    return this.result(`${inOneLine(text)}\n`);
  }

  /** Writes a line for people to standard error: tabs are only in names there, and shown. */
  note(line: string): void {
    this.clearLine();
    process.stderr.write(`${nameInOneLine(line)}\n`);
  }

  /** Shows the progress, throttled: as one updating line on a terminal, elsewhere as a line now and then. */
  progress(line: string): void {
    const isTerminal = process.stderr.isTTY;
    const now = Date.now();
    if (now - this.lastProgress < (isTerminal ? updateInterval : lineInterval)) return;
    this.lastProgress = now;
    if (!isTerminal) {
      process.stderr.write(`${nameInOneLine(line)}\n`);
      return;
    }
    process.stderr.write(`\r\u001b[K${nameInOneLine(line).slice(0, process.stderr.columns - 1)}`);
    this.lineIsOpen = true;
  }

  /** Removes the progress line of a terminal. */
  clearLine(): void {
    if (this.lineIsOpen) process.stderr.write('\r\u001b[K');
    this.lineIsOpen = false;
  }
}
