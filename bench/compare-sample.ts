import { type Effort, measure } from './billing/measure.ts'
import { chosen, optionOf } from './billing.ts'

/** One round of one tree: measures our works in a process of its own, for whoever compares. Prints data. */

export interface Sample {
  readonly name: string
  readonly nsPerOp: number
  readonly digest: string
}

if (import.meta.main) {
  const words = process.argv.slice(2)
  const time = Number(optionOf(words, 'time') ?? 300)
  const effort: Effort = { time, iterations: 3 }
  const samples: Sample[] = []
  for (const work of chosen(optionOf(words, 'only'))) {
    if (work.subject !== 'marketsim') continue
    const { name, nsPerOp, digest } = await measure(work, work.sizes[0], effort)
    samples.push({ name, nsPerOp, digest })
    globalThis.gc?.()
  }
  console.log(JSON.stringify(samples))
}
