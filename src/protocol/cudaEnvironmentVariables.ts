import type { CudaEnvironment } from './execution';
export function cudaEnvironmentVariables(environment: CudaEnvironment): Record<string, string> {
  return environment.runtimeFolder === undefined ? {} : {};
}
