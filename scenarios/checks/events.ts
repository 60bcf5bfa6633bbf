/** Checks of planned events: what they speak of exists, and they fit it. */

import { changedHourly, cloudResources, resourceKeys, sizeOf } from '../cloud-resources.ts'
import type { Path } from '../document.ts'
import type { PlannedEvent } from '../sections/events.ts'
import { checkBands, checkPlans, checkSeller } from './catalog.ts'
import { type Draft, type Report, refer } from './draft.ts'
import { checkHostEvents } from './hosts.ts'

export function checkEvents(draft: Draft, report: Report): void {
  draft.events.forEach((event, index) => {
    if (!event) return
    if (draft.start !== undefined && event.at < draft.start)
      report(['events', index, 'at'], {
        what: 'an event before the run',
        expected: 'an instant not before the start',
        hint: `write ${new Date(draft.start).toISOString().replace('.000', '')} or later`,
        instead: new Date(draft.start).toISOString().replace('.000', ''),
      })
    checkNames(event, draft, ['events', index, event.kind], report)
    if (event.kind === 'violation') checkSeller(event.seller, draft, ['events', index, 'violation', 'seller'], report)
    if (event.kind === 'accountFreeze') checkFreeze(event, draft, ['events', index, event.kind], report)
    if (event.kind === 'serverPriceChange') checkServerPrices(event, draft, ['events', index, event.kind], report)
    if (event.kind === 'priceChange') checkPriceChange(event, draft, ['events', index, event.kind], report)
  })
  checkSurges(draft, report)
  checkHostEvents(draft, report)
}

/** The largest factor of surges, alone or together. */
export const MOST_SURGE = 1_000

/** Surges that overlap are multiplied: no instant may have a factor beyond the bound of one. */
function checkSurges({ events, names }: Draft, report: Report): void {
  const surges = events.flatMap((event, index) => (event?.kind === 'demandSurge' ? [{ ...event, index }] : []))
  for (const { at, index } of surges) {
    const factors = names.buyers.map((segment) =>
      surges
        .filter((other) => (other.segment ?? segment) === segment && other.at <= at && at < other.at + other.for)
        .reduce((product, { factor }) => product * factor, 1),
    )
    const most = factors.reduce((largest, factor) => Math.max(largest, factor), 0)
    if (most > MOST_SURGE)
      report(['events', index, 'demandSurge', 'factor'], {
        what: `a factor of ${most} together with the surges that overlap this one`,
        expected: `at most ${MOST_SURGE} at any instant`,
        hint: 'lower a factor, or separate the surges in time',
      })
  }
}

function checkNames(event: PlannedEvent, draft: Draft, path: Path, report: Report): void {
  const { names } = draft
  if ('zone' in event && refer(report, [...path, 'zone'], 'zone', event.zone, [...names.zones.keys()])) {
    const flavours = names.zones.get(event.zone)?.flavours ?? []
    if ('flavour' in event && event.flavour !== null)
      refer(report, [...path, 'flavour'], `flavour in ${event.zone}`, event.flavour, flavours)
  }
  if ('product' in event) refer(report, [...path, 'product'], 'product', event.product, [...names.products.keys()])
  if ('segment' in event && event.segment !== null) {
    const sellers = event.kind === 'sellerStrike'
    const known = sellers ? names.sellers : names.buyers
    refer(report, [...path, 'segment'], `${sellers ? 'seller' : 'buyer'} segment`, event.segment, known)
  }
}

/** O-14: a buyer that exists, or a segment. */
function checkFreeze(
  { buyer, segment }: Extract<PlannedEvent, { kind: 'accountFreeze' }>,
  draft: Draft,
  path: Path,
  report: Report,
): void {
  if (buyer === null) return
  if (segment !== null)
    report([...path, 'segment'], {
      what: 'a segment next to a buyer',
      expected: 'a buyer, or a segment (O-14)',
      hint: 'remove one of them',
    })
  if (!refer(report, [...path, 'buyer'], 'buyer segment', buyer.segment, draft.names.buyers)) return
  const count = draft.buyers.find((each) => each?.segment === buyer.segment)?.count ?? null
  if (count !== null && buyer.number > count)
    report([...path, 'buyer'], {
      what: `buyer number ${buyer.number} of ${count}`,
      expected: `a number from 1 to ${count}, the count of ${buyer.segment}`,
      hint: `write ${buyer.segment}/${count}, or raise the count of the segment`,
      instead: `${buyer.segment}/${count}`,
    })
}

/** C-05: the new price is of the form the specification is billed by. */
function checkPriceChange(
  event: Extract<PlannedEvent, { kind: 'priceChange' }>,
  draft: Draft,
  path: Path,
  report: Report,
): void {
  const ids = draft.names.products.get(event.product)
  if (!ids || !refer(report, [...path, 'specification'], 'specification', event.specification, ids)) return
  const product = draft.catalog.find((candidate) => candidate?.id === event.product)
  const specification = product?.specifications.find((candidate) => candidate.id === event.specification)
  if (!specification) return
  const fitting = { 'pay-per-use': 'hourly', monthly: 'plans', yearly: 'plans', 'one-off': 'price' } as const
  const key = fitting[specification.billing]
  const written = (['hourly', 'plans', 'price'] as const).filter((name) => event[name] !== null)
  if (written.length === 0 && event.discount === null)
    report(path, { what: 'a price change without a price', expected: `${key} or discount`, hint: `add ${key}` })
  for (const name of written.filter((other) => other !== key))
    report([...path, name], {
      what: `${name} of a specification billed ${specification.billing}`,
      expected: `${key} (C-03)`,
      hint: `write ${key} instead`,
    })
  if (event.plans) checkPlans(event.plans, specification.billing, [...path, 'plans'], report)
  if (event.price) checkBands(event.price, [...path, 'price'], report)
}

/** E-09: something of the pool gets a new price, and it has a price already. */
function checkServerPrices(
  event: Extract<PlannedEvent, { kind: 'serverPriceChange' }>,
  draft: Draft,
  path: Path,
  report: Report,
): void {
  const written = cloudResources.filter((resource) => event[resourceKeys[resource]] !== null)
  if (written.length === 0 && event.hourly === null)
    report(path, {
      what: 'a price change without a price',
      expected: 'hourly, or a price of a resource',
      hint: 'add hourly',
    })
  const zones = draft.regions.flatMap((region) => region?.zones ?? [])
  const pool = zones.find(({ id }) => id === event.zone)?.pools.find(({ flavour }) => flavour === event.flavour)
  if (pool === undefined) return
  for (const resource of written) {
    const key = resourceKeys[resource]
    if (sizeOf(pool.resources, resource) === null)
      report([...path, key], {
        what: `a new price of ${key}, which the pool does not price`,
        expected: `resources.${key} in the pool of ${event.flavour} in ${event.zone} (E-09)`,
        hint: `add resources.${key} to the pool`,
      })
    else if (changedHourly(pool.resources, event, resource) === null)
      report([...path, key], {
        what: `a price that makes an hour of ${key} finer than 10 decimals, or too large`,
        expected: 'a size and a price whose product has at most 10 decimals and is at most 90,071,992.54740991 (M-02)',
        hint: 'write a coarser price',
      })
  }
}
