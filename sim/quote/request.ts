/** A request of the calculator, read field by field; each error names its field. */
import { BillingError } from '#base/billing-error.ts'
import { parseInstant } from '#base/civil-time.ts'
import { parseDecimal } from '#base/decimal.ts'
import { nearestName } from '#base/did-you-mean.ts'
import { type Amount, MONEY_DECIMALS } from '#base/money.ts'
import { shown } from '#base/shown.ts'
import { type Currency, currencyOf, USD } from '#scenarios/currencies.ts'
import { defaultPolicies, type Policies, type PolicyKey, policiesSchema, policyKeys } from '#scenarios/policies.ts'
import { keySet, refuseUnknownKeys } from '../billing/known-keys.ts'
import type { Line, Refusal } from '../billing/line.ts'

/** A JSON object; a field that is absent is `undefined`. */
export type Request = Readonly<Record<string, unknown>>

/** What an operation answers: lines and their sum, further fields as JSON values, or a refusal. */
export type Answer = { readonly lines?: readonly Line[]; readonly fields?: Readonly<Record<string, unknown>> } | Refusal

/** One row of the calculator's table: the keys a request of it may have, and what it answers. */
export interface Operation {
  readonly keys: ReadonlySet<string>
  answer(request: Request, policies: Policies): Answer
}

/** Keys of every request. `expect` is what a vector wants to see; it changes no answer. */
const ofEvery = ['id', 'op', 'policies', 'expect']

/** An operation whose requests have these keys and those of every request. */
export const operation = (keys: readonly string[], answer: Operation['answer']): Operation => ({
  keys: new Set([...keys, ...ofEvery]),
  answer,
})

/** How a change says what is left of its term. */
export const changeKeys = ['remaining', 'at', 'termEnd', 'per', 'termStart'] as const

const isRecord = (value: unknown): value is Request =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A field that must be a JSON object. */
export function recordOf(value: unknown, where: string, example: string): Request {
  if (isRecord(value)) return value
  throw new BillingError(where, `${shown(value)} is not an object`, `write one such as ${example}`)
}

export function listOf(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new BillingError(where, `${shown(value)} is not a list`, 'write [...]')
}

/** Money in text, 0 or more. */
export const moneyOf = (value: unknown, where: string): Amount => parseDecimal(value, MONEY_DECIMALS, where, 'unsigned')

/** Money in text, also below 0. */
export const signedMoneyOf = (value: unknown, where: string): Amount =>
  parseDecimal(value, MONEY_DECIMALS, where, 'signed')

/** An instant, or undefined where the field is absent. */
export const optionalInstant = (value: unknown, where: string): number | undefined =>
  value === undefined ? undefined : parseInstant(value, where)

export function wholeNumber(value: unknown, where: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new BillingError(
    where,
    `${shown(value)} is not a whole number from ${least} to ${most}`,
    'write it without quotes',
  )
}

export function booleanOf(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value
  throw new BillingError(where, `${shown(value)} is neither true nor false`, 'write true or false, without quotes')
}

export function oneOf<T extends string>(value: unknown, known: readonly T[], where: string): T {
  if (known.includes(value as T)) return value as T
  throw new BillingError(where, `${shown(value)} is unknown`, `write ${known.join(', ')}`)
}

const currencyKeys = keySet('code', 'decimals')

/** M-08: `"JPY"`, or `{"code": "XTS", "decimals": 2}` of a code that ISO 4217 gives no minor units; USD where it is absent. */
export function currencyField(value: unknown): Currency {
  if (value === undefined) return USD
  const where = 'currency'
  const fields = typeof value === 'string' ? { code: value } : recordOf(value, where, '{"code": "XTS", "decimals": 2}')
  refuseUnknownKeys(fields, currencyKeys, where)
  const { code, decimals }: Request = fields
  if (typeof code !== 'string') throw new BillingError(where, `${shown(code)} is not a code`, 'write one such as "USD"')
  const given = decimals === undefined ? undefined : wholeNumber(decimals, 'currency.decimals', 0, MONEY_DECIMALS)
  const found = currencyOf(code, given)
  if ('what' in found) throw new BillingError(where, found.what, found.fix)
  return found
}

const MOST_POLICIES = 256
const policiesSeen = new Map<string, Policies>()

/** The request's switches over the rulebook's defaults. Throws BillingError for unknown keys and values. */
export function policiesOf(value: unknown): Policies {
  if (value === undefined) return defaultPolicies
  const text = JSON.stringify(recordOf(value, 'policies', '{"rounding.charge": "half-up"}'))
  let policies = policiesSeen.get(text)
  if (policies === undefined) {
    policies = readPolicies(value)
    // A stream may hold any number of settings: forget the old ones rather than grow.
    if (policiesSeen.size >= MOST_POLICIES) policiesSeen.clear()
    policiesSeen.set(text, policies)
  }
  return policies
}

function readPolicies(value: unknown): Policies {
  const result = policiesSchema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  if (issue.code === 'unrecognized_keys') throw unknownSwitch(issue.keys[0], issue.path[0])
  throw new BillingError(`policies.${issue.path.join('.')}`, issue.message, 'see the rulebook for its values')
}

/** A key of the policies, or of the object that one of them is: `policies.usage.faults`. */
function unknownSwitch(wrong: string, inside: PropertyKey | undefined): BillingError {
  const known = inside === undefined ? policyKeys : Object.keys(defaultPolicies[inside as PolicyKey] as object)
  const where = inside === undefined ? 'policies' : `policies.${String(inside)}`
  const what = inside === undefined ? 'is not a switch of the rulebook' : 'is an unknown key'
  return new BillingError(where, `${shown(wrong)} ${what}`, `did you mean ${nearestName(wrong, known)}?`)
}
