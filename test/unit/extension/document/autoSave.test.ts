import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { AutoSave, type AutoSaved } from '../../../../src/extension/document/AutoSave';

describe('A document that saves itself', () => {
  let done: string[];
  let pause: number;
  let isOpen: boolean;
  let failures: { path: string; reason: string }[];
  let markFails: boolean;
  let autoSave: AutoSave;

  beforeEach(() => {
    done = [];
    pause = 40;
    isOpen = true;
    failures = [];
    markFails = false;
    const saved: AutoSaved = {
      name: '/dataset',
      get pause() {
        return pause;
      },
      ready: () => Promise.resolve(isOpen),
      write: () => {
        done.push('write');
        return Promise.resolve({ saved: 1, failures });
      },
      clearDirtyMark: () => {
        done.push('mark');
        return markFails ? Promise.reject(new Error('no editor')) : Promise.resolve();
      },
    };
    autoSave = new AutoSave(saved, {
      warn: (line) => done.push(line),
      error: (line) => done.push(line),
    });
  });
  afterEach(() => {
    autoSave.dispose();
  });

  it('does so once, when no edit has come for the pause', async () => {
    for (let edit = 0; edit < 4; edit++) {
      autoSave.schedule();
      await sleep(15);
    }
    assert.deepEqual(done, []);
    await sleep(90);
    assert.deepEqual(done, ['write', 'mark']);
  });

  it('does so earlier where an edit asks for it, and at once with what was scheduled dropped', async () => {
    pause = 10_000;
    autoSave.schedule(5);
    await sleep(50);
    assert.deepEqual(done, ['write', 'mark']);
    pause = 20;
    autoSave.schedule();
    await autoSave.save();
    await sleep(60);
    assert.deepEqual(done, ['write', 'mark', 'write', 'mark']);
  });

  it('does not where the user turned it off, but loses its mark when nothing is unsaved', async () => {
    pause = 0;
    autoSave.schedule();
    autoSave.schedule(5);
    await sleep(30);
    assert.deepEqual(done, []);
    await autoSave.save();
    assert.deepEqual(done, ['mark']);
  });

  it('does not once it is closed, reverted or disposed', async () => {
    isOpen = false;
    await autoSave.save();
    assert.deepEqual(done, []);
    isOpen = true;
    autoSave.schedule();
    autoSave.cancel();
    autoSave.schedule();
    autoSave.dispose();
    await sleep(90);
    assert.deepEqual(done, []);
  });

  it('logs the first 20 captions that could not be written and how many more there are', async () => {
    failures = Array.from({ length: 23 }, (_, index) => ({ path: `${index}.txt`, reason: 'disk full' }));
    await autoSave.saveQuietly();
    assert.equal(done.length, 1 + 20 + 1 + 1);
    assert.equal(done[1], 'Not saved: 0.txt: disk full');
    assert.equal(done[20], 'Not saved: 19.txt: disk full');
    assert.deepEqual(done.slice(21), ['Not saved: 3 more', 'mark']);
  });

  it('logs an error of a save that nobody waits for, and throws it where somebody does', async () => {
    markFails = true;
    await autoSave.save();
    assert.deepEqual(done, ['write', 'mark', 'Saving /dataset failed: no editor']);
    await assert.rejects(autoSave.saveQuietly(), /no editor/);
  });
});
