import '../askingVscode';
import assert from 'node:assert/strict';
import type { Dataset } from '../../../../src/dataset/Dataset';
import { applyEdits, type TextEdit } from '../../../../src/dataset/edits/bulkEdits';
import type { DatasetAccess } from '../../../../src/extension/api/DatasetAccess';
import type { DatasetEditorProvider } from '../../../../src/extension/editor/DatasetEditorProvider';
import { datasetTools } from '../../../../src/extension/tools/datasetTools';
import { captionOf, openDataset } from '../../dataset/openDataset';
import { testFolder } from '../../shared/testFolder';

interface Tool {
  prepareInvocation(
    options: { input: object },
    token: undefined,
  ): Promise<{ confirmationMessages?: { message: { value: string } } }>;
  invoke(options: { input: object }, token: undefined): Promise<{ content: [{ value: string }] }>;
}

describe('The tool with which a language model edits captions', () => {
  const folder = testFolder();
  let dataset: Dataset;
  let tool: Tool;
  /** what happens after the tool has looked at the captions, before its edit has its turn */
  let beforeTurn: () => void;

  beforeEach(async () => {
    beforeTurn = () => undefined;
    dataset = await openDataset(folder(), { 'a.png': '', 'a.txt': 'cat', 'b.png': '', 'b.txt': 'dog' });
    const document = {
      uri: { fsPath: folder() },
      dataset,
      applyEdits: async (_label: string, edits: readonly TextEdit[]) => {
        beforeTurn();
        const { changes, leftOut } = await applyEdits(dataset, edits);
        return { changed: changes.length, leftOut };
      },
    };
    const access = {
      documents: new Set([document]),
      directory: (directory: string) => Promise.resolve({ dataset, document, directory, prefix: '' }),
    };
    const editors = { active: { session: { document } } };
    const tools = datasetTools(access as unknown as DatasetAccess, editors as unknown as DatasetEditorProvider);
    tool = tools.datasetCaptions_editCaptions as unknown as Tool;
  });

  const edit = (image: string, expected: string, caption: string): object => ({ image, expected, caption });
  const asked = async (input: object): Promise<string | undefined> =>
    (await tool.prepareInvocation({ input }, undefined)).confirmationMessages?.message.value;
  // VS Code gives the tool a copy of the input each time.
  const agreed = async (input: object): Promise<{ changed: string[]; refused: { image: string; reason: string }[] }> =>
    JSON.parse((await tool.invoke({ input: structuredClone(input) }, undefined)).content[0].value) as never;
  const notShown = 'The user was not shown this change. Propose it again.';

  it('writes what the question showed', async () => {
    const input = { edits: [edit('a.png', 'cat', 'cat, indoors')] };
    assert.match((await asked(input)) ?? '', /a\.png: \+ indoors/);
    assert.deepEqual(await agreed(input), { changed: ['a.png'], refused: [] });
    assert.equal(captionOf(dataset, 'a.png').text, 'cat, indoors');
  });

  it('writes nothing that did not fit yet when the user was asked, though it fits after the answer', async () => {
    const first = { edits: [edit('a.png', 'cat', 'cat, indoors')] };
    const second = { edits: [edit('b.png', 'dog', 'dog, outdoors'), edit('a.png', 'cat, indoors', 'unseen')] };
    await asked(first);
    assert.match((await asked(second)) ?? '', /a\.png: It was changed meanwhile\./);
    await agreed(first);
    assert.deepEqual(await agreed(second), { changed: ['b.png'], refused: [{ image: 'a.png', reason: notShown }] });
    assert.equal(captionOf(dataset, 'a.png').text, 'cat, indoors');
  });

  it('writes nothing where nothing fitted, so that nobody was asked', async () => {
    const input = { edits: [edit('a.png', 'cat, indoors', 'unseen')] };
    assert.equal(await asked(input), undefined);
    dataset.setText(captionOf(dataset, 'a.png'), 'cat, indoors');
    assert.deepEqual(await agreed(input), { changed: [], refused: [{ image: 'a.png', reason: notShown }] });
    assert.equal(captionOf(dataset, 'a.png').text, 'cat, indoors');
  });

  it('writes what was agreed to once, and not what another question with the same input did not show', async () => {
    const input = { edits: [edit('a.png', 'cat', 'unseen'), edit('b.png', 'dog', 'dog, outdoors')] };
    dataset.setText(captionOf(dataset, 'a.png'), 'another text');
    await asked(input);
    dataset.setText(captionOf(dataset, 'a.png'), 'cat');
    assert.match((await asked(input)) ?? '', /unseen/);
    const { changed, refused } = await agreed(input);
    assert.deepEqual([changed, refused], [['b.png'], [{ image: 'a.png', reason: notShown }]]);
    dataset.setText(captionOf(dataset, 'b.png'), 'dog');
    assert.deepEqual((await agreed(input)).changed, [], 'the answer was used up');
  });

  it('leaves out a caption that is changed between its last look and the turn of the edit', async () => {
    const input = { edits: [edit('a.png', 'cat', 'unseen'), edit('b.png', 'dog', 'dog, outdoors')] };
    await asked(input);
    beforeTurn = () => {
      dataset.setText(captionOf(dataset, 'a.png'), 'typed since');
    };
    assert.deepEqual(await agreed(input), {
      changed: ['b.png'],
      refused: [{ image: 'a.png', reason: 'It was changed since it was shown.' }],
    });
    assert.equal(captionOf(dataset, 'a.png').text, 'typed since');
  });
});
