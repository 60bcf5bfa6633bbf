import { type Effort, type Measured, measure } from './billing/measure.ts'
import type { BillingWork } from './billing/work.ts'
import { chosen } from './billing/works.ts'
import { type Comparison, compare, save } from './compare.ts'
import { optionOf } from './options.ts'

/**
 * How fast the billing core is, with a digest of each answer, and beside it the same in decimal.js. `--json` prints
 * data, `--only a,b` measures some, `--save NAME` and `--compare NAME` tell whether it has become slower.
 */

const effort: Effort = { time: 500, iterations: 10 }

const heading = `${'work'.padEnd(14)}${'subject'.padEnd(12)}${'ops/s'.padStart(14)}${'CPU'.padStart(12)}${'p50'.padStart(12)}${'p99'.padStart(12)}${'B/line'.padStart(9)}${'heap B'.padStart(9)}  digest`

export function row({
  name,
  subject,
  nsPerOp,
  p50NsPerOp,
  p99NsPerOp,
  digest,
  bytesPerLine,
  heapBytesPerOp,
}: Measured): string {
  const rate = Math.round(1e9 / nsPerOp).toLocaleString('en')
  const time = (ns: number) => `${ns.toFixed(ns < 100 ? 2 : 0)} ns`.padStart(12)
  const bytes = (count: number) => count.toFixed(count < 10 && count > 0 ? 1 : 0).padStart(9)
  return `${name.padEnd(14)}${subject.padEnd(12)}${rate.padStart(14)}${time(nsPerOp)}${time(p50NsPerOp)}${time(p99NsPerOp)}${bytes(bytesPerLine)}${bytes(heapBytesPerOp)}  ${digest}`
}

/** How many times as long the peers take, and whether they give the same answer. */
export function beside(all: readonly Measured[]): string[] {
  return all
    .filter(({ subject }) => subject !== 'marketsim')
    .flatMap((peer) => {
      const own = all.find(({ name, subject }) => name === peer.name && subject === 'marketsim')
      if (own === undefined) return []
      const answer = own.digest === peer.digest ? 'the same answer' : 'ANOTHER ANSWER'
      return [
        `${peer.name.padEnd(14)}${peer.subject} takes ${(peer.nsPerOp / own.nsPerOp).toFixed(1)} x as long, ${answer}`,
      ]
    })
}

/** As data. */
export const asJson = (all: readonly Measured[]): string =>
  JSON.stringify(
    all.map(({ name, subject, nsPerOp, digest }) => ({ name, subject, nsPerOp, digest })),
    null,
    1,
  )

/** Measures works one after another. */
export async function measureAll(list: readonly BillingWork[], say: (line: string) => void): Promise<Measured[]> {
  const all: Measured[] = []
  say(heading)
  for (const work of list) {
    const measured = await measure(work, work.sizes[0], effort)
    all.push(measured)
    say(row(measured))
    globalThis.gc?.()
  }
  for (const line of beside(all)) say(line)
  return all
}

/** What `--rounds`, `--time` and `--tolerance` say; the standard is a comparison of some minutes. */
export function comparisonOf(words: readonly string[], say: (line: string) => void): Comparison {
  const number = (name: string, standard: number, least: number): number => {
    const value = Number(optionOf(words, name) ?? standard)
    if (value >= least) return value
    throw new RangeError(`--${name} is a number of ${least} or more`)
  }
  return {
    only: optionOf(words, 'only'),
    rounds: number('rounds', 8, 2),
    time: number('time', 300, 1),
    tolerance: number('tolerance', 5, 0) / 100,
    say,
  }
}

async function main(words: readonly string[]): Promise<number> {
  const saved = optionOf(words, 'save')
  const compared = optionOf(words, 'compare')
  if (saved !== undefined) save(saved, comparisonOf(words, console.log))
  if (compared !== undefined) return compare(compared, comparisonOf(words, console.log))
  if (saved !== undefined) return 0
  const json = words.includes('--json')
  const all = await measureAll(chosen(optionOf(words, 'only')), json ? () => {} : console.log)
  if (json) console.log(asJson(all))
  return beside(all).some((line) => line.includes('ANOTHER')) ? 1 : 0
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
