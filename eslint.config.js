import eslintPlugin from 'eslint-plugin-eslint-plugin'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** What the published code may name in types only: it is not among our dependencies, and slow to load. */
const heavy = ['eslint', 'typescript', '@typescript-eslint/utils']
const reason = 'The published code runs without it: import its types only.'
const heavyModule = `/^(?:${heavy.join('|').replaceAll('/', '\\u002F')})(?:\\u002F|$)/`

export default defineConfig(
  globalIgnores(['dist/', 'examples/', 'tests/fixtures/']),
  tseslint.configs.recommended,
  {
    name: 'published',
    files: ['{src,rules,codemods}/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: `^(?:${heavy.join('|')})(?:/|$)`, allowTypeImports: true, message: reason },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: `ImportExpression[source.value=${heavyModule}]`, message: reason },
        { selector: `CallExpression[callee.name='require'][arguments.0.value=${heavyModule}]`, message: reason },
      ],
    },
  },
  {
    // The plugin does not see the rule that `createLazyImportRule` returns; tests/plugin.test.ts holds the same for every rule.
    name: 'rules',
    files: ['rules/**/*.ts'],
    extends: [eslintPlugin.configs.recommended],
    rules: {
      'eslint-plugin/prefer-placeholders': 'error',
      'eslint-plugin/report-message-format': ['error', String.raw`^[^a-z].*(?:\.|\{\{\s*reason\s*\}\})$`],
      'eslint-plugin/require-meta-docs-description': ['error', { pattern: '^(Enforce|Require|Disallow) .+[^. ]$' }],
      'eslint-plugin/require-meta-docs-recommended': 'error',
      'eslint-plugin/require-meta-docs-url': 'error',
      'eslint-plugin/require-meta-schema-description': 'error',
    },
  },
)
