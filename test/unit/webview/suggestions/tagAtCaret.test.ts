import assert from 'node:assert/strict';
import { replacementOf, tagAt } from '../../../../src/webview/suggestions/tagAtCaret';

/** The tag at the `^` of a text, as `prefix/whole`, and the text after another tag was chosen for it. */
function at(marked: string, chosen = 'NEW', alone = false): string[] {
  const caret = marked.indexOf('^');
  const text = marked.replace('^', '');
  const spot = tagAt(text, caret);
  const after = text.slice(0, spot.start) + replacementOf(text, spot, chosen, alone) + text.slice(spot.end);
  return [`${spot.prefix}/${text.slice(spot.start, spot.end)}`, after];
}

describe('the tag at the caret', () => {
  it('lies between commas and line ends, without the blanks', () => {
    assert.deepEqual(at('cat, blue ey^'), ['blue ey/blue ey', 'cat, NEW, ']);
    assert.deepEqual(at('ca^t, dog'), ['ca/cat', 'NEW, dog']);
    assert.deepEqual(at('cat,  bl^ue eyes , dog'), ['bl/blue eyes', 'cat,  NEW , dog']);
    assert.deepEqual(at('cat\nblu^\nrest'), ['blu/blu', 'cat\nNEW, \nrest']);
    assert.deepEqual(at('b^'), ['b/b', 'NEW, ']);
  });

  it('is nothing where none has been begun', () => {
    assert.equal(at('cat, ^')[0], '/');
    assert.equal(at('cat,^')[0], '/');
    assert.equal(at('^')[0], '/');
    assert.deepEqual(at('cat, ^\ndog'), ['/', 'cat, NEW, \ndog']);
  });

  it('has no brackets and no weight', () => {
    assert.deepEqual(at('cat, (blue ey^'), ['blue ey/blue ey', 'cat, (NEW']);
    assert.deepEqual(at('((bl^ue:1.1)), dog'), ['bl/blue', '((NEW:1.1)), dog']);
    assert.deepEqual(at('(bl^ue), dog'), ['bl/blue', '(NEW), dog']);
    assert.deepEqual(at('miku \\(app^end\\), dog'), ['miku \\(app/miku \\(append\\)', 'NEW, dog']);
  });

  it('is one of those in braces', () => {
    assert.deepEqual(at('a {red|bl^ue} dress, b'), ['bl/blue', 'a {red|NEW} dress, b']);
    assert.deepEqual(at('{re^d|blue}'), ['re/red', '{NEW|blue}']);
    assert.deepEqual(at('{red|blue}, ca^'), ['ca/ca', '{red|blue}, NEW, ']);
    assert.deepEqual(at('||_^'), ['||_/||_', 'NEW, '], 'bars of a face are no braces');
  });

  it('lies between the separators of trainers, too', () => {
    assert.deepEqual(at('trigger ||| sm^'), ['sm/sm', 'trigger ||| NEW, ']);
    assert.deepEqual(at('sky;;;cl^oud;;;day, b'), ['cl/cloud', 'sky;;;NEW, ;;;day, b']);
    assert.deepEqual(at('tri^gger ||| b'), ['tri/trigger', 'NEW,  ||| b']);
  });

  it('is one of those that a weight or braces hold together', () => {
    assert.deepEqual(at('(blue eyes, sm^ile:1.2), b'), ['sm/smile', '(blue eyes, NEW:1.2), b']);
    assert.deepEqual(at('(bl^ue eyes, smile:1.2), b'), ['bl/blue eyes', '(NEW, smile:1.2), b']);
    assert.deepEqual(at('(a, saber (fa^te)), b'), ['saber (fa/saber (fate)', '(a, NEW), b']);
    assert.deepEqual(at('{red hair, lo^ng hair|short hair}, b'), ['lo/long hair', '{red hair, NEW|short hair}, b']);
    assert.deepEqual(at('{red hair, lo^'), ['lo/lo', '{red hair, NEW'], 'braces that are being typed');
    assert.deepEqual(at(':(, sm^ile, :)'), ['sm/smile', ':(, NEW, :)'], 'mouths hold nothing');
  });

  it('gets no comma where there is one tag only', () => {
    assert.deepEqual(at('blu^', 'blue', true)[1], 'blue');
  });
});
