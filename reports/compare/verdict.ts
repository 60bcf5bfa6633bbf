/** A comparison in words: what changed in the figures that most readers look for, and what differs between the scenarios. */
import { formatInstant } from '#base/civil-time.ts'
import type { FigureUnit } from '../figures/figure.ts'
import type { FigureValue } from '../figures/show.ts'
import { threeDigits } from '../report-table.ts'
import type { Comparison } from './comparison.ts'
import { hasMoved, type MovedFigure, relative } from './differences.ts'
import { shownFigureValue } from './tables.ts'

/** Figures that are shown first, in this order, with their names in a sentence. */
const leading: readonly (readonly [name: string, words: string])[] = [
  ['revenue.gross', 'revenue'],
  ['revenue.net', 'net revenue'],
  ['orders.placed', 'orders placed'],
  ['orders.completed', 'orders completed'],
  ['orders.refused', 'requests refused'],
  ['ecs.refusalRate', 'refusal rate'],
  ['pool.use', 'use of pools'],
]

const rank = ({ figure }: MovedFigure): number => {
  const found = leading.findIndex(([name]) => name === figure)
  return found < 0 ? leading.length : found
}

/** Figures with those first that most readers look for; the others stay in their order. */
export const revenueFirst = (figures: readonly MovedFigure[]): MovedFigure[] =>
  figures.toSorted((a, b) => rank(a) - rank(b))

/** `+6.2 %`, with three digits; in words where A has nothing that B could be a share of. */
export function changeText(figure: MovedFigure): string {
  const share = relative(figure)
  if (share === null || figure.change !== 'changed') return figure.change
  return `${share < 0 ? '−' : '+'}${digits(Math.abs(share * 100))} %`
}

/** Three digits; more would be read as precision. */
const digits = (value: number): string =>
  value === 0 ? '0' : value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)

/** A value with three digits where it is a share. */
export const exactValue = (unit: FigureUnit, value: FigureValue): string =>
  unit === 'share' && value !== null ? `${threeDigits(Number(value) * 100)} %` : shownFigureValue(unit, value)

/** The first sentence of the page. */
export function verdictText({ figures, changes, seeds }: Comparison): string {
  const totals = figures.filter(({ label }) => label === '')
  const moved = totals.filter(hasMoved)
  if (moved.length === 0) return 'No figure changed.'
  const named = leading.flatMap(([name, words]) => {
    const figure = moved.find((each) => each.figure === name)
    const isTwice = name === 'revenue.net' && moved.some((each) => each.figure === 'revenue.gross')
    if (figure === undefined || isTwice) return []
    const chance = figure.interval?.significant === false ? ', within chance' : ''
    return [
      `${words} ${exactValue(figure.unit, figure.a)} → ${exactValue(figure.unit, figure.b)} (${changeText(figure)}${chance})`,
    ]
  })
  const first = named.slice(0, 3).join('; ')
  const about = seeds.length < 2 ? 'in one run each' : `in ${seeds.length} pairs of runs`
  const parameters = parametersOf({ changes }).length
  const causes =
    parameters === 0
      ? 'no parameter differs'
      : `${parameters} ${parameters === 1 ? 'parameter differs' : 'parameters differ'}`
  return `${first === '' ? 'No leading figure changed' : `${first[0].toUpperCase()}${first.slice(1)}`}. ${moved.length} of ${totals.length} figures changed ${about}; ${causes}.`
}

/** What a scenario says of itself changes no run. */
const descriptive: ReadonlySet<string> = new Set(['name', 'question', 'answer'])

/** Differences that can change a run. */
export const parametersOf = ({ changes }: Pick<Comparison, 'changes'>): Comparison['changes'] =>
  changes.filter(({ path }) => !descriptive.has(path.split('.')[0]))

/** The longest text of a parameter on the page; its CSV has all of it. */
const LONGEST = 90

/** Instants are milliseconds in the record, from 1973 on more than this. */
const INSTANT = /^\d{12,13}$/

/** The value of a parameter for the eye. */
export function parameterText(text: string, utcOffset: number): string {
  if (INSTANT.test(text)) return formatInstant(Number(text), utcOffset)
  const plain = text.replace(/^"(.*)"$/, '$1')
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain
}
