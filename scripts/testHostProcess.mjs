// Runs a command and ends it, with all that it started, when the process that asked for it is gone, even when that was
// killed: its end closes the pipe on standard input, which nothing can prevent.
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

/** Ends the whole process group, this process included. */
function endAll() {
  if (process.platform === 'win32') {
    child.kill();
    process.exit(1);
  }
  process.kill(-process.pid, 'SIGKILL');
}

process.stdin.on('end', endAll);
process.stdin.on('error', endAll);
process.stdin.resume();
// The server saves its state when it is asked to end; the asker insists if that takes too long.
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGINT', () => child.kill('SIGTERM'));
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
