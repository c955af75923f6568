import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What no file may hold. */
const noSuchSyntax = [
  { selector: 'ExportDefaultDeclaration', message: 'No default exports.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels.' },
];

/** Spreads that only dodge the formatter. */
const noLayoutSpread = {
  selector:
    ':matches(ObjectExpression, ArrayExpression) > SpreadElement > :matches(ObjectExpression, ArrayExpression).argument',
  message: 'Write the properties out: a reader asks which of them is overridden.',
};

/** One place asks the system whether a process lives: it knows about machines and containers, too. */
const noProbe = {
  selector: "CallExpression[callee.object.name='process'][callee.property.name='kill'][arguments.1.value=0]",
  message: 'Ask src/base/machine/processIdentity whether a process is alive.',
};

/** Prettier leaves comments as they are. */
const maxComment = 120;
const commentWidth = {
  create: (/** @type {import('eslint').Rule.RuleContext} */ context) => ({
    Program: () => {
      const { lines } = context.sourceCode;
      for (const { loc } of context.sourceCode.getAllComments()) {
        for (let line = loc.start.line; line <= loc.end.line; line++) {
          if ((lines[line - 1] ?? '').length <= maxComment) continue;
          context.report({
            loc: { line, column: maxComment },
            message: `A line of a comment ends at column ${maxComment}.`,
          });
        }
      }
    },
  }),
};

/** dist/extension.js, which every window loads at its start: what else these files imported would be in it. */
const startOfWindow = [
  ['src/extension/extension.ts', String.raw`\./standIns/`],
  ['src/extension/standIns/*.ts', String.raw`\./`],
].map(([file, own]) => ({
  files: [file],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(?!vscode$|node:(module|path|fs/promises)$|${own}|.*/jobs/(jobNames|jobSteps)$)`,
            message: 'What the start of a window does not need belongs into main.ts.',
            allowTypeImports: true,
          },
        ],
      },
    ],
    'no-restricted-syntax': [
      'error',
      ...noSuchSyntax,
      noLayoutSpread,
      noProbe,
      {
        selector: 'ImportNamespaceSpecifier',
        message: 'Import names: of `* as vscode` each file gets a copy of the API.',
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: [
      ...['dist/', 'out/', 'node_modules/', '.test-host/', '.sample/', '.vscode-test/', 'test/fixtures/'],
      // AssemblyScript: its types are not TypeScript's.
      'src/tagger/wasm/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: ['tsconfig.json', 'src/webview/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-restricted-syntax': ['error', ...noSuchSyntax],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { local: { rules: { 'comment-width': commentWidth } } },
    rules: {
      'local/comment-width': 'error',
      'no-restricted-syntax': ['error', ...noSuchSyntax, noLayoutSpread, noProbe],
    },
  },
  {
    files: ['src/base/machine/processIdentity.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noSuchSyntax, noLayoutSpread] },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
      },
    },
  },
  {
    files: ['examples/**/*.js'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', exports: 'writable' } },
  },
  ...startOfWindow,
);
