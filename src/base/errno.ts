/** The errno code of a failed system call, undefined for other errors. */
export function errno(thrown: unknown): string | undefined {
  const code: unknown = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
