import type { PreprocessMode } from '../protocol/execution';
import { prepareImage } from './prepareImage';

/** What a model wants to get. */
export interface PreparedInput {
  size: number;
  channelsLast: boolean;
  mode: PreprocessMode;
}

/** Interim: prepares pictures on this thread. */
export class PreprocessPool {
  constructor(readonly threads: number) {}

  async prepare(imagePath: string, input: PreparedInput, signal?: AbortSignal): Promise<Float32Array> {
    const pixels = await prepareImage(imagePath, input.size);
    signal?.throwIfAborted();
    const values = new Float32Array(pixels.length);
    const plane = pixels.length / 3;
    for (let i = 0; i < plane; i++) {
      for (let channel = 0; channel < 3; channel++) {
        values[input.channelsLast ? i * 3 + channel : channel * plane + i] = pixels[i * 3 + 2 - channel] ?? 0;
      }
    }
    return values;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
