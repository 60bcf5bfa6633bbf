/**
 * Every command that depends on the size of a run, at several sizes of one marketplace: processor time, and the exponent
 * by which it grows. A command that reads what it shows once has an exponent of 1.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DAY } from '#base/time.ts'
import { runScript, type Usage } from '#cli/script.ts'
import { readScenario } from '#scenarios/reader.ts'
import { Workshop } from './compare/workshop.ts'
import type { Taken } from './growth/call.ts'
import { exponentOf } from './growth/exponent.ts'
import { type SizedRun, works } from './growth/works.ts'
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
    buyers: { value: '10k,100k', help: 'numbers of buyers, two or more, such as 10k,100k,1000k (10k,100k)' },
    days: { value: '1', help: 'civil days that are simulated (1)' },
    only: { value: 'export', help: 'these commands alone, by name' },
    short: { help: 'two small marketplaces: proves that the bench works, not how commands grow' },
    json: { help: 'print data' },
  },
  codes: ['0   measured', '2   bad input', `4   a command grows by an exponent of more than ${MOST}`],
}

const child = fileURLToPath(new URL('growth/call.ts', import.meta.url))

/** Values of quickstart with so many buyers and days. */
async function setsOf(buyers: number, days: number): Promise<string[]> {
  const { scenario } = await readScenario(quickstart)
  return [`end=${new Date(scenario.start + days * DAY).toISOString()}`, ...(await scaledSets(buyers))]
}

/** Runs a command in a process of its own. @throws Error with what it said where it ends with another code */
async function taken(words: readonly string[], shop: Workshop, ends: readonly number[] = [0]): Promise<Taken> {
  const file = join(shop.folder, 'taken.json')
  const { status, stderr } = await shop.run(process.execPath, [child, file, ...words], { cwd: shop.folder })
  if (status === null || !ends.includes(status))
    throw new Error(`marketsim ${words.join(' ')} ended with ${status}: ${stderr}`)
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
    const shop = new Workshop()
    try {
      const runs = new Map<number, SizedRun>()
      const made: { buyers: number; cpuSeconds: number; peakMiB: number }[] = []
      for (const count of [LEAST_BUYERS, ...buyers]) {
        const folder = join(shop.folder, `run-${count}`)
        const sets = (await setsOf(count, days)).flatMap((set) => ['--set', set])
        const run = await taken(['run', quickstart, ...sets, '--out', folder, '--threads', '1', '--quiet'], shop)
        made.push({ buyers: count, ...run })
        runs.set(count, { buyers: count, folder, sets })
      }
      const growths: Growth[] = []
      const tell = (growth: Growth): void => {
        growths.push(growth)
        if (!json) console.log(lineOf(growth))
      }
      if (!json) console.log(`CPU and peak memory at ${buyers.join(', ')} buyers, exponent`)
      if (chosen.has('run')) tell(growthOf('run', made))
      for (const [index, { name, words, ends = [0] }] of works.entries()) {
        if (!chosen.has(name)) continue
        const sizes: Growth['sizes'][number][] = []
        for (const run of runs.values()) {
          const out = join(shop.folder, `out-${index}-${run.buyers}`)
          sizes.push({ buyers: run.buyers, ...(await taken(words(run, out), shop, ends)) })
        }
        tell(growthOf(name, sizes))
      }
      if (json) console.log(JSON.stringify(growths, null, 1))
      return !isShort && growths.some(({ exponent }) => exponent !== null && exponent > MOST) ? 4 : 0
    } finally {
      await shop.remove()
    }
  })
