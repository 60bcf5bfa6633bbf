#!/usr/bin/env node
// Starts the installed package. Plain JavaScript that every Node since 18 reads as far as a clear message.
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { isShort, supervise } from './supervise.js'

const LEAST = 24

if (Number.parseInt(process.versions.node, 10) < LEAST) {
  process.stderr.write(
    `error: marketsim needs Node ${LEAST} or later, and this is Node ${process.versions.node}\n` +
      `  hint: install Node ${LEAST} from https://nodejs.org, then call marketsim again\n`,
  )
  process.exit(2)
} else if (isShort(process.argv.slice(2))) {
  module.enableCompileCache?.()
  await import('../program/cli-main.js')
} else {
  supervise(process.execPath, fileURLToPath(new URL('../program/cli-main.js', import.meta.url)))
}
