/** The steps and messages that a subscription should have seen (R-01, R-02, A-04, X-08, N-01), walked through its life. */
import { DAY } from './civil-time.ts'
import type { AccountFacts } from './facts.ts'
import type { Effect, Life } from './lives.ts'
import type { Premises } from './premises.ts'

export interface DueStep {
  readonly at: number
  readonly event: string
  readonly termEnd: number
}

export interface DueMessage {
  readonly at: number
  readonly code: string
}

interface Phase {
  /** The step that ends it. */
  readonly event: string
  readonly notice: string
  readonly early: readonly (readonly [daysBefore: number, code: string])[]
}

const phases: readonly Phase[] = [
  {
    event: 'expire',
    notice: 'expired',
    early: [
      [7, 'expires-in-7-days'],
      [3, 'expires-in-3-days'],
      [1, 'expires-in-1-day'],
    ],
  },
  {
    event: 'graceEnds',
    notice: 'frozen',
    early: [
      [5, 'freeze-in-5-days'],
      [2, 'freeze-in-2-days'],
    ],
  },
  {
    event: 'retentionEnds',
    notice: 'released',
    early: [
      [6, 'release-in-6-days'],
      [2, 'release-in-2-days'],
    ],
  },
]

/** yearly/monthly grace and retention by tier of the mainland site. */
const tiers: Readonly<Record<string, readonly [graceDays: number, retentionDays: number]>> = {
  V5: [7, 15],
  V4: [7, 15],
  V3: [7, 7],
  V2: [1, 7],
  V1: [1, 7],
  V0: [1, 1],
}

const events: Readonly<Record<string, string>> = {
  renewal: 'renew',
  upgrade: 'upgrade',
  expansion: 'expand',
  unsubscription: 'unsubscribe',
}

/** A-04, by the rules of the expiry. */
function daysOf(premises: Premises, segment: string, expiry: number): readonly [number, number] {
  const { scenario } = premises
  const policies = premises.policiesAt(expiry)
  if (policies.tiers === 'none') return [policies['grace.days'], policies['retention.days']]
  return tiers[scenario.buyers.find((buyers) => buyers.segment === segment)?.tier ?? 'V0']
}

/** Walks from the beginning to the release, the unsubscription or the end of the run. */
export function walk(premises: Premises, { segment }: AccountFacts, life: Life) {
  const steps: DueStep[] = [{ at: life.granted, event: 'begin', termEnd: life.first.termEnd }]
  const messages: DueMessage[] = []
  let { termEnd } = life.first
  let since = life.granted
  let phase = 0
  const limit = (): number => {
    const [grace, retention] = life.isTrial ? [0, 0] : daysOf(premises, segment, termEnd)
    return termEnd + (phase > 0 ? grace * DAY : 0) + (phase > 1 ? retention * DAY : 0)
  }
  /** Lets time pass up to an effect; at one instant what expires comes first (T-06). */
  const reach = (until: number): void => {
    while (phase < phases.length) {
      const { event, notice, early } = phases[phase]
      const end = Math.max(since, limit())
      for (const [daysBefore, code] of early) {
        const at = limit() - daysBefore * DAY
        if (at > since && at <= until && at < premises.end) messages.push({ at, code })
      }
      if (end > until || end >= premises.end) return
      messages.push({ at: end, code: notice })
      steps.push({ at: end, event, termEnd })
      since = end
      phase++
    }
  }
  const take = ({ at, kind, after }: Effect): void => {
    reach(at)
    if (kind === 'unsubscription') phase = phases.length
    if (kind === 'renewal') phase = 0
    // Notices sent before a change are not sent again; a renewal restarts them.
    since = at
    termEnd = after.termEnd
    steps.push({ at, event: events[kind], termEnd })
  }
  // A partial refund changes what is renewed, and nothing of the term.
  for (const effect of life.effects) if (effect.kind !== 'partial-refund') take(effect)
  reach(premises.end)
  return { steps, messages: life.isTrial ? [] : messages }
}
