import type { ESLint, Linter, Rule } from 'eslint'
import { createRequire } from 'node:module'
import { kickjsRules, rules } from '../rules/index.ts'

const { name, version } = createRequire(import.meta.url)('hot-codemod/package.json') as {
  name: string
  version: string
}

const plugin = {
  meta: { name, version, namespace: name },
  rules,
  configs: {} as { recommended: Linter.Config; strict: Linter.Config; kickjs: Linter.Config },
} satisfies ESLint.Plugin

/** A preset of the rules that `isIncluded` picks. The rule on package.json is for another language: docs/rules has its setup. */
function preset(preset: string, isIncluded: (rule: Rule.RuleModule, name: string) => boolean): Linter.Config {
  const included = Object.entries<Rule.RuleModule>(rules).filter(
    ([name, rule]) => isForScripts(rule) && isIncluded(rule, name),
  )
  return {
    name: `${name}/${preset}`,
    files: ['**/*.{js,mjs,jsx,ts,mts,tsx}'],
    plugins: { [name]: plugin },
    rules: {
      ...Object.fromEntries(included.map(([rule]) => [`${name}/${rule}`, 'error'] as const)),
      // Their fixes lose named specifiers and class uses; ours cover what they report.
      '@adonisjs/prefer-lazy-controller-import': 'off',
      '@adonisjs/prefer-lazy-listener-import': 'off',
    },
  }
}

function isForScripts({ meta }: Rule.RuleModule): boolean {
  return meta?.languages?.includes('js/js') ?? true
}

plugin.configs.recommended = preset('recommended', ({ meta }) => meta?.docs?.recommended === true)
plugin.configs.strict = preset('strict', () => true)
// hot-hook has no part in KickJS, so the rules about what it does are not in this one.
plugin.configs.kickjs = preset('kickjs', (_, name) => kickjsRules.includes(name))

export { plugin as default, plugin as 'module.exports' }
