/** `remaining`: from, to, per; also how `upgrade` and `expand` read what is left of a term. */
import { BillingError } from '#base/billing-error.ts'
import { parseInstant } from '#base/civil-time.ts'
import { parseFactor, reduced, truncatedText } from '#base/rational.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { ChangeTime } from '../../billing/change.ts'
import { type Formula, literal, quoted } from '../../billing/formula.ts'
import { remaining as remainingOfTerm } from '../../billing/proration.ts'
import { endOfTerm } from '../../billing/term.ts'
import { changeKeys, oneOf, operation, optionalInstant, type Request } from '../request.ts'

/** M-03: at least 30 significant digits. */
const FACTOR_DECIMALS = 30
const periods = ['month', 'year'] as const

export const remaining = operation(['from', 'to', 'per', 'termStart'], (request, policies) => {
  const factor = remainingOfTerm(
    parseInstant(request.from, 'from'),
    endOfTerm(parseInstant(request.to, 'to'), policies['time.utcOffset']),
    oneOf(request.per, periods, 'per'),
    policies,
    optionalInstant(request.termStart, 'termStart'),
  )
  const { numerator, denominator } = reduced(factor.value)
  return {
    fields: {
      factor: truncatedText(factor.value, FACTOR_DECIMALS),
      fraction: `${numerator}/${denominator}`,
      text: factor.text,
    },
  }
})

const timeKeys = changeKeys.filter((key) => key !== 'remaining')

/** When a change is made; undefined where the request gives a factor instead. */
export function changeTimeOf(request: Request, policies: Policies): ChangeTime | undefined {
  const hasTimes = timeKeys.some((key) => request[key] !== undefined)
  if (request.remaining !== undefined && hasTimes)
    throw new BillingError(
      'remaining',
      'both a factor and times are given',
      'remove remaining, or remove at, termEnd, per and termStart',
    )
  if (request.remaining !== undefined) return undefined
  if (!hasTimes) throw new BillingError('remaining', 'is missing', 'write "0.5" or "20/30", or at, termEnd and per')
  const end = parseInstant(request.termEnd, 'termEnd')
  return { at: parseInstant(request.at, 'at'), termEnd: endOfTerm(end, policies['time.utcOffset']) }
}

/** which part of the prices of the request is charged; `time` must be in its term. */
export function remainingOfChange(request: Request, time: ChangeTime | undefined, policies: Policies): Formula {
  const part = remainingOf(request, time, policies)
  return policies['change.price'] === 'full-difference' ? literal(1n, 0) : part
}

function remainingOf(request: Request, time: ChangeTime | undefined, policies: Policies): Formula {
  if (time === undefined) return quoted(parseFactor(request.remaining, 'remaining'), String(request.remaining))
  const per = oneOf(request.per, periods, 'per')
  return remainingOfTerm(time.at, time.termEnd, per, policies, optionalInstant(request.termStart, 'termStart'))
}
