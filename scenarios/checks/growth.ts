/** Checks of the rules that order capacity (E-12). */
import type { Path } from '../document.ts'
import type { Growth } from '../sections/growth.ts'
import type { Report } from './draft.ts'

/** `units`: what is there by schedule at most, servers or hosts. */
export function checkGrowth({ order, release }: Growth, units: number, path: Path, report: Report): void {
  if (order.most <= units)
    report([...path, 'order', 'most'], {
      what: `a rule that orders up to ${order.most}, where ${units} are there by schedule`,
      expected: 'more than the schedule has (E-12)',
      hint: `write ${units * 2 + 1}, or another number above ${units}`,
    })
  if (release !== null && Number(release.below) > Number(order.above))
    report([...path, 'release', 'below'], {
      what: `units that are released below ${release.below} % and ordered above ${order.above} %`,
      expected: 'a lower bound for releasing than for ordering (E-12)',
      hint: `write ${Math.floor(Number(order.above) / 2)}, or another percentage below ${order.above}`,
    })
}
