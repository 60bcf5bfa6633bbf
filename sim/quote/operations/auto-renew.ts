/** `auto-renew`: expiry, enabledAt, fundedAt or null; daysBefore?, tier? */
import { formatInstant, parseInstant } from '#base/civil-time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { renewalAttempts } from '../../billing/auto-renewal.ts'
import { patience, patienceEnds, type Tier, tiers } from '../../billing/grace.ts'
import { endOfTerm } from '../../billing/term.ts'
import { oneOf, operation, type Request, wholeNumber } from '../request.ts'

const EARLIEST_DAYS = 7

export const autoRenew = operation(['expiry', 'enabledAt', 'fundedAt', 'daysBefore', 'tier'], (request, policies) => {
  const offset = policies['time.utcOffset']
  const text = (instant: number): string => formatInstant(instant, offset)
  const expiry = endOfTerm(parseInstant(request.expiry, 'expiry'), offset)
  const { attempts, renewedAt } = renewalAttempts(
    {
      expiry,
      enabledAt: parseInstant(request.enabledAt, 'enabledAt'),
      fundedAt: request.fundedAt === null ? null : parseInstant(request.fundedAt, 'fundedAt'),
      daysBefore: wholeNumber(request.daysBefore ?? EARLIEST_DAYS, 'daysBefore', 1, EARLIEST_DAYS),
    },
    offset,
  )
  const ends = patienceEnds(expiry, patience('yearly-monthly', policies, tierOf(request, policies)))
  return {
    fields: {
      attempts: attempts.map(text),
      renewedAt: renewedAt === null ? null : text(renewedAt),
      graceEnds: text(ends.graceEnds),
      retentionEnds: text(ends.retentionEnds),
    },
  }
})

/** the customer's level, needed under `tiers: cn` only. */
export const tierOf = (request: Request, policies: Policies): Tier =>
  policies.tiers === 'none' ? 'V0' : oneOf(request.tier, tiers, 'tier')
