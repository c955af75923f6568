import assert from 'node:assert/strict';
import { JobMarks } from '../../../../src/jobs/run/JobMarks';

describe('the marks of jobs on captions', () => {
  it('say which captions wait and which are in work, until they are done', async () => {
    const marks = new JobMarks();
    marks.open('job');
    await marks.fill('job', ['a.txt', 'b.txt']);
    marks.work('job', ['a.txt']);
    assert.deepEqual(
      [marks.stateOf('a.txt'), marks.stateOf('b.txt'), marks.stateOf('c.txt')],
      ['captioning', 'queued', undefined],
    );
    marks.handled('job', ['a.txt']);
    assert.equal(marks.stateOf('a.txt'), undefined, 'it is done, though the list of those in work is older');
    marks.close('job');
    assert.equal(marks.stateOf('b.txt'), undefined, 'a job that stands still marks nothing');
  });

  it('do not come back for captions that were done before the list of a job was read', async () => {
    const marks = new JobMarks();
    marks.open('job');
    marks.handled('job', ['a.txt']);
    await marks.fill('job', ['a.txt', 'b.txt']);
    assert.equal(marks.stateOf('a.txt'), undefined);
    assert.equal(marks.stateOf('b.txt'), 'queued');
  });

  it('keep why a caption could not be made until another job takes it on', async () => {
    const marks = new JobMarks();
    marks.fail('a.txt', 'Damaged.', '');
    marks.fail('b.txt', 'Damaged.', 'old');
    marks.open('again');
    await marks.fill('again', ['a.txt']);
    assert.equal(marks.failureOf('a.txt', ''), undefined);
    assert.equal(marks.failureOf('b.txt', 'old'), 'Damaged.');
  });

  it('forgets no failure, but says none of a caption that somebody has written since', () => {
    const marks = new JobMarks();
    marks.fail('a.txt', 'Refused.', '');
    marks.fail('b.txt', 'Refused.', 'old');
    assert.equal(marks.failureOf('a.txt', 'A lake.'), undefined);
    // The job is reported again and again.
    marks.fail('a.txt', 'Refused.', 'A lake.');
    assert.equal(marks.failureOf('a.txt', 'A lake.'), undefined);
    assert.equal(marks.failureOf('a.txt', ''), 'Refused.', 'it was taken back');
    assert.equal(marks.failureOf('b.txt', 'old'), 'Refused.');
    assert.equal(marks.failureOf('b.txt', 'older'), undefined);
  });
});
