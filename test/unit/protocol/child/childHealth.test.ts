import assert from 'node:assert/strict';
import { ChildHealth, type Hang, healthLimits } from '../../../../src/protocol/child/ChildHealth';

const minute = 60_000;

describe('The health of a child process', () => {
  let health: ChildHealth;
  let cpu: number;
  let io: number;
  beforeEach(() => {
    health = new ChildHealth(healthLimits);
    cpu = 0;
    io = 0;
    health.beat({ cpu, io });
    health.start();
  });

  /** Lets time pass, in milliseconds, in which the child works so much in each second. @returns when and how it hung */
  function pass(
    time: number,
    perSecond: { cpu?: number; io?: number } | 'stopped',
  ): (Hang & { at: number }) | undefined {
    for (let at = healthLimits.look; at <= time; at += healthLimits.look) {
      if (perSecond !== 'stopped') {
        cpu += ((perSecond.cpu ?? 0) * healthLimits.look) / 1000;
        io += ((perSecond.io ?? 0) * healthLimits.look) / 1000;
        health.beat({ cpu, io });
      }
      const hang = health.look();
      if (hang !== undefined) return { ...hang, at };
    }
    return undefined;
  }
  const beatsOnly = { cpu: 1, io: 1 };
  const computes = { cpu: 900 };

  it('is bad within 90 seconds when it is stopped, whatever it was asked', () => {
    const hang = pass(2 * minute, 'stopped');
    assert.equal(hang?.how, 'silent');
    assert.ok(hang.at <= 90_000);
  });

  it('is good while it computes one image for many minutes', () => {
    health.began('image');
    assert.equal(pass(50 * minute, computes), undefined);
  });

  it('is good while it reads a model from a slow disk and hardly computes', () => {
    health.began('loading');
    assert.equal(pass(50 * minute, { cpu: 1, io: 40 }), undefined);
  });

  it('is bad after 90 seconds without an answer in which it neither computes nor reads', () => {
    for (const kind of ['image', 'loading'] as const) {
      health = new ChildHealth(healthLimits);
      health.began(kind);
      const hang = pass(2 * minute, beatsOnly);
      assert.deepEqual([hang?.how, hang?.isOfImages], ['idle', false]);
      assert.ok(hang!.at <= 100_000);
    }
  });

  it('is good without work while nothing is open that is watched', () => {
    health.began('image');
    health.ended('image', true);
    assert.equal(pass(60 * minute, beatsOnly), undefined);
    health.began('image');
    assert.equal(pass(minute, beatsOnly), undefined);
  });

  it('is bad after 10 minutes of work without the answer that took seconds before', () => {
    health.began('image');
    pass(10_000, computes);
    health.ended('image', true);
    health.began('image');
    const hang = pass(15 * minute, computes);
    assert.deepEqual([hang?.how, hang?.at], ['busy', 10 * minute]);
  });

  it('has 20 times the longest time so far where that is more', () => {
    health.began('image');
    pass(2 * minute, computes);
    health.ended('image', true);
    health.began('image');
    assert.equal(pass(39 * minute, computes), undefined);
    assert.equal(pass(2 * minute, computes)?.how, 'busy');
  });

  it('is kept good by no answer to other questions than that for an image', () => {
    health.began('image');
    let hang: Hang | undefined;
    for (let looks = 0; looks < 30 && hang === undefined; looks++) {
      health.began('loading');
      hang = pass(healthLimits.look, beatsOnly);
      health.ended('loading', true);
    }
    assert.equal(hang?.how, 'idle');
  });

  it('blames the images when all that was asked for otherwise is answered', () => {
    health.began('image');
    health.began('image');
    health.ended('image', true);
    assert.deepEqual(pass(2 * minute, beatsOnly)?.isOfImages, true);
  });

  it('blames the process when something was asked for after its last answer', () => {
    health.began('image');
    health.began('image');
    health.ended('image', true);
    health.began('image');
    assert.deepEqual(pass(2 * minute, beatsOnly)?.isOfImages, false);
  });

  it('counts a time in which its parent was suspended, too, as one look', () => {
    health.began('image');
    pass(75_000, 'stopped');
    assert.equal(pass(10_000, computes), undefined);
    assert.equal(pass(75_000, 'stopped'), undefined);
  });

  it('is not told from a heartbeat that could not be started', () => {
    health.beatEnds();
    health.began('image');
    assert.equal(pass(50 * minute, 'stopped'), undefined);
  });
});
