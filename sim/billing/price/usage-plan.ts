/**
 * P-06..P-08: price plans for the usage of other systems, next to the catalog's own (P-01..P-03). A usage plan is read once
 * from text and then priced for a quantity, or for a value of which it takes a share.
 */
import { BillingError } from '#base/billing-error.ts'
import { parseDecimal, type Rounding } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { MONEY_DECIMALS, UNIT_PRICE_DECIMALS } from '#base/money.ts'
import { compare } from '#base/rational.ts'
import { shown } from '#base/shown.ts'
import { type Discount, discounted } from '../discount.ts'
import { type Formula, literal, minus, plus, times } from '../formula.ts'
import { keySet, refuseUnknownKeys } from '../known-keys.ts'
import { type Line, lineOf } from '../line.ts'
import { parsePercent, percentOf } from '../percent.ts'
import { compilePlan, type Plan, type PlanText, priced, priceRule, QUANTITY_DECIMALS } from './plan.ts'

/** P-06: each started package of `size` units has one price. */
interface PackagePlan {
  readonly model: 'package'
  /** Units of a package, whole 1e-8, above 0. */
  readonly size: bigint
  /** Of a package, whole 1e-10. */
  readonly price: bigint
}

/** P-07: one fee, whatever the quantity. */
interface FlatPlan {
  readonly model: 'flat'
  /** Whole 1e-10. */
  readonly price: bigint
}

/** P-07: a share of a value and a fixed part, between a least and a greatest charge. */
interface PercentagePlan {
  readonly model: 'percentage'
  /** Percent x 1e8. */
  readonly rate: bigint
  /** Whole 1e-10, as are the bounds; null where there is none. */
  readonly fixed: bigint
  readonly min: bigint | null
  readonly max: bigint | null
}

/** As requests write it: limits, prices and percentages are decimal text. */
export type UsagePlanText = (
  | PlanText
  | { readonly model: 'package'; readonly size: string; readonly price: string }
  | { readonly model: 'flat'; readonly price: string }
  | {
      readonly model: 'percentage'
      readonly rate: string
      readonly fixed?: string
      readonly min?: string
      readonly max?: string
    }
) & { readonly included?: string; readonly minimum?: string }

/** A compiled plan: a model, with the units and the charge that every model may have (P-08). */
export interface UsagePlan {
  readonly price: Plan | PackagePlan | FlatPlan | PercentagePlan
  /** Units that are taken off the quantity before the model prices the rest, whole 1e-8. */
  readonly included: bigint
  /** The least charge, whole 1e-8; 0 where there is none. */
  readonly minimum: bigint
}

/** What is priced. */
export interface Usage {
  /** Whole 1e-8; undefined where only a value is known. */
  readonly quantity: bigint | undefined
  /** Whole 1e-8 of the currency: what a percentage is a share of. */
  readonly value?: bigint | undefined
}

const ownKeys = {
  linear: ['unit'],
  tiered: ['bands'],
  volume: ['bands'],
  package: ['size', 'price'],
  flat: ['price'],
  percentage: ['rate', 'fixed', 'min', 'max'],
} as const

type Model = keyof typeof ownKeys
const models = Object.keys(ownKeys) as Model[]
const ofEvery = ['model', 'included', 'minimum']
const keysOf = new Map(models.map((model) => [model, keySet(...ofEvery, ...ownKeys[model])]))
const anyKey = keySet(...ofEvery, ...Object.values(ownKeys).flat())

const unitPrice = (text: unknown, where: string): bigint => parseDecimal(text, UNIT_PRICE_DECIMALS, where, 'unsigned')
const optional = <Value>(text: unknown, where: string, read: (text: unknown, where: string) => Value): Value | null =>
  text === undefined ? null : read(text, where)

/** Reads and checks a plan (P-04, P-06..P-08). `where` names it in errors. Throws BillingError. */
export function compileUsagePlan(text: unknown, where = 'plan'): UsagePlan {
  if (typeof text !== 'object' || text === null || Array.isArray(text))
    throw new BillingError(where, `${shown(text)} is not a price plan`, 'write {"model": "linear", "unit": "5"}')
  const { included, minimum, ...own } = text as Readonly<Record<string, unknown>>
  const model = models.find((each) => each === own.model)
  if (model === undefined)
    throw new BillingError(
      `${where}.model`,
      `${shown(own.model)} is not a price model`,
      `write ${models.slice(0, -1).join(', ')} or ${models.at(-1)}`,
    )
  refuseUnknownKeys(text, keysOf.get(model)!, where, anyKey)
  return {
    price: compileModel(model, own, where),
    included:
      optional(included, `${where}.included`, (value, at) => parseDecimal(value, QUANTITY_DECIMALS, at, 'unsigned')) ??
      0n,
    minimum:
      optional(minimum, `${where}.minimum`, (value, at) => parseDecimal(value, MONEY_DECIMALS, at, 'unsigned')) ?? 0n,
  }
}

function compileModel(model: Model, own: Readonly<Record<string, unknown>>, where: string): UsagePlan['price'] {
  switch (model) {
    case 'package': {
      const size = parseDecimal(own.size, QUANTITY_DECIMALS, `${where}.size`, 'unsigned')
      if (size === 0n) throw new BillingError(`${where}.size`, 'a package of 0 units', 'write the units of a package')
      return { model, size, price: unitPrice(own.price, `${where}.price`) }
    }
    case 'flat':
      return { model, price: unitPrice(own.price, `${where}.price`) }
    case 'percentage': {
      const rate = parsePercent(own.rate, `${where}.rate`)
      const fixed = optional(own.fixed, `${where}.fixed`, unitPrice) ?? 0n
      const min = optional(own.min, `${where}.min`, unitPrice)
      const max = optional(own.max, `${where}.max`, unitPrice)
      if (min !== null && max !== null && min > max)
        throw new BillingError(
          `${where}.max`,
          `${shown(own.max)} is below the minimum of ${shown(own.min)}`,
          'write a max that is not below min',
        )
      return { model, rate, fixed, min, max }
    }
    default:
      return compilePlan(own, where)
  }
}

/** P-06 rounds up: the packages that were started. */
const packages = (quantity: bigint, size: bigint): bigint => (quantity + size - 1n) / size

/** The larger or the smaller of two, with what was compared in its text. */
function bounded(a: Formula, bound: bigint | null, name: 'max' | 'min'): Formula {
  if (bound === null) return a
  const other = literal(bound, UNIT_PRICE_DECIMALS)
  const isKept = name === 'max' ? compare(a.value, other.value) >= 0 : compare(a.value, other.value) <= 0
  return { value: isKept ? a.value : other.value, text: `${name}(${other.text}, ${a.text})`, binds: 'tightly' }
}

const quantityText = (quantity: bigint): string => decimalText(quantity, QUANTITY_DECIMALS)

function quantityOf({ quantity }: Usage): bigint {
  if (quantity === undefined) throw new BillingError('quantity', 'is missing', 'write it as text, such as "12"')
  return quantity
}

/** The price before discount and rounding, and the rule that makes it. Throws BillingError for what the usage lacks. */
function pricedBy({ price, included }: UsagePlan, usage: Usage): { rule: string; formula: Formula } {
  if (price.model === 'flat') return { rule: 'P-07', formula: literal(price.price, UNIT_PRICE_DECIMALS) }
  if (price.model === 'percentage') {
    if (usage.value === undefined)
      throw new BillingError('value', 'is missing', 'write the amount that the percentage is of, such as "120.50"')
    const share = times(literal(usage.value, MONEY_DECIMALS), percentOf(price.rate))
    const sum = price.fixed === 0n ? share : plus(share, literal(price.fixed, UNIT_PRICE_DECIMALS))
    return { rule: 'P-07', formula: bounded(bounded(sum, price.min, 'max'), price.max, 'min') }
  }
  const quantity = quantityOf(usage)
  const rest = quantity > included ? quantity - included : 0n
  const note = included === 0n ? '' : `, ${quantityText(quantity)} less ${quantityText(included)} included`
  if (price.model === 'package') {
    const cost = times(literal(packages(rest, price.size), 0), literal(price.price, UNIT_PRICE_DECIMALS))
    const text = `${cost.text}, packages of ${quantityText(price.size)} for ${quantityText(rest)}${note}`
    return { rule: 'P-06', formula: { ...cost, text } }
  }
  const formula = priced(price, rest)
  return { rule: priceRule[price.model], formula: { ...formula, text: `${formula.text}${note}` } }
}

/**
 * The lines of a usage: its price, discounted and rounded once (M-03), and what is missing to the minimum charge as a line
 * of its own (P-08). Throws BillingError where the usage lacks the quantity or the value that the plan prices.
 */
export function usageLines(
  plan: UsagePlan,
  usage: Usage,
  discount: Discount | undefined,
  rounding: Rounding,
): readonly Line[] {
  const { rule, formula } = pricedBy(plan, usage)
  const line = lineOf(rule, discounted(formula, discount), rounding)
  if (line.amount >= plan.minimum) return [line]
  const missing = minus(literal(plan.minimum, MONEY_DECIMALS), literal(line.amount, MONEY_DECIMALS))
  return [line, lineOf('P-08', missing, rounding)]
}
