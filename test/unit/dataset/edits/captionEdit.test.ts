import assert from 'node:assert/strict';
import { comparableTag } from '../../../../src/tags/comparableTag';
import { parseTags } from '../../../../src/tags/captionGrammar';
import { captionEditor, type CaptionEdit } from '../../../../src/dataset/edits/captionEdit';
import { EditError } from '../../../../src/dataset/edits/EditError';
import { lineText, parseTagLine, tagsOf } from '../../../../src/tags/tagLine';
import { seededRandom } from '../../shared/testFolder';

const counts: Record<string, number> = { solo: 90, '1girl': 80, smile: 10 };

function edit(text: string, how: CaptionEdit, separator = ', '): string {
  return captionEditor(how, { separator, countOf: (tag) => counts[tag] ?? 0 })(text);
}
const add = (text: string, tags: string, position: 'first' | 'last' = 'last', keepFirst = 0): string =>
  edit(text, { kind: 'addTags', tags: tags.split(','), position, keepFirst });
const remove = (text: string, ...patterns: string[]): string =>
  edit(text, { kind: 'removeTags', match: { kind: 'exact', patterns } });
const removeLike = (text: string, ...patterns: string[]): string =>
  edit(text, { kind: 'removeTags', match: { kind: 'wildcard', patterns } });
const rename = (text: string, from: string, to: string): string =>
  edit(text, { kind: 'replaceTags', match: { kind: 'exact', patterns: from.split(',') }, replacement: to });
const renameLike = (text: string, from: string, to: string): string =>
  edit(text, { kind: 'replaceTags', match: { kind: 'wildcard', patterns: [from] }, replacement: to });
const renameRegex = (text: string, pattern: string, to: string, matchCase = false): string =>
  edit(text, { kind: 'replaceTags', match: { kind: 'regex', pattern, matchCase }, replacement: to });
const move = (text: string, tags: string, keepFirst = 0): string =>
  edit(text, { kind: 'moveTags', tags: tags.split(','), keepFirst });
const sort = (text: string, by: 'alphabet' | 'frequency' = 'alphabet', keepFirst = 0): string =>
  edit(text, { kind: 'sortTags', by, keepFirst });
const find = (text: string, what: string, replacement: string, regex = false, matchCase = false): string =>
  edit(text, { kind: 'replaceText', find: what, replacement, regex, matchCase });

describe('Bulk edits of a caption', () => {
  it('add tags where they are missing, with the separator that the caption uses', () => {
    assert.equal(add('1girl, solo', 'smile'), '1girl, solo, smile');
    assert.equal(add('1girl,solo,hat', 'smile,1girl'), '1girl,solo,hat,smile');
    assert.equal(add('1girl , solo', 'smile', 'first'), 'smile , 1girl , solo');
    assert.equal(add('', 'smile,hat'), 'smile, hat');
    assert.equal(add('1girls', '1girl'), '1girls, 1girl');
    assert.equal(add('saber \\(fate\\), Long_Hair', 'saber (fate),long hair'), 'saber \\(fate\\), Long_Hair');
  });

  it('add tags behind those that are kept in front, and leave other lines alone', () => {
    assert.equal(add('trigger, 1girl, solo', 'smile', 'first', 1), 'trigger, smile, 1girl, solo');
    assert.equal(add('trigger ||| 1girl', 'smile', 'first', 1), 'trigger, smile ||| 1girl');
    assert.equal(add('1girl, solo\nA girl, alone.', 'smile'), '1girl, solo, smile\nA girl, alone.');
  });

  it('remove the very tag, however it is written, and nothing that only looks like it', () => {
    assert.equal(remove('1girl, 1girls, solo', '1girl'), '1girls, solo');
    assert.equal(remove('a, Long_Hair, b', 'long hair'), 'a, b');
    assert.equal(remove('saber \\(fate\\), saber', 'saber (fate)'), 'saber');
    assert.equal(remove('(smile:1.2), smile', 'smile'), '(smile:1.2)');
    assert.equal(remove('a,b ,c', 'b'), 'a,c');
    assert.equal(remove('  a, b', 'a'), '  b');
    assert.equal(remove('a, b, ', 'b'), 'a, ');
    assert.equal(remove('a, b', 'b'), 'a');
    assert.equal(remove('a, b, a', 'a'), 'b');
    assert.equal(remove('a, b', 'a', 'b'), '');
    assert.equal(remove(', a , ,b', 'x'), ', a , ,b');
  });

  it('remove, rename and deduplicate tags in every line, where they are counted and found', () => {
    assert.equal(remove('a, b\nA girl, a, smiling.\nb', 'a'), 'b\nA girl, smiling.\nb');
    assert.equal(remove('a\nsecond, a', 'a'), '\nsecond', 'the second line does not become the first');
    assert.equal(remove('a, b\n\nb\nc', 'b'), 'a\n\nc', 'an emptied line goes, one that was empty stays');
    assert.equal(rename('cat, sky\nsky, cat, dog', 'dog', 'cat'), 'cat, sky\nsky, cat');
    assert.equal(rename('cat\ncat, sky', 'cat', 'a, b'), 'a, b\na, b, sky');
    assert.equal(edit('a, b, A\nb, a\nc, c', { kind: 'deduplicate' }), 'a, b\nb, a\nc');
  });

  it('keep the separators that trainers read when the tags beside them go', () => {
    assert.equal(remove('trigger ||| a, b', 'a'), 'trigger ||| b');
    assert.equal(remove('trigger, x ||| a', 'x'), 'trigger ||| a');
    assert.equal(remove('trigger ||| a', 'trigger'), '||| a');
    assert.equal(remove('trigger ||| a ||| b', 'a'), 'trigger ||| ||| b');
    assert.equal(remove('sky;;;cloud, day', 'day'), 'sky;;;cloud');
  });

  it('remove tags by wildcards, which describe the whole tag', () => {
    assert.equal(removeLike('blue hair, blonde_hair, hair, hairband', '* hair'), 'hair, hairband');
    assert.equal(removeLike('1girl, 2girls, girls', '?girl*'), 'girls');
    assert.equal(removeLike('saber \\(fate\\), rin (fate), fate', '* (fate)'), 'fate');
    assert.equal(removeLike('a*b, axb', 'a\\*b'), 'axb');
  });

  it('remove tags in which a regular expression finds something', () => {
    const how = (pattern: string, matchCase = false): CaptionEdit => ({
      kind: 'removeTags',
      match: { kind: 'regex', pattern, matchCase },
    });
    assert.equal(edit('1girl, 2boys, Solo', how('^\\d')), 'Solo');
    assert.equal(edit('Solo, solo', how('^solo$')), '');
    assert.equal(edit('Solo, solo', how('^solo$', true)), 'Solo');
    assert.equal(edit('a, b', how('x|^$')), 'a, b');
  });

  it('rename a tag in its place, to several, to none, or into one that is there', () => {
    assert.equal(rename('a,  cat,b', 'cat', 'dog'), 'a,  dog,b');
    assert.equal(rename('a,cat,b', 'cat', 'dog, hound'), 'a,dog,hound,b');
    assert.equal(rename('a, cat, b', 'cat', ''), 'a, b');
    assert.equal(rename('dog, cat, b', 'cat', 'dog'), 'dog, b');
    assert.equal(rename('cat, b, Dog', 'cat', 'dog'), 'b, Dog');
    assert.equal(rename('cat, kitty, b', 'cat,kitty', 'feline'), 'feline, b');
    assert.equal(rename('long_hair, b', 'long_hair', 'long hair'), 'long hair, b');
    assert.equal(rename('dog, b', 'cat', 'dog'), 'dog, b');
    assert.equal(rename('dog, dog, b', 'b', 'c'), 'dog, dog, c');
    assert.equal(rename('a, cat', 'cat', 'what?*'), 'a, what?*');
  });

  it('rename one tag only where peers rename all of them to the last target', () => {
    assert.equal(rename('1girl, blue_eyes, cat', 'cat', 'dog'), '1girl, blue_eyes, dog');
  });

  it('rename by wildcards and keep what they matched as it is written', () => {
    assert.equal(renameLike('Blue_hair, hair', '* hair', '* hairstyle'), 'Blue hairstyle, hair');
    assert.equal(renameLike('a_b (c)', '* (*)', '*, *'), 'a_b, c');
    assert.equal(renameLike('blue eyes', '* eyes', 'eyes'), 'eyes');
  });

  it('rename by regular expressions with groups', () => {
    assert.equal(renameRegex('blue_hair, long_hair', '^(.+)_hair$', 'hair $1'), 'hair blue, hair long');
    assert.equal(renameRegex('blue_long_hair', '_', ' '), 'blue long hair');
    assert.equal(renameRegex('abc', '.*', 'x'), 'x');
    assert.equal(renameRegex('cat', '(?<what>c)', '$<what>$1$&$$$9'), 'ccc$$9at');
    assert.equal(renameRegex('Cat, cat', 'cat', 'dog', true), 'Cat, dog');
  });

  it('say what is wrong with a regular expression', () => {
    assert.throws(
      () => renameRegex('a', '(a', 'b'),
      (error: unknown) =>
        error instanceof EditError && error.code === 'PATTERN_INVALID' && error.message.includes('Unterminated group'),
    );
    assert.equal(renameRegex('a_b', '\\_', ' '), 'a b');
  });

  it('move tags to the front, behind those that are kept there', () => {
    assert.equal(move('a, b, c', 'c'), 'c, a, b');
    assert.equal(move('a,b,c', 'c,b'), 'c,b,a');
    assert.equal(move('trigger, a, B_c', 'b c', 1), 'trigger, B_c, a');
    assert.equal(move('c,  a,b', 'c'), 'c,  a,b');
    assert.equal(move('trigger, a', 'trigger', 1), 'trigger, a');
    assert.equal(move('a, b', 'x'), 'a, b');
    assert.equal(move('a, b\nmore', 'b'), 'b, a\nmore');
  });

  it('remove duplicates and keep the first of each', () => {
    const once = (text: string): string => edit(text, { kind: 'deduplicate' });
    assert.equal(once('a, b, A, long_hair, long hair,b'), 'a, b, long_hair');
    assert.equal(once('a , b'), 'a , b');
    assert.equal(once('trigger ||| a, trigger'), 'trigger ||| a');
  });

  it('sort tags in the places that tags have', () => {
    assert.equal(sort('b,  a,C , img10, img2'), 'a,  b,C , img2, img10');
    assert.equal(sort('x, b, a', 'alphabet', 1), 'x, a, b');
    assert.equal(sort('smile, rare, 1girl, solo', 'frequency'), 'solo, 1girl, smile, rare');
    assert.equal(sort('z, y ||| b, a\nd, c'), 'y, z ||| a, b\nd, c');
    assert.equal(sort('sky;;;cloud, b;;;a'), 'b;;;a, sky;;;cloud');
    assert.equal(sort('b, , a'), 'a, , b');
  });

  it('make separators even', () => {
    const even = (text: string, separator?: string): string => edit(text, { kind: 'separators' }, separator);
    assert.equal(even(' a,b ,, c, '), 'a, b, c');
    assert.equal(even('a,b ||| c,d\nnot,this'), 'a, b ||| c, d\nnot,this');
    assert.equal(even('a, b, c'), 'a, b, c');
    assert.equal(even('a, b', ' | '), 'a | b');
  });

  it('find and replace in the whole text, plain or by regular expression', () => {
    assert.equal(find('A cat.\nThe Cat', 'cat', 'dog'), 'A dog.\nThe dog');
    assert.equal(find('A cat. The Cat', 'Cat', 'dog', false, true), 'A cat. The dog');
    assert.equal(find('1.5 + $x', '.5 + $', '$1'), '1$1x');
    assert.equal(find('a, b', ', ', ',\n', false), 'a,\nb');
    assert.equal(find('a, b', ', ', ',\\n', true), 'a,\nb');
    assert.equal(find('one\ntwo', '^', '- ', true), '- one\n- two');
    assert.equal(find('text', '', 'x'), 'text');
  });

  it('set, extend and clear captions', () => {
    const set = (text: string, given: string, how: 'replace' | 'append' | 'prepend'): string =>
      edit(text, { kind: 'setCaption', text: given, how });
    assert.equal(set('old', 'new, caption', 'replace'), 'new, caption');
    assert.equal(set('a, b', 'b, c\nignored', 'append'), 'a, b, c');
    assert.equal(set('a, b', 'b, c', 'prepend'), 'c, a, b');
    assert.equal(edit('a', { kind: 'clear' }), '');
  });

  it('know the separator of the setting', () => {
    assert.equal(edit('a | b | c', { kind: 'removeTags', match: { kind: 'exact', patterns: ['b'] } }, ' | '), 'a | c');
    assert.equal(edit('a b c', { kind: 'removeTags', match: { kind: 'exact', patterns: ['b'] } }, ' '), 'a c');
  });

  describe('whatever the caption is', () => {
    const random = seededRandom(7);
    const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
    const words = ['1girl', '1girls', 'long_hair', 'Long Hair', 'x \\(y\\)', '(w:1.1)', 'a girl.', '^_^', '', ' '];
    const gaps = [', ', ',', ' , ', ',,', ' ||| ', '|||', ';;;', ',  '];
    const caption = (): string => {
      let text = pick(['', ' ', '']) + pick(words);
      for (let count = random(7); count > 0; count--) text += pick(gaps) + pick(words);
      return text + pick(['', ' ', ',', '\nA second, line', '\n']);
    };
    const captions = Array.from({ length: 2000 }, caption);

    it('taking it apart and together gives the same characters', () => {
      for (const text of captions) assert.equal(lineText(parseTagLine(text, ', ')), text);
    });

    it('removing what was added gives the tags that were there', () => {
      for (const text of captions) {
        for (const position of ['first', 'last'] as const) {
          const back = remove(add(text, 'unheard of', position), 'unheard of');
          assert.deepEqual(tagsOf(parseTagLine(back, ', ')), tagsOf(parseTagLine(text, ', ')), JSON.stringify(text));
        }
      }
    });

    it('an edit that means no tag of it changes no character', () => {
      for (const text of captions) {
        assert.equal(remove(text, 'unheard of'), text);
        assert.equal(renameLike(text, 'unheard*', 'x'), text);
        assert.equal(move(text, 'unheard of'), text);
        assert.equal(find(text, 'unheard of', ''), text);
      }
    });

    it('sorting keeps all tags, the number of separators and the other lines, and twice is once', () => {
      for (const text of captions) {
        const sorted = sort(text);
        const [before, after] = [parseTagLine(text, ', '), parseTagLine(sorted, ', ')];
        assert.deepEqual(tagsOf(after).sort(), tagsOf(before).sort(), JSON.stringify(text));
        assert.deepEqual([...after.separators].sort(), [...before.separators].sort(), JSON.stringify(text));
        assert.equal(after.rest, before.rest);
        assert.equal(sort(sorted), sorted, JSON.stringify(text));
      }
    });

    it('what is removed from a caption is in none of its lines, and all else is', () => {
      for (const text of captions.filter((one) => !/[|;]/.test(one))) {
        const tags = parseTags(text).map(comparableTag);
        for (const gone of new Set(tags)) {
          const left = parseTags(remove(text, gone)).map(comparableTag);
          assert.deepEqual(
            left,
            tags.filter((tag) => tag !== gone),
            JSON.stringify([text, gone]),
          );
        }
      }
    });

    it('what is put in order leaves the other lines alone', () => {
      for (const text of captions) {
        const { rest } = parseTagLine(text, ', ');
        for (const edited of [sort(text), move(text, 'second'), edit(text, { kind: 'separators' })]) {
          assert.equal(parseTagLine(edited, ', ').rest, rest, JSON.stringify(text));
        }
      }
    });
  });
});
