/** The codemods that work on one file at a time, and so run under jscodeshift too. */
export type FileRewriteName = 'lazy-imports' | 'bound-instances' | 'magic-strings'
