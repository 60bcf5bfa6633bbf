/**
 * Runs a long proof: `npm run histories [-- --short]`, `npm run kills [-- --short]`. A proof is a test file
 * `NAME.proof.ts` in this folder, or the files in its folder `NAME`, which `npm test` leaves out because they take long.
 * `--short` keeps what continuous integration runs on every change. Exit codes: 0 all hold, 1 one does not, 2 bad input.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))
const usage = 'usage: node test/proofs/run.ts PROOF [--short]'

function asked(): { file: string; isShort: boolean } {
  try {
    const { values, positionals } = parseArgs({
      options: { short: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
      allowPositionals: true,
    })
    if (values.help) {
      console.log(`${usage}\n\n--short  only what continuous integration runs`)
      process.exit(0)
    }
    const [proof, ...rest] = positionals
    if (proof === undefined || rest.length > 0) throw new Error('name one proof')
    const file = [`test/proofs/${proof}.proof.ts`, `test/proofs/${proof}/`].find((path) => existsSync(root + path))
    if (file === undefined) throw new Error(`there is no proof '${proof}'`)
    return { file, isShort: values.short }
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`)
    process.exit(2)
  }
}

const { file, isShort } = asked()
const words = ['run', '--config', 'vitest.proofs.config.ts', file]
const child = spawn(process.execPath, [`${root}node_modules/vitest/vitest.mjs`, ...words], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, MARKETSIM_PROOF: isShort ? 'short' : 'whole' },
})
child.on('close', (code) => {
  process.exitCode = code ?? 1
})
