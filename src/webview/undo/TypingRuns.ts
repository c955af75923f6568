import type { TextField } from '../shared/CaretFinder';
import { insertAsTyped, runEditCommand } from './editCommand';

/** What one undo takes back. */
interface Run {
  before: string;
  after: string;
  /** the texts between the two: a step of the browser's may end there */
  between: Set<string>;
}

const runsOfFields = new WeakMap<TextField, TypingRuns>();

/**
 * What one undo takes back in a field: all that was typed in one go. Chromium has such runs, too, but ends them when
 * any node of the page goes: with a card or an answer that comes, so after other letters with each host. Its steps are
 * parts of these runs, and an undo takes back so many of them as make one.
 */
export class TypingRuns {
  private done: Run[] = [];
  private undone: Run[] = [];
  private text: string;
  /** where the caret is while the last run goes on */
  private caret: number | undefined;
  private isReplaying = false;

  /** @param field has the focus whenever something is taken back in it */
  private constructor(private readonly field: TextField) {
    this.text = field.value;
  }

  /** The runs of a field, which are known from when it is asked for them first. */
  static of(field: TextField): TypingRuns {
    const known = runsOfFields.get(field) ?? new TypingRuns(field);
    runsOfFields.set(field, known);
    return known;
  }

  /** Listens for what is typed into the fields of the page. */
  static listen(target: EventTarget): void {
    // Before the fields, whose listeners may end or forget a run.
    for (const before of ['keydown', 'beforeinput']) {
      target.addEventListener(before, (event) => typedInto(event)?.look(event), { capture: true });
    }
    target.addEventListener('input', (event) => typedInto(event)?.onInput(event), { capture: true });
  }

  /** Whether anything was typed that can be taken back. */
  get canUndo(): boolean {
    return this.done.length > 0;
  }

  /** Whether something was taken back that can be brought back. */
  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** Ends the run: what is typed next is another. */
  end(): void {
    this.caret = undefined;
    const { field } = this;
    const { selectionStart, selectionEnd, selectionDirection } = field;
    // Chromium's own run ends when the caret moves.
    const away = selectionEnd === 0 ? field.value.length : 0;
    field.setSelectionRange(away, away);
    field.setSelectionRange(selectionStart, selectionEnd, selectionDirection ?? 'none');
  }

  /** Nothing that was typed until now is taken back any more. */
  forget(): void {
    this.done = [];
    this.undone = [];
    this.text = this.field.value;
    this.caret = undefined;
  }

  /** Replaces a part of the text as if it were typed, but as a run of its own. */
  replace(start: number, end: number, text: string): void {
    const { field } = this;
    this.end();
    field.setSelectionRange(start, end);
    insertAsTyped(text);
    this.end();
  }

  /** Takes the last run back, or brings back the one that was taken back last. */
  replay(command: 'undo' | 'redo'): void {
    const { field } = this;
    if (field.selectionStart === null) {
      // A field of a number does not say where its caret is: it has the browser's own undo.
      runEditCommand(command);
      return;
    }
    const [from, to] = command === 'undo' ? [this.done, this.undone] : [this.undone, this.done];
    const last = from.at(-1);
    if (last === undefined) return;
    const ends = from.map(({ before, after }) => (command === 'undo' ? before : after));
    this.isReplaying = true;
    let before: string;
    do {
      before = field.value;
      runEditCommand(command);
    } while (field.value !== before && (last.between.has(field.value) || !ends.includes(field.value)));
    this.isReplaying = false;
    // One run, unless the browser has made one step of several.
    to.push(...from.splice(Math.max(0, ends.lastIndexOf(field.value))).reverse());
    this.text = field.value;
    this.caret = undefined;
  }

  /** Before a key acts: notices what was not typed. */
  private look(event: Event): void {
    // What an input method composes is selected while it goes on.
    if ((event instanceof InputEvent || event instanceof KeyboardEvent) && event.isComposing) return;
    const { value, selectionStart, selectionEnd } = this.field;
    if (value !== this.text) this.forget();
    else if (selectionStart !== this.caret || selectionEnd !== this.caret) this.caret = undefined;
  }

  private onInput(event: Event): void {
    if (this.isReplaying) return;
    const type = event instanceof InputEvent ? event.inputType : '';
    // The page has set the text and says so, or the browser's menu has taken something back.
    if (!event.isTrusted || type.startsWith('history')) {
      this.forget();
      return;
    }
    const { value, selectionEnd } = this.field;
    const last = this.done.at(-1);
    const isTyping = typing.test(type);
    if (isTyping && this.caret !== undefined && last !== undefined) {
      last.between.add(last.after);
      last.after = value;
      last.between.delete(last.before);
      last.between.delete(value);
    } else if (value !== this.text) this.done.push({ before: this.text, after: value, between: new Set() });
    this.undone = [];
    this.text = value;
    this.caret = isTyping ? (selectionEnd ?? undefined) : undefined;
  }
}

/** What Chromium has in its runs of typing: a word or a line that is deleted is a step of its own. */
const typing = /^(insertText|insertCompositionText|insertLineBreak|insertParagraph|deleteContent(Backward|Forward))$/;

function typedInto(event: Event): TypingRuns | undefined {
  const [field] = event.composedPath();
  const isField = field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement;
  return isField && field.selectionStart !== null ? TypingRuns.of(field) : undefined;
}
