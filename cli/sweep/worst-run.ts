/** The run of a sweep that came out worst for each bound, and the command that makes it again to be looked into. */
import type { Asked } from '#reports/sweep/estimates.ts'
import { type SweepResult, shortPaths } from '#reports/sweep/result.ts'
import { shownFine } from '#reports/sweep/tables.ts'
import { commandLine } from '../shell.ts'

/** What a run is of: the scenario file, and what was changed at every point. */
export interface RunOrigin {
  readonly path: string
  readonly sets: readonly string[]
}

/** 1 where a larger value is worse, −1 where a smaller one is; undefined where neither is (`==`). */
const worseAs = ({ bound }: Asked): number | undefined =>
  bound === null ? undefined : bound.op.startsWith('<') ? 1 : bound.op.startsWith('>') ? -1 : undefined

export function worstRunLines(result: SweepResult, { path, sets }: RunOrigin): string[] {
  const { asked, points, runs } = result
  const names = shortPaths(result)
  return asked.flatMap((each, figure) => {
    const sign = worseAs(each)
    if (sign === undefined) return []
    const measured = runs.flatMap((ofPoint, point) =>
      ofPoint.flatMap(({ seed, values }) => {
        const value = values[figure]
        return value === null ? [] : [{ point, seed, value: value.top / value.bottom }]
      }),
    )
    if (measured.length === 0) return []
    // The first of equal ones, in the order of points and seeds.
    const worst = measured.reduce((a, b) => (sign * b.value > sign * a.value ? b : a))
    const { sets: ofPoint, values } = points[worst.point]
    const where = values.map((value, index) => `${names[index]} ${value}`).join(', ')
    const words = ['run', path, ...[...sets, ...ofPoint].flatMap((set) => ['--set', set]), '--seed', worst.seed]
    return [
      `${each.text.split(/\s*[<>]/)[0]}: ${shownFine(each.unit, worst.value)}${where === '' ? '' : ` at ${where}`} with seed ${worst.seed}; look into it: ${commandLine(words)}`,
    ]
  })
}
