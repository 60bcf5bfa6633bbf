/**
 * Every command that depends on the size of a run, at several sizes of one marketplace: processor time, and the exponent
 * by which it grows. A command that reads what it shows once has an exponent of 1.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DAY } from '#base/time.ts'
import { runScript, type Usage } from '#cli/script.ts'
import { withRecord } from '#reports/record.ts'
import { readScenario } from '#scenarios/reader.ts'
import type { Taken } from './growth/call.ts'
import { exponentOf } from './growth/exponent.ts'
import { chosenOf, countsOf } from './options.ts'
import { quickstart, scaledSets } from './scaled-quickstart.ts'

/** Buyers of a marketplace that takes a command no time. */
const LEAST_BUYERS = 20

/** The largest exponent that counts as linear: sorting and caches take the rest. */
const MOST = 1.1

export const usage: Usage = {
  command: 'npm run bench:growth --',
  about:
    'Every command that reads or makes a run, at several sizes of one marketplace: processor time, and the exponent by which it grows with the number of buyers.',
  options: {
    buyers: { value: '10k,100k', help: 'numbers of buyers, two or more (10k,100k)' },
    days: { value: '1', help: 'civil days that are simulated (1)' },
    only: { value: 'export', help: 'these commands alone, by name' },
    short: { help: 'two small marketplaces: proves that the bench works, not how commands grow' },
    json: { help: 'print data' },
  },
  codes: ['0   measured', '2   bad input', `4   a command grows by an exponent of more than ${MOST}`],
}

const child = fileURLToPath(new URL('growth/call.ts', import.meta.url))

interface Run {
  readonly buyers: number
  readonly folder: string
}

/** A command at work: its words for a run, and the names of what it explains. */
interface Work {
  readonly name: string
  words(run: Run, out: string): readonly string[]
}

const firstOf = (folder: string, sql: string): string => withRecord(folder, (record) => String(record.rows(sql)[0].id))

const explained = (subject: string, sql: string): Work => ({
  name: `explain/${subject}`,
  words: ({ folder }) => ['explain', folder, subject, firstOf(folder, sql)],
})

const works: readonly Work[] = [
  { name: 'report', words: ({ folder }) => ['report', folder] },
  { name: 'report-audit', words: ({ folder }) => ['report', folder, '--audit'] },
  { name: 'report-account', words: ({ folder }) => ['report', folder, '--account', 'start-ups/1'] },
  { name: 'compare', words: ({ folder }, out) => ['compare', folder, folder, '--out', out] },
  { name: 'trial-balance', words: ({ folder }) => ['trial-balance', folder] },
  {
    name: 'trial-balance-at',
    words: ({ folder }) => ['trial-balance', folder, '--at', '2024-03-01T12:00:00+08:00', '--owners'],
  },
  ...['hledger', 'beancount', 'csv'].map((format) => ({
    name: `export/${format}`,
    words: ({ folder }: Run, out: string) => ['export', folder, '--format', format, '--out', out],
  })),
  explained('order', 'SELECT max(order_id) AS id FROM instances'),
  explained('instance', 'SELECT max(id) AS id FROM instances'),
  explained('account', 'SELECT name AS id FROM accounts ORDER BY id LIMIT 1'),
  explained(
    'bill',
    `SELECT a.name || '/2024-03' AS id FROM bills b JOIN accounts a ON a.id = b.account ORDER BY b.lines DESC, a.id LIMIT 1`,
  ),
  explained('transaction', 'SELECT max(id) AS id FROM transactions WHERE hour > 0'),
  { name: 'sql/rows', words: ({ folder }) => ['sql', folder, 'SELECT * FROM v_orders LIMIT 5'] },
  { name: 'sql/sum', words: ({ folder }) => ['sql', folder, 'SELECT sum(hours * amount) AS used FROM usage_spans'] },
]

/** Values of quickstart with so many buyers and days. */
async function setsOf(buyers: number, days: number): Promise<string[]> {
  const { scenario } = await readScenario(quickstart)
  return [`end=${new Date(scenario.start + days * DAY).toISOString()}`, ...(await scaledSets(buyers))]
}

/** Runs a command in a process of its own. @throws Error with what it said where it fails */
function taken(words: readonly string[], place: string): Taken {
  const file = join(place, 'taken.json')
  const { status, stderr } = spawnSync(process.execPath, [child, file, ...words], {
    encoding: 'utf8',
    cwd: place,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`marketsim ${words.join(' ')} ended with ${status}: ${stderr}`)
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** A command at every size. */
export interface Growth {
  readonly work: string
  readonly sizes: readonly ({ readonly buyers: number } & Taken)[]
  /** Between the two largest sizes; null where they take too little to say. */
  readonly exponent: number | null
}

/** `sizes` begin with a marketplace so small that a command does next to nothing for it. */
export function growthOf(work: string, [least, ...sizes]: Growth['sizes']): Growth {
  const [small, large] = sizes.slice(-2).map(({ buyers, cpuSeconds }) => [buyers, cpuSeconds] as const)
  return { work, sizes, exponent: exponentOf(small, large, least.cpuSeconds) }
}

export const lineOf = ({ work, sizes, exponent }: Growth): string =>
  [
    work.padEnd(20),
    ...sizes.map(
      ({ cpuSeconds, peakMiB }) => `${cpuSeconds.toFixed(2).padStart(8)} s ${peakMiB.toFixed(0).padStart(5)} MiB`,
    ),
    exponent === null ? '    -' : exponent.toFixed(2).padStart(5),
    exponent !== null && exponent > MOST ? '  TOO FAST' : '',
  ].join('  ')

if (import.meta.main)
  await runScript(usage, async (given) => {
    const isShort = given.has('short')
    const json = given.has('json')
    const buyers = countsOf(given.text('buyers') ?? (isShort ? '100,400' : '10k,100k'), 'buyers', '10k,100k')
    const days = given.count('days', 1, 1)
    const names = [{ name: 'run' } as const, ...works]
    const chosen = new Set(chosenOf(names, ({ name }) => name, given.text('only')).map(({ name }) => name))
    const place = mkdtempSync(join(tmpdir(), 'marketsim-growth-'))
    try {
      const runs = new Map<number, Run>()
      const made: { buyers: number; cpuSeconds: number; peakMiB: number }[] = []
      for (const count of [LEAST_BUYERS, ...buyers]) {
        const folder = join(place, `run-${count}`)
        const sets = (await setsOf(count, days)).flatMap((set) => ['--set', set])
        const run = taken(['run', quickstart, ...sets, '--out', folder, '--threads', '1', '--quiet'], place)
        made.push({ buyers: count, ...run })
        runs.set(count, { buyers: count, folder })
      }
      const growths: Growth[] = []
      const tell = (growth: Growth): void => {
        growths.push(growth)
        if (!json) console.log(lineOf(growth))
      }
      if (!json) console.log(`CPU and peak memory at ${buyers.join(', ')} buyers, exponent`)
      if (chosen.has('run')) tell(growthOf('run', made))
      for (const [index, { name, words }] of works.entries()) {
        if (!chosen.has(name)) continue
        const sizes = [...runs.values()].map((run) => ({
          buyers: run.buyers,
          ...taken(words(run, join(place, `out-${index}-${run.buyers}`)), place),
        }))
        tell(growthOf(name, sizes))
      }
      if (json) console.log(JSON.stringify(growths, null, 1))
      return !isShort && growths.some(({ exponent }) => exponent !== null && exponent > MOST) ? 4 : 0
    } finally {
      rmSync(place, { recursive: true })
    }
  })
