import assert from 'node:assert/strict';
import { Caption } from '../../../../src/dataset/captions/Caption';
import { decodeCaption, encodeCaption, type CaptionContent } from '../../../../src/dataset/captions/captionContent';
import { isUnsavedEdit, unsavedEditOf } from '../../../../src/dataset/captions/unsavedEdit';
import { CaptionError } from '../../../../src/dataset/files/CaptionError';
import { rawWithText } from '../../../../src/tags/captionText';
import { seededRandom } from '../../shared/testFolder';

function captionWith(raw: string | null): Caption {
  const caption = new Caption('a.txt', ['a.jpg']);
  caption.readFromDisk(raw === null ? null : { raw });
  return caption;
}

/** Saves as the dataset does. */
function save(caption: Caption): void {
  if (!caption.isDirty) return;
  caption.writing();
  caption.written(caption.raw);
}

describe('A caption that is typed', () => {
  const steps = (text: string): string[] => Array.from(text, (_, index) => text.slice(0, index + 1));
  const files: [what: string, raw: string | null][] = [
    ['no file', null],
    ['a file', 'old'],
    ['a file with a final line end', 'old\n'],
    ['a file with CRLF and a byte order mark', '\uFEFFold\r\nlines\r\n'],
    ['a file of white space', ' \n'],
    ['a file of 0 bytes', ''],
  ];
  const keys = [...steps(' a, b\n\nc '), 'a', '', ...steps('\n\nx\n'), '', ' ', '  y'];

  for (const [what, raw] of files) {
    for (const saving of ['never', 'after each key', 'after every third key']) {
      for (const emptied of ['delete', 'keepLineEnd'] as const) {
        it(`over ${what} shows what was typed at every key, saved ${saving} (${emptied})`, () => {
          const caption = captionWith(raw);
          for (const [index, text] of keys.entries()) {
            caption.setText(text, emptied);
            assert.equal(caption.text, text);
            if (saving === 'after each key' || (saving === 'after every third key' && index % 3 === 2)) save(caption);
            assert.equal(caption.text, text);
            caption.readFromDisk(caption.onDisk === null ? null : decodeCaption(encodeCaption(caption.onDisk)));
            assert.equal(caption.text, text);
          }
          save(caption);
          assert.equal(caption.onDisk?.raw, rawWithText(raw, '  y'));
        });
      }
    }
  }

  it('is not dirty any more when the edit is taken back, with every byte as it was', () => {
    const random = seededRandom(11);
    for (const raw of ['a', 'a\n', '\uFEFFa\r\nb\rc\n\n', '', ' ', ' \n', '\n', '\r\n', 'a\r\n\r\n']) {
      const caption = captionWith(raw);
      const { text } = caption;
      for (let round = 0; round < 5; round++) {
        caption.setText(`x${random(9)}\n${text}`, 'delete');
        caption.setText('', random(2) === 0 ? 'delete' : 'keepLineEnd');
        caption.setText(text, random(2) === 0 ? 'delete' : 'keepLineEnd');
        assert.equal(caption.isDirty, false, JSON.stringify(raw));
        assert.equal(caption.raw, raw);
      }
    }
  });

  it('and emptied again where there was no file makes none', () => {
    for (const emptied of ['delete', 'keepLineEnd'] as const) {
      const caption = captionWith(null);
      caption.setText('x', emptied);
      caption.setText('', emptied);
      assert.equal(caption.isDirty, false);
      assert.equal(caption.raw, null);
    }
  });

  it('is never 0 bytes when emptied', () => {
    for (const raw of ['a', 'a\r\n', '\uFEFFa']) {
      for (const text of ['', ' ', '\n']) {
        const deleted = captionWith(raw);
        deleted.setText(text, 'delete');
        assert.equal(deleted.raw, null);
        const kept = captionWith(raw);
        kept.setText(text, 'keepLineEnd');
        assert.equal(kept.raw, '\n');
      }
    }
  });

  it('keeps its line ends and byte order mark over being emptied and saved', () => {
    const caption = captionWith('\uFEFFa\r\n');
    caption.setText('', 'delete');
    save(caption);
    caption.setText('b\nc', 'delete');
    assert.equal(caption.raw, '\uFEFFb\r\nc\r\n');
  });

  it('comes back to the very bytes by undo after it was emptied and saved', () => {
    const caption = captionWith('\uFEFFa\r\nb\rc\n\n');
    const change = caption.setText('', 'delete')!;
    save(caption);
    assert.equal(caption.replay(change, 'undo'), true);
    save(caption);
    assert.equal(caption.onDisk?.raw, '\uFEFFa\r\nb\rc\n\n');
    assert.equal(caption.replay(change, 'redo'), true);
    assert.equal(caption.raw, null);
  });

  it('is not forgotten when it is taken back while it is being written', () => {
    const caption = captionWith('old');
    caption.setText('new', 'delete');
    caption.writing();
    caption.setText('old', 'delete');
    caption.written('new');
    assert.equal(caption.text, 'old');
    assert.equal(caption.isDirty, true);
    save(caption);
    assert.equal(caption.onDisk?.raw, 'old');
  });

  it('is clean when it was taken back during a write that failed', () => {
    const caption = captionWith('old');
    caption.setText('new', 'delete');
    caption.writing();
    caption.setText('old', 'delete');
    caption.notWritten(new CaptionError('DISK_FULL', 'The disk is full.', 'a.txt'));
    assert.equal(caption.isDirty, false);
    assert.equal(caption.failure, undefined);
    assert.equal(caption.saving, false);
  });

  it('loses the reason of a failed save with the next edit, or when the disk comes to hold it', () => {
    const caption = captionWith('old');
    const fail = (): void => {
      caption.writing();
      caption.notWritten(new CaptionError('DISK_FULL', 'The disk is full.', 'a.txt'));
      assert.equal(caption.failure?.code, 'DISK_FULL');
    };
    caption.setText('new', 'delete');
    fail();
    caption.setText('newer', 'delete');
    assert.equal(caption.failure, undefined);
    fail();
    caption.readFromDisk({ raw: 'newer' });
    assert.equal(caption.failure, undefined);
    assert.equal(caption.isDirty, false);
  });
});

describe('A caption that another program changes', () => {
  it('shows the new content when there is no edit', () => {
    const caption = captionWith('a');
    caption.readFromDisk({ raw: 'b\r\n' });
    assert.equal(caption.text, 'b');
    caption.setText('b\nc', 'delete');
    assert.equal(caption.raw, 'b\r\nc\r\n');
  });

  it('shows no text that was typed before the change', () => {
    const caption = captionWith(null);
    caption.setText('  ', 'delete');
    caption.readFromDisk({ raw: 'b' });
    assert.equal(caption.text, 'b');
    caption.readFromDisk(null);
    assert.equal(caption.text, '');
  });

  for (const base of [null, 'base']) {
    const what = base === null ? 'a caption without a file' : 'a caption with a file';
    const from = (raw: string | null): { raw: string } | null => (raw === null ? null : { raw });

    it(`under an edit is a conflict: ${what}`, () => {
      const caption = captionWith(base);
      caption.setText('mine', 'delete');
      caption.readFromDisk({ raw: 'theirs' });
      assert.equal(caption.inConflict, true);
      assert.equal(caption.text, 'mine');
      assert.deepEqual(caption.theirs, { raw: 'theirs' });
    });

    it(`again and again stays a conflict until it is as it was: ${what}`, () => {
      const caption = captionWith(base);
      caption.setText('mine', 'delete');
      for (const theirs of ['one', 'two', 'one', 'two']) {
        caption.readFromDisk({ raw: theirs });
        assert.equal(caption.inConflict, true, theirs);
        assert.equal(caption.theirs?.raw, theirs);
      }
      caption.readFromDisk(from(base));
      assert.equal(caption.inConflict, false);
      assert.equal(caption.text, 'mine');
      assert.equal(caption.isDirty, true);
    });

    it(`to the very edit settles it: ${what}`, () => {
      const caption = captionWith(base);
      caption.setText('mine', 'delete');
      caption.readFromDisk({ raw: 'theirs' });
      caption.readFromDisk({ raw: 'mine' });
      assert.equal(caption.inConflict, false);
      assert.equal(caption.isDirty, false);
    });

    it(`shows the other content when the own edit is taken back: ${what}`, () => {
      const caption = captionWith(base);
      caption.setText('mine', 'delete');
      caption.readFromDisk({ raw: 'theirs' });
      caption.setRaw(base);
      assert.equal(caption.inConflict, false);
      assert.equal(caption.isDirty, false);
      assert.equal(caption.text, 'theirs');
    });

    it(`is settled when the user types the same: ${what}`, () => {
      const caption = captionWith(base);
      caption.setText('mine', 'delete');
      caption.readFromDisk({ raw: 'theirs' });
      caption.setText('theirs', 'delete');
      assert.equal(caption.inConflict, false);
      assert.equal(caption.isDirty, false);
    });
  }

  it('by deleting it is a conflict with nothing', () => {
    const caption = captionWith('base');
    caption.setText('mine', 'delete');
    caption.readFromDisk(null);
    assert.equal(caption.inConflict, true);
    assert.equal(caption.theirs, null);
  });
});

describe('A caption that is not UTF-8', () => {
  const latin = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0d, 0x0a]);
  const foreignCaption = (): Caption => {
    const caption = new Caption('a.txt', ['a.jpg']);
    caption.readFromDisk(decodeCaption(latin));
    return caption;
  };

  it('becomes UTF-8 when the user agrees, with its line ends', () => {
    const caption = foreignCaption();
    assert.equal(caption.foreignEncoding, 'windows-1252');
    assert.equal(caption.isDirty, false);
    caption.agreeToConvert();
    assert.equal(caption.foreignEncoding, undefined);
    assert.equal(caption.isDirty, true);
    assert.equal(caption.raw, 'caf\u00e9\r\n');
    save(caption);
    assert.equal(caption.isDirty, false);
  });

  it('stays to be converted when an edit is taken back to the old text', () => {
    const caption = foreignCaption();
    caption.agreeToConvert();
    caption.setText('x', 'delete');
    caption.setText('caf\u00e9', 'delete');
    assert.equal(caption.isDirty, true);
    assert.equal(caption.raw, 'caf\u00e9\r\n');
  });

  it('asks again after another program changed it, and after the edits were discarded', () => {
    const caption = foreignCaption();
    caption.agreeToConvert();
    caption.discardEdits();
    assert.equal(caption.foreignEncoding, 'windows-1252');
    caption.readFromDisk(decodeCaption(Buffer.from([0x74, 0xe9])));
    assert.equal(caption.foreignEncoding, 'windows-1252');
  });

  it('is in conflict when it changes after the user agreed, even when the edit is taken back', () => {
    const caption = foreignCaption();
    caption.agreeToConvert();
    caption.setText('mine', 'delete');
    caption.readFromDisk(decodeCaption(Buffer.from([0x74, 0xe9])));
    assert.equal(caption.inConflict, true);
    caption.setRaw('caf\u00e9\r\n');
    assert.equal(caption.inConflict, true);
  });
});

describe('A conversion to UTF-8 that is taken back', () => {
  const latin = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0d, 0x0a]);

  function converted(): { caption: Caption; former: CaptionContent } {
    const caption = new Caption('a.txt', ['a.jpg']);
    caption.readFromDisk(decodeCaption(latin));
    const former = caption.agreeToConvert();
    assert.ok(former);
    return { caption, former };
  }
  /** The bytes that a save would write. */
  const bytesOf = (caption: Caption): Buffer => Buffer.from(caption.bytesToRestore?.bytes ?? caption.raw ?? '');

  it('leaves the file as it is when it was not saved', () => {
    const { caption, former } = converted();
    assert.equal(caption.takeBackConversion(former), true);
    assert.deepEqual([caption.isDirty, caption.foreignEncoding], [false, 'windows-1252']);
  });

  it('gives the file its very bytes again when it was saved, and locks it', () => {
    const { caption, former } = converted();
    save(caption);
    assert.equal(caption.takeBackConversion(former), true);
    assert.deepEqual([caption.isDirty, caption.foreignEncoding], [true, 'windows-1252']);
    assert.deepEqual(bytesOf(caption), latin);
    caption.written(caption.raw, caption.bytesToRestore);
    assert.deepEqual([caption.isDirty, caption.foreignEncoding], [false, 'windows-1252']);
  });

  it('gives it its bytes again when it was being saved', () => {
    const { caption, former } = converted();
    const { raw } = caption;
    caption.writing();
    assert.equal(caption.takeBackConversion(former), true);
    caption.written(raw);
    assert.equal(caption.isDirty, true);
    assert.deepEqual(bytesOf(caption), latin);
  });

  it('can be made again, before and after the bytes were written', () => {
    for (const isWritten of [false, true]) {
      const { caption, former } = converted();
      save(caption);
      caption.takeBackConversion(former);
      if (isWritten) caption.written(caption.raw, caption.bytesToRestore);
      assert.ok(caption.agreeToConvert());
      assert.deepEqual([caption.foreignEncoding, caption.raw], [undefined, 'caf\u00e9\r\n']);
      assert.equal(caption.isDirty, isWritten);
    }
  });

  it('is refused once the caption holds something else', () => {
    const { caption, former } = converted();
    save(caption);
    caption.setText('tea', 'delete');
    assert.equal(caption.takeBackConversion(former), false);
    assert.equal(caption.raw, 'tea\r\n');
  });

  it('is there again, to the byte, when the window was closed before it was saved', () => {
    const { caption, former } = converted();
    save(caption);
    caption.takeBackConversion(former);
    const { bytes = '', raw, base } = unsavedEditOf(caption);
    assert.deepEqual([raw, base], ['caf\u00e9\r\n', Buffer.from('caf\u00e9\r\n').toString('base64')]);
    const restored = captionWith('caf\u00e9\r\n');
    const takenBack = decodeCaption(Buffer.from(bytes, 'base64')).foreign;
    restored.restoreEdit(raw, { raw: 'caf\u00e9\r\n' }, { takenBack });
    assert.equal(restored.isDirty, true);
    assert.deepEqual(bytesOf(restored), latin);
  });
});

describe('A caption in an encoding that is not known', () => {
  it('cannot be converted', () => {
    const caption = new Caption('a.txt', ['a.jpg']);
    caption.readFromDisk({ raw: '1girl, \ufffd', foreign: { bytes: Buffer.from([0x31, 0x81]), encoding: 'unknown' } });
    assert.equal(caption.agreeToConvert(), undefined);
    assert.deepEqual([caption.isDirty, caption.foreignEncoding], [false, 'unknown']);
  });
});

describe('A caption that cannot be read', () => {
  it('is not empty, and its observer is told', () => {
    let told = 0;
    const caption = captionWith('');
    caption.observer = { captionChanged: () => told++, forget: () => undefined };
    assert.equal(caption.isEmpty, true);
    caption.unreadable = new CaptionError('NO_PERMISSION', 'No permission to read this file.', 'a.txt');
    assert.deepEqual([caption.isEmpty, told], [false, 1]);
    caption.unreadable = undefined;
    assert.deepEqual([caption.isEmpty, told], [true, 2]);
  });
});

describe('A caption with two byte order marks', () => {
  it('has its text behind them, and keeps both when it is edited', () => {
    const caption = captionWith('\uFEFF\uFEFF1girl, solo');
    assert.equal(caption.text, '1girl, solo');
    caption.setText('1girl', 'delete');
    assert.equal(caption.raw, '\uFEFF\uFEFF1girl');
  });
});

describe('A caption that is typed on a text that it does not hold any more', () => {
  it('is in conflict with what is on the disk, and keeps both', () => {
    const caption = captionWith('of a tagger');
    const change = caption.setTextFrom('old', 'old, typed', 'delete');
    assert.deepEqual([caption.text, caption.theirs], ['old, typed', { raw: 'of a tagger' }]);
    caption.setTextFrom('old, typed', 'old, typed on', 'delete');
    assert.deepEqual([caption.text, caption.theirs], ['old, typed on', { raw: 'of a tagger' }]);
    assert.ok(change !== undefined);
    assert.ok(caption.replay({ ...change, after: 'old, typed on' }, 'undo'));
    assert.deepEqual([caption.text, caption.theirs, caption.isDirty], ['of a tagger', undefined, false]);
  });

  it('is in conflict with an edit that is not saved, which a save keeps and which can be taken', () => {
    const caption = captionWith('old');
    caption.setText('bulk', 'delete');
    caption.setTextFrom('old', 'old, typed', 'delete');
    assert.deepEqual([caption.text, caption.theirs, caption.inConflict], ['old, typed', { raw: 'bulk' }, true]);
    caption.endConflictWith('bulk');
    assert.deepEqual([caption.text, caption.theirs, caption.isDirty], ['bulk', undefined, true]);
  });

  for (const isSaved of [true, false]) {
    it(`is in that conflict again when what was typed is taken back and made again (${isSaved ? 'disk' : 'edit'})`, () => {
      const caption = captionWith(isSaved ? 'other' : 'old');
      if (!isSaved) caption.setText('other', 'delete');
      const change = caption.setTextFrom('old', 'old, typed', 'delete');
      assert.ok(change !== undefined && caption.replay(change, 'undo'));
      assert.deepEqual([caption.text, caption.inConflict], ['other', false]);
      assert.ok(caption.replay(change, 'redo'));
      assert.deepEqual([caption.text, caption.theirs], ['old, typed', { raw: 'other' }]);
      caption.keepMine();
      assert.ok(caption.replay(change, 'undo') && caption.replay(change, 'redo'));
      assert.equal(caption.inConflict, false, 'once it is resolved, it does not come back');
    });
  }

  it('gives way to that edit when what was typed is taken back', () => {
    const caption = captionWith('old');
    caption.setText('bulk', 'delete');
    caption.setTextFrom('old', 'old, typed', 'delete');
    caption.setTextFrom('old, typed', 'old', 'delete');
    assert.deepEqual([caption.text, caption.theirs, caption.isDirty], ['bulk', undefined, true]);
  });

  for (const choice of ['mine', 'theirs', 'undo'] as const) {
    it(`asks about the disk too if another program wrote during a conflict of two edits (${choice})`, () => {
      const caption = captionWith('old');
      caption.setText('bulk', 'delete');
      const change = caption.setTextFrom('old', 'old, typed', 'delete');
      caption.readFromDisk({ raw: 'of another program' });
      if (choice === 'mine') caption.keepMine();
      else if (choice === 'theirs') caption.endConflictWith('bulk');
      else assert.ok(change !== undefined && caption.replay(change, 'undo'));
      assert.deepEqual([caption.inConflict, caption.theirs], [true, { raw: 'of another program' }]);
    });
  }

  it('has both texts again when an unsaved conflict of two edits is restored', () => {
    const caption = captionWith('old');
    caption.setText('bulk', 'delete');
    caption.setTextFrom('old', 'old, typed', 'delete');
    const edit: unknown = JSON.parse(JSON.stringify(unsavedEditOf(caption)));
    assert.ok(isUnsavedEdit(edit));
    const restored = captionWith('old');
    restored.restoreEdit(edit.raw, { raw: 'old' }, { rival: edit.rival });
    assert.deepEqual([restored.text, restored.theirs, restored.inConflict], ['old, typed', { raw: 'bulk' }, true]);
  });

  it('knows after a restart that a tagger made an unsaved edit, and takes no damaged author for one', () => {
    const caption = captionWith('old');
    caption.setText('old, hat', 'delete');
    const found = { tags: ['hat'], scores: [0.9] };
    caption.addStep({ by: 'tagger', name: 'wd', thresholds: [{ general: 0.35, character: 0.8 }], found });
    const json = JSON.stringify(unsavedEditOf(caption));
    const edit: unknown = JSON.parse(json);
    assert.ok(isUnsavedEdit(edit));
    assert.deepEqual(edit.steps?.[0]?.by, caption.steps[0]?.by);
    const damages = [
      ['{"tags":["hat"]', '{"tags":[7]'],
      ['"scores":[0.9]', '"scores":"high"'],
      ['"general":0.35', '"general":"low"'],
      ['"name":"wd"', '"name":"wd","separator":7'],
    ] as const;
    for (const [part, damaged] of damages) {
      assert.ok(json.includes(part), part);
      assert.ok(!isUnsavedEdit(JSON.parse(json.replace(part, damaged))), damaged);
    }
  });

  it('is in no conflict over blanks and line ends that a file does not keep', () => {
    const caption = captionWith('\uFEFFold\r\nlines\r\n');
    caption.setTextFrom('old\r\nlines', 'old\nlines, typed', 'delete');
    assert.deepEqual([caption.text, caption.theirs], ['old\nlines, typed', undefined]);
    const empty = captionWith(null);
    empty.setTextFrom(' ', ' a', 'delete');
    assert.deepEqual([empty.text, empty.theirs], [' a', undefined]);
  });
});
