import { availableParallelism } from 'node:os';

/**
 * Environment variables that speed up a process that decodes pictures; variables that the user has set take precedence.
 *
 * libuv has four threads by default, and each picture is decoded in one of them; there should be one for each thread
 * that preprocesses. glibc's malloc returns the memory of a picture to Linux and gets it back page by page, which takes
 * a third of a decoder's time: with these variables, large blocks come from one heap, which keeps up to 256 MB of free
 * memory. Other systems ignore them.
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
