import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { Caption } from '../../../src/dataset/captions/Caption';
import { decodeCaption, encodeCaption } from '../../../src/dataset/captions/captionContent';
import { lineText, parseTagLine } from '../../../src/tags/tagLine';
import { parseQuery } from '../../../src/dataset/query/parseQuery';
import { printQuery } from '../../../src/dataset/query/printQuery';
import { suggestQuery } from '../../../src/dataset/query/suggestQuery';
import { readTagList, TagListError } from '../../../src/dataset/tagIndex/readTagList';
import { ModelError } from '../../../src/tagger/inference/ModelError';
import { parseSelectedTags } from '../../../src/tagger/inference/selectedTags';
import { fuzz, fuzzAsync, fuzzSeconds, oddTexts } from './fuzzRun';
import { testFolder } from '../shared/testFolder';

describe('Whatever stands in a text', function () {
  this.timeout(fuzzSeconds * 1000 + 15_000);
  const folder = testFolder();

  it('a caption file keeps its bytes, and an edit that is taken back leaves none', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      oddTexts('|||', '<lora:x:1>').map((text) => Uint8Array.from(Buffer.from(text))),
    );
    fuzz(
      fc.property(bytes, oddTexts(), fc.constantFrom(', ', ',', ';', ' '), (file, typed, separator) => {
        const content = decodeCaption(file);
        assert.deepEqual(Buffer.from(encodeCaption(content)), Buffer.from(file));
        assert.equal(lineText(parseTagLine(content.raw, separator)), content.raw);
        if (content.foreign !== undefined) return;
        const caption = new Caption('a.txt', ['a.jpg']);
        caption.readFromDisk(content);
        const { text } = caption;
        caption.setText(text, 'delete');
        assert.equal(caption.raw, content.raw);
        assert.equal(caption.isDirty, false);
        const change = caption.setText(text + typed, 'delete');
        if (change !== undefined) caption.replay(change, 'undo');
        assert.equal(caption.raw, content.raw);
        assert.equal(caption.isDirty, false);
      }),
    );
  });

  it('a list of tags is read or refused with a reason', async () => {
    const header = fc.constantFrom(
      '',
      'tag_id,name,category,count\n',
      'name,category\r\n',
      'category,"name"\n',
      'tag\n',
    );
    const row = fc
      .array(oddTexts('1girl', '0', '9', '"a,b"', '-1', '1e400'), { maxLength: 5 })
      .map((cells) => cells.join(','));
    const list = fc.tuple(header, fc.array(row, { maxLength: 6 })).map(([first, rows]) => first + rows.join('\n'));
    const file = path.join(folder(), 'tags.csv');
    await fuzzAsync(
      fc.asyncProperty(list, async (text) => {
        try {
          for (const { name } of parseSelectedTags(text, 'x.csv')) assert.notEqual(name, '');
        } catch (thrown) {
          assert.ok(thrown instanceof ModelError, String(thrown));
        }
        await writeFile(file, text);
        try {
          const { tags } = await readTagList(file);
          assert.ok(tags.length > 0);
          for (const { tag, count } of tags) {
            assert.ok(tag !== '' && !tag.includes(',') && !tag.includes('\n'), JSON.stringify(tag));
            assert.ok(Number.isFinite(count) && count >= 0);
          }
        } catch (thrown) {
          assert.ok(thrown instanceof TagListError, String(thrown));
        }
      }),
    );
  });

  it('a query is understood or its mistake is shown, and what is printed of it means the same', async () => {
    const query = oddTexts(
      ' OR ',
      ' AND ',
      ' NOT ',
      '-',
      'tag:',
      'is:empty',
      'width>',
      '>=10',
      'size<1mb',
      'name:',
      '"a b"',
      '|',
      '!',
    );
    await fuzzAsync(
      fc.asyncProperty(query, fc.nat(60), async (text, caret) => {
        const { tree, error } = parseQuery(text);
        if (error !== undefined) assert.ok(0 <= error.start && error.start <= error.end && error.end <= text.length);
        if (tree !== null) {
          const printed = printQuery(tree);
          const again = parseQuery(printed);
          assert.equal(again.error, undefined, printed);
          assert.equal(again.tree === null ? '' : printQuery(again.tree), printed);
        }
        const at = Math.min(caret, text.length);
        for (const one of await suggestQuery(text, at, {
          tagCounts: new Map([['1girl', 2]]),
          saved: [],
          recent: [text],
          writers: () => Promise.resolve([text]),
        })) {
          assert.ok(one.caret <= one.text.length);
        }
      }),
    );
  });
});
