import js from '@eslint/js';
import electronSecurity from 'eslint-plugin-electron-security';
import regexp from 'eslint-plugin-regexp';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'dist', 'training', 'resources', 'test-results', 'playwright-report'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: tseslint.parser, svelteConfig } },
  },
  { files: ['src/renderer/**'], languageOptions: { globals: globals.browser } },
  {
    files: ['src/main/**', 'src/preload/**', 'scripts/**', 'tests/**', 'tools/**', '*.config.*'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['src/main/hosts/electron/**', 'src/preload/**'],
    plugins: { 'electron-security': electronSecurity },
    rules: electronSecurity.configs.recommended.rules,
  },
  {
    // An expression that sees text from outside must not be made slow by it (docs/security.md). Tests see their own.
    files: ['src/**', 'scripts/**', 'tools/**'],
    ignores: ['**/*.test.ts'],
    plugins: { regexp },
    rules: { 'regexp/no-super-linear-backtracking': 'error', 'regexp/no-super-linear-move': 'error' },
  },
  {
    // Whatever is read passes the one guard that bounds it, and whatever arrives a schema that states what it may be.
    files: ['src/**'],
    ignores: ['**/*.test.ts', 'src/shared/json.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'JSON', property: 'parse', message: 'Use parseJson of src/shared/json.ts: its bounds hold.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='z'][callee.property.name=/^(any|unknown|lazy)$/]",
          message: 'Anything from outside has a schema that ends.',
        },
      ],
    },
  },
  {
    // One place reads stored pictures, with one error for those that are gone; one ends what runs in the background.
    files: ['src/renderer/**'],
    ignores: ['**/*.test.ts', 'src/renderer/state/pixels.ts', 'src/renderer/state/jobs/background-run.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Use readStored of state/pixels.ts.' },
        { name: 'AbortController', message: 'Use BackgroundRun of state/jobs/background-run.ts.' },
      ],
    },
  },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': ['error', { allow: ['error', 'warn'] }],
      eqeqeq: 'error',
    },
  },
  { files: ['scripts/**', 'src/main/cli/**', 'tests/**', 'tools/**'], rules: { 'no-console': 'off' } },
);
