/** What is known of a test after it ran. */
export interface TestThatRan {
  state?: string | undefined;
  title: string;
  isPending(): boolean;
}

/** Whether a test failed, also one that is going to be tried again: that one has no state yet. */
export function hasFailed(test: TestThatRan): boolean {
  return test.state !== 'passed' && !test.isPending();
}
