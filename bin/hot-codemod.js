#!/usr/bin/env node
import module from 'node:module'

// Node.js 22.8 and later keep the compiled code in the directory for temporary files, so that the next run starts sooner.
module.enableCompileCache?.()
const { main } = await import('../dist/src/cli/main.js')

// `hot-codemod doctor | head` closes the pipe before all is written.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

process.exitCode = await main(process.argv.slice(2), process)
