/**
 * A test that runs ONNX Runtime's CUDA loader or the search for its libraries for real: both exist on Linux with x64 only.
 * Elsewhere it is skipped; what is answered there is tested with an injected platform in findCuda.test.ts.
 */
export const itOnLinux = process.platform === 'linux' && process.arch === 'x64' ? it : it.skip;
