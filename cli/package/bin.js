#!/usr/bin/env node
// Starts the installed package. Plain JavaScript that every Node since 18 reads as far as a clear message.
import module from 'node:module'

const LEAST = 24

if (Number.parseInt(process.versions.node, 10) >= LEAST) {
  module.enableCompileCache?.()
  await import('./main.js')
} else {
  process.stderr.write(
    `error: marketsim needs Node ${LEAST} or later, and this is Node ${process.versions.node}\n` +
      `  hint: install Node ${LEAST} from https://nodejs.org, then call marketsim again\n`,
  )
  process.exit(2)
}
