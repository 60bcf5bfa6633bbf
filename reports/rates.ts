/** Rates as people read them, wherever the program shows one. */
import { grouped } from '#base/decimal-text.ts'

/** Below this rate, operations a second, one a minute is easier to read. */
const BY_MINUTE = 0.5

/** `3.4 M/s`, `139,000/s`, `50/s`, `2.5/s`, `0.5/s`, and `6/min` for one every ten seconds. */
export function shownRate(perSecond: number): string {
  if (perSecond >= 1e6) return `${Number((perSecond / 1e6).toPrecision(3))} M/s`
  if (perSecond >= 100 || perSecond === 0) return `${grouped(String(Math.round(perSecond)))}/s`
  if (perSecond >= BY_MINUTE) return `${Number(perSecond.toPrecision(3))}/s`
  return `${Number((perSecond * 60).toPrecision(3))}/min`
}
