/**
 * Money, prices, percentages and shares as a scenario writes them. Amounts stay decimal text: no float touches one
 * (M-01).
 * A plain YAML number is taken too: the reader lets only numbers through whose text a float refunds digit by digit.
 */

import { numberText } from '#base/decimal-text.ts'
import { z } from './zod.ts'

/** `.5` is `0.5`: what is before the point may be left out. */
const wholeText = (text: string): string => (text.startsWith('.') ? `0${text}` : text)

/** Whether decimal text is above a limit in decimal text; both are plain digits with an optional point. */
export function isAbove(text: string, limit: string): boolean {
  const [whole, fraction = ''] = text.split('.')
  const [most, mostFraction = ''] = limit.split('.')
  const [a, b] = [BigInt(whole), BigInt(most)]
  return a > b || (a === b && fraction.padEnd(12, '0') > mostFraction.padEnd(12, '0'))
}

function decimal(expected: string, decimals: number, most: string) {
  const pattern = new RegExp(`^\\d{1,15}(\\.\\d{1,${decimals}})?$`)
  const limit = most.replace(/\B(?<!\..*)(?=(\d{3})+(?!\d))/g, ',')
  const words = `expected ${expected} with at most ${decimals} decimals and at most ${limit} (M-01)`
  return z
    .union([z.string(), z.number()], { error: words })
    .transform((value, context) => {
      const text = typeof value === 'number' ? numberText(value) : wholeText(value)
      if (pattern.test(text) && !isAbove(text, most)) return text
      context.addIssue({ code: 'custom', message: words })
      return z.NEVER
    })
    .meta({ pattern: `^(\\d+(\\.\\d{1,${decimals}})?|\\.\\d{1,${decimals}})$` })
}

/** No order, plan price, top-up or coupon is larger (M-01). */
export const MOST_MONEY = '1000000000000'

/** An amount of money, 8 decimals at most (M-01). */
export const money = decimal('an amount such as "12.50"', 8, MOST_MONEY)

/** The price of one unit, or of a whole period: 10 decimals at most (M-02). */
export const unitPrice = decimal('a price such as "0.12"', 10, MOST_MONEY)

/** The price of a metered hour, whose charge is a safe integer of 1e-8: 10 decimals at most (M-02). */
export const hourlyPrice = decimal('a price such as "0.12"', 10, '90071992.54740991')

const percentWords = 'expected a percentage such as 15 or 6.5 with at most 8 decimals'

/** A percentage as decimal text: `15`, `"6.5"` and `6.5%` alike; `0.15` is 0.15 percent. */
export const percent = z
  .union([z.string(), z.number()], { error: percentWords })
  .transform((value, context) => {
    const text = typeof value === 'number' ? numberText(value) : wholeText(value.replace(/ ?%$/, ''))
    if (/^\d{1,3}(\.\d{1,8})?$/.test(text)) return text
    context.addIssue({ code: 'custom', message: percentWords })
    return z.NEVER
  })
  .meta({ pattern: '^(\\d{1,3}(\\.\\d{1,8})?|\\.\\d{1,8}) ?%?$' })

/** A percentage of something that cannot be exceeded: a discount, a fee, a share. */
export const share = percent.refine((text) => Number(text) <= 100, { error: 'expected a percentage of at most 100' })

export const probability = z
  .number({ error: 'expected a probability from 0 to 1' })
  .min(0, { error: 'expected a probability from 0 to 1' })
  .max(1, { error: 'expected a probability from 0 to 1' })

/** A weight of one outcome among others; bounded so that no sum of them is lost in a float. */
export const weight = z.number().min(0).max(1_000_000_000)

/** Weights by free name, such as region ids; what they sum to does not matter, but one must be above 0. */
export const weightsByName = z
  .record(z.string(), weight)
  .refine((weights) => Object.values(weights).some((value) => value > 0), {
    error: 'expected at least one weight above 0',
  })

/** Weights of a fixed set of outcomes; one left out has weight 0. */
export function weightsOf<const Name extends string>(...names: readonly Name[]) {
  const shape = Object.fromEntries(
    names.map((name) => [name, weight.default(0).describe(`Weight of ${name}.`)]),
  ) as Record<Name, z.ZodDefault<typeof weight>>
  return z.strictObject(shape).refine((weights) => Object.values(weights).some((value) => Number(value) > 0), {
    error: 'expected at least one weight above 0',
  })
}

/** A count of things: a whole number from `least`. */
export const count = (least: number, most = 1_000_000_000) => z.int().min(least).max(most)
