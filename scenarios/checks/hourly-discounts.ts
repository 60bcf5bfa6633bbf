/**
 * M-06 on pay-per-use: the discount makes another price of an hour, and each hour of a month is charged by it. So it must
 * leave a price, of 10 decimals at most (M-02), whatever the list price is when it holds.
 */
import { isAbove } from '../amounts.ts'
import type { Path } from '../document.ts'
import type { Discount, Product, Specification } from '../sections/catalog.ts'
import type { PlannedEvent } from '../sections/events.ts'
import type { Draft, Report } from './draft.ts'

const PRICE_DECIMALS = 10
const PERCENT_DECIMALS = 8
const HUNDRED = 100n * 10n ** BigInt(PERCENT_DECIMALS)
/** As of any hourly price (M-01). */
const LIMIT = '90071992.54740991'

/** Decimal text as a whole number of its last decimal. */
function whole(text: string, decimals: number): bigint {
  const [units, fraction = ''] = text.split('.')
  return BigInt(units + fraction.padEnd(decimals, '0'))
}

/** What is wrong with a discount of an hourly price; null when it leaves a price. */
function fault(hourly: string, discount: Discount): { what: string; hint: string } | null {
  if ('fixedPrice' in discount && isAbove(discount.fixedPrice, LIMIT))
    return { what: `a fixed price of ${discount.fixedPrice} an hour`, hint: `write at most ${LIMIT}` }
  if (!('percentOff' in discount)) return null
  const left = whole(hourly, PRICE_DECIMALS) * (HUNDRED - whole(discount.percentOff, PERCENT_DECIMALS))
  if (left % HUNDRED === 0n) return null
  return {
    what: `${discount.percentOff} percent off ${hourly} an hour, which leaves more than ${PRICE_DECIMALS} decimals`,
    hint: 'write the price of an hour as fixedPrice, or another percentage',
  }
}

function judge(hourly: string, discount: Discount | null, path: Path, report: Report): void {
  const found = discount === null ? null : fault(hourly, discount)
  if (found !== null)
    report(path, { ...found, expected: `an hourly price of at most ${PRICE_DECIMALS} decimals (M-02, M-06)` })
}

type PriceChange = Extract<PlannedEvent, { kind: 'priceChange' }>

/** The planned prices of a specification in order of time, each with its place in the file. */
const changesOf = (draft: Draft, product: Product, specification: Specification) =>
  draft.events
    .map((event, index) => ({ event, index }))
    .filter((entry): entry is { event: PriceChange; index: number } => entry.event?.kind === 'priceChange')
    .filter(({ event }) => event.product === product.id && event.specification === specification.id)
    .sort((a, b) => a.event.at - b.event.at)

export function checkHourlyDiscounts(draft: Draft, report: Report): void {
  draft.catalog.forEach((product, p) => {
    product?.specifications.forEach((specification, s) => {
      if (specification.billing !== 'pay-per-use') return
      let { hourly, discount } = specification
      judge(hourly, discount, ['catalog', p, 'specifications', s, 'discount'], report)
      for (const { event, index } of changesOf(draft, product, specification)) {
        hourly = event.hourly ?? hourly
        if (event.discount !== null) discount = event.discount === 'none' ? null : event.discount
        const key = event.discount === null ? 'hourly' : 'discount'
        judge(hourly, discount, ['events', index, 'priceChange', key], report)
      }
    })
  })
}
