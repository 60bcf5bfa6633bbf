#!/usr/bin/env node
// Starts the installed package. Plain JavaScript that every Node since 18 reads as far as a clear message.
import module from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  await import('./main.js')
} else {
  // What `enableCompileCache` does, for the process of the program.
  const NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), 'node-compile-cache')
  supervise(process.execPath, fileURLToPath(new URL('main.js', import.meta.url)), { NODE_COMPILE_CACHE })
}
