/** How often the best design is selected: slippage, where all others are as close as may be, and random means. */
import { normalQuantile } from '#engine/mathematics/normal.ts'
import { Streams } from '#engine/random/streams.ts'
import { KimNelson, KnockoutTournament, type Selection, type SelectionOptions } from '#engine/statistics/selection.ts'
import type { Effort, Outcome } from './experiment.ts'

interface Procedure {
  readonly name: string
  readonly start: (options: SelectionOptions) => Selection
}

const procedures: readonly Procedure[] = [
  { name: 'KN', start: (options) => new KimNelson(options) },
  { name: 'knockout', start: (options) => new KnockoutTournament(options) },
]

/** Runs of designs whose part `correlation` of the variance is common to all. */
function drawn(means: readonly number[], correlation: number, seed: string, repetition: number) {
  const stream = new Streams(seed, repetition).stream('runs')
  const normal = () => normalQuantile(stream.next() || 2 ** -54)
  const common: number[] = []
  const values = means.map((): number[] => [])
  return {
    values,
    upTo(design: number, runs: number): void {
      while (common.length < runs) common.push(normal())
      for (let run = values[design].length; run < runs; run++)
        values[design].push(
          means[design] + Math.sqrt(correlation) * common[run] + Math.sqrt(1 - correlation) * normal(),
        )
    },
  }
}

/** The design that is selected, and the runs it took. */
export function selected(selection: Selection, runs: ReturnType<typeof drawn>): { design: number; made: number } {
  for (let wanted = selection.next(); wanted.length > 0; wanted = selection.next()) {
    for (const { design, runs: count } of wanted) runs.upTo(design, count)
    selection.finished((design) => runs.values[design])
  }
  return { design: selection.remaining[0], made: runs.values.reduce((sum, { length }) => sum + length, 0) }
}

const DELTA = 0.5

const configurations = [
  { name: '2 designs', designs: 2, correlation: 0 },
  { name: '10 designs', designs: 10, correlation: 0 },
  { name: '10 designs, common random numbers', designs: 10, correlation: 0.7 },
  { name: '100 designs', designs: 100, correlation: 0 },
] as const

/** Promised: with 95 % the best, or one within the indifference of it. */
export function selections({ sweeps, seed }: Effort): Outcome[] {
  return procedures.flatMap(({ name, start }) =>
    configurations.flatMap(({ name: size, designs, correlation }) =>
      (['slippage', 'random means'] as const).map((kind) => {
        const cell = `${name}, ${size}, ${kind}`
        const tries = designs > 50 ? Math.ceil(sweeps / 5) : sweeps
        let [right, made] = [0, 0]
        for (let repetition = 0; repetition < tries; repetition++) {
          const stream = new Streams(`${seed}/means/${cell}`, repetition).stream('means')
          // The best is anywhere, so that no order of designs helps.
          const best = stream.below(designs)
          const means = Array.from({ length: designs }, (_, design) =>
            kind === 'slippage' ? (design === best ? DELTA : 0) : normalQuantile(stream.next() || 2 ** -54),
          )
          const runs = drawn(means, correlation, `${seed}/selection/${cell}`, repetition)
          const found = selected(start({ designs, indifference: DELTA, confidence: 0.95 }), runs)
          if (means[found.design] > Math.max(...means) - DELTA) right++
          made += found.made
        }
        const note = `${(made / tries / designs).toFixed(0)} runs a design`
        return { experiment: 'selection', cell, happened: right, tries, least: 0.95, most: 1, note }
      }),
    ),
  )
}
