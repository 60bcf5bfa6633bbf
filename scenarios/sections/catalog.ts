/** `catalog`: products, their specifications and what they cost (C-01..C-05, P-01..P-05, M-06). */

import { count, hourlyPrice, money, share, unitPrice } from '../amounts.ts'
import { oneKey } from '../one-key.ts'
import { productKinds } from '../product-kinds.ts'
import { duration, instant } from '../time.ts'
import { z } from '../zod.ts'
import { planMonths } from './market.ts'
import { id, maybe, member, title } from './names.ts'

const bandWords = 'expected bands such as [{ upTo: 3, unit: "0.3" }, { upTo: null, unit: "0.2" }] (P-04)'
const bands = z
  .array(
    z.strictObject({
      upTo: z
        .union([count(1), z.null()], { error: 'expected a whole number of at least 1, or null for the last band' })
        .describe('Last quantity of the band, inclusive; null for the open last band (P-04).'),
      unit: unitPrice.describe('Price of one unit in this band.'),
    }),
    { error: bandWords },
  )
  .min(1, { error: bandWords })
  .max(1000)
  .describe('Bands of quantity, in rising order (P-04).')

const priceModel = z.discriminatedUnion('model', [
  z.strictObject({
    model: z.literal('linear').describe('P-01: quantity x unit price.'),
    unit: unitPrice.describe('Price of one unit.'),
  }),
  z.strictObject({
    model: z.literal('tiered').describe('P-02: each band prices the units inside it.'),
    bands,
  }),
  z.strictObject({
    model: z.literal('volume').describe('P-03: the band of the total prices every unit.'),
    bands,
  }),
])

/** A bare price is linear, of one unit. */
export const price = z
  .union([unitPrice.transform((unit) => ({ model: 'linear' as const, unit })), priceModel])
  .meta({ id: 'price', description: 'A price model: linear, tiered or volume; a bare price is linear.' })

/** M-06: at most one, of three forms. */
export const discount = oneKey({
  percentOff: share.describe('Percentage off the price.'),
  fixedPrice: money.describe('This price instead of the list price.'),
  amountOff: money.describe('This amount off the price.'),
}).describe('Discount on each order line: percentOff, fixedPrice or amountOff (M-06).')

export const plans = z
  .array(
    z.strictObject({
      months: planMonths.describe('Duration bought: 1 to 9, 12, 24 or 36 months (P-05).'),
      price,
    }),
  )
  .min(1)
  .describe('Price by duration bought (P-05).')

const quantity = z
  .strictObject({
    attribute: title.describe('Unit of the quantity: users, seats, GB.'),
    min: count(1).default(1).describe('Smallest quantity.'),
    max: count(1).describe('Largest quantity.'),
    step: count(1).default(1).describe('Quantities are min, min + step, …'),
  })
  .describe('The quantity attribute of the specification (C-04); without it, one unit is sold.')

const specificationBase = {
  id: id.describe('Specification id, unique within the product.'),
  name: title.optional().describe('Display name.'),
  discount: maybe(discount),
}
const term = {
  ...specificationBase,
  quantity: maybe(quantity),
  plans,
  autoRenew: z.boolean().default(true).describe('Whether it may be renewed automatically (C-05, R-03).'),
  trial: z.boolean().default(false).describe('A free trial: once per account and product (O-12).'),
}

const specification = z.discriminatedUnion('billing', [
  z.strictObject({
    ...specificationBase,
    billing: z.literal('pay-per-use').describe('Images only, with an ECS (C-03).'),
    hourly: hourlyPrice.describe('Price of one started clock hour (U-02).'),
  }),
  z.strictObject({ ...term, billing: z.literal('monthly').describe('Prepaid by the month.') }),
  z.strictObject({ ...term, billing: z.literal('yearly').describe('Prepaid by the year.') }),
  z.strictObject({
    ...specificationBase,
    billing: z.literal('one-off').describe('One payment, no term.'),
    quantity: maybe(quantity),
    price,
  }),
])

/** C-07: what makes a seller list a product. */
const requirements = z
  .strictObject({
    count: count(1).describe('Requirements that buyers mail for the category of the product (C-06).'),
    after: duration
      .prefault('0s')
      .describe('How long the seller then takes to list it, at least the latency of a message.'),
  })
  .describe('The product is not listed until so many requirements of its category came in (C-07).')

export const product = z.strictObject({
  id: id.describe('Product id.'),
  name: title.optional().describe('Display name.'),
  kind: z.enum(productKinds).describe('Product kind (C-01).'),
  seller: member.describe('The seller it belongs to, segment/number (C-02).'),
  category: id.describe('Category for filtering (C-06): a family of the tree (C-02), or any other word.'),
  subcategory: maybe(id).describe('Subcategory of the family (C-02), such as crm of business-software.'),
  supervised: maybe(z.boolean()).describe(
    'Whether a SaaS product is under service supervision; licenses and professional services always are (S-01).',
  ),
  requestTemplate: z
    .boolean()
    .default(false)
    .describe('Whether the seller of a supervised SaaS gives a template for the request (S-02).'),
  needsAuthorisation: z.boolean().default(false).describe('Whether it requires the contact authorisation (O-03).'),
  recommendsSecurityGroup: z
    .boolean()
    .default(false)
    .describe(
      'Whether the seller recommends a security group, which quick provisioning creates for a buyer without one (E-04).',
    ),
  popular: z.boolean().default(false).describe('Whether it is listed among popular applications (C-06).'),
  listed: maybe(instant).describe('When it is listed; without it, from the start (C-05).'),
  requirements: maybe(requirements).describe(
    'What its seller waits for before listing it; buyers then find it where they found nothing (C-07).',
  ),
  specifications: z.array(specification).min(1).describe('Specifications for sale (C-02).'),
})

export type Product = z.output<typeof product>
export type Specification = z.output<typeof specification>
export type Price = z.output<typeof price>
export type PriceBand = z.output<typeof bands>[number]
export type Discount = z.output<typeof discount>
export type QuantityAttribute = z.output<typeof quantity>
