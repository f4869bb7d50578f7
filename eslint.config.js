import eslintPlugin from 'eslint-plugin-eslint-plugin'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** What the published code may name in types only; with `\u002F` for `/`, so that a selector takes it too. */
const TYPES_ONLY = String.raw`^(?:eslint|typescript|@typescript-eslint\u002Futils)(?:\u002F|$)`
const message = 'The published code runs without it: import its types only.'

export default defineConfig(
  globalIgnores(['dist/', 'examples/', 'tests/fixtures/']),
  tseslint.configs.recommended,
  {
    name: 'published code',
    files: ['{src,rules,codemods}/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ regex: TYPES_ONLY, allowTypeImports: true, message }] },
      ],
      'no-restricted-syntax': ['error', { selector: `ImportExpression[source.value=/${TYPES_ONLY}/]`, message }],
    },
  },
  {
    // Blind to what `createLazyImportRule` returns; tests/plugin.test.ts holds the same for every rule.
    name: 'rules',
    files: ['rules/**/*.ts'],
    extends: [eslintPlugin.configs.recommended],
    rules: {
      'eslint-plugin/prefer-placeholders': 'error',
      'eslint-plugin/report-message-format': ['error', String.raw`^[^a-z].*(?:\.|\{\{\s*reason\s*\}\})$`],
      'eslint-plugin/require-meta-docs-description': ['error', { pattern: '^(Enforce|Require|Disallow) .+[^. ]$' }],
      'eslint-plugin/require-meta-docs-recommended': 'error',
      'eslint-plugin/require-meta-docs-url': 'error',
      'eslint-plugin/require-meta-languages': 'error',
      'eslint-plugin/require-meta-schema-description': 'error',
    },
  },
)
