/** P-01..P-03 for whole quantities in float64: what the simulation and the hot loops of metering ask. */
import type { Rounding } from '#base/decimal.ts'
import { type Amount, type Money, toMoney } from '#base/money.ts'
import { toAmount } from '#base/rational.ts'
import { listPrice, type Plan, QUANTITY_DECIMALS } from './plan.ts'

const QUANTITY_SCALE = 10n ** BigInt(QUANTITY_DECIMALS)
/** The largest whole 1e-10 that still leaves room for rounding half up. */
const SAFE_PRICE = Number.MAX_SAFE_INTEGER - 50

/** Bands are asked four at a time; tables are filled up with bands that nothing reaches. */
const BANDS_A_TURN = 4
/** Numbers of a band: what it goes up to, where its count begins, the price up to there, the price of each further unit. */
const [UP_TO, FLOOR, BASE, UNIT, WIDTH] = [0, 1, 2, 3, 4]

/**
 * The prices of a plan's whole quantities. Every model is a line in each band, base + (quantity - floor) x unit; only what
 * base and floor are makes it tiered or volume.
 */
export class WholePrices {
  readonly #plan: Plan
  readonly #bands: Float64Array

  constructor(plan: Plan) {
    this.#plan = plan
    this.#bands = bandsOf(plan)
  }

  /** A copy of its bands, four numbers each, whole groups of four bands: the metering kernel reads them. */
  bands(): Float64Array {
    return this.#bands.slice()
  }

  /** The list price of a whole quantity, rounded once (M-02). Throws BillingError beyond the limit of Money. */
  price(quantity: number, rounding: Rounding): Money {
    const price = this.#safePrice(quantity, rounding)
    return price >= 0 ? (price as Money) : toMoney(this.#exactPrice(quantity, rounding), 'price')
  }

  /** The same without a limit, whole 1e-8. */
  amount(quantity: number, rounding: Rounding): Amount {
    const price = this.#safePrice(quantity, rounding)
    return price >= 0 ? BigInt(price) : this.#exactPrice(quantity, rounding)
  }

  #exactPrice(quantity: number, rounding: Rounding): Amount {
    return toAmount(listPrice(this.#plan, BigInt(quantity) * QUANTITY_SCALE), rounding)
  }

  /** Below 0 where float64 may not hold a step of it exactly. */
  #safePrice(quantity: number, rounding: Rounding): number {
    const bands = this.#bands
    let above = 0
    // Which band it is cannot be foreseen, so that counting them is three times as fast as stopping at the right one.
    for (let at = 0; at < bands.length; at += BANDS_A_TURN * WIDTH)
      above +=
        +(quantity > bands[at]) +
        +(quantity > bands[at + WIDTH]) +
        +(quantity > bands[at + 2 * WIDTH]) +
        +(quantity > bands[at + 3 * WIDTH])
    const at = above * WIDTH
    const exact = bands[at + BASE] + (quantity - bands[at + FLOOR]) * bands[at + UNIT]
    // Below this no step was rounded: all terms are positive, and float64 rounding never moves a sum back below 2^53.
    return exact <= SAFE_PRICE ? Math.floor((rounding === 'half-up' ? exact + 50 : exact) / 100) : -1
  }
}

/** Numbers that float64 cannot hold exactly become NaN, and so does every price that is made of them. */
function bandsOf(plan: Plan): Float64Array {
  const bands = plan.model === 'linear' ? [{ upTo: null, unit: plan.unit }] : plan.bands
  const turns = Math.ceil(bands.length / BANDS_A_TURN)
  const table = new Float64Array(turns * BANDS_A_TURN * WIDTH).fill(Number.POSITIVE_INFINITY)
  let floor = 0
  let base = 0
  bands.forEach(({ upTo, unit }, index) => {
    const at = index * WIDTH
    const price = safe(unit)
    // A whole quantity is above 2.5 where it is above 2.
    if (upTo !== null) table[at + UP_TO] = Number(upTo / QUANTITY_SCALE)
    table[at + FLOOR] = floor
    table[at + BASE] = base
    table[at + UNIT] = price
    if (plan.model !== 'tiered' || upTo === null) return
    const top = upTo % QUANTITY_SCALE === 0n ? safe(upTo / QUANTITY_SCALE) : Number.NaN
    base += (top - floor) * price
    floor = top
  })
  return table
}

const safe = (value: bigint): number => {
  const float = Number(value)
  return Number.isSafeInteger(float) ? float : Number.NaN
}
