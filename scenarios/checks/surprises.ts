/** Warns of what will surprise: what cannot happen within the run, and times that are longer than they seem. */
import { HOUR } from '#base/time.ts'
import { distribution } from '#engine/random/distribution.ts'
import { survivalOf, upperQuantileOf } from '#engine/random/variate.ts'
import type { Path } from '../document.ts'
import { isSupervised } from '../product-kinds.ts'
import type { Warn } from '../warnings.ts'
import type { Draft } from './draft.ts'

type Spec = Parameters<typeof distribution>[0]

/** A share of draws beyond the end of the run that is worth a warning. */
const TAIL = 0.1
/** A time of work from which people forget that nights and weekends are not work. */
const LONG_WORK = 24 * HOUR

const hours = (ms: number): string => `${Number((ms / HOUR).toPrecision(2))} h`
const isRandom = (spec: Spec): boolean => !('constant' in spec)

/** The end of the run, before anything that continues after the last arrival. */
const endOf = ({ start, end, duration }: Draft): number | undefined =>
  end ?? (start === undefined || duration === undefined ? undefined : start + duration)

/** Planned events and changes of capacity at or after the end. */
export function warnOfLateChanges(draft: Draft, warn: Warn): void {
  const end = endOf(draft)
  if (end === undefined) return
  const late = (path: Path, at: number, what: string): void => {
    if (at < end) return
    warn(path, {
      code: 'cannot-happen',
      what: `${what} is at or after the end of the run, ${new Date(end).toISOString().replace('.000', '')}, so it never happens`,
      hint: 'write an earlier instant, or a later end of the run',
    })
  }
  draft.events.forEach((event, index) => {
    if (event !== undefined) late(['events', index, 'at'], event.at, `this ${event.kind}`)
  })
  draft.regions.forEach((region, r) => {
    region?.zones.forEach((zone, z) => {
      zone.pools.forEach((pool, p) => {
        pool.capacity.forEach(({ from }, step) => {
          if (step > 0) late(['regions', r, 'zones', z, 'pools', p, 'capacity', step, 'from'], from, 'this capacity')
        })
      })
    })
  })
}

/** Random times of which many draws are longer than the run: what they end is seldom seen. */
export function warnOfTails(draft: Draft, warn: Warn): void {
  const { start } = draft
  const end = endOf(draft)
  if (start === undefined || end === undefined || end <= start) return
  const check = (path: Path, spec: Spec | null | undefined, what: string): void => {
    if (spec === null || spec === undefined || !isRandom(spec)) return
    const beyond = survivalOf(distribution(spec), end - start)
    if (beyond < TAIL) return
    warn(path, {
      code: 'longer-than-run',
      what: `${Math.round(beyond * 100)} % of the ${what} are longer than the run of ${hours(end - start)}`,
      hint: 'write a shorter time, or a later end of the run',
    })
  }
  draft.buyers.forEach((segment, s) => {
    segment?.buys.forEach(({ lifetime }, b) => {
      check(['buyers', s, 'buys', b, 'lifetime'], lifetime, 'lifetimes')
    })
    const { request, acceptance } = segment?.habits.supervision ?? {}
    check(['buyers', s, 'habits', 'supervision', 'request'], request, 'delays of a request')
    check(['buyers', s, 'habits', 'supervision', 'acceptance'], acceptance, 'delays of an acceptance')
  })
  draft.sellers.forEach((seller, s) => {
    check(['sellers', s, 'response'], seller?.response, 'responses')
    check(['sellers', s, 'provisioning'], seller?.provisioning, 'setup times')
  })
}

/** L-04: times of work pass within working hours only, so that a day of work takes several days. */
export function warnOfWorkingTimes({ sellers, catalog }: Draft, warn: Warn): void {
  const supervised = new Set(
    catalog.flatMap((product) => (product !== undefined && isSupervised(product) ? [product.seller.segment] : [])),
  )
  sellers.forEach((seller, index) => {
    if (seller?.workingHours == null || !supervised.has(seller.segment)) return
    const { days, from, to } = seller.workingHours
    const slow = upperQuantileOf(distribution(seller.response), 0.05)
    if (slow < LONG_WORK || !isRandom(seller.response)) return
    const day = to - from
    warn(['sellers', index, 'response'], {
      code: 'working-time',
      what: `this is time of work, and a working day has ${hours(day)}: one response in twenty takes ${hours(slow)} of work, ${Number((slow / day).toPrecision(2))} working days on ${days.length} days a week (L-04)`,
      hint: `write hours of work if you mean days: one working day is ${Math.round(day / HOUR)}h`,
    })
  })
}
