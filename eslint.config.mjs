import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The houses of src/ and what each may import; docs/architecture.md says why. */
const houses = {
  tags: { may: [], packages: [] },
  base: { may: [], packages: ['@vscode/l10n'] },
  dataset: { may: ['tags', 'base', 'protocol'], packages: ['@vscode/l10n'] },
  protocol: { may: ['tags', 'base'], packages: ['@vscode/l10n', 'valibot'] },
  tagger: {
    may: ['tags', 'base', 'dataset', 'protocol'],
    packages: ['@vscode/l10n', 'sharp', 'onnxruntime-node', 'csv-parse/sync', 'undici', 'yauzl'],
  },
  webview: { may: ['tags', 'protocol'], packages: ['lit', '@vscode/l10n', '@vscode/webview-ui-toolkit'] },
  jobs: { may: ['tags', 'base', 'dataset', 'protocol'], packages: ['@vscode/l10n', 'valibot'] },
  cluster: {
    may: ['tags', 'base', 'jobs', 'dataset', 'protocol'],
    packages: ['@vscode/l10n', 'bullmq', 'ioredis', 'valibot'],
  },
  runner: { may: ['tags', 'base', 'cluster', 'jobs', 'dataset', 'protocol'], packages: ['@vscode/l10n'] },
  cli: { may: ['tags', 'base', 'cluster', 'jobs', 'dataset', 'protocol'], packages: [] },
  extension: {
    may: ['tags', 'base', 'jobs', 'dataset', 'protocol'],
    packages: ['vscode', '@vscode/l10n', 'csv-parse', 'valibot'],
  },
};

const packages = [
  'vscode',
  '@vscode/l10n',
  'sharp',
  'onnxruntime-node',
  'lit',
  '@vscode/webview-ui-toolkit',
  'csv-parse',
  'undici',
  'yauzl',
  'bullmq',
  'ioredis',
  'valibot',
];

const walls = Object.entries(houses).map(([house, { may, packages: allowed }]) => {
  const closed = Object.keys(houses).filter((other) => other !== house && !may.includes(other));
  const foreign = packages.filter((name) => !allowed.some((own) => own === name || own.startsWith(`${name}/`)));
  return {
    files: [`src/${house}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [...closed.map((other) => `**/${other}/**`), ...foreign.flatMap((name) => [name, `${name}/*`])],
              message: `src/${house} may import only ${[...may, ...allowed, 'Node'].join(', ')}.`,
            },
            ...(house === 'webview' ? [{ group: ['node:*'], message: 'The webview runs in a browser.' }] : []),
          ],
        },
      ],
    },
  };
});

const noSuchExports = [
  { selector: 'ExportDefaultDeclaration', message: 'No default exports.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels.' },
];

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
      ...noSuchExports,
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
      'no-restricted-syntax': ['error', ...noSuchExports],
    },
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
  ...walls,
  ...startOfWindow,
);
