/** The least value of a function of a few variables without its derivatives (J. Nelder and R. Mead, Computer Journal 7, 1965). */

export interface Minimum {
  readonly at: readonly number[]
  readonly value: number
}

const REFLECT = 1
const EXPAND = 2
const CONTRACT = 0.5
const SHRINK = 0.5

interface Corner {
  readonly at: readonly number[]
  readonly value: number
}

const worthOf = (value: number): number => (Number.isNaN(value) ? Infinity : value)

/** `step`: how far the first corners are from the start; ends once values differ by less than `tolerance`. */
export function nelderMead(
  target: (at: readonly number[]) => number,
  start: readonly number[],
  { step = 0.3, tolerance = 1e-9, most = 500 }: { step?: number; tolerance?: number; most?: number } = {},
): Minimum {
  const cornerAt = (at: readonly number[]): Corner => ({ at, value: worthOf(target(at)) })
  const corners = [start, ...start.map((_, axis) => start.map((x, each) => (each === axis ? x + step : x)))].map(
    cornerAt,
  )
  const size = start.length
  for (let turn = 0; turn < most; turn++) {
    corners.sort((a, b) => a.value - b.value)
    const [best, worst] = [corners[0], corners[size]]
    const widest = corners.reduce(
      (most, { at }) => Math.max(most, ...at.map((x, axis) => Math.abs(x - best.at[axis]))),
      0,
    )
    if (worst.value - best.value <= tolerance * (1 + Math.abs(best.value)) && widest < 1e-5) break
    const centre = start.map((_, axis) => corners.slice(0, size).reduce((sum, { at }) => sum + at[axis], 0) / size)
    const along = (factor: number): Corner => cornerAt(centre.map((x, axis) => x + factor * (x - worst.at[axis])))
    const reflected = along(REFLECT)
    if (reflected.value < best.value) {
      const expanded = along(EXPAND)
      corners[size] = expanded.value < reflected.value ? expanded : reflected
    } else if (reflected.value < corners[size - 1].value) corners[size] = reflected
    else {
      const contracted = along(reflected.value < worst.value ? CONTRACT : -CONTRACT)
      if (contracted.value < Math.min(worst.value, reflected.value)) corners[size] = contracted
      else
        for (let each = 1; each <= size; each++)
          corners[each] = cornerAt(best.at.map((x, axis) => x + SHRINK * (corners[each].at[axis] - x)))
    }
  }
  corners.sort((a, b) => a.value - b.value)
  return corners[0]
}
