/** M-01: an order may come to 1e12 units of currency; what the largest quantity on sale costs says whether one can. */
import { MOST_MONEY } from '../amounts.ts'
import type { Path } from '../document.ts'
import type { Price } from '../sections/catalog.ts'
import type { Report } from './draft.ts'

const DECIMALS = 10

const scaled = (unit: string): bigint => {
  const [whole, fraction = ''] = unit.split('.')
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'))
}

/** The list price of a whole quantity, whole 1e-10; a limit between two whole quantities counts as the lower one. */
function listPrice(price: Price, quantity: number): bigint {
  if (price.model === 'linear') return scaled(price.unit) * BigInt(quantity)
  let below = 0
  let sum = 0n
  for (const { upTo, unit } of price.bands) {
    const top = upTo === null ? quantity : Math.min(quantity, Math.floor(upTo))
    if (price.model === 'volume' && top === quantity) return scaled(unit) * BigInt(quantity)
    sum += scaled(unit) * BigInt(Math.max(0, top - below))
    below = Math.max(below, top)
  }
  return sum
}

/** Reports a price whose largest order is beyond the bound. `most` is the largest quantity that may be ordered. */
export function checkOrderAmount(price: Price, most: number, path: Path, report: Report): void {
  const limit = BigInt(MOST_MONEY) * 10n ** BigInt(DECIMALS)
  // Volume prices may be highest just below a limit.
  const quantities =
    price.model === 'linear' ? [most] : [most, ...price.bands.map(({ upTo }) => Math.floor(upTo ?? most))]
  if (quantities.every((quantity) => listPrice(price, Math.min(quantity, most)) <= limit)) return
  report(path, {
    what: `a price that reaches more than ${MOST_MONEY} for ${most}`,
    expected: `orders of at most ${MOST_MONEY} units of currency (M-01)`,
    hint: 'lower the price, or the largest quantity',
  })
}
