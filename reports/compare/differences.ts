/** Which figures moved from one run to another, by how much, and for whom. */
import { moneyText } from '#base/money.ts'
import { own } from '#base/own.ts'
import { DAY } from '#base/time.ts'
import { holmAdjusted } from '#engine/statistics/holm.ts'
import { type SingleRunMean, singleRunMean } from '#engine/statistics/overlapping-batches.ts'
import { type PairedDifference, pairedDifference } from '#engine/statistics/paired.ts'
import { pairedPValue } from '#engine/statistics/paired-test.ts'
import { figureNamed } from '../figures/catalogue.ts'
import type { FigureUnit } from '../figures/figure.ts'
import type { FigureValue } from '../figures/show.ts'
import type { SummaryFigure } from '../summary.ts'
import { accountNames, type ComparedRun, type Daily, dailyNames, type PerAccount } from './compared-run.ts'
import { type Change, changeOf, differenceOf, type InRuns, meanOf, moneyOf } from './value.ts'

/** One figure on both sides. Of several pairs of runs the values are means, and the interval is over the pairs. */
export interface MovedFigure {
  readonly figure: string
  readonly unit: FigureUnit
  /** Empty for the whole run. */
  readonly label: string
  readonly value: string
  /** Money is exact decimal text, everything else a number; null where there was nothing to measure. */
  readonly a: FigureValue
  readonly b: FigureValue
  /** B less A; null where one of them is. */
  readonly difference: FigureValue
  readonly change: Change
  /** The side whose money was converted from another currency. */
  readonly converted: 'a' | 'b' | null
  /** `significant` holds for all figures of the comparison together. */
  readonly interval: PairedDifference | null
  /** Two-sided, of "there is no change"; 1 without an interval. */
  readonly pValue: number
}

/** Probability that any change of a comparison is said to be beyond chance and is not. */
const ANY_WRONG = 0.05

/** The same figures, with "beyond chance" so that it holds for all of them together (Holm). */
function judgedTogether(figures: readonly MovedFigure[]): MovedFigure[] {
  const adjusted = holmAdjusted(figures.map(({ pValue }) => pValue))
  return figures.map((figure, index) => {
    const { interval } = figure
    return interval === null
      ? figure
      : { ...figure, interval: { ...interval, significant: adjusted[index] <= ANY_WRONG } }
  })
}

const isKnown = (value: FigureValue): value is string | number => value !== null
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

type Pair = readonly [FigureValue, FigureValue]

function moved(
  which: Pick<MovedFigure, 'figure' | 'unit' | 'label' | 'value' | 'converted'>,
  pairs: readonly Pair[],
  inRuns: InRuns,
): MovedFigure {
  const { unit } = which
  const both = pairs.filter((pair): pair is readonly [string | number, string | number] => pair.every(isKnown))
  const side = (index: 0 | 1): FigureValue =>
    meanOf(unit, (both.length > 0 ? both : pairs).map((pair) => pair[index]).filter(isKnown))
  const [a, b] = [side(0), side(1)]
  const numbers = (index: 0 | 1) => both.map((pair) => Number(pair[index]))
  return {
    ...which,
    a,
    b,
    difference: a === null || b === null ? null : differenceOf(unit, a, b),
    change: changeOf(a, b, inRuns),
    interval: both.length < 2 ? null : pairedDifference(numbers(1), numbers(0)),
    pValue: pairedPValue(
      numbers(1).map((value, pair) => value - numbers(0)[pair]),
      unit === 'count' || unit === 'share',
    ),
  }
}

const keysOf = (figures: readonly (SummaryFigure | undefined)[], label: string): string[] =>
  [...new Set(figures.flatMap((figure) => Object.keys(figure?.by[label] ?? {})))].sort()

/** A sum or count over no rows is 0: what a summary does not list under a label was not sold, used or refused at all. */
function isSum(name: string): boolean {
  const measure = figureNamed(name)?.measure
  return measure !== undefined && 'value' in measure && measure.of === undefined && !/\b(max|min)\(/.test(measure.value)
}

/** Every figure in total and by its labels, in the order of their names, of pairs of runs. */
export function movedFigures(
  pairs: readonly (readonly [ComparedRun, ComparedRun])[],
  convertedSide: 'a' | 'b' | undefined,
): MovedFigure[] {
  const summaries = pairs.map((pair) => pair.map(({ summary }) => summary))
  const names = [...new Set(summaries.flat().flatMap(({ figures }) => Object.keys(figures)))].sort()
  const isIn = (side: 0 | 1, label: string, key: string): boolean =>
    pairs.some((pair) => pair[side].things.get(label)?.has(key) ?? true)
  const figures = names.flatMap((name) => {
    const sides = summaries.map(([a, b]) => [a.figures[name], b.figures[name]] as const)
    const all: readonly (SummaryFigure | undefined)[] = sides.flat()
    const unit = all.find((figure) => figure !== undefined)?.unit ?? 'count'
    const converted = unit === 'money' ? (convertedSide ?? null) : null
    const labels = [...new Set(all.flatMap((figure) => Object.keys(figure?.by ?? {})))].sort()
    const nothing: FigureValue = !isSum(name) ? null : unit === 'money' ? '0.00' : 0
    const total = sides.map(([a, b]): Pair => [a?.value ?? null, b?.value ?? null])
    return [
      moved({ figure: name, unit, label: '', value: '', converted }, total, [
        sides.some(([a]) => a !== undefined),
        sides.some(([, b]) => b !== undefined),
      ]),
      ...labels.flatMap((label) =>
        keysOf(all, label).map((key) => {
          const of = (figure: SummaryFigure | undefined): FigureValue =>
            figure === undefined ? null : (own(figure.by[label], key) ?? nothing)
          const parts = sides.map(([a, b]): Pair => [of(a), of(b)])
          return moved({ figure: name, unit, label, value: key, converted }, parts, [
            isIn(0, label, key),
            isIn(1, label, key),
          ])
        }),
      ),
    ]
  })
  return judgedTogether(figures)
}

/** Whether there is anything to show. */
export const hasMoved = ({ change }: MovedFigure): boolean => change !== 'same'

/** The change as a share of the first run's value; null where that is 0 or missing. */
export const relative = ({ a, b }: Pick<MovedFigure, 'a' | 'b'>): number | null =>
  a === null || b === null || Number(a) === 0 ? null : (Number(b) - Number(a)) / Math.abs(Number(a))

/** A mean a day or account on both sides, and the change. */
export interface PairedMean {
  readonly what: string
  readonly group: string
  readonly pairs: number
  /** Money is exact decimal text. */
  readonly a: string | number
  readonly b: string | number
  readonly difference: string | number
  /** Correlation of the pairs; 0 when one side does not vary. */
  readonly correlation: number
  /** Of the expected change, where one run a side can tell; null where it cannot. */
  readonly interval: SingleRunMean | null
}

/** `money`: the values are whole 1e-8. */
function pairedMean(
  which: Pick<PairedMean, 'what' | 'group' | 'interval'>,
  a: readonly number[],
  b: readonly number[],
  money: boolean,
): PairedMean | undefined {
  if (a.length < 2) return undefined
  const common = { ...which, pairs: a.length, correlation: pairedDifference(b, a).correlation }
  if (!money) return { ...common, a: mean(a), b: mean(b), difference: mean(b) - mean(a) }
  const sums = [a, b].map((values) => values.reduce((sum, value) => sum + BigInt(value), 0n))
  const meanText = (sum: bigint): string => moneyOf({ numerator: sum, denominator: BigInt(a.length) })
  return { ...common, a: meanText(sums[0]), b: meanText(sums[1]), difference: meanText(sums[1] - sums[0]) }
}

/** Days of these resemble those before them for no longer than servers live; of the others, for terms and months. */
const asLongAsServers: ReadonlySet<Daily> = new Set(['requests', 'refused', 'use', 'soldOutMinutes'])

/** What happened on the civil days that both runs have, day against day. */
export function pairedDays(a: ComparedRun, b: ComparedRun): PairedMean[] {
  const life = Math.max(a.longestLife, b.longestLife)
  return (Object.keys(dailyNames) as Daily[]).flatMap((daily) => {
    const common = [...a.days[daily].keys()].filter((day) => b.days[daily].has(day))
    const [left, right] = [a, b].map((run) => common.map((day) => run.days[daily].get(day) ?? 0))
    const differences = right.map((value, day) => value - left[day])
    const interval = asLongAsServers.has(daily)
      ? singleRunMean(differences, (common.length * DAY) / life)
      : ({ mean: mean(differences), method: 'too-short' } as const)
    const found = pairedMean({ what: dailyNames[daily], group: 'all', interval }, left, right, daily === 'gross')
    return found === undefined ? [] : [found]
  })
}

/**
 * Accounts of either run, each against itself: in all, by segment and by region. Without an interval: accounts share
 * pools, so that they are not independent of one another, and another run would have other wishes.
 */
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
      const values = (run: ComparedRun) => [...names].map((name) => Number(run.accounts.get(name)?.[what] ?? 0))
      const which = { what: accountNames[what], group, interval: null }
      const found = pairedMean(which, values(a), values(b), what === 'charged')
      return found === undefined ? [] : [found]
    }),
  )
}

/** The accounts whose charges moved most; amounts in whole 1e-8. */
export function movedAccounts(a: ComparedRun, b: ComparedRun, count: number) {
  const names = new Set([...a.accounts.keys(), ...b.accounts.keys()])
  const isIn = (run: ComparedRun, name: string): boolean => run.things.get('account')?.has(name) ?? false
  return [...names]
    .map((name) => {
      const [before, after] = [a.accounts.get(name)?.charged ?? 0n, b.accounts.get(name)?.charged ?? 0n]
      const change = changeOf(moneyText(before), moneyText(after), [isIn(a, name), isIn(b, name)])
      const segment = (a.accounts.get(name) ?? b.accounts.get(name))?.segment ?? ''
      return { name, segment, before, after, difference: after - before, change }
    })
    .filter(({ difference }) => difference !== 0n)
    .sort((x, y) => compared(size(y.difference), size(x.difference)) || (x.name < y.name ? -1 : 1))
    .slice(0, count)
}

const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount)
const compared = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
