/**
 * Runs a long proof: `npm run histories [-- --short]`, `npm run kills [-- --short]`. A proof is a test file
 * `NAME.proof.ts` in this folder, or the files in its folder `NAME`, which `npm test` leaves out because they take long.
 * `--short` keeps what continuous integration runs on every change. Exit codes: 0 all hold, 1 one does not, 2 bad input.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runScript, UsageError } from '#cli/script.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The file of a proof that has a form of an hour. */
const HOUR = 'hour.proof.ts'

/** Path of each proof by its name. */
const proofs = new Map(
  readdirSync(`${root}test/proofs`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.proof.ts'))
    .map((entry) => [
      entry.name.replace(/\.proof\.ts$/, ''),
      `test/proofs/${entry.name}${entry.isDirectory() ? '/' : ''}`,
    ]),
)

await runScript(
  {
    command: 'node test/proofs/run.ts',
    about: 'Runs a long proof, which npm test leaves out: `npm run PROOF` is the same.',
    words: { name: 'PROOF', help: [...proofs.keys()].join(', '), known: [...proofs.keys()] },
    options: {
      short: { help: 'only what continuous integration runs on every change' },
      hour: { help: 'queues only: an hour of long jobs in each pool, and nothing else' },
    },
    codes: ['0  everything holds', '1  something does not hold', '2  wrong command line'],
  },
  ({ words: [proof, ...others], has }) => {
    if (proof === undefined || others.length > 0) throw new UsageError('name one proof: node test/proofs/run.ts theory')
    const isHour = has('hour')
    if (isHour && proof !== 'queues') throw new UsageError(`${proof} has no form of an hour; queues has`)
    if (isHour && has('short')) throw new UsageError('give --short or --hour, not both')
    const words = ['run', '--config', 'vitest.proofs.config.ts', `${proofs.get(proof)}${isHour ? HOUR : ''}`]
    const child = spawn(process.execPath, [`${root}node_modules/vitest/vitest.mjs`, ...words], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, MARKETSIM_PROOF: isHour ? 'hour' : has('short') ? 'short' : 'whole' },
    })
    return new Promise<number>((resolve) => {
      child.on('close', (code) => resolve(code ?? 1))
    })
  },
)
