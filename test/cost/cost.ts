/**
 * Processor time of the suite by test file, the dearest first: `npm run test:cost [-- PATH...]`. Seconds of user plus system
 * time, which other work on the machine changes little, unlike seconds of the clock. Exit codes: that of vitest, 2 bad input.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Given, runScript } from '#cli/script.ts'
import { type FileCost, processorTime } from './file-cost.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const costOf = ({ imports, own, programs }: FileCost): number => imports + own + programs

function read(lines: string): FileCost[] {
  const files = readFileSync(lines, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as FileCost)
  return files.sort((a, b) => costOf(b) - costOf(a))
}

function print(files: readonly FileCost[], total: number, wall: number, top: number, tests: boolean): void {
  const cell = (seconds: number) => seconds.toFixed(1).padStart(9)
  console.log(
    `\n${'total'.padStart(9)}${'imports'.padStart(9)}${'tests'.padStart(9)}${'programs'.padStart(9)}  s of a processor`,
  )
  for (const cost of files.slice(0, top)) {
    const { file, tests: count, imports, own, programs, dearest } = cost
    console.log(`${[costOf(cost), imports, own, programs].map(cell).join('')}  ${file} (${count})`)
    if (tests) for (const { name, seconds } of dearest) console.log(`${cell(seconds).padStart(36)}    ${name}`)
  }
  const sum = (of: (cost: FileCost) => number) => files.reduce((all, cost) => all + of(cost), 0)
  const parts = [sum(costOf), sum(({ imports }) => imports), sum(({ own }) => own), sum(({ programs }) => programs)]
  console.log(`${parts.map(cell).join('')}  ${files.length} files, ${sum(({ tests }) => tests)} tests`)
  const rest = `${Math.max(0, total - sum(costOf)).toFixed(1)} s more to start vitest and its processes`
  console.log(
    `${total.toFixed(1)} s of a processor in all, ${rest}; ${wall.toFixed(0)} s of the clock on ${availableParallelism()} cores`,
  )
}

function run(given: Given): Promise<number> {
  const top = given.count('top', 40, 0) || Number.POSITIVE_INFINITY
  const isJson = given.has('json')
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-cost-'))
  const lines = join(folder, 'files.ndjson')
  const words = ['run', '--config', 'vitest.cost.config.ts', '--reporter', 'dot', ...given.words]
  const began = performance.now()
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...words], {
    cwd: root,
    stdio: ['ignore', isJson ? 'ignore' : 'inherit', 'inherit'],
    env: { ...process.env, MARKETSIM_COST: lines, NO_COLOR: '1' },
  })
  return new Promise<number>((resolve) => {
    child.on('close', (code) => {
      const wall = (performance.now() - began) / 1000
      const files = read(lines)
      rmSync(folder, { recursive: true })
      const total = processorTime().programs
      if (isJson) console.log(JSON.stringify({ total, wall, files }, null, 2))
      else print(files, total, wall, top, given.has('tests'))
      resolve(code ?? 1)
    })
  })
}

await runScript(
  {
    command: 'npm run test:cost --',
    about: 'Prints the processor time of each test file, the dearest first.',
    words: { name: '[PATH...]', help: 'only these files or folders' },
    options: {
      top: { value: '40', help: 'only so many files; 0: all (40)' },
      tests: { help: 'also the dearest tests of each file' },
      json: { help: 'print data' },
    },
    codes: ['0  the tests passed', '1  a test failed', '2  wrong command line'],
  },
  run,
)
