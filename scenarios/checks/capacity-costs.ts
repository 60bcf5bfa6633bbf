/** Checks of what capacity costs (E-12). */
import { HOUR } from '#base/time.ts'
import type { Path } from '../document.ts'
import type { CapacityCosts } from '../sections/capacity-costs.ts'
import type { Growth } from '../sections/growth.ts'
import type { Warn } from '../warnings.ts'
import type { Draft, Report } from './draft.ts'

const DAY_HOURS = 24

function checkOwned({ price, life, hourly }: NonNullable<CapacityCosts['owned']>, path: Path, report: Report): void {
  if (Number(price) === 0 && Number(hourly) === 0)
    report(path, {
      what: 'owned units that cost nothing',
      expected: 'price and life, or hourly: what an owned unit costs (E-12)',
      hint: 'add for example price: "900" and life: 1461d',
    })
  if (life === null && Number(price) > 0)
    report([...path, 'price'], {
      what: 'a purchase price without a life',
      expected: 'life: how long an owned unit is used (E-12)',
      hint: 'add life: 1461d, or write the cost of an hour as hourly',
    })
  if (life !== null && life < HOUR)
    report([...path, 'life'], {
      what: 'a life of less than an hour',
      expected: 'how long an owned unit is used, such as 1461d (E-12)',
      hint: 'write 1461d',
    })
}

export function checkCapacityCosts({ owned, committed }: CapacityCosts, path: Path, report: Report): void {
  if (owned !== null) checkOwned(owned, [...path, 'owned'], report)
  committed.forEach(({ term }, index) => {
    if (term % HOUR === 0 && term >= DAY_HOURS * HOUR) return
    report([...path, 'committed', index, 'term'], {
      what: 'a term that is less than a day, or no number of whole hours',
      expected: 'whole hours from 1d, so that each clock hour belongs to one term (E-12)',
      hint: 'write for example 30d',
    })
  })
  const terms = committed.map(({ term }, index) => ({ term, index })).sort((a, b) => a.term - b.term)
  for (const [at, { term, index }] of terms.entries()) {
    const shorter = terms[at - 1]?.term
    if (shorter === undefined || (term % shorter === 0 && term > shorter)) continue
    const days = shorter / (DAY_HOURS * HOUR)
    report([...path, 'committed', index, 'term'], {
      what: 'a term that is no multiple of the next shorter one',
      expected: 'terms that begin together: each longer one a multiple of the shorter (E-12)',
      hint: Number.isInteger(days) ? `write ${days * 12}d, or another multiple of ${days}d` : 'write a multiple of it',
    })
  }
}

/** Units that are paid and never offered. */
function warnOf(costs: CapacityCosts, growth: Growth | null, scheduled: number, path: Path, warn: Warn): void {
  const paid = costs.committed.reduce((sum, { units }) => sum + units, costs.owned?.units ?? 0)
  const most = Math.max(scheduled, growth?.order.most ?? 0)
  if (paid <= most) return
  warn([...path, 'costs'], {
    code: 'units-never-offered',
    what: `${paid} units are owned or committed, and at most ${most} are ever part of the capacity`,
    hint: `own or commit ${paid - most} fewer, or raise the capacity`,
  })
}

export function warnOfPaidCapacity({ regions, events }: Draft, warn: Warn): void {
  regions.forEach((region, r) => {
    region?.zones.forEach((zone, z) => {
      const path: Path = ['regions', r, 'zones', z]
      zone.pools.forEach(({ costs, growth, capacity, flavour }, p) => {
        const planned = events.flatMap((event) =>
          event?.kind === 'capacityChange' && event.zone === zone.id && event.flavour === flavour ? event.capacity : [],
        )
        const most = Math.max(0, ...capacity.map((step) => step.capacity), ...planned)
        if (costs !== null) warnOf(costs, growth, most, [...path, 'pools', p], warn)
      })
      zone.hosts.forEach(({ costs, growth, count, id }, h) => {
        const planned = events.flatMap((event) =>
          event?.kind === 'hostChange' && event.zone === zone.id && event.hosts === id ? event.count : [],
        )
        const most = Math.max(0, ...count.map((step) => step.count), ...planned)
        if (costs !== null) warnOf(costs, growth, most, [...path, 'hosts', h], warn)
      })
    })
  })
}
