import { compilePlan, type PlanText } from '#sim/billing/price/plan.ts'
import { WholePrices } from '#sim/billing/price/whole-prices.ts'
import { mix } from '../work/work.ts'
import { Exact, exactPrice } from './exact.ts'
import { type BillingWork, digestOf } from './work.ts'

const bands = [
  { upTo: '5', unit: '0.0712' },
  { upTo: '20', unit: '0.065' },
  { upTo: '100', unit: '0.0613057' },
  { upTo: null, unit: '0.0599' },
]

/** One plan of each price model (P-01..P-03). */
export const plans: readonly PlanText[] = [
  { model: 'linear', unit: '0.0712' },
  { model: 'tiered', bands },
  { model: 'volume', bands },
]

/** Whole quantities 1..256, most of them small. */
export function quantityOf(index: number): number {
  const chance = mix(index, 7)
  return 1 + (chance & 255 & (chance >>> 8))
}

/** The list price of whole quantities, rounded to 1e-8. */
function priceWork(text: PlanText, subject: string, prepare: () => (quantity: number) => number): BillingWork {
  return {
    work: `price/${text.model}`,
    subject,
    sizes: [10_000],
    start(size) {
      const quantities = Int32Array.from({ length: size }, (_, index) => quantityOf(index))
      const amounts = new Float64Array(size)
      const price = prepare()
      return {
        bytesPerLine: 8,
        batch() {
          for (let at = 0; at < size; at++) amounts[at] = price(quantities[at])
          return size
        },
        digest: () => digestOf(amounts),
      }
    },
  }
}

const ours = (text: PlanText): BillingWork =>
  priceWork(text, 'marketsim', () => {
    const prices = new WholePrices(compilePlan(text))
    return (quantity) => prices.price(quantity, 'truncate')
  })

const theirs = (text: PlanText): BillingWork =>
  priceWork(text, 'decimal.js', () => {
    const price = exactPrice(text)
    return (quantity) => price(new Exact(quantity)).toNumber()
  })

export const priceWorks: readonly BillingWork[] = plans.flatMap((text) => [ours(text), theirs(text)])
