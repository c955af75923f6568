/** What an error says, without the lines that Node adds about who asked for it. */
export function reasonOf(thrown: unknown): string {
  const [reason = ''] = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n', 1);
  return reason;
}
