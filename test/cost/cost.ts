/**
 * Processor time of the suite by test file, the dearest first: `npm run test:cost [-- PATH...]`. Seconds of user plus system
 * time, which other work on the machine changes little, unlike seconds of the clock. Exit codes: that of vitest, 2 bad input.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type FileCost, processorTime } from './file-cost.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const usage = `usage: npm run test:cost [-- PATH... [options]]

Prints the processor time of each test file. Names of files or folders select some of them.

--top N   only the N dearest files (default: 40; 0: all)
--tests   also the dearest tests of each file
--json    print data`

function asked() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        top: { type: 'string', default: '40' },
        tests: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    if (!/^\d+$/.test(values.top)) throw new Error(`--top must be a whole number (got '${values.top}')`)
    return { ...values, top: Number(values.top) || Number.POSITIVE_INFINITY, paths: positionals }
  } catch (error) {
    console.error(`error: ${(error as Error).message}\n${usage}`)
    process.exit(2)
  }
}

const request = asked()
const folder = mkdtempSync(join(tmpdir(), 'marketsim-cost-'))
const lines = join(folder, 'files.ndjson')
const words = ['run', '--config', 'vitest.cost.config.ts', '--reporter', 'dot', ...request.paths]
const began = performance.now()
const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...words], {
  cwd: root,
  stdio: ['ignore', request.json ? 'ignore' : 'inherit', 'inherit'],
  env: { ...process.env, MARKETSIM_COST: lines, NO_COLOR: '1' },
})
child.on('close', (code) => {
  const wall = (performance.now() - began) / 1000
  const files = read()
  rmSync(folder, { recursive: true })
  const total = processorTime().programs
  if (request.json) console.log(JSON.stringify({ total, wall, files }, null, 2))
  else print(files, total, wall)
  process.exitCode = code ?? 1
})

const costOf = ({ imports, own, programs }: FileCost): number => imports + own + programs

function read(): FileCost[] {
  const files = readFileSync(lines, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as FileCost)
  return files.sort((a, b) => costOf(b) - costOf(a))
}

function print(files: readonly FileCost[], total: number, wall: number): void {
  const cell = (seconds: number) => seconds.toFixed(1).padStart(9)
  console.log(
    `\n${'total'.padStart(9)}${'imports'.padStart(9)}${'tests'.padStart(9)}${'programs'.padStart(9)}  s of a processor`,
  )
  for (const cost of files.slice(0, request.top)) {
    const { file, tests, imports, own, programs, dearest } = cost
    console.log(`${[costOf(cost), imports, own, programs].map(cell).join('')}  ${file} (${tests})`)
    if (request.tests) for (const { name, seconds } of dearest) console.log(`${cell(seconds).padStart(36)}    ${name}`)
  }
  const sum = (of: (cost: FileCost) => number) => files.reduce((all, cost) => all + of(cost), 0)
  const parts = [sum(costOf), sum(({ imports }) => imports), sum(({ own }) => own), sum(({ programs }) => programs)]
  console.log(`${parts.map(cell).join('')}  ${files.length} files, ${sum(({ tests }) => tests)} tests`)
  const rest = `${Math.max(0, total - sum(costOf)).toFixed(1)} s more to start vitest and its processes`
  console.log(
    `${total.toFixed(1)} s of a processor in all, ${rest}; ${wall.toFixed(0)} s of the clock on ${availableParallelism()} cores`,
  )
}
