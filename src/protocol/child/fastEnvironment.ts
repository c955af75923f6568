import { availableParallelism } from 'node:os';

/**
 * Environment variables that make a process which decodes pictures fast; the user's own ones come before them.
 *
 * libuv has four threads of its own, and a picture is decoded in one of them; there should be one for each that
 * prepares. glibc's malloc gives the memory of a picture back to Linux and gets it again page by page, a third of the
 * time of a decoder: here large blocks come from one heap, which keeps up to 256 MB of what is free. Other systems
 * ignore these.
 */
export function fastEnvironment(): Record<string, string> {
  return {
    UV_THREADPOOL_SIZE: String(availableParallelism() + 2),
    MALLOC_ARENA_MAX: '1',
    MALLOC_MMAP_MAX_: '0',
    MALLOC_TOP_PAD_: String(64 * 1024 * 1024),
    MALLOC_TRIM_THRESHOLD_: String(256 * 1024 * 1024),
  };
}
