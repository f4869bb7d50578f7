#!/usr/bin/env node
import { main } from '../dist/src/cli/main.js'

// `hot-codemod doctor | head` closes the pipe before all is written.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

process.exitCode = await main(process.argv.slice(2), process)
