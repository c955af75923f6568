import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { elfBytes } from './elfBytes';

const require = createRequire(__filename);

/** What a fake runtime does when a session for CUDA is created or run. */
export interface FakeCuda {
  /** JavaScript: the body of `async (model, options, real) => session` */
  create?: string;
  /** JavaScript: the body of `async (session, feeds, fetches) => results`; `images` is the size of the batch */
  run?: string;
}

/** How long the first runs of a model on the CPU take, in milliseconds: a GPU has to be the faster one. */
const cpuTime = 500;

/**
 * Writes a package that can take onnxruntime-node's place: it computes everything on the CPU, and what asks for CUDA
 * goes through the given code first. Its CUDA libraries look right and are never loaded. There is no other GPU, and the
 * CPU is slow in the runs that are measured, the first two.
 * @returns the folder, for `DATASET_CAPTIONS_ORT`
 */
export function writeFakeRuntime(folder: string, { create, run }: FakeCuda): string {
  const real = require.resolve('onnxruntime-node');
  const { version } = require('onnxruntime-node/package.json') as { version: string };
  const libraries = path.join(folder, 'bin/napi-v6', process.platform, process.arch);
  mkdirSync(libraries, { recursive: true });
  for (const name of ['shared', 'cuda']) {
    writeFileSync(path.join(libraries, `libonnxruntime_providers_${name}.so`), elfBytes({ constant: version }));
  }
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'fake', version, main: 'index.js' }));
  writeFileSync(
    path.join(folder, 'index.js'),
    `const real = require(${JSON.stringify(real)});
    const onCpu = (model, options) => real.InferenceSession.create(model, { ...options, executionProviders: ['cpu'] });
    const slowly = (session) => {
      let slow = 2;
      return {
        inputMetadata: session.inputMetadata,
        outputMetadata: session.outputMetadata,
        run: async (feeds, fetches) => {
          if (slow-- > 0) await new Promise((resolve) => setTimeout(resolve, ${cpuTime}));
          return session.run(feeds, fetches);
        },
        release: () => session.release(),
      };
    };
    const create = async (model, options) => { ${create ?? 'return onCpu(model, options);'} };
    const run = async (session, feeds, fetches) => {
      const images = Object.values(feeds)[0].dims[0];
      ${run ?? 'return session.run(feeds, fetches);'}
    };
    exports.Tensor = real.Tensor;
    exports.listSupportedBackends = () => [{ name: 'cpu', bundled: true }, { name: 'cuda', bundled: false }];
    exports.InferenceSession = {
      create: async (model, options) => {
        if (options.executionProviders[0].name !== 'cuda') return slowly(await onCpu(model, options));
        const session = await create(model, options);
        return {
          inputMetadata: session.inputMetadata,
          outputMetadata: session.outputMetadata,
          run: (feeds, fetches) => run(session, feeds, fetches),
          release: () => session.release(),
        };
      },
    };`,
  );
  return folder;
}
