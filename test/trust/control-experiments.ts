/**
 * How often intervals corrected by control variates cover the truth, next to plain ones, and how often verdicts by them are wrong where
 * the limit is the truth itself: sweeps of loss systems that begin empty.
 */
import type { DemandControls } from '#reports/sweep/demand-controls.ts'
import { estimatesOf } from '#reports/sweep/estimates.ts'
import type { Effort, Outcome } from './experiment.ts'
import { type LossSystem, lossRun, refusedShare, total } from './loss-system.ts'

interface Cell {
  readonly name: string
  readonly system: LossSystem
  readonly runs: number
  /** Refusals are so rare that the interval counts them, and covers more. */
  readonly isRare?: boolean
}

const LOAD = 12
const HOURS = 48
const system = (capacity: number, law: LossSystem['law'] = 'exponential'): LossSystem => ({
  ...{ capacity, requests: LOAD, life: 1, law, hours: HOURS },
})

const cells: readonly Cell[] = [
  { name: '10 servers, 10 runs', system: system(10), runs: 10 },
  { name: '12 servers, 12 runs', system: system(12), runs: 12 },
  { name: '12 servers, 30 runs', system: system(12), runs: 30 },
  { name: '16 servers, 12 runs', system: system(16), runs: 12 },
  { name: '16 servers, 30 runs', system: system(16), runs: 30 },
  { name: '20 servers, 12 runs', system: system(20), runs: 12, isRare: true },
]

const asked = { text: 'ecs.refusalRate', unit: 'share', kind: 'event-share' } as const

/** Promised: 93 to 97 %, more where refusals are rare; at most 5 % of verdicts are wrong. */
export function controlledIntervals({ sweeps, seed }: Effort): Outcome[] {
  return cells.flatMap(({ name, system, runs: count, isRare }) => {
    const truth = refusedShare(system)
    const tries = 2 * sweeps
    const expected = LOAD * HOURS
    let [held, plain, given, wrong] = [0, 0, 0, 0]
    const figure = { ...asked, bound: { op: '<', value: truth } } as const
    const widths: number[] = []
    for (let repetition = 0; repetition < tries; repetition++) {
      const runs = Array.from({ length: count }, (_, run) =>
        lossRun(system, `${seed}/controls/${name}/${repetition}`, run),
      )
      const demand = runs.map(({ requests, servers, lives }): DemandControls[] => [
        {
          ...{ pool: 'z/f', requests: total(requests), expected, unknown: null },
          ...{ servers, lives, expectedLives: servers * system.life },
        },
      ])
      const values = runs.map(({ requests, refusals }) => ({ top: total(refusals), bottom: total(requests) }))
      const [[{ interval, controlled, verdict }]] = estimatesOf([figure], [[values]], [demand])
      if (verdict !== 'undecided') wrong++
      if (interval.low <= truth && truth <= interval.high) plain++
      if (controlled === null) continue
      given++
      if (controlled.interval.low <= truth && truth <= controlled.interval.high) held++
      if (controlled.width !== null) widths.push(controlled.width)
    }
    const median = widths.sort((a, b) => a - b)[Math.floor(widths.length / 2)]
    const note = `${(100 * truth).toPrecision(3)} %; ${median?.toFixed(2) ?? '–'} of the plain width (median), which covers ${((100 * plain) / tries).toFixed(1)} %`
    const cell = `12 erlangs, ${name}`
    return [
      { experiment: 'controls', cell, happened: held, tries: given, least: 0.93, most: isRare ? 1 : 0.97, note },
      {
        ...{ experiment: 'controls', cell: `${cell}: a verdict, although the limit is the truth` },
        ...{ happened: wrong, tries, least: 0, most: 0.05, note: '' },
      },
    ]
  })
}
