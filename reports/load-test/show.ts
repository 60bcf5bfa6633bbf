/** Figures of a load test as people read them. */
import { grouped } from '#base/decimal-text.ts'
import { shownRate } from '../rates.ts'
import type { LoadUnit } from './figures.ts'

/** `84 µs`, `1.25 ms`, `340 ms`, `2.10 s` of whole microseconds. */
export function shownTime(microseconds: number): string {
  if (microseconds < 1_000) return `${Math.round(microseconds)} µs`
  if (microseconds < 10_000) return `${(microseconds / 1_000).toFixed(2)} ms`
  if (microseconds < 100_000) return `${(microseconds / 1_000).toFixed(1)} ms`
  if (microseconds < 1_000_000) return `${Math.round(microseconds / 1_000)} ms`
  return `${(microseconds / 1_000_000).toFixed(2)} s`
}

/** Whole, thousands in groups. */
export const shownCount = (count: number): string => grouped(String(Math.round(count)))

export const shownPercent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`

export function shownFigure(unit: LoadUnit, value: number): string {
  switch (unit) {
    case 'time':
      return shownTime(value)
    case 'rate':
      return shownRate(value)
    case 'count':
      return shownCount(value)
    case 'share':
      return shownPercent(value)
    case 'MiB':
      return `${shownCount(value)} MiB`
  }
}
