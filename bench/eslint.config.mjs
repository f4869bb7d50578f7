import parser from '@typescript-eslint/parser'
import plugin from '../dist/src/index.js'

export default [
  {
    files: ['**/*.ts'],
    languageOptions: { parser },
    plugins: { 'hot-codemod': plugin },
    rules: { 'hot-codemod/prefer-lazy-controller-import': 'error' },
  },
]
