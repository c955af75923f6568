import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** Tests run in the root of the checkout. */
const root = process.cwd();
const declaration = readFileSync('api.d.ts', 'utf8');

/** The libraries, which are the same each time. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** What TypeScript finds wrong in a file of another extension that has a copy of `api.d.ts` beside it. */
function problems(name: string, content: string): string[] {
  const folder = path.join(root, 'consumer');
  // Of declaration files mistakes are not told; as a module of types the same text is checked through and through.
  const files = new Map([
    [path.join(folder, 'api.ts'), declaration],
    [path.join(folder, name), content],
  ]);
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ['node'],
  };
  const base = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...base,
    directoryExists: () => true,
    fileExists: (file) => files.has(file) || base.fileExists(file),
    readFile: (file) => files.get(file) ?? base.readFile(file),
    getSourceFile: (file, languageVersion) => {
      const text = files.get(file);
      if (text !== undefined) return ts.createSourceFile(file, text, languageVersion);
      if (!parsed.has(file)) parsed.set(file, base.getSourceFile(file, languageVersion));
      return parsed.get(file);
    },
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
    return `${file?.fileName ?? ''}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

describe('api.d.ts', () => {
  it('stands alone: it imports types of vscode only, and nothing in it is of the type any', () => {
    const source = ts.createSourceFile('api.d.ts', declaration, ts.ScriptTarget.ES2022, true);
    const imports: string[] = [];
    let anys = 0;
    const visit = (node: ts.Node): void => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) anys++;
      if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
        assert.equal(node.importClause?.phaseModifier, ts.SyntaxKind.TypeKeyword, 'the import is of types');
        imports.push(node.moduleSpecifier.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    assert.deepEqual(imports, ['vscode']);
    assert.equal(anys, 0);
  });

  it('lets another extension be compiled against it alone, and finds a wrong call in it', () => {
    const head = `import * as vscode from 'vscode';
      import type { DatasetCaptionsExtension, DatasetCaptionsError } from './api';
      export async function use(extension: vscode.Extension<DatasetCaptionsExtension>): Promise<number> {
        const api = (await extension.activate()).getAPI(1);
        const { total, images } = await api.listImages(vscode.Uri.file('/data'), { query: 'is:empty' });
        for (const { path, caption } of images) {
          await api.saveCaption(path, caption, { expected: caption }).catch(({ code }: DatasetCaptionsError) => code);
        }
        const { id, status } = await api.startBatch('/data', 'missing');
        if (status === 'running') await api.cancelBatch(id);`;
    const tail = ' return total; }';
    assert.deepEqual(problems('use.ts', head + tail), []);
    const [wrong, ...others] = problems('use.ts', `${head} await api.startBatch('/data', 'empty');${tail}`);
    assert.match(
      wrong ?? '',
      /use\.ts:10: Argument of type '"empty"' is not assignable to parameter of type 'BatchMode'/,
    );
    assert.deepEqual(others, []);
  });

  it('is what the example extension was written against', () => {
    const example = readFileSync('examples/api-example/extension.js', 'utf8');
    assert.deepEqual(problems('extension.js', example.replaceAll("'../../api'", "'./api'")), []);
  });

  it('is explained in docs/api.md with code of the example only', () => {
    const plain = (code: string): string => code.replace(/^ +/gm, '').trim();
    const example = plain(readFileSync('examples/api-example/extension.js', 'utf8'));
    const blocks = [...readFileSync('docs/api.md', 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code ?? '');
    assert.ok(blocks.length >= 8);
    for (const code of blocks) assert.ok(example.includes(plain(code)), `not in the example:\n${code}`);
  });
});
