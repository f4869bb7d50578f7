export default [
  { ignores: ['build/**', '.adonisjs/**'] },
  {
    files: ['**/*.js'],
    rules: {
      'no-unused-vars': 'error',
      'prefer-const': 'error',
    },
  },
]
