import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Caption } from '../../../../src/dataset/captions/Caption';
import type { DatasetImage } from '../../../../src/dataset/captions/DatasetImage';
import { captionDiff } from '../../../../src/dataset/edits/captionDiff';
import { captionEditor, isOfTags, type CaptionEdit } from '../../../../src/dataset/edits/captionEdit';
import { EditError } from '../../../../src/dataset/edits/EditError';
import { EditPlan } from '../../../../src/dataset/edits/EditPlan';
import { captionOf, openDataset } from '../openDataset';
import { ownTime } from '../../shared/ownTime';
import { testFolder } from '../../shared/testFolder';

const context = { separator: ', ', countOf: () => 0 };
const addSmile = captionEditor({ kind: 'addTags', tags: ['smile'], position: 'last', keepFirst: 0 }, context);

/** Images in memory. */
function imagesOf(texts: readonly string[]): DatasetImage[] {
  return texts.map((raw, index) => {
    const caption = new Caption(`${String(index)}.txt`, [`${String(index)}.png`]);
    caption.readFromDisk({ raw });
    return { path: `${String(index)}.png`, caption };
  });
}

describe('The plan of a bulk edit', () => {
  const folder = testFolder();

  it('changes nothing by itself and says what would change', async () => {
    const images = imagesOf(['a', 'a, smile', 'b']);
    const plan = await EditPlan.make(images, addSmile);
    assert.deepEqual(
      plan.changes.map(({ before, after }) => [before, after]),
      [
        ['a', 'a, smile'],
        ['b', 'b, smile'],
      ],
    );
    assert.equal(plan.unchanged, 1);
    assert.deepEqual(plan.tagChanges(10), [{ tag: 'smile', removed: 0, added: 2 }]);
    assert.ok(images.every(({ caption }) => !caption.isDirty));
  });

  it('gives captions exact contents that they had, also where only line ends differ, and says which cannot have theirs', async () => {
    const images = imagesOf(['a', 'b\r\n', 'c', 'd', 'e']);
    const wanted = [{ raw: null }, { raw: 'b\n' }, { text: 'c, x' }, { reason: 'not UTF-8' }, undefined];
    const plan = await EditPlan.toContents(images, ({ path: image }) => wanted[Number.parseInt(image, 10)]);
    assert.deepEqual(
      plan.changes.map(({ before, after, raw }) => [before, after, raw]),
      [
        ['a', '', null],
        ['b', 'b', 'b\n'],
        ['c', 'c, x', undefined],
      ],
    );
    assert.deepEqual([plan.unchanged, plan.leftOut], [1, [{ path: '3.txt', reason: 'not UTF-8' }]]);
  });

  it('counts the captions of each tag that comes or goes, most first', async () => {
    const sort = captionEditor({ kind: 'sortTags', by: 'alphabet', keepFirst: 0 }, context);
    assert.deepEqual((await EditPlan.make(imagesOf(['b, a']), sort)).tagChanges(5), []);
    const rename = captionEditor(
      { kind: 'replaceTags', match: { kind: 'wildcard', patterns: ['cat*'] }, replacement: 'dog' },
      context,
    );
    const plan = await EditPlan.make(
      imagesOf(['cat', 'x, cats, y', 'cats, dog', 'cats, Dog', 'category,cats']),
      rename,
    );
    assert.equal(plan.tagCount, 4);
    assert.deepEqual(plan.tagChanges(2), [
      { tag: 'cats', removed: 4, added: 0 },
      { tag: 'dog', removed: 0, added: 3 },
    ]);
  });

  it('lets single captions be left out', async () => {
    const plan = await EditPlan.make(imagesOf(['a', 'b', 'c']), addSmile);
    plan.tick(1, false);
    plan.tick(1, false);
    assert.equal(plan.tickedCount, 2);
    assert.deepEqual(
      plan.tickedChanges.map(({ before }) => before),
      ['a', 'c'],
    );
    plan.tick('all', false);
    assert.equal(plan.tickedCount, 0);
    plan.tick(0, true);
    assert.equal(plan.tickedCount, 1);
    plan.tick('all', true);
    assert.equal(plan.tickedCount, 3);
  });

  it('edits a caption once that two images share', async () => {
    const dataset = await openDataset(folder(), { 'a.jpg': '', 'a.png': '', 'a.txt': 'x', 'b.png': '' });
    const plan = await EditPlan.make(dataset.allImages, addSmile);
    assert.deepEqual(
      plan.changes.map(({ images, after }) => [images, after]),
      [
        [['a.jpg', 'a.png'], 'x, smile'],
        [['b.png'], 'smile'],
      ],
    );
  });

  it('leaves out what cannot be written, with the reason', async () => {
    const dataset = await openDataset(folder(), {
      'latin.png': '',
      'latin.txt': Buffer.from('caf\u00e9', 'latin1'),
      'conflict.png': '',
      'conflict.txt': 'old',
      'fine.png': '',
      'fine.txt': '\uFEFFfine\r\nsecond\r\n',
    });
    dataset.setText(captionOf(dataset, 'conflict.png'), 'mine');
    await writeFile(path.join(folder(), 'conflict.txt'), 'theirs');
    await dataset.reconcile(['conflict.txt']);
    const plan = await EditPlan.make(dataset.allImages, addSmile);
    assert.deepEqual(
      plan.changes.map(({ after }) => after),
      ['fine, smile\nsecond'],
    );
    assert.deepEqual(plan.leftOut.map(({ path: file }) => file).sort(), ['conflict.txt', 'latin.txt']);
    assert.match(plan.leftOut.find(({ path: file }) => file === 'latin.txt')?.reason ?? '', /not UTF-8/);
    assert.match(plan.leftOut.find(({ path: file }) => file === 'conflict.txt')?.reason ?? '', /conflict/);
    const [change] = plan.changes;
    assert.ok(change);
    dataset.setText(change.caption, change.after);
    assert.equal(change.caption.raw, '\uFEFFfine, smile\r\nsecond\r\n', 'byte order mark and line ends stay');
  });

  it('leaves JSON out of edits of tags, and lets its text be edited', async () => {
    const json = '{\n  "scene": "a portrait, studio light"\n}';
    const texts = [json, '["b", "a"]', 'b, a'];
    const edits: CaptionEdit[] = [
      { kind: 'addTags', tags: ['smile'], position: 'last', keepFirst: 0 },
      { kind: 'removeTags', match: { kind: 'wildcard', patterns: ['*light*', 'a', 'b'] } },
      { kind: 'sortTags', by: 'alphabet', keepFirst: 0 },
      { kind: 'separators' },
      { kind: 'deduplicate' },
      { kind: 'setCaption', text: 'smile', how: 'append' },
    ];
    for (const edit of edits) {
      const editor = captionEditor(edit, context);
      assert.deepEqual([editor(json), editor('["b", "a"]')], [json, '["b", "a"]'], edit.kind);
      const { leftOut } = await EditPlan.make(imagesOf(texts), editor, { ofTags: isOfTags(edit) });
      assert.deepEqual(
        leftOut.map(({ path: file, reason }) => [file, reason.includes('JSON')]),
        [
          ['0.txt', true],
          ['1.txt', true],
        ],
        edit.kind,
      );
    }
    const replace: CaptionEdit = {
      kind: 'replaceText',
      find: 'portrait',
      replacement: 'landscape',
      regex: false,
      matchCase: true,
    };
    const plan = await EditPlan.make(imagesOf(texts), captionEditor(replace, context), { ofTags: isOfTags(replace) });
    assert.deepEqual(
      plan.changes.map(({ after }) => after),
      [json.replace('portrait', 'landscape')],
    );
    assert.equal(captionDiff(json, plan.changes[0]?.after ?? '', 'tags', ', ').unit, 'text');
  });

  it('refuses a regular expression that explodes, and lets everything else run meanwhile', async () => {
    const bomb = captionEditor(
      { kind: 'removeTags', match: { kind: 'regex', pattern: '(a+)+$', matchCase: false } },
      context,
    );
    const images = imagesOf(['fine', 'a'.repeat(60) + '!', 'fine too']);
    let turns = 0;
    const watch = setInterval(() => turns++, 1);
    await assert.rejects(
      EditPlan.make(images, bomb),
      (error: unknown) => error instanceof EditError && error.code === 'PATTERN_TOO_SLOW' && error.path === '1.txt',
    );
    clearInterval(watch);
    assert.ok(turns >= 1, 'between the tries others had their turn');
  });

  it('takes wildcards that explode as a regular expression, because they are none', async () => {
    const stars = captionEditor(
      { kind: 'removeTags', match: { kind: 'wildcard', patterns: ['*a*a*a*a*a*a*a*b'] } },
      context,
    );
    const plan = await EditPlan.make(imagesOf(['a'.repeat(400), `${'a'.repeat(400)}b, c`]), stars);
    assert.equal(plan.unchanged, 1);
    assert.deepEqual(
      plan.changes.map(({ after }) => after),
      ['c'],
    );
  });

  it('ends when a newer one begins', async () => {
    const abort = new AbortController();
    const making = EditPlan.make(imagesOf(Array.from({ length: 20_000 }, () => 'a')), addSmile, {
      signal: abort.signal,
    });
    abort.abort(new Error('newer'));
    await assert.rejects(making, /newer/);
  });

  it('of 20,000 captions takes less than a second', async () => {
    const tags = Array.from({ length: 30 }, (_, index) => `some tag ${String(index)}`).join(', ');
    const images = imagesOf(Array.from({ length: 20_000 }, (_, index) => `tag ${String(index)}, ${tags}`));
    const rename = captionEditor(
      { kind: 'replaceTags', match: { kind: 'wildcard', patterns: ['* tag 7'] }, replacement: '* day' },
      context,
    );
    // Of the processor's time: other work on the machine is not the plan's.
    const start = process.cpuUsage();
    const plan = await EditPlan.make(images, rename);
    const { user, system } = process.cpuUsage(start);
    const took = (user + system) / 1000;
    assert.equal(plan.changes.length, 20_000);
    assert.deepEqual(plan.tagChanges(5), [
      { tag: 'some tag 7', removed: 20_000, added: 0 },
      { tag: 'some day', removed: 0, added: 20_000 },
    ]);
    assert.ok(took < 1000, `It took ${took.toFixed(0)} ms.`);
  });
});

describe('The difference that an edit makes', () => {
  it('shows tags that go and come, with their neighbours', () => {
    assert.deepEqual(captionDiff('a, b, c, d, e, f', 'a, b, c, d, f, g', 'tags', ', '), {
      unit: 'tags',
      pieces: [
        { kind: 'skipped', text: '3' },
        { kind: 'kept', text: 'd' },
        { kind: 'removed', text: 'e' },
        { kind: 'kept', text: 'f' },
        { kind: 'added', text: 'g' },
      ],
    });
  });

  it('shows a single tag rather than that one was left out', () => {
    assert.deepEqual(
      captionDiff('a, b, c', 'a, b, c, d', 'tags', ', ').pieces.map(({ kind, text }) => `${kind} ${text}`),
      ['skipped 2', 'kept c', 'added d'],
    );
    assert.deepEqual(
      captionDiff('a, b', 'a, b, d', 'tags', ', ').pieces.map(({ kind, text }) => `${kind} ${text}`),
      ['kept a', 'kept b', 'added d'],
    );
  });

  it('says of a tag at another place that it moved', () => {
    assert.deepEqual(
      captionDiff('a, b', 'b, a', 'tags', ', ')
        .pieces.map(({ kind }) => kind)
        .sort(),
      ['kept', 'moved'],
    );
  });

  it('pairs each tag that goes with one that comes, where it is there several times', () => {
    const { pieces } = captionDiff('a, a, x, y, z', 'x, y, z, a, b', 'tags', ', ');
    assert.deepEqual(
      pieces.filter(({ kind }) => kind !== 'kept' && kind !== 'skipped').map(({ kind, text }) => `${kind} ${text}`),
      ['removed a', 'moved a', 'added b'],
    );
  });

  describe('in a caption of 20,000 tags', () => {
    const tags = Array.from({ length: 20_000 }, (_, index) => `tag ${(index * 7919) % 20_000}`);
    const edits: [string, string[]][] = [
      ['sorted', [...tags].sort()],
      ['turned round', [...tags].reverse()],
      ['all others', tags.map((tag) => `other ${tag}`)],
      ['each second one', tags.filter((_, index) => index % 2 === 0)],
    ];
    for (const [what, after] of edits) {
      for (const unit of ['tags', 'text'] as const) {
        it(`is found without keeping the window waiting: ${what}, in ${unit}`, () => {
          const before = ownTime();
          const { pieces } = captionDiff(tags.join(', '), after.join(', '), unit, ', ');
          // 20 to 60 ms on a machine of 2024; minutes if the time grows with the square of the number.
          assert.ok(ownTime() - before < 1000);
          assert.ok(pieces.some(({ kind }) => kind !== 'kept'));
        });
      }
    }

    it('says what went, came and moved, though not how it moved', () => {
      const pieces = captionDiff(
        ['first', 'gone', ...tags].join(', '),
        ['first', 'new', ...tags.toReversed()].join(', '),
        'tags',
        ', ',
      ).pieces;
      const of = (wanted: string): string[] => pieces.filter(({ kind }) => kind === wanted).map(({ text }) => text);
      assert.deepEqual([of('kept'), of('removed'), of('added')], [['first'], ['gone'], ['new']]);
      assert.deepEqual(of('moved'), tags.toReversed());
    });
  });

  it('shows what changes in every line', () => {
    const { unit, pieces } = captionDiff('a, cat\nA girl, cat, smiling.', 'a\nA girl, smiling.', 'tags', ', ');
    assert.equal(unit, 'text');
    const removed = pieces.filter(({ kind }) => kind === 'removed').map(({ text }) => text);
    assert.equal(removed.join('').match(/cat/g)?.length, 2, JSON.stringify(pieces));
  });

  it('shows words where the tags stay the same', () => {
    const { unit, pieces } = captionDiff('a,b', 'a, b', 'tags', ', ');
    assert.equal(unit, 'text');
    assert.equal(
      pieces
        .filter(({ kind }) => kind !== 'removed')
        .map(({ text }) => text)
        .join(''),
      'a, b',
    );
  });

  it('shows a text with what stays shortened', () => {
    const long = 'word '.repeat(100);
    const { pieces } = captionDiff(`${long}cat ${long}`, `${long}dog ${long}`, 'text', ', ');
    assert.deepEqual(
      pieces.filter(({ kind }) => kind !== 'kept'),
      [
        { kind: 'removed', text: 'cat' },
        { kind: 'added', text: 'dog' },
      ],
    );
    assert.ok(pieces.every(({ text }) => text.length < 60));
  });
});
