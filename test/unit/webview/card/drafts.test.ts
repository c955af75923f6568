import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EditStack, isSameRun, type StackedEdit } from '../../../../src/extension/document/EditStack';
import { SerialQueue } from '../../../../src/base/SerialQueue';
import { Caption, type CaptionChange } from '../../../../src/dataset/captions/Caption';
import type { Replay, Replayed, TypedText } from '../../../../src/protocol/page/gridProtocol';
import { Drafts, type DraftsPort, type HostText } from '../../../../src/webview/card/Drafts';

const paths = ['a.png', 'a.jpg', 'b.png'];
/** Two of the images share a caption file. */
const captionPathOf = (path: string): string => `${path[0] ?? ''}.txt`;
const captionPaths = [...new Set(paths.map(captionPathOf))];
const imageOf = (path: string) => ({ path, captionPath: captionPathOf(path) });

/** A host with a stack of undo, as the extension has, and a page with what its cards show, far apart. */
class Link {
  readonly captions = new Map(captionPaths.map((path) => [path, captionWith('old')]));
  /** what the host has sent last of each image */
  private readonly items = new Map<string, HostText>(
    paths.map((path) => [path, { ...imageOf(path), text: 'old', draft: 0 }]),
  );
  private readonly numbers = new Map<string, number>();
  private readonly stack = new EditStack();
  private readonly changes = new Map<StackedEdit, CaptionChange>();
  private typing: { run: number; change: CaptionChange } | undefined;
  private readonly order = new SerialQueue();
  /** messages on their way: to the host, and to the page; each way keeps its order */
  private readonly toHost: (() => void)[] = [];
  private readonly toPage: (() => void)[] = [];
  readonly drafts: Drafts;

  constructor() {
    const port: DraftsPort = {
      post: (_, payload) => {
        this.toHost.push(() => {
          void this.order.run(() => {
            if ('text' in payload) this.draft(payload);
            else this.typing = undefined;
          });
        });
      },
      replay: (direction, params) =>
        new Promise((resolve) => {
          this.toHost.push(() => {
            void this.order
              .run(() => this.replay(direction, params))
              .then((answer) => {
                this.toPage.push(() => {
                  resolve(answer);
                });
              });
          });
        }),
      commitDelay: () => 100_000,
      committed: () => undefined,
      changed: () => undefined,
      mayHold: (path, text) => this.items.get(path)?.text === text,
    };
    this.drafts = new Drafts(port);
  }

  /** What the card of an image shows. */
  shown(path: string): string {
    const item = this.items.get(path);
    return item === undefined ? '' : this.drafts.textOf(item);
  }

  type(path: string, text: string): void {
    const from = this.shown(path);
    this.drafts.edit(imageOf(path), from + text, from);
  }

  /** Lets some of the messages arrive. */
  async pass(toHost: number, toPage: number): Promise<void> {
    for (const arrive of this.toHost.splice(0, toHost)) arrive();
    await this.order.idle();
    await new Promise(setImmediate);
    for (const arrive of this.toPage.splice(0, toPage)) arrive();
    await new Promise(setImmediate);
  }

  async passAll(): Promise<void> {
    while (this.toHost.length + this.toPage.length > 0) await this.pass(Infinity, Infinity);
  }

  private caption(captionPath: string): Caption {
    const caption = this.captions.get(captionPath);
    assert.ok(caption !== undefined);
    return caption;
  }

  private draft({ captionPath, text, draft, from, run }: TypedText): void {
    const caption = this.caption(captionPath);
    const change = caption.setTextFrom(from, text, 'delete');
    this.numbers.set(captionPath, draft);
    if (change !== undefined) {
      if (this.typing?.run === run && this.typing.change.caption === caption) this.typing.change.after = change.after;
      else {
        this.typing = { run, change };
        this.changes.set(this.stack.push({ view: this, run }), change);
      }
    }
    this.send(captionPath);
  }

  /** A save in between ends the typing for the host, which the page does not know. */
  save(): void {
    this.toHost.push(() => {
      void this.order.run(() => {
        this.typing = undefined;
      });
    });
  }

  private replay(direction: 'undo' | 'redo', { expected }: Replay): Replayed {
    this.typing = undefined;
    const first = this.stack.next(direction);
    let run: number | null = null;
    if (expected !== undefined && !this.stack.has({ view: this, run: expected.run }, direction)) run = expected.run;
    else {
      for (let next = first; next !== undefined; next = this.stack.next(direction)) {
        if (next !== first && !isSameRun(next, first)) break;
        const change = this.changes.get(next);
        assert.ok(change?.caption.replay(change, direction));
        this.stack.replayed(next, direction, this);
        run = next.origin?.run ?? null;
      }
    }
    if (expected !== undefined) {
      const { captionPath, draft } = expected;
      this.numbers.set(captionPath, Math.max(this.numbers.get(captionPath) ?? 0, draft));
    }
    for (const path of captionPaths) this.send(path);
    return { done: run !== null, run };
  }

  private send(captionPath: string): void {
    const sent = { text: this.caption(captionPath).text, draft: this.numbers.get(captionPath) ?? 0 };
    this.toPage.push(() => {
      for (const item of this.items.values()) if (item.captionPath === captionPath) Object.assign(item, sent);
    });
  }
}

function captionWith(raw: string): Caption {
  const caption = new Caption('caption.txt', []);
  caption.readFromDisk({ raw });
  return caption;
}

type Step =
  | { do: 'type'; path: string; text: string }
  | { do: 'commit' }
  | { do: 'undo' | 'redo' }
  | { do: 'save' }
  | { do: 'pass'; toHost: number; toPage: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('type' as const),
      path: fc.constantFrom(...paths),
      text: fc.constantFrom('x', 'y', ', z'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('undo' as const, 'redo' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('save' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), toHost: fc.nat(4), toPage: fc.nat(4) }) },
);

/** @returns the texts at the end, as the files would have them and as the page shows them */
async function play(steps: readonly Step[], delayed: boolean): Promise<{ files: string[]; page: string[] }> {
  const link = new Link();
  // What was undone below the first edit of the page is not known to it: these undos are another test's.
  let [done, undone, typing] = [0, 0, ''];
  for (const step of steps) {
    // Whoever types at another card has left the one before.
    if (step.do === 'type' && typing !== step.path) {
      link.drafts.commitAll();
      [done, undone, typing] = [done + 1, 0, step.path];
    }
    if (step.do === 'commit' || step.do === 'undo' || step.do === 'redo') typing = '';
    if (step.do === 'undo') {
      if (done === 0) continue;
      [done, undone] = [done - 1, undone + 1];
    }
    if (step.do === 'redo') {
      if (undone === 0 && done === 0) continue;
      if (undone > 0) [done, undone] = [done + 1, undone - 1];
    }
    if (step.do === 'type') link.type(step.path, step.text);
    else if (step.do === 'commit') link.drafts.commitAll();
    else if (step.do === 'save') link.save();
    else if (step.do === 'pass') await (delayed ? link.pass(step.toHost, step.toPage) : undefined);
    else void link.drafts.replay(step.do);
    if (!delayed) await link.passAll();
  }
  link.drafts.commitAll();
  await link.passAll();
  for (const caption of link.captions.values()) assert.ok(!caption.inConflict);
  const files = paths.map((path) => link.captions.get(captionPathOf(path))?.text ?? '');
  return { files, page: paths.map((path) => link.shown(path)) };
}

describe('Typing, undo and redo far from the host', () => {
  it('give the texts that they give without delay, whatever arrives when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const near = await play(steps, false);
        const far = await play(steps, true);
        assert.deepEqual(far.files, near.files);
        assert.deepEqual(far.page, far.files);
      }),
      { numRuns: 1000 },
    );
  });

  it('show what an undo brings before the host has heard of it, and go on from there', async () => {
    const link = new Link();
    link.type('a.png', ' foo');
    link.drafts.commitAll();
    await link.passAll();
    void link.drafts.replay('undo');
    assert.equal(link.shown('a.png'), 'old');
    link.type('a.png', ' bar');
    assert.equal(link.shown('a.png'), 'old bar');
    await link.passAll();
    assert.equal(link.captions.get('a.txt')?.text, 'old bar');
  });

  it('show what is typed at one image at all that share its caption, which it does not contradict', async () => {
    const link = new Link();
    link.type('a.png', ', x');
    assert.equal(link.shown('a.jpg'), 'old, x');
    assert.equal(link.shown('b.png'), 'old');
    link.drafts.commit('a.txt');
    link.type('a.jpg', ', y');
    assert.equal(link.shown('a.png'), 'old, x, y');
    assert.deepEqual(link.drafts.openPaths(), ['a.jpg']);
    await link.passAll();
    const caption = link.captions.get('a.txt');
    assert.deepEqual([caption?.text, caption?.theirs], ['old, x, y', undefined]);
    void link.drafts.replay('undo');
    assert.deepEqual([link.shown('a.png'), link.shown('a.jpg')], ['old, x', 'old, x']);
    await link.passAll();
    assert.equal(caption?.text, 'old, x');
  });

  it('make a conflict of what is typed over a text that came meanwhile, with both texts', async () => {
    const link = new Link();
    link.captions.get('a.txt')?.readFromDisk({ raw: 'of a tagger' });
    link.type('a.png', ' and more');
    await link.passAll();
    const caption = link.captions.get('a.txt');
    assert.equal(caption?.text, 'old and more');
    assert.deepEqual(caption.theirs, { raw: 'of a tagger' });
  });

  it('show what the caption was when the host refuses an undo', async () => {
    const answers: ((answer: Replayed) => void)[] = [];
    const drafts = new Drafts({
      post: () => undefined,
      replay: () => new Promise((resolve) => answers.push(resolve)),
      commitDelay: () => 100_000,
      committed: () => undefined,
      changed: () => undefined,
      mayHold: () => true,
    });
    drafts.edit(imageOf('a.png'), 'new', 'old');
    const undone = drafts.replay('undo');
    const item = { ...imageOf('a.png'), text: 'new', draft: 0 };
    assert.equal(drafts.textOf(item), 'old');
    answers[0]?.({ done: false, run: null });
    await undone;
    assert.equal(drafts.textOf(item), 'new');
  });

  it('guess nothing once something else has changed the stack of undo', () => {
    const asked: Replay[] = [];
    const drafts = new Drafts({
      post: () => undefined,
      replay: (_, params) => {
        asked.push(params);
        return Promise.resolve({ done: true, run: null });
      },
      commitDelay: () => 100_000,
      committed: () => undefined,
      changed: () => undefined,
      mayHold: () => true,
    });
    drafts.edit(imageOf('a.png'), 'new', 'old');
    drafts.commitAll();
    drafts.noteForeignEdits(1);
    void drafts.replay('undo');
    assert.deepEqual(asked, [{}]);
    assert.equal(drafts.textOf({ ...imageOf('a.png'), text: 'new', draft: 0 }), 'new');
  });

  it('show the caption as it is when the host refuses what was typed', () => {
    const changed: string[] = [];
    const posted: { draft: number }[] = [];
    const drafts = new Drafts({
      post: (_, payload) => {
        if ('draft' in payload) posted.push(payload);
      },
      replay: () => Promise.resolve(undefined),
      commitDelay: () => 100_000,
      committed: () => undefined,
      changed: (captionPath) => changed.push(captionPath),
      mayHold: () => true,
    });
    drafts.edit(imageOf('a.png'), 'typed', 'old');
    changed.length = 0;
    const item = { ...imageOf('a.png'), text: 'of another program', draft: 0 };
    assert.equal(drafts.textOf(item), 'typed');
    drafts.refused('a.txt', posted[0]?.draft ?? 0);
    assert.equal(drafts.textOf(item), 'of another program');
    assert.deepEqual(changed, ['a.txt']);
    drafts.commitAll();
  });
});
