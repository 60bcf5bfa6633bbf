/** Which figures moved from one run to another, by how much, and for whom. */
import { type PairedDifference, pairedDifference } from '#engine/statistics/paired.ts'
import type { FigureUnit } from '../figures/figure.ts'
import type { FigureValue } from '../figures/show.ts'
import type { Summary, SummaryFigure } from '../summary.ts'
import { accountNames, type ComparedRun, type Daily, dailyNames, type PerAccount } from './compared-run.ts'

/** One figure on both sides. Of several pairs of runs the values are means, and the interval is over the pairs. */
export interface MovedFigure {
  readonly figure: string
  readonly unit: FigureUnit
  /** Empty for the whole run. */
  readonly label: string
  readonly value: string
  readonly a: number | null
  readonly b: number | null
  readonly interval: PairedDifference | null
}

/** Money is text in a summary; here an estimate of it is enough. */
const numberOf = (value: FigureValue | undefined): number | null =>
  value === undefined || value === null ? null : Number(value)

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function moved(
  name: string,
  unit: FigureUnit,
  label: string,
  value: string,
  pairs: readonly (readonly [FigureValue | undefined, FigureValue | undefined])[],
): MovedFigure {
  const numbers = pairs.map(([a, b]) => [numberOf(a), numberOf(b)] as const)
  const both = numbers.filter((pair): pair is readonly [number, number] => pair[0] !== null && pair[1] !== null)
  const side = (index: 0 | 1) => {
    const known = (both.length > 0 ? both : numbers).map((pair) => pair[index]).filter((each) => each !== null)
    return known.length === 0 ? null : mean(known)
  }
  const [a, b] = [both.map((pair) => pair[1]), both.map((pair) => pair[0])]
  return {
    figure: name,
    unit,
    label,
    value,
    a: side(0),
    b: side(1),
    interval: both.length < 2 ? null : pairedDifference(a, b),
  }
}

const keysOf = (figures: readonly (SummaryFigure | undefined)[], label: string): string[] =>
  [...new Set(figures.flatMap((figure) => Object.keys(figure?.by[label] ?? {})))].sort()

/** Every figure in total and by its labels, in the order of their names, of pairs of summaries. */
export function movedFigures(pairs: readonly (readonly [Summary, Summary])[]): MovedFigure[] {
  const names = [...new Set(pairs.flatMap((pair) => pair.flatMap(({ figures }) => Object.keys(figures))))].sort()
  return names.flatMap((name) => {
    const sides = pairs.map(([a, b]) => [a.figures[name], b.figures[name]] as const)
    const all = sides.flat()
    const unit = all.find((figure) => figure !== undefined)?.unit ?? 'count'
    const labels = [...new Set(all.flatMap((figure) => Object.keys(figure?.by ?? {})))].sort()
    return [
      moved(
        name,
        unit,
        '',
        '',
        sides.map(([a, b]) => [a?.value, b?.value]),
      ),
      ...labels.flatMap((label) =>
        keysOf(all, label).map((key) =>
          moved(
            name,
            unit,
            label,
            key,
            sides.map(([a, b]) => [a?.by[label]?.[key], b?.by[label]?.[key]]),
          ),
        ),
      ),
    ]
  })
}

/** Whether there is anything to tell. */
export const hasMoved = ({ a, b }: MovedFigure): boolean => a !== b

/** The change as a share of the first run's value; null where that is 0 or missing. */
export const relative = ({ a, b }: Pick<MovedFigure, 'a' | 'b'>): number | null =>
  a === null || b === null || a === 0 ? null : (b - a) / Math.abs(a)

/** A mean a day or account on both sides, and the paired difference. */
export interface PairedMean {
  readonly what: string
  readonly group: string
  readonly a: number
  readonly b: number
  readonly interval: PairedDifference
}

function pairedMean(what: string, group: string, a: readonly number[], b: readonly number[]): PairedMean | undefined {
  return a.length < 2 ? undefined : { what, group, a: mean(a), b: mean(b), interval: pairedDifference(b, a) }
}

/** What happened on the civil days that both runs have, day against day. */
export function pairedDays(a: ComparedRun, b: ComparedRun): PairedMean[] {
  return (Object.keys(dailyNames) as Daily[]).flatMap((daily) => {
    const common = [...a.days[daily].keys()].filter((day) => b.days[daily].has(day))
    const values = (run: ComparedRun) => common.map((day) => run.days[daily].get(day) ?? 0)
    const found = pairedMean(dailyNames[daily], 'all', values(a), values(b))
    return found === undefined ? [] : [found]
  })
}

/** Accounts of either run, each against itself: in all, by segment and by region. */
export function pairedAccounts(a: ComparedRun, b: ComparedRun): PairedMean[] {
  const groups = new Map<string, Set<string>>([['all', new Set()]])
  for (const { accounts } of [a, b])
    for (const [name, { segment, region }] of accounts)
      for (const group of ['all', `segment ${segment}`, `region ${region}`]) {
        const names = groups.get(group) ?? new Set<string>()
        groups.set(group, names.add(name))
      }
  const sorted = [...groups].sort(([first], [second]) => (first < second ? -1 : 1))
  return (Object.keys(accountNames) as PerAccount[]).flatMap((what) =>
    sorted.flatMap(([group, names]) => {
      const values = (run: ComparedRun) => [...names].map((name) => run.accounts.get(name)?.[what] ?? 0)
      const found = pairedMean(accountNames[what], group, values(a), values(b))
      return found === undefined ? [] : [found]
    }),
  )
}

/** The accounts whose charges moved most. */
export function movedAccounts(a: ComparedRun, b: ComparedRun, count: number) {
  const names = new Set([...a.accounts.keys(), ...b.accounts.keys()])
  return [...names]
    .map((name) => {
      const [before, after] = [a.accounts.get(name)?.charged ?? 0, b.accounts.get(name)?.charged ?? 0]
      return { name, segment: (a.accounts.get(name) ?? b.accounts.get(name))?.segment ?? '', before, after }
    })
    .filter(({ before, after }) => before !== after)
    .sort((x, y) => Math.abs(y.after - y.before) - Math.abs(x.after - x.before) || (x.name < y.name ? -1 : 1))
    .slice(0, count)
}
