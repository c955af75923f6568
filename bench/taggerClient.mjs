import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bundled } from './bundled.mjs';

/** The tagger's process as the extension starts it. */
export class TaggerClient {
  #process;

  /** @param {any} process a TaggerProcess */
  constructor(process) {
    this.#process = process;
  }

  /** @param {string} root of the project */
  static async create(root) {
    const { TaggerProcess } = await bundled('src/protocol/child/TaggerProcess.ts');
    return new TaggerClient(new TaggerProcess({ entry: path.join(root, 'dist/tagger.js') }));
  }

  /** One request of the tagger's protocol. */
  ask(method, params) {
    return this.#process.request(method, params);
  }

  /** The most memory that the process ever had, in MB; 0 where the system does not tell (all but Linux). */
  peakRss() {
    try {
      const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1000;
    } catch {
      return 0;
    }
  }

  end() {
    this.#process.dispose();
  }
}

/** A model on the CPU, everything else as usual. */
export function setupOf(folder) {
  const execution = {
    provider: 'cpu',
    batchSize: 0,
    preprocess: 'exact',
    preprocessThreads: 0,
    inferenceThreads: 0,
    idleSeconds: 0,
  };
  return { models: [{ folder, thresholds: { general: 0.35, character: 0.85 } }], merge: 'mean', execution };
}
