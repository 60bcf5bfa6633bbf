/** U-02, `image.hour: rolling`: an hour of an image begins with the first use that no hour of it covers. */

import { HOUR, SECOND } from './civil-time.ts'
import type { Price } from './exact.ts'

/** [from, to) in which one image was used at one price (whole 1e-10). */
export interface ImagePiece {
  readonly from: number
  readonly to: number
  readonly specification: number
  readonly price: Price
}

/** Use that is charged once: what was on the disk at its beginning and at its end, and at which price. */
export interface ImageUse {
  readonly first: ImagePiece
  last: ImagePiece
  seconds: number
}

const secondsIn = (from: number, to: number): number => Math.floor(to / SECOND) - Math.floor(from / SECOND)

/** Visits every rolling hour of pieces in order of time; whole hours of one piece in a row in one call. */
export function eachRollingHour(
  pieces: readonly ImagePiece[],
  keyOf: (specification: number) => number,
  visit: (hour: number, hours: number, use: ImageUse) => void,
): void {
  const open = new Map<number, { hour: number; use: ImageUse }>()
  for (const piece of pieces) {
    const key = keyOf(piece.specification)
    for (let at = piece.from; at < piece.to; ) {
      let current = open.get(key)
      if (current !== undefined && current.hour + HOUR <= at) {
        visit(current.hour, 1, current.use)
        open.delete(key)
        current = undefined
      }
      const whole = Math.floor((piece.to - at) / HOUR)
      if (current === undefined && whole > 0) {
        visit(at, whole, { first: piece, last: piece, seconds: 3600 })
        at += whole * HOUR
        continue
      }
      if (current === undefined) open.set(key, (current = { hour: at, use: { first: piece, last: piece, seconds: 0 } }))
      const end = Math.min(piece.to, current.hour + HOUR)
      current.use.seconds += secondsIn(at, end)
      current.use.last = piece
      at = end
    }
  }
  for (const { hour, use } of open.values()) visit(hour, 1, use)
}
