// Checks types and lint rules in one process: npm run source. Half of the rules ask for types, and the type checker that has
// found the errors of types knows them already.
import path from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { root } from './setup.mjs';

const programs = ['tsconfig.json', 'src/webview/tsconfig.json'].map(createProgram);
const errors = programs.flatMap((program) => ts.getPreEmitDiagnostics(program));
if (errors.length > 0) {
  const host = { getCanonicalFileName: String, getCurrentDirectory: () => root, getNewLine: () => '\n' };
  console.error(ts.formatDiagnosticsWithColorAndContext(ts.sortAndDeduplicateDiagnostics(errors), host));
}
const eslint = new ESLint({
  cwd: root,
  overrideConfig: { files: ['**/*.ts'], languageOptions: { parserOptions: { programs } } },
});
const results = await eslint.lintFiles(['.']);
const formatter = await eslint.loadFormatter('stylish');
const text = await formatter.format(results, { cwd: root, rulesMeta: {} });
if (text !== '') console.log(text);
const problems = results.reduce((sum, { errorCount, warningCount }) => sum + errorCount + warningCount, 0);
console.log(`${results.length} files linted: ${errors.length} errors of types, ${problems} problems of rules.`);
if (errors.length + problems > 0) process.exitCode = 1;

/**
 * @param {string} config of the project, relative to the root
 * @returns {ts.Program}
 */
function createProgram(config) {
  const file = path.join(root, config);
  const parsed = ts.getParsedCommandLineOfConfigFile(file, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(`${config}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
    },
  });
  if (parsed === undefined) throw new Error(`${config} could not be read.`);
  const { fileNames, options, projectReferences, errors: configFileParsingDiagnostics } = parsed;
  // The rules walk up the tree.
  const host = ts.createCompilerHost(options, true);
  return ts.createProgram({
    rootNames: fileNames,
    options,
    host,
    configFileParsingDiagnostics,
    ...(projectReferences === undefined ? {} : { projectReferences }),
  });
}
