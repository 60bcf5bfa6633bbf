#!/usr/bin/env node
// Starts marketsim on a Node that can run it: this one if it is new enough, else the one `npm ci` put beside the
// project. Plain JavaScript without dependencies, so that every Node since 18 gets as far as a clear message.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isShort, supervise } from './supervise.js'

const LEAST = 24
const here = dirname(fileURLToPath(import.meta.url))
const program = join(here, 'main.ts')
const major = (version) => Number.parseInt(version, 10)

/** Node beside the project, also when the project is itself a dependency in somebody's node_modules. */
function* candidates() {
  for (let folder = dirname(here); ; folder = dirname(folder)) {
    yield join(folder, 'node_modules', '.bin', 'node')
    if (dirname(folder) === folder) break
  }
  for (const folder of (process.env.PATH ?? '').split(delimiter)) if (folder !== '') yield join(folder, 'node')
}

function findNode() {
  for (const path of candidates()) {
    if (!existsSync(path)) continue
    const { stdout, status } = spawnSync(path, ['--version'], { encoding: 'utf8' })
    if (status === 0 && major(stdout.replace(/^v/, '')) >= LEAST) return path
  }
  return undefined
}

// A link of the program's name, as `npm link` makes it: messages then say that name.
if (basename(process.argv[1] ?? '') === 'marketsim') process.env.MARKETSIM_STARTED_AS = 'marketsim'

const isNew = major(process.versions.node) >= LEAST
if (isNew && isShort(process.argv.slice(2))) {
  module.enableCompileCache?.()
  await import('./main.ts')
} else {
  const node = isNew ? process.execPath : findNode()
  if (node) supervise(node, program)
  else {
    process.stderr.write(
      `error: marketsim needs Node ${LEAST} or later, and this is Node ${process.versions.node}\n` +
        '  hint: run `npm ci` in its folder, which brings a Node along on Linux;\n' +
        `        elsewhere install Node ${LEAST} from https://nodejs.org\n`,
    )
    process.exit(2)
  }
}
