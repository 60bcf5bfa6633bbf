import { expect, test } from 'vitest'
import { normalCdf, normalQuantile } from '#engine/mathematics/normal.ts'
import { Streams } from '#engine/random/streams.ts'
import { type BoundEvidence, boundLooks, nextStep, type ProcedureOptions } from '#reports/select/procedure.ts'
import { often } from '../../house/effort.ts'

/** Designs with a mean of the objective, larger is better, and one of a figure that has to be below 0. */
interface Design {
  readonly objective: number
  readonly bounded: number
}

/** Plays a selection to its end on normal runs, half of whose variance is common to all designs. */
function played(options: Omit<ProcedureOptions, 'designs'>, designs: readonly Design[], repetition: number) {
  const stream = new Streams('selection', repetition).stream('runs')
  const normal = () => normalQuantile(stream.next() || 2 ** -54)
  const common: number[] = []
  const made = designs.map(() => ({ objective: [] as number[], bounded: [] as number[] }))
  const evidence = (design: number, runs: number): BoundEvidence => {
    const values = made[design].bounded.slice(0, runs)
    const z = (values.reduce((sum, value) => sum + value, 0) / values.length) * Math.sqrt(values.length)
    return { kept: normalCdf(z), missed: normalCdf(-z) }
  }
  for (;;) {
    const step = nextStep(
      { ...options, designs: designs.length },
      { values: (design) => made[design].objective, evidence },
    )
    if ('end' in step) return { ...step, runs: made.reduce((sum, { objective }) => sum + objective.length, 0) }
    for (const { design, runs } of step.wanted) {
      expect(runs).toBeGreaterThan(made[design].objective.length)
      while (common.length < runs) common.push(normal())
      for (let run = made[design].objective.length; run < runs; run++) {
        made[design].objective.push(designs[design].objective + (common[run] + normal()) / Math.SQRT2)
        made[design].bounded.push(designs[design].bounded + normal())
      }
    }
  }
}

const kn = { method: 'kn', indifference: 0.5, confidence: 0.95, firstRuns: 10, mostRuns: 2_000 } as const
const repetitions = often(30, 1_000)
const each = <T>(of: (repetition: number) => T): T[] => Array.from({ length: repetitions }, (_, at) => of(at))

test.each(['kn', 'knockout'] as const)(
  '%s selects the best of ten as often as promised, and stops by itself',
  (method) => {
    const designs = Array.from({ length: 10 }, (_, design) => ({ objective: design === 7 ? 0.5 : 0, bounded: -9 }))
    const ends = each((at) => played({ ...kn, method, bounded: false }, designs, at))
    expect(ends.every(({ end }) => end === 'selected')).toBe(true)
    expect(ends.filter(({ best }) => best === 7).length).toBeGreaterThanOrEqual(0.95 * repetitions - 3)
  },
)

test('with bounds: the best of those that keep them, not a better one that misses them', () => {
  const designs = [
    { objective: 3, bounded: 1 },
    { objective: 2, bounded: 0.8 },
    { objective: 1, bounded: -1 },
    { objective: 0.4, bounded: -1 },
    { objective: 0, bounded: -2 },
  ]
  const ends = each((at) => played({ ...kn, bounded: true }, designs, at))
  expect(ends.filter(({ end, best }) => end === 'selected' && best === 2).length).toBeGreaterThanOrEqual(
    0.95 * repetitions - 3,
  )
  for (const { claims } of ends) expect(claims[0]).toBe('missed')
})

test('undecided rather than a guess: a design on its bound, too few runs, and no design that keeps it', () => {
  const bounded = { ...kn, mostRuns: 60, bounded: true }
  const onBound = [
    { objective: 2, bounded: 0 },
    { objective: 0, bounded: -2 },
  ]
  expect(played(bounded, onBound, 1)).toMatchObject({ end: 'undecided', best: 0, claims: ['undecided', 'kept'] })
  const close = { ...kn, indifference: 0.01, mostRuns: 60, bounded: false }
  const level = [
    { objective: 0, bounded: -9 },
    { objective: 0, bounded: -9 },
  ]
  expect(played(close, level, 1)).toMatchObject({ end: 'undecided', remaining: [0, 1] })
  expect(played(bounded, [{ objective: 0, bounded: 2 }], 1)).toMatchObject({
    end: 'none',
    best: null,
    claims: ['missed'],
  })
})

test('OCBA spends its runs on close rivals, and says how likely its answer is', () => {
  const designs = [0, 0, 1, 0.9, -3].map((objective) => ({ objective, bounded: -9 }))
  const found = played({ ...kn, method: 'ocba', bounded: false }, designs, 3)
  expect(found).toMatchObject({ end: 'selected' })
  expect([2, 3]).toContain(found.best)
  expect(found.probability).toBeGreaterThanOrEqual(0.95)
  const short = played(
    { ...kn, method: 'ocba', indifference: 1e-6, mostRuns: 20, bounded: false },
    designs.slice(0, 2),
    3,
  )
  expect(short).toMatchObject({ end: 'undecided' })
  expect(short.runs).toBeLessThanOrEqual(2 * 20)
})

test('bounds are looked at after half as many runs again, up to the most', () => {
  expect(boundLooks(10, 60)).toEqual([10, 15, 22, 33, 49, 60])
  expect(boundLooks(10, 10)).toEqual([10])
})

test('OCBA takes bounds: the best that keeps them, or undecided where its runs do not prove that', () => {
  const options = {
    designs: 3,
    method: 'ocba',
    indifference: 0.5,
    confidence: 0.95,
    firstRuns: 10,
    bounded: true,
  } as const
  const values = [0, 1, 3].map((mean) => Array.from({ length: 40 }, (_, run) => mean + ((run * 7) % 5) / 10))
  const made = [0, 0, 0]
  const select = (
    evidence: (design: number) => { readonly kept: number; readonly missed: number },
    mostRuns: number,
  ) => {
    made.fill(0)
    const runs = { values: (design: number) => values[design].slice(0, made[design]), evidence }
    let step = nextStep({ ...options, mostRuns }, runs)
    while ('wanted' in step) {
      for (const { design, runs: wanted } of step.wanted) made[design] = wanted
      step = nextStep({ ...options, mostRuns }, runs)
    }
    return step
  }
  const proved = select((design) => (design === 2 ? { kept: 1, missed: 0 } : { kept: 0, missed: 1 }), 40)
  expect(proved).toMatchObject({ end: 'selected', best: 1, claims: ['kept', 'kept', 'missed'] })
  const open = select((design) => (design === 2 ? { kept: 0.5, missed: 0.5 } : { kept: 0, missed: 1 }), 40)
  expect(open).toMatchObject({ end: 'undecided', best: 2 })
  expect(made[2]).toBe(40)
})
