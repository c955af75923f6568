import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { CaptionChange } from '../../../../src/dataset/captions/Caption';
import type { EditAuthor } from '../../../../src/dataset/files/FileWriter';
import { captionChange } from '../../../../src/records/captionChange';
import { entriesOfWrite } from '../../../../src/records/edits/entriesOfWrite';
import { readHistory } from '../../../../src/records/edits/readHistory';
import { deletionNote } from '../../../../src/records/edits/recognisedCaptions';
import { hasRecords } from '../../../../src/records/recordFolder';
import { RecordWriter } from '../../../../src/records/RecordWriter';
import { updatedCaption } from '../../../../src/records/updateCaption';
import { comparableTag } from '../../../../src/tags/comparableTag';
import { testFolder } from '../../shared/testFolder';
import { tagger, update } from '../writeEntries';
import { hand, OpenDataset, originsIn } from './OpenDataset';

/** Some with all tests, 1,000 with `npm run soak -- records`. */
const runs = Number(process.env.DATASET_CAPTIONS_RECORD_RUNS ?? '40');

const machineTags = ['1girl', 'Hat', 'cat', 'long hair', 'tree', 'sky'];
const ownTags = ['mine', 'my hat', 'Yours', 'cats'];

/** What a person would say of a caption. */
interface Known {
  /** its tags, in their order, and whose they are */
  tags: Map<string, 'machine' | 'person'>;
  /** what a person took out, in its comparable form */
  deleted: Set<string>;
  /** a tag was moved: which of two neighbours that was, the caption does not show */
  isMoved: boolean;
}

/** An edit that the window can take back. */
interface Undoable {
  change: CaptionChange;
  by: EditAuthor | undefined;
  before: Known;
  after: Known;
}

type Action =
  | { what: 'job'; found: string[]; dies: boolean }
  | { what: 'add' | 'bulkAdd' | 'outsideAdd'; tag: string }
  | { what: 'delete' | 'correct' | 'move' | 'bulkRemove' | 'outsideDelete'; at: number }
  | { what: 'undo' | 'redo' | 'save' | 'reload' | 'die' | 'lowerCase' | 'otherCommas' | 'revert' | 'rename' }
  | { what: 'renameBack' | 'swap' | 'visitor'; isSeen: boolean };

const place = fc.nat({ max: 5 });
const anyTag = fc.constantFrom(...machineTags, ...ownTags);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('job' as const),
      found: fc.shuffledSubarray(machineTags, { minLength: 1 }),
      dies: fc.constant(false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('job' as const),
      found: fc.shuffledSubarray(machineTags, { minLength: 1 }),
      dies: fc.constant(true),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constantFrom('add' as const, 'bulkAdd' as const, 'outsideAdd' as const),
      tag: anyTag,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constantFrom(
        'delete' as const,
        'correct' as const,
        'move' as const,
        'bulkRemove' as const,
        'outsideDelete' as const,
      ),
      at: place,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constantFrom(
        'undo' as const,
        'redo' as const,
        'save' as const,
        'reload' as const,
        'die' as const,
        'lowerCase' as const,
        'otherCommas' as const,
        'revert' as const,
        'rename' as const,
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom('renameBack' as const, 'swap' as const, 'visitor' as const),
      isSeen: fc.boolean(),
    }),
  },
);

describe('Whatever is done to captions', () => {
  const folder = testFolder();

  it(`nothing that a person wrote is lost, nothing that was deleted is back, and the origins say so (${runs} sequences)`, async function () {
    this.timeout(30_000 + runs * 2000);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 14 }), async (actions) => {
        const root = path.join(folder(), String(run++));
        await mkdir(root);
        await writeFile(path.join(root, 'a.png'), 'a picture');
        await writeFile(path.join(root, 'other.png'), 'another picture');
        const life = await Life.begin(root);
        try {
          for (const one of actions) {
            await life.act(one);
            await life.check(JSON.stringify(one));
            // Writes of one moment have no order in different records.
            await sleep(2);
          }
          await life.act({ what: 'save' });
          await life.check('at the end');
        } finally {
          await life.end();
          await rm(root, { recursive: true });
        }
      }),
      { numRuns: runs },
    );
  });
});

/** One caption, edited by a person in a window, by jobs and by other programs. */
class Life {
  private known: Known = { tags: new Map(), deleted: new Set(), isMoved: false };
  /** what stands on the disk, and what was made of it since: what was never saved is nothing that was deleted */
  private unsaved: { text: string; known: Known }[] = [{ text: '', known: this.known }];
  /** the tags that were ever seen on the disk, in their comparable form */
  private readonly stood = new Set<string>();
  private name = 'a.txt';
  private renames = 0;
  /** another image, which nobody edits */
  private other = 'other.txt';
  /** names that the image had */
  private readonly names: string[] = [];
  /** what jobs were about to write that died */
  private readonly announced = new Set<string>();
  private stack: Undoable[] = [];
  private done = 0;
  private lastJob: { before: string; after: string; known: Known } | undefined;

  private constructor(
    private readonly root: string,
    public window: OpenDataset,
  ) {}

  /** processes that died: they end when nobody looks any more */
  private readonly dead: { close(): Promise<void> }[] = [];

  async end(): Promise<void> {
    for (const one of [this.window, ...this.dead]) await one.close();
  }

  static async begin(root: string): Promise<Life> {
    const life = new Life(root, await OpenDataset.open(root, { pause: 1 }));
    const writer = new RecordWriter(root);
    const text = 'dog, Hat, of another';
    const change = captionChange('', text, new Map(text.split(', ').map((tag) => [tag, 0.9])));
    const finish = await writer.write({
      kind: 'written',
      caption: life.other,
      author: tagger,
      pictureSize: 15,
      ...change,
    });
    await writeFile(path.join(root, life.other), text);
    finish();
    await writer.close();
    await life.window.dataset.reconcile([life.other]);
    return life;
  }

  async act(action: Action): Promise<void> {
    const tags = [...this.known.tags.keys()];
    switch (action.what) {
      case 'job':
        return this.job(action.found, action.dies);
      case 'add':
        this.byHand(without(tags, action.tag).concat(action.tag));
        return;
      case 'bulkAdd':
        return this.inBulk(without(tags, action.tag).concat(action.tag));
      case 'outsideAdd':
        return this.outside(without(tags, action.tag).concat(action.tag).join(', '));
      case 'delete':
        this.byHand(tags.filter((_, index) => index !== action.at));
        return;
      case 'correct':
        this.byHand(tags.map((tag, index) => (index === action.at ? `${tag} x` : tag)));
        return;
      case 'move': {
        const moved = tags[action.at];
        if (moved === undefined) return;
        this.byHand([moved, ...tags.filter((tag) => tag !== moved)]);
        return;
      }
      case 'bulkRemove':
        return this.inBulk(tags.filter((_, index) => index !== action.at));
      case 'outsideDelete':
        return this.outside(tags.filter((_, index) => index !== action.at).join(', '));
      case 'lowerCase':
        return this.outside(this.window.text(this.name).toLowerCase());
      case 'otherCommas':
        return this.outside(tags.join(' ,'));
      case 'undo':
        return this.replay('undo');
      case 'redo':
        return this.replay('redo');
      case 'revert':
        return this.revert();
      case 'save':
        return this.save();
      case 'reload':
        return this.reload();
      case 'rename':
        return this.rename(`${++this.renames}.txt`);
      case 'renameBack':
        return this.renameBack(action.isSeen);
      case 'swap':
        return this.swap(action.isSeen);
      case 'visitor':
        return this.visitor(action.isSeen);
      case 'die':
        return this.dieInSave();
    }
  }

  /** What the disk holds and what the records say of it, once nothing is unsaved. */
  async check(when: string): Promise<void> {
    if (this.window.dataset.dirtyCaptions.size > 0) {
      this.unsaved.push(this.now);
      return;
    }
    this.unsaved = [this.now];
    const { tags, deleted, isMoved } = this.known;
    const origins = await originsIn(this.root, this.name);
    const said = new Map(origins.parts.map(({ text, by }) => [text, by]));
    assert.deepEqual([...said.keys()], [...tags.keys()], `the tags, ${when}`);
    for (const tag of said.keys()) assert.ok(!deleted.has(comparableTag(tag)), `${tag} is back, ${when}`);
    for (const [tag, owner] of tags) {
      const isTaggers = said.get(tag) === 'tagger';
      if (owner === 'person') assert.ok(!isTaggers, `${tag} is taken for the machine's, ${when}`);
      else if (!isMoved) assert.ok(isTaggers, `${tag} is the machine's, not ${said.get(tag)}, ${when}`);
    }
    // What was typed and taken out again before any save: nobody minds whether that counts.
    for (const tag of tags.keys()) this.stood.add(comparableTag(tag));
    const stood = (tag: string): boolean => this.stood.has(tag);
    const gone = origins.deleted.map(({ text }) => comparableTag(text)).sort();
    assert.deepEqual(gone.filter(stood), [...deleted].filter(stood).sort(), `what was deleted, ${when}`);
  }

  private get now(): { text: string; known: Known } {
    return { text: this.window.text(this.name), known: this.known };
  }

  private async save(): Promise<void> {
    await this.window.save();
    this.unsaved = [this.now];
    for (const tag of this.known.tags.keys()) this.stood.add(comparableTag(tag));
  }

  private edit(tags: readonly string[]): void {
    const before = this.known;
    const owners = tags.map((tag) => [tag, before.tags.get(tag) ?? 'person'] as const);
    const deleted = new Set(before.deleted);
    for (const tag of tags) if (!before.tags.has(tag)) deleted.delete(comparableTag(tag));
    const now = new Set(tags.map(comparableTag));
    for (const tag of before.tags.keys()) {
      const key = comparableTag(tag);
      // Whoever goes on typing behind a word that was never saved deletes nothing.
      if (tags.length > 0 && !now.has(key) && this.stood.has(key)) deleted.add(key);
    }
    const kept = [...before.tags.keys()].filter((tag) => tags.includes(tag));
    const isMoved = kept.join() !== tags.filter((tag) => before.tags.has(tag)).join();
    // The same to the letter: with other commas it is another text, which was deleted from.
    const same = this.unsaved.find(({ text }) => text === this.window.text(this.name))?.known;
    this.known = same ?? { tags: new Map(owners), deleted, isMoved: before.isMoved || isMoved };
  }

  private byHand(tags: readonly string[]): void {
    const before = this.known;
    this.window.commit();
    const change = this.window.type(this.name, tags.join(', '));
    if (change === undefined) return;
    this.edit(tags);
    this.push({ change, by: hand, before, after: this.known });
  }

  private async inBulk(tags: readonly string[]): Promise<void> {
    const before = this.known;
    const [change] = await this.window.bulk('Edit', { [this.name]: tags.join(', ') });
    if (change === undefined) return;
    this.edit(tags);
    this.push({ change, by: { by: 'bulk', name: 'Edit' }, before, after: this.known });
  }

  private push(edit: Undoable): void {
    this.stack.length = this.done;
    this.done = this.stack.push(edit);
  }

  private async replay(direction: 'undo' | 'redo'): Promise<void> {
    const edit = this.stack[direction === 'undo' ? this.done - 1 : this.done];
    if (edit === undefined) return;
    this.done += direction === 'undo' ? -1 : 1;
    const { raw } = this.window.dataset.caption(this.name)!;
    const holds = raw === (direction === 'undo' ? edit.change.after : edit.change.before);
    await this.window.replay([edit.change], direction, edit.by);
    if (holds) this.known = direction === 'undo' ? edit.before : edit.after;
  }

  private async outside(text: string): Promise<void> {
    // Just what a dead job was about to write: then nobody can tell that it was not the job.
    if (this.announced.has(text)) return;
    await this.save();
    await this.window.outside(this.name, text === '' ? null : text).catch(() => undefined);
    // A moment later it is recorded.
    await this.window.close();
    this.edit(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    );
    // Before the first record of a dataset nothing is noted of other programs.
    if (!hasRecords(this.root)) this.known = { ...this.known, deleted: new Set() };
  }

  private async job(found: readonly string[], dies: boolean): Promise<void> {
    await this.save();
    const before = this.window.text(this.name);
    const picture = path.join(this.root, this.name.replace('.txt', '.png'));
    const { history, renamed, recognised } = await readHistory(this.root, [
      { caption: this.name, text: before, picture },
    ]);
    const after = updatedCaption(before, history.originsOf(this.name, before), found, update);
    if (after === before) return;
    const writer = new RecordWriter(this.root);
    for (const one of renamed) await writer.move(one);
    for (const one of recognised) await writer.write(deletionNote(one));
    const given = new Map(found.map((tag) => [tag, 0.9]));
    const change = captionChange(before, after, given);
    const finish = await writer.write({
      kind: 'written',
      caption: this.name,
      author: tagger,
      pictureSize: 9,
      ...change,
    });
    if (dies) {
      this.announced.add(after);
      this.dead.push(writer);
      return;
    }
    const file = path.join(this.root, this.name);
    await (after === '' ? rm(file) : writeFile(file, after));
    finish();
    await writer.close();
    const known = this.known;
    const tags = after.split(',').flatMap((tag) => tag.trim() || []);
    for (const [tag, owner] of known.tags)
      assert.ok(owner === 'machine' || tags.includes(tag), `a job took ${tag}, which a person wrote`);
    this.known = { ...known, tags: new Map(tags.map((tag) => [tag, known.tags.get(tag) ?? 'machine'])) };
    this.lastJob = { before, after, known };
    await this.window.dataset.reconcile([this.name]);
    const caption = this.window.dataset.caption(this.name)!;
    const raw = before === '' ? null : before;
    const written = after === '' ? null : after;
    this.push({ change: { caption, before: raw, after: written }, by: undefined, before: known, after: this.known });
  }

  private async revert(): Promise<void> {
    await this.save();
    const { lastJob } = this;
    if (this.window.text(this.name) !== lastJob?.after) return;
    const writer = new RecordWriter(this.root);
    const change = captionChange(lastJob.after, lastJob.before, new Map());
    const finish = await writer.write({ kind: 'undone', caption: this.name, author: tagger, ...change });
    const file = path.join(this.root, this.name);
    await (lastJob.before === '' ? rm(file) : writeFile(file, lastJob.before));
    finish();
    await writer.close();
    this.known = lastJob.known;
    this.lastJob = undefined;
    await this.window.dataset.reconcile([this.name]);
  }

  /** Another program renames the image with its caption. What can be undone names the old one. */
  private async rename(to: string): Promise<void> {
    await this.save();
    await this.moveFiles(this.name, to);
    await this.window.dataset.load();
    await this.window.close();
    this.hasName(to);
  }

  private hasName(name: string): void {
    this.names.push(this.name);
    this.name = name;
    this.stack = [];
    this.done = 0;
    this.lastJob = undefined;
  }

  private async moveFiles(from: string, to: string): Promise<void> {
    for (const extension of ['.png', '.txt']) {
      const [source, target] = [from, to].map((name) => path.join(this.root, name.replace('.txt', extension)));
      await rename(source!, target!).catch(() => undefined);
    }
  }

  /** Another program does something to files, while the window is open and sees it, or while it is not. */
  private async elsewhere(isSeen: boolean, names: readonly string[], act: () => Promise<void>): Promise<void> {
    await this.save();
    if (!isSeen) await this.window.close();
    await act();
    if (isSeen) {
      await this.window.dataset.reconcile(names.flatMap((name) => [name.replace('.txt', '.png'), name]));
      await this.window.close();
    } else {
      this.window = await OpenDataset.open(this.root, { pause: 1 });
    }
  }

  /** The image gets a name that it had before. */
  private async renameBack(isSeen: boolean): Promise<void> {
    const to = this.names.findLast((name) => name !== this.name && name !== this.other);
    if (to === undefined) return;
    await this.elsewhere(isSeen, [this.name, to], () => this.moveFiles(this.name, to));
    this.hasName(to);
  }

  /** The image and the other one change names. */
  private async swap(isSeen: boolean): Promise<void> {
    const { name, other } = this;
    await this.elsewhere(isSeen, [name, other], async () => {
      await this.moveFiles(name, 'moving.txt');
      await this.moveFiles(other, name);
      await this.moveFiles('moving.txt', other);
    });
    this.hasName(other);
    this.other = name;
  }

  /** Another picture has the name for a time. */
  private async visitor(isSeen: boolean): Promise<void> {
    const { name } = this;
    const away = `../${path.basename(this.root)}-away.txt`;
    await this.elsewhere(isSeen, [name], async () => {
      await this.moveFiles(name, away);
      await writeFile(path.join(this.root, name.replace('.txt', '.png')), 'a picture that is a guest');
      await writeFile(path.join(this.root, name), 'sky, a guest');
    });
    const origins = await originsIn(this.root, name);
    assert.ok(!origins.parts.some(({ by }) => by === 'tagger'), 'words of the guest are taken for the machine’s');
    await this.elsewhere(isSeen, [name], async () => {
      await rm(path.join(this.root, name));
      await this.moveFiles(away, name);
    });
    this.hasName(name);
  }

  /** The window closes and comes back with what was not saved; VS Code forgets what can be undone. */
  private async reload(): Promise<void> {
    // What comes after an emptied caption is a new one; that it was empty in between, a reload forgets.
    if (this.window.text(this.name) === '') await this.save();
    const edits = JSON.parse(JSON.stringify(this.window.dataset.unsavedEdits())) as ReturnType<
      typeof this.window.dataset.unsavedEdits
    >;
    await this.window.close();
    this.window = await OpenDataset.open(this.root, { pause: 1 });
    await this.window.dataset.restoreEdits(edits);
    this.stack = [];
    this.done = 0;
  }

  /** The extension host dies between the record and the caption. */
  private async dieInSave(): Promise<void> {
    if (this.window.text(this.name) === '') await this.save();
    const caption = this.window.dataset.caption(this.name)!;
    const before = await readFile(path.join(this.root, this.name), 'utf8').catch(() => null);
    const edits = JSON.parse(JSON.stringify(this.window.dataset.unsavedEdits())) as ReturnType<
      typeof this.window.dataset.unsavedEdits
    >;
    this.dead.push(this.window);
    await this.window.records.write(entriesOfWrite(this.name, before, caption.raw, caption.steps));
    this.window = await OpenDataset.open(this.root, { pause: 1 });
    await this.window.dataset.restoreEdits(edits);
    this.stack = [];
    this.done = 0;
  }
}

function without(tags: readonly string[], tag: string): string[] {
  return tags.filter((one) => comparableTag(one) !== comparableTag(tag));
}
