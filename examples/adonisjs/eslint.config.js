import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig([
  { ignores: ['build/**', '.adonisjs/**'] },
  tseslint.configs.base,
  {
    rules: {
      'prefer-const': 'error',
    },
  },
])
