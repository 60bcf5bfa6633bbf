/** One charge that is missing on the bills, or there twice: one bill that states its charges differs by what it comes to. */
import { formatMonth } from '#base/civil-time.ts'
import { billKey, type InvoiceBill } from './invoices.ts'
import { givesMoved, stateCharges } from './moved-use.ts'
import type { RatedSource } from './rated-line.ts'
import { because, type Reason } from './reason.ts'

/** Hours of resources that are held at most. */
const MOST_HELD = 200_000
/** Products that come to the same and are all named. */
const MOST_NAMED = 3

export async function singleCharge(
  source: RatedSource,
  invoices: ReadonlyMap<string, InvoiceBill>,
): Promise<Reason | undefined> {
  const bills = await source.bills()
  if (!stateCharges(invoices) || bills.length !== invoices.size) return undefined
  const differing = bills.filter(
    ({ account, month, charges }) => invoices.get(billKey(account, month))?.figures.charges !== charges,
  )
  const [only] = differing
  if (differing.length !== 1) return undefined
  const key = billKey(only.account, only.month)
  const gap = (invoices.get(key)?.figures.charges ?? 0n) - only.charges
  if (!givesMoved(source, bills, invoices, (each) => (each === key ? gap : 0n))) return undefined
  const size = gap < 0n ? -gap : gap
  const products = new Set<string>()
  const hours = new Map<string, { sum: bigint; readonly products: Set<string> }>()
  await source.each(({ account, month, resource, hour, product, amount, isOrder }) => {
    if (account !== only.account || month !== only.month || isOrder) return
    if (amount === size) products.add(product)
    const place = `${resource} ${hour}`
    const own = hours.get(place)
    if (own !== undefined) {
      own.sum += amount
      own.products.add(product)
    } else if (hours.size < MOST_HELD) hours.set(place, { sum: amount, products: new Set([product]) })
  })
  for (const { sum, products: both } of hours.values())
    if (products.size <= MOST_NAMED && both.size > 1 && sum === size) products.add([...both].join(' with '))
  if (products.size === 0 || products.size > MOST_NAMED) return undefined
  const what = `one hour of ${[...products].join(' or ')}`
  const where = `on the bill of ${only.account} for ${formatMonth(only.month)}`
  return gap < 0n
    ? because('missing hour', 'Q-02', `${what} is missing ${where}`)
    : because('double charge', 'U-09', `${what} is there twice ${where}`)
}
