/**
 * Things that would go round forever within one instant, so that the clock never moves on: people who always undo what the
 * other did, and none of whom takes any time for it. A probability below 1, or any time at all, ends or spreads it.
 */

import { own } from '#base/own.ts'
import type { DistributionSpec } from '#engine/random/distribution.ts'
import type { Path } from '../document.ts'
import { isSupervised, kindOf } from '../product-kinds.ts'
import type { BuyerSegment } from '../sections/buyers.ts'
import type { SellerSegment } from '../sections/sellers.ts'
import type { Draft, Report } from './draft.ts'

/** Whether a law of durations never takes any time. */
function isInstant(distribution: DistributionSpec): boolean {
  if ('constant' in distribution) return distribution.constant === 0
  if ('uniform' in distribution) return distribution.uniform.max === 0
  if ('discrete' in distribution)
    return distribution.discrete.values.every(
      (value, index) => value === 0 || (distribution.discrete.weights?.[index] ?? 1) === 0,
    )
  if ('mixture' in distribution) return distribution.mixture.every(({ weight, of }) => weight === 0 || isInstant(of))
  return 'empirical' in distribution && distribution.empirical.values.every((value) => value === 0)
}

const endless = (what: string, hint: string) => ({
  what,
  expected: 'a delay above 0 or a probability below 1 in the loop',
  hint,
})

/** Whether both segments can share a home region, where an answer takes no message. */
function canMeet(buyers: BuyerSegment, sellers: SellerSegment, regions: readonly string[]): boolean {
  const lives = (weights: BuyerSegment['regions'], region: string) =>
    weights === null || (own(weights, region) ?? 0) > 0
  return regions.some((region) => lives(buyers.regions, region) && lives(sellers.regions, region))
}

/** S-04, S-05: deliveries that are always rejected, or requests that are. */
function checkFlows(segment: BuyerSegment, path: Path, draft: Draft, report: Report): void {
  const { request, acceptance, reject } = segment.habits.supervision
  const seen = new Set<string>()
  for (const { product: id } of segment.buys) {
    const product = draft.catalog.find((candidate) => candidate?.id === id)
    if (!product || !isSupervised(product)) continue
    const seller = draft.sellers.find((candidate) => candidate?.segment === product.seller.segment)
    if (!seller || !isInstant(seller.response) || seller.workingHours !== null) continue
    if (seen.has(seller.segment) || !canMeet(segment, seller, draft.names.regions)) continue
    seen.add(seller.segment)
    if (reject === 1 && isInstant(acceptance))
      report(
        [...path, 'reject'],
        endless(
          `deliveries of ${seller.segment} that are rejected forever within one instant (S-05)`,
          `give acceptance, or response of ${seller.segment}, a delay above 0, or write a probability below 1`,
        ),
      )
    const isCapped = draft.policies === undefined || draft.policies['reject.cap'] !== 'none'
    if (seller.rejectRequest === 1 && isInstant(request) && !isCapped && kindOf(product).hasRequest)
      report(
        [...path, 'request'],
        endless(
          `requests to ${seller.segment}, all rejected, forever within one instant (S-04)`,
          `give request, or response of ${seller.segment}, a delay above 0, or write rejectRequest below 1`,
        ),
      )
  }
}

/** I-01: invoices that are always returned and asked for again. */
function checkInvoices(segment: BuyerSegment, path: Path, { policies, operations }: Draft, report: Report): void {
  const { return: returning, reissue } = segment.habits.invoicing
  const desk = operations?.tickets
  if (reissue < 1 || returning.probability < 1 || !isInstant(returning.after)) return
  if (policies === undefined || desk === undefined || desk.workingHours !== null || !isInstant(desk.handling)) return
  if (policies['invoice.issueDelay'] + policies['invoice.returnDelay'] > 0) return
  report(
    [...path, 'reissue'],
    endless(
      'invoices that are returned and reissued forever within one instant (I-01)',
      'write invoice.issueDelay above 0, or a probability below 1',
    ),
  )
}

export function checkStandstill(draft: Draft, report: Report): void {
  draft.buyers.forEach((segment, index) => {
    if (!segment) return
    const habits: Path = ['buyers', index, 'habits']
    const { probability, after, pause, repeat } = segment.habits.stopStart
    if (probability > 0 && repeat && isInstant(after) && isInstant(pause))
      report(
        [...habits, 'stopStart'],
        endless(
          'servers that are stopped and started forever within one instant (E-01)',
          'write after or pause above 0, or repeat: false',
        ),
      )
    checkFlows(segment, [...habits, 'supervision'], draft, report)
    checkInvoices(segment, [...habits, 'invoicing'], draft, report)
  })
}
