/** What a chart says at each place of an axis, and where in the drawing that is. */
import type { View } from 'vega'

export interface Tips {
  readonly along: 'x' | 'y'
  /** In the order of the axis. `value`: of its scale; days are text such as 2024-03-01. */
  readonly places: readonly { readonly value: string | number; readonly text: string }[]
  /** Where the mark of a value is, ms after it: in the middle of a bar that covers a day. */
  readonly offset?: number
}

export interface TipOptions<Row> {
  readonly along?: 'x' | 'y'
  readonly value: (row: Row) => string | number
  /** What the place is called. */
  readonly name?: (value: string | number) => string
  /** `saas 1,203.50` of each row. */
  readonly text: (row: Row) => string
  readonly offset?: number
}

/** Tips of rows: those of one place are one tip. */
export function tipsOf<Row>(
  rows: readonly Row[],
  { along = 'x', value, name = String, text, offset = 0 }: TipOptions<Row>,
): Tips {
  const places = new Map<string | number, string[]>()
  for (const row of rows) {
    const at = value(row)
    const lines = places.get(at) ?? []
    if (lines.length === 0) places.set(at, lines)
    lines.push(text(row))
  }
  return {
    along,
    offset,
    places: [...places].map(([at, lines]) => ({ value: at, text: `${name(at)}: ${lines.join('; ')}` })),
  }
}

const isDay = (value: string | number): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)

/** Shares of the drawing's width or height at which the places of an axis are, to four decimals. */
export function placesOf({ along, places, offset = 0 }: Tips, view: View, svg: string): number[] {
  const scale = view.scale(along) as ((value: unknown) => number) & { bandwidth?: () => number }
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []
  const [, left, top] = /translate\(([\d.-]+),([\d.-]+)\)/.exec(svg) ?? []
  const [size, origin] = along === 'x' ? [width, left] : [height, top]
  const middle = (scale.bandwidth?.() ?? 0) / 2
  return places.map(({ value }) => {
    const at = isDay(value) ? Date.parse(value) + offset : value
    return Math.round(((Number(origin) + scale(at) + middle) / Number(size)) * 1e4) / 1e4
  })
}

const counted = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

export const countText = (value: number): string => counted.format(value)
export const moneyTip = (value: number): string => money.format(value)
export const shareText = (value: number): string => `${(value * 100).toFixed(1)} %`
