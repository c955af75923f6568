import assert from 'node:assert/strict';
import type { PageHost } from '../../../../src/webview/shared/host';
import { DeleteQuestion } from '../../../../src/webview/editor/DeleteQuestion';

describe('the question whether to delete images', () => {
  let asked: { target: unknown; signal: AbortSignal | undefined; answer: () => void }[];
  let said: string[];
  let question: DeleteQuestion;

  beforeEach(() => {
    asked = [];
    said = [];
    const tryRequest = ((_method: string, target: unknown, signal?: AbortSignal) =>
      new Promise<undefined>((resolve) => {
        const answer = (): void => {
          resolve(undefined);
        };
        asked.push({ target, signal, answer });
      })) as PageHost['tryRequest'];
    question = new DeleteQuestion(
      { tryRequest },
      {
        say: (text) => {
          said.push(text);
        },
        refused: (text) => {
          said.push(`refused: ${text}`);
        },
      },
    );
  });

  it('is asked once: a second one is refused until the user has answered', async () => {
    const first = question.ask({ path: 'a.png' });
    assert.ok(question.isAsking);
    await question.ask({ path: 'b.png' });
    assert.deepEqual(said, ['Asking…', 'refused: VS Code is about to ask whether to delete.']);
    asked[0]?.answer();
    await first;
    assert.ok(!question.isAsking);
    assert.equal(said.at(-1), '', 'it says no longer that it asks');
    void question.ask({ scope: 'selection' });
    assert.deepEqual(
      asked.map(({ target }) => target),
      [{ path: 'a.png' }, { scope: 'selection' }],
    );
  });

  it('can be withdrawn; its late answer does not end the next one', async () => {
    const first = question.ask({ path: 'a.png' });
    question.withdraw();
    assert.ok(!question.isAsking);
    assert.equal(asked[0]?.signal?.aborted, true);
    void question.ask({ path: 'b.png' });
    asked[0].answer();
    await first;
    assert.ok(question.isAsking);
    assert.equal(asked[1]?.signal?.aborted, false);
  });
});
