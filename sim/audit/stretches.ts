/** Stretches of time, [from, to), some of which may overlap. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Whether they leave nothing of [from, until). */
export function isCovered(stretches: readonly Stretch[], from: number, until: number): boolean {
  let reached = from
  for (const stretch of stretches.toSorted((a, b) => a.from - b.from))
    if (stretch.from <= reached) reached = Math.max(reached, stretch.to)
  return reached >= until
}

/** Whether any of them has a part of [from, until). */
export const touches = (stretches: readonly Stretch[], from: number, until: number): boolean =>
  stretches.some((stretch) => Math.max(stretch.from, from) < Math.min(stretch.to, until))
