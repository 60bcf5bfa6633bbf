/** P-01..P-05: a price plan, read once from text and then asked for the price of quantities. */
import { BillingError } from '#base/billing-error.ts'
import { parseDecimal, type Rounding } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import { type Rational, scaled } from '#base/rational.ts'
import { shown } from '#base/shown.ts'
import { type Discount, discounted } from '../discount.ts'
import type { Formula } from '../formula.ts'
import { keySet, refuseUnknownKeys } from '../known-keys.ts'
import { type Line, lineOf } from '../line.ts'
import { type Band, bandOf } from './bands.ts'
import { type LinearPlan, linearPrice } from './linear.ts'
import { type TieredPlan, tieredPrice, unitsByBand } from './tiered.ts'
import { type VolumePlan, volumePrice } from './volume.ts'

/** As scenario files and requests write it; limits and unit prices are decimal text. */
export type PlanText =
  | { readonly model: 'linear'; readonly unit: string }
  | {
      readonly model: 'tiered' | 'volume'
      readonly bands: readonly { readonly upTo: string | null; readonly unit: string }[]
    }

export type Plan = LinearPlan | TieredPlan | VolumePlan

/** Quantities carry up to 8 decimals. */
export const QUANTITY_DECIMALS = 8
/** Unit price (10 decimals) x quantity (8 decimals). */
const PRICE_DECIMALS = UNIT_PRICE_DECIMALS + QUANTITY_DECIMALS

export const priceRule = { linear: 'P-01', tiered: 'P-02', volume: 'P-03' } as const

const linearKeys = keySet('model', 'unit')
const bandedKeys = keySet('model', 'bands')
const anyPlanKeys = keySet('model', 'unit', 'bands')
const bandKeys = keySet('upTo', 'unit')

/** Reads and checks a plan (P-04). `where` names it in errors. Throws BillingError. */
export function compilePlan(text: unknown, where = 'plan'): Plan {
  if (typeof text !== 'object' || text === null || Array.isArray(text))
    throw new BillingError(where, `${shown(text)} is not a price plan`, 'write {"model": "linear", "unit": "5"}')
  const { model, unit, bands } = text as { model?: unknown; unit?: unknown; bands?: unknown }
  if (model === 'linear') {
    if (bands !== undefined)
      throw new BillingError(`${where}.bands`, 'a linear plan has no bands', 'leave them out, or write model tiered')
    refuseUnknownKeys(text, linearKeys, where, anyPlanKeys)
    return { model, unit: parseDecimal(unit, UNIT_PRICE_DECIMALS, `${where}.unit`, 'unsigned') }
  }
  if (model !== 'tiered' && model !== 'volume')
    throw new BillingError(`${where}.model`, `${shown(model)} is not a price model`, 'write linear, tiered or volume')
  if (unit !== undefined)
    throw new BillingError(`${where}.unit`, `a ${model} plan has a unit price in each band`, 'move it into the bands')
  refuseUnknownKeys(text, bandedKeys, where, anyPlanKeys)
  return { model, bands: compileBands(bands, `${where}.bands`) }
}

function compileBands(text: unknown, where: string): Band[] {
  if (!Array.isArray(text) || text.length === 0)
    throw new BillingError(where, `${shown(text)} is not a table of bands`, 'write [{"upTo": null, "unit": "5"}]')
  let below = 0n
  return text.map((entry: unknown, index) => {
    const at = `${where}[${index}]`
    if (typeof entry !== 'object' || entry === null)
      throw new BillingError(at, `${shown(entry)} is not a band`, 'write {"upTo": "5", "unit": "7"}')
    refuseUnknownKeys(entry, bandKeys, at)
    const { upTo, unit } = entry as { upTo?: unknown; unit?: unknown }
    const price = parseDecimal(unit, UNIT_PRICE_DECIMALS, `${at}.unit`, 'unsigned')
    const isLast = index === text.length - 1
    if (isLast !== (upTo === null))
      throw isLast
        ? new BillingError(`${at}.upTo`, `no band is open above ${shown(upTo)} (P-04)`, 'end with {"upTo": null}')
        : new BillingError(`${at}.upTo`, 'an open band before the last one (P-04)', 'only the last upTo may be null')
    if (upTo === null) return { upTo, unit: price }
    const limit = parseDecimal(upTo, QUANTITY_DECIMALS, `${at}.upTo`, 'unsigned')
    if (limit <= below)
      throw new BillingError(
        `${at}.upTo`,
        `a band up to ${shown(upTo)} is not above ${decimalText(below, QUANTITY_DECIMALS)} (P-04)`,
        'write the limits in rising order',
      )
    below = limit
    return { upTo: limit, unit: price }
  })
}

/** A quantity from text as whole 1e-8. Throws BillingError. */
export const parseQuantity = (text: unknown, where = 'quantity'): bigint =>
  parseDecimal(text, QUANTITY_DECIMALS, where, 'unsigned')

/** The list price of a quantity (whole 1e-8), exact. */
export function listPrice(plan: Plan, quantity: bigint): Rational {
  switch (plan.model) {
    case 'linear':
      return scaled(linearPrice(plan, quantity), PRICE_DECIMALS)
    case 'tiered':
      return scaled(tieredPrice(plan, quantity), PRICE_DECIMALS)
    case 'volume':
      return scaled(volumePrice(plan, quantity), PRICE_DECIMALS)
  }
}

/** The unit price (whole 1e-10) of the band in which a quantity falls; of a linear plan its only one. */
export const unitPriceAt = (plan: Plan, quantity: bigint): bigint =>
  plan.model === 'linear' ? plan.unit : bandOf(plan.bands, quantity).unit

/** The list price with its formula: `3 x 0.3 + 5 x 0.2`. */
export function priced(plan: Plan, quantity: bigint): Formula {
  const value = listPrice(plan, quantity)
  if (plan.model !== 'tiered')
    return { value, text: product(quantity, unitPriceAt(plan, quantity)), binds: 'as-product' }
  const parts = unitsByBand(plan, quantity)
  const text = parts.map(({ units, unit }) => product(units, unit)).join(' + ')
  return { value, text, binds: parts.length > 1 ? 'as-sum' : 'as-product' }
}

const product = (units: bigint, unit: bigint): string =>
  `${decimalText(units, QUANTITY_DECIMALS)} x ${decimalText(unit, UNIT_PRICE_DECIMALS)}`

/** The list price of a quantity, discounted and rounded once (M-03): one order line. */
export const priceLine = (plan: Plan, quantity: bigint, discount: Discount | undefined, rounding: Rounding): Line =>
  lineOf(priceRule[plan.model], discounted(priced(plan, quantity), discount), rounding)
