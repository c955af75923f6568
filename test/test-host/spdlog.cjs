// Stands in for the server's native logger, which nothing compiles here: without it the server and the extensions in it
// would log nowhere. It knows what the server uses of @vscode/spdlog, and writes at once, so that tests can read it.
'use strict';
const { appendFileSync, mkdirSync } = require('node:fs');
const path = require('node:path');

const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  constructor(type, name, file) {
    this.file = file;
    this.level = 2;
    this.plain = false;
    mkdirSync(path.dirname(file), { recursive: true });
    names.forEach((levelName, level) => {
      this[levelName === 'warning' ? 'warn' : levelName] = (message) => this.write(level, levelName, message);
    });
  }

  write(level, levelName, message) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    try {
      appendFileSync(this.file, this.plain ? message : `${time} [${levelName}] ${message}\n`);
    } catch {
      // The folder goes when the server is being stopped; a log line is not worth an error then.
    }
  }

  getLevel() {
    return this.level;
  }

  setLevel(level) {
    this.level = level;
  }

  clearFormatters() {
    this.plain = true;
  }

  setPattern() {}
  flush() {}
  drop() {}
}

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = async (name, file) => new Logger('rotating', name, file);
exports.createAsyncRotatingLogger = async (name, file) => new Logger('rotating_async', name, file);
