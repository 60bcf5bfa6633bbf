/** How often the interval of a search for the knee covers it, where trials say by how much they kept the target. */
import { expect, test } from 'vitest'
import { log } from '#engine/mathematics/logarithm.ts'
import {
  disk,
  faster,
  type MeasuredService,
  quiet,
  saturated,
  searchMeasured,
  steep,
  unsteady,
} from '../../sim/load-test/measured-service.ts'
import { isShort } from '../effort.ts'

const SEARCHES = isShort ? 40 : 2_000

/** Least share of searches that find an interval, and most by which 95 % of their middles differ from the knee. */
test.each<[string, MeasuredService, number, number]>([
  ['an idle machine', quiet, 0.9, 0.06],
  ['a processor that is saturated', saturated, 0.95, 0.08],
  ['a knee that is sharp above', steep, 0.9, 0.08],
  ['a machine that becomes 0.8 % faster with each trial', faster, 0.9, 0.13],
  ['a machine whose speed changes by a fifth', unsteady, 0.85, 0.2],
  ['p99 of a disk', disk, 0.4, 0.12],
])(`${SEARCHES} searches, promised is 95 %%: %s`, async (name, service, share, off) => {
  let covered = 0
  const errors: number[] = []
  for (let seed = 0; seed < SEARCHES; seed++) {
    const { knee, found } = await searchMeasured(service, `${name}/${seed}`)
    if (found.low === null || found.high === null) continue
    if (found.low <= knee && knee <= found.high) covered++
    errors.push(Math.abs(log(Math.sqrt(found.low * found.high) / knee)))
  }
  errors.sort((a, b) => a - b)
  const coverage = covered / errors.length
  console.log(
    `${name}: ${errors.length} found, ${(100 * coverage).toFixed(1)} % covered, 95 % within ${errors[Math.floor(0.95 * errors.length)]}`,
  )
  expect(errors.length / SEARCHES).toBeGreaterThanOrEqual(share)
  // 3 standard deviations below 95 %.
  expect(coverage).toBeGreaterThanOrEqual(0.95 - 3 * Math.sqrt((0.95 * 0.05) / errors.length))
  expect(errors[Math.floor(0.95 * errors.length)]).toBeLessThan(off)
})
