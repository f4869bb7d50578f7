import type { ESLint, Linter } from 'eslint'
import { createRequire } from 'node:module'
import { rules } from '../rules/index.ts'

const { name, version } = createRequire(import.meta.url)('hot-codemod/package.json') as {
  name: string
  version: string
}

const plugin = {
  meta: { name, version, namespace: name },
  rules,
  configs: {} as { recommended: Linter.Config },
} satisfies ESLint.Plugin

plugin.configs.recommended = {
  name: `${name}/recommended`,
  files: ['**/*.{js,mjs,jsx,ts,mts,tsx}'],
  plugins: { [name]: plugin },
  rules: {
    ...Object.fromEntries(
      Object.entries(rules)
        .filter(([, rule]) => rule.meta?.docs?.recommended)
        .map(([rule]) => [`${name}/${rule}`, 'error'] as const),
    ),
    // Their fixes lose named specifiers and class uses; ours cover what they report.
    '@adonisjs/prefer-lazy-controller-import': 'off',
    '@adonisjs/prefer-lazy-listener-import': 'off',
  },
}

export { plugin as default, plugin as 'module.exports' }
