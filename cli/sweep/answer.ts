/** The answer of a sweep in words: at which points every bound is kept, and where more runs are needed to decide. */
import { keptAt, type SweepResult, shortPaths } from '#reports/sweep/result.ts'
import { shownFine } from '#reports/sweep/tables.ts'

/** More runs than this are not asked for by number. */
const MOST_NAMED = 100_000
/** So many points are named one by one. */
const NAMED = 6

type Point = SweepResult['points'][number]

/** Runs that the slowest figure of a point needs to be decided; null where none is undecided. */
function neededAt({ estimates }: SweepResult, point: number): number | null {
  const needed = estimates.flatMap((ofFigure) => ofFigure[point].needed ?? [])
  return needed.length === 0 ? null : Math.max(...needed)
}

/** Points where nothing is missed and something is undecided. */
const undecidedAt = ({ points, estimates }: SweepResult): readonly number[] =>
  [...points.keys()].filter((point) => {
    const verdicts = estimates.map((ofFigure) => ofFigure[point].verdict)
    return !verdicts.includes('missed') && verdicts.includes('undecided')
  })

export const neededText = (needed: number): string =>
  needed > MOST_NAMED ? 'more runs will not help' : `about ${needed.toLocaleString('en')} runs`

const listed = (names: readonly string[]): string => {
  const shown = names.length > NAMED ? [...names.slice(0, NAMED), `${names.length - NAMED} more`] : names
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** The answer line by line; nothing where there is no bound and no precision was asked for. */
export function answerOf(result: SweepResult): string[] {
  return [...boundLines(result), ...precisionLines(result)]
}

function boundLines(result: SweepResult): string[] {
  const kept = keptAt(result)
  if (kept === undefined) return []
  const bounds = result.asked.filter(({ bound }) => bound !== null).length
  const what = bounds === 1 ? 'the bound' : `all ${bounds} bounds`
  const undecided = undecidedAt(result)
  if (result.paths.length === 0) return [ofOnePoint(result, kept.length === 1, undecided.length === 1, bounds)]
  return [ofPoints(result, kept, what, undecided.length), ...undecidedLines(result, undecided)]
}

function ofOnePoint(result: SweepResult, kept: boolean, undecided: boolean, bounds: number): string {
  const [what, are] = bounds === 1 ? ['The bound', 'is'] : [`All ${bounds} bounds`, 'are']
  if (kept) return `${what} ${are} kept (95 % confidence)`
  if (!undecided)
    return bounds === 1 ? 'The bound is missed (95 % confidence)' : 'Not all bounds are met (95 % confidence)'
  const needed = neededAt(result, 0) ?? Infinity
  const more =
    needed > MOST_NAMED
      ? 'more runs are unlikely to decide it'
      : `more runs are needed, about ${needed.toLocaleString('en')} (--runs)`
  return `${bounds === 1 ? 'The bound is' : 'Some bounds are'} undecided: ${more}`
}

function ofPoints(result: SweepResult, kept: readonly Point[], what: string, undecided: number): string {
  if (kept.length === 0)
    return undecided === 0
      ? `No point meets ${what} (95 % confidence)`
      : `No point is known to meet ${what} (95 % confidence)`
  const [path] = shortPaths(result)
  const numeric = result.points.every(({ x }) => x !== null)
  if (!numeric || result.paths.length > 1)
    return `${kept.length === 1 ? 'The point that meets' : 'Points that meet'} ${what} (95 % confidence): ${listed(kept.map((point) => nameOf(result, point)))}`
  const byValue = (points: readonly Point[]) => [...points].sort((a, b) => Number(a.x) - Number(b.x))
  const [all, ordered] = [byValue(result.points), byValue(kept)]
  // Where small values keep the bound and the largest does not, the largest that does is of interest.
  const downwards = ordered[0] === all[0] && ordered.at(-1) !== all.at(-1)
  const [best, ...others] = downwards ? ordered.reverse() : ordered
  const also =
    others.length === 0
      ? ''
      : `. ${listed(others.map(({ label }) => label))} ${others.length === 1 ? 'keeps' : 'keep'} it too`
  return `${downwards ? 'Largest' : 'Smallest'} ${path} that keeps ${what} (95 % confidence): ${best.label}${what === 'the bound' ? also : also.replace('it too', 'them too')}`
}

const nameOf = (result: SweepResult, { values }: Point): string =>
  values.map((value, index) => `${shortPaths(result)[index]} = ${value}`).join(', ')

function undecidedLines(result: SweepResult, undecided: readonly number[]): string[] {
  if (undecided.length === 0) return []
  const names = undecided.map((point) => result.points[point].label)
  const needed = undecided.map((point) => neededAt(result, point) ?? Infinity).filter((runs) => runs <= MOST_NAMED)
  const are = names.length === 1 ? 'is' : 'are'
  if (needed.length === 0)
    return [
      `${listed(names)} ${are} undecided, and more runs are unlikely to decide ${names.length === 1 ? 'it' : 'them'}`,
    ]
  const [least, most] = [Math.min(...needed), Math.max(...needed)].map((runs) => runs.toLocaleString('en'))
  return [`${listed(names)} ${are} undecided: add --runs (about ${least === most ? least : `${least} to ${most}`})`]
}

function precisionLines({ precision, points, asked, runs, estimates, paths }: SweepResult): string[] {
  if (precision === null) return []
  const wanted = shownFine('share', precision.relative)
  const short = points.flatMap((_, point) => (precision.reached[point] ? [] : [point]))
  if (short.length === 0) return [`${asked[0].text} is known to ${wanted} or better at every point`]
  const where = paths.length === 0 ? '' : ` at ${listed(short.map((point) => points[point].label))}`
  const made = Math.max(...short.map((point) => runs[point].length))
  const none = short.every((point) => !(estimates[0][point].most > 0))
  return [
    `${asked[0].text} is not known to ${wanted}${where} after ${made} runs${none ? ', none of which saw it' : ''}: raise --most`,
  ]
}

/** Warnings of a sweep: where the two halves of the measured time differ beyond chance. One line for all of them. */
export function driftLines(result: SweepResult): string[] {
  const { drifts, points, paths } = result
  if (drifts.length === 0) return []
  const [worst] = [...drifts].sort((a, b) => gapOf(b) - gapOf(a) || a.point - b.point)
  const pools = new Set(drifts.map(({ pool }) => pool)).size
  const where = [...new Set(drifts.map(({ point }) => points[point].label))]
  const at = paths.length === 0 ? '' : ` at ${listed(where)}`
  const more = pools > 1 ? ` (and ${pools - 1} other ${pools === 2 ? 'pool' : 'pools'})` : ''
  const what = worst.what === 'use' ? 'use' : 'refused'
  const [first, second] = [worst.first, worst.second].map((share) => shownFine('share', share))
  return [
    `The two halves of the measured time differ significantly${at}: pool ${worst.pool}, ${what} ${first} in the first half and ${second} in the second${more}`,
    'Figures average over a trend. If the load is meant to be steady, start warm (warmStart: true), measure later (measureFrom), or run longer',
  ]
}

const gapOf = ({ first, second }: SweepResult['drifts'][number]): number => Math.abs(first - second)
