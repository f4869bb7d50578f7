import eslintPlugin from 'eslint-plugin-eslint-plugin'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  globalIgnores(['dist/', 'examples/', 'tests/fixtures/']),
  tseslint.configs.recommended,
  { files: ['rules/**/*.ts', 'src/lazy/lint.ts'], extends: [eslintPlugin.configs.recommended] },
)
