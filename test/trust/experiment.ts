/** Experiments on conclusions: how often each is wrong when the truth is known, and whether that is more than it says. */
import { incompleteBeta, shareOf } from '#engine/mathematics/beta.ts'

export interface Effort {
  /** Synthetic sweeps of each cell. */
  readonly sweeps: number
  /** Synthetic runs of each cell of single-run intervals. */
  readonly runs: number
  readonly seed: string
}

/** `npm run validate`. */
export const thorough: Effort = { sweeps: 1_000, runs: 4_000, seed: 'trust' }
/** `npm run validate -- --short`. */
export const short: Effort = { sweeps: 100, runs: 200, seed: 'trust' }

/** One row of a table: how often something happened in so many tries, and how often it may at most and at least. */
export interface Outcome {
  readonly experiment: string
  readonly cell: string
  readonly happened: number
  readonly tries: number
  /** Shares that the true rate may have; the outcome is judged by whether it differs from them significantly. */
  readonly least: number
  readonly most: number
  /** Said of the cell as well: what else was counted. */
  readonly note: string
}

/** Chance of a false alarm on one cell, one-sided. */
const LEVEL = 0.001

/** Whether the rate is significantly outside of what it may be (exact binomial test, one-sided 0.1 %). */
export function isOutside({ happened, tries, least, most }: Outcome): boolean {
  if (tries === 0) return false
  // P(X >= happened) at `most`, P(X <= happened) at `least`.
  const tooMany = happened === 0 ? 1 : incompleteBeta(happened, tries - happened + 1, shareOf(most)).lower
  const tooFew = happened === tries ? 1 : incompleteBeta(happened + 1, tries - happened, shareOf(least)).upper
  return (most < 1 && tooMany < LEVEL) || (least > 0 && tooFew < LEVEL)
}

export type Experiment = (effort: Effort) => Outcome[]

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** A table in Markdown. */
export function markdown(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { cell, happened, tries, note } = outcome
    const share = tries === 0 ? 'none' : percent(happened / tries)
    return `| ${cell} | ${share} | ${tries.toLocaleString('en')} | ${note} | ${isOutside(outcome) ? '**outside**' : 'within'} |`
  })
  return ['| cell | rate | tries | | |', '|---|---|---|---|---|', ...rows].join('\n')
}
