import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { getPriority } from 'node:os';
import { giveWay } from '../../../../src/base/machine/giveWay';
import { until } from '../../shared/testFolder';

describe('A process that gives way', function () {
  let child: ChildProcess;

  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  afterEach(() => child.kill('SIGKILL'));

  it('stays as nice as it was started, and never becomes less so', async () => {
    child = spawn('nice', ['-n', '10', process.execPath, '-e', 'setInterval(() => {}, 1000)']);
    const pid = child.pid ?? 0;
    const own = getPriority();
    await until(() => getPriority(pid) === Math.min(19, own + 10), 'the process is nice');
    giveWay(pid, 5);
    assert.equal(getPriority(pid), Math.min(19, own + 10));
    giveWay(pid, 19);
    assert.equal(getPriority(pid), 19);
  });

  it('may be gone already', async () => {
    child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.on('close', resolve));
    giveWay(child.pid ?? 0, 5);
    assert.throws(() => getPriority(child.pid));
  });
});
