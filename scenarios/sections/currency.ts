/** M-08: the currency of a scenario: `USD`, or `{ code: XTS, decimals: 2 }` of a code without minor units in ISO 4217. */

import { type Currency, codePattern, currencyOf, MOST_DECIMALS } from '../currencies.ts'
import { z } from '../zod.ts'

const words = 'expected a currency code such as USD'

const written = z.union(
  [
    z
      .string({ error: words })
      .transform((code) => ({ code }))
      .meta({ pattern: codePattern.source }),
    z.strictObject({
      code: z
        .string({ error: words })
        .meta({ pattern: codePattern.source })
        .describe('ISO 4217 code, or one of your own.'),
      decimals: z.int().min(0).max(MOST_DECIMALS).optional().describe('Decimals of payments.'),
    }),
  ],
  { error: words },
)

export const currency = written.transform((value, context): Currency => {
  const found = currencyOf(value.code, 'decimals' in value ? value.decimals : undefined)
  if ('code' in found) return found
  context.addIssue({ code: 'custom', message: `expected a currency code such as USD: ${found.what}; ${found.fix}` })
  return z.NEVER
})
