/**
 * An inventory that is looked at each month: below s, order up to S. Nine policies are compared by their monthly cost, all
 * with the same demands. After Law and Kelton, section 1.5.
 */
import { hold, type Process, RecordedLevel, Simulation } from '#engine/index.ts'

const [SETUP, PER_ITEM, HOLDING, SHORTAGE] = [32, 3, 1, 5]
const policies = [
  [20, 40],
  [20, 60],
  [20, 80],
  [20, 100],
  [40, 60],
  [40, 80],
  [40, 100],
  [60, 80],
  [60, 100],
] as const

export function run(seed: string, print = console.log, months = 120) {
  const costs: Record<string, number> = {}
  print('  (s, S)    total  ordering  holding  shortage')
  for (const [s, S] of policies) {
    const parts = manage(seed, s, S, months)
    const total = parts.reduce((sum, part) => sum + part)
    costs[`(${s}, ${S})`] = total
    const cells = [total, ...parts].map((cost, i) => cost.toFixed(2).padStart([9, 10, 9, 10][i]))
    print(`${`(${s}, ${S})`.padEnd(9)}${cells.join('')}`)
  }
  return costs
}

/** Average ordering, holding and shortage cost of a month. */
function manage(seed: string, s: number, S: number, months: number): number[] {
  const sim = new Simulation({ seed })
  const level = new RecordedLevel(0, 60)
  const gap = sim.sampler('gaps', { exponential: { mean: 0.1 } })
  const size = sim.sampler('sizes', { discrete: { values: [1, 2, 3, 4], weights: [1, 2, 2, 1] } })
  const lag = sim.sampler('lags', { uniform: { min: 0.5, max: 1 } })
  let ordering = 0

  function* demand(): Process {
    yield hold(0)
    level.add(sim.kernel.now, -size())
  }

  function* delivery(amount: number): Process {
    yield hold(lag())
    level.add(sim.kernel.now, amount)
  }

  function* review(): Process {
    for (;;) {
      if (level.value < s) {
        const amount = S - level.value
        ordering += SETUP + PER_ITEM * amount
        sim.start(delivery(amount))
      }
      yield hold(1)
    }
  }

  sim.start(review())
  sim.source(gap, demand)
  sim.run(months)
  const { times, values } = level.history()
  const area = (above: number) =>
    values.reduce(
      (sum, value, i) => sum + Math.max(0, above * value) * ((times[i + 1] ?? sim.kernel.now) - times[i]),
      0,
    )
  return [ordering / months, (HOLDING * area(1)) / sim.kernel.now, (SHORTAGE * area(-1)) / sim.kernel.now]
}

if (import.meta.main) run('inventory')
