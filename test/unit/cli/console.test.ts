import assert from 'node:assert/strict';
import { escapeControls } from '../../../src/protocol/text/escapeControls';
import { itOnLinux } from '../shared/itOnLinux';
import { cli, program, runToEnd } from '../shared/runCli';
import { testFolder, writeFiles } from '../shared/testFolder';

describe('What commands print of names, tags and captions', () => {
  const folder = testFolder();
  const colour = '\u001b[31m';

  beforeEach(async () => {
    await writeFiles(folder(), {
      [`a${colour}.png`]: '',
      [`a${colour}.txt`]: `cat\u009b2J, title\u001b]0;owned\u0007, tab\tstop`,
      // Looks like a file that cannot be used.
      [`bad${colour}.png/x`]: '',
    });
  });

  /** Runs a command on a terminal of its own. */
  async function onTerminal(...args: string[]): Promise<string> {
    const line = [process.execPath, program, ...args].map((part) => `'${part}'`).join(' ');
    const { stdout } = await runToEnd('script', '-qec', line, '/dev/null');
    // The progress line is removed by an escape of the program's own.
    const lines = stdout.replaceAll('\r\n', '\n').split('\n');
    return lines.map((line) => line.split('\r\u001b[K').at(-1)).join('\n');
  }

  itOnLinux('has no control characters on a terminal', async () => {
    for (const command of ['list', 'tags']) {
      const printed = await onTerminal(command, folder());
      assert.equal(escapeControls(printed, '\n\t'), printed, command);
      assert.match(printed, /title\\x1b\]0;owned\\x07/, command);
      assert.match(printed, /cat\\u009b2J/, command);
    }
    assert.match(await onTerminal('list', folder()), /a\\x1b\[31m\.png: /);
    const json = /^\{.*\}$/m.exec(await onTerminal('tags', '--json', folder()))?.[0] ?? '';
    assert.deepEqual(Object.keys(JSON.parse(json) as object).sort(), [
      'cat\u009b2J',
      'tab\tstop',
      'title\u001b]0;owned\u0007',
    ]);
  });

  it('has none in a pipe either, and one line for each image, whatever its name', async () => {
    await writeFiles(folder(), {
      'new\nline.png': '',
      'new\nline.txt': 'a\r\nb',
      'evil\u202egpj.png': '',
      'tab\there.png': '',
    });
    const { stdout, stderr } = await cli('list', folder());
    assert.deepEqual(stdout.split('\n'), [
      String.raw`a\x1b[31m.png: cat\u009b2J, title\x1b]0;owned\x07, tab` + '\tstop',
      String.raw`evil\u202egpj.png: `,
      String.raw`new\nline.png: a\nb`,
      String.raw`tab\there.png: `,
      '',
    ]);
    assert.ok(stderr.includes(String.raw`bad\x1b[31m.png: `), stderr);
    assert.equal(escapeControls(stderr, '\n'), stderr);
  });

  it('is what the files hold in JSON', async () => {
    const { stdout } = await cli('list', folder(), '--json');
    const { images } = JSON.parse(stdout) as { images: { filename: string; caption: string }[] };
    assert.deepEqual(
      images.map(({ filename, caption }) => [filename, caption]),
      [[`a${colour}.png`, 'cat\u009b2J, title\u001b]0;owned\u0007, tab\tstop']],
    );
  });
});
