/** Checks of time, regions, sellers, operations and thresholds. */
import { didYouMean } from '#base/did-you-mean.ts'
import { DAY } from '#base/time.ts'
import type { Path } from '../document.ts'
import { shown } from '../explain.ts'
import type { Threshold } from '../sections/thresholds.ts'
import { type Draft, type Report, refer, unique } from './draft.ts'
import { checkHosts } from './hosts.ts'

const iso = (instant: number) => new Date(instant).toISOString().replace('.000', '')

/** T-01: a run has a start and an end, in this order and within a century. */
export function checkTime(draft: Draft, report: Report): void {
  const { start, end, duration, messageDelay } = draft
  if (start !== undefined && start < 0)
    report(['start'], {
      what: `a start at ${iso(start)}`,
      expected: 'a start in 1970 or later (T-01)',
      hint: 'write 1970-01-02T00:00:00Z or later',
      instead: '1970-01-02T00:00:00Z',
    })
  const length = end !== undefined && start !== undefined ? end - start : duration
  const key = end === undefined ? 'duration' : 'end'
  if (length !== undefined && length <= 0)
    report([key], {
      what: 'an end that is not after the start',
      expected: `an instant after the start${start === undefined ? '' : `, ${iso(start)}`} (T-01)`,
      ...(key === 'duration' || start === undefined
        ? { hint: 'write 30d, or another duration above 0', instead: '30d' }
        : {
            hint: `write ${iso(start + 30 * DAY)}, or another instant after the start`,
            instead: iso(start + 30 * DAY),
          }),
    })
  if (length !== undefined && length > 100 * 366 * DAY)
    report([key], {
      what: 'a run of more than a century',
      expected: 'at most 100 years',
      hint: 'check the year of start and end',
    })
  if (messageDelay === 0)
    report(['messageDelay'], {
      what: 'no message delay',
      expected: 'a delay of at least 1ms',
      hint: 'write 30min, or another delay',
      instead: '30min',
    })
}

export function checkRegions(draft: Draft, report: Report): void {
  const { regions, start } = draft
  unique(
    report,
    ['regions'],
    'id',
    regions.map((region) => region?.id),
  )
  const zones = new Set<string>()
  regions.forEach((region, r) => {
    region?.zones.forEach((zone, z) => {
      const path: Path = ['regions', r, 'zones', z]
      if (zones.has(zone.id))
        report([...path, 'id'], {
          what: `zone id ${zone.id} a second time`,
          expected: 'each zone id once in the scenario',
          hint: `write ${zone.id}-2, or another id that no other zone has`,
          instead: `${zone.id}-2`,
          code: 'duplicate',
        })
      zones.add(zone.id)
      unique(
        report,
        [...path, 'pools'],
        'flavour',
        zone.pools.map((pool) => pool.flavour),
      )
      checkHosts(zone, path, report)
      zone.hosts.forEach((group, g) => {
        checkSteps(group.count, start, [...path, 'hosts', g, 'count'], report)
      })
      zone.pools.forEach((pool, p) => {
        const pools: Path = [...path, 'pools', p]
        checkSteps(pool.capacity, start, [...pools, 'capacity'], report)
        unique(
          report,
          [...pools, 'plans'],
          'months',
          pool.plans.map((plan) => plan.months),
        )
      })
    })
  })
}

/** A schedule rises in time and says what holds at the start (E-01). */
function checkSteps(steps: readonly { from: number }[], start: number | undefined, path: Path, report: Report): void {
  if (start !== undefined && steps.length > 0 && steps[0].from > start)
    report([...path, 0, 'from'], {
      what: 'a first step after the start of the run',
      expected: `a first step at ${iso(start)} or before (E-01)`,
      hint: `write ${iso(start)}, the start of the run`,
      instead: iso(start),
    })
  for (let index = 1; index < steps.length; index++)
    if (steps[index].from <= steps[index - 1].from)
      report([...path, index, 'from'], {
        what: 'a step that is not after the previous one',
        expected: 'steps in time order (E-01)',
        hint: 'sort the steps by from',
      })
}

export function checkSellers(draft: Draft, report: Report): void {
  const { sellers, operations, names } = draft
  unique(
    report,
    ['sellers'],
    'segment',
    sellers.map((seller) => seller?.segment),
  )
  sellers.forEach((seller, index) => {
    checkWeights(seller?.regions, ['sellers', index, 'regions'], 'region', names.regions, report)
  })
  if (operations?.region) refer(report, ['operations', 'region'], 'region', operations.region, names.regions)
}

/** The names that weights are given to. */
export function checkWeights(
  weights: Record<string, number> | null | undefined,
  path: Path,
  kind: string,
  known: readonly string[],
  report: Report,
): void {
  for (const name of Object.keys(weights ?? {})) refer(report, [...path, name], kind, name, known, 'key')
}

/** The path of a threshold by its key as the scenario writes it. */
export function thresholdPath(data: unknown, { figure, text }: Threshold): Path {
  const written = Object.keys((data as { thresholds?: object } | null)?.thresholds ?? {})
  return ['thresholds', written.find((name) => text.startsWith(`${name} `)) ?? figure]
}

/** Figures are known to the reports; without their list any name passes. */
export function checkThresholds(draft: Draft, figures: readonly string[] | undefined, report: Report, data: unknown) {
  if (figures === undefined) return
  for (const threshold of draft.thresholds ?? []) {
    if (figures.includes(threshold.figure)) continue
    const path = thresholdPath(data, threshold)
    const near = didYouMean(threshold.figure, figures) ?? figures.find((name) => name.endsWith(`.${threshold.figure}`))
    const key = String(path.at(-1))
    const written = near === undefined ? undefined : key.replace(threshold.figure, near)
    const instead = written === undefined ? undefined : /[{=]/.test(written) ? `"${written}"` : written
    const words = {
      what: `no figure ${shown(threshold.figure)}`,
      expected: 'a figure of the reports; `marketsim figures` lists them',
      hint: near === undefined ? `remove it, or write a figure such as ${figures[0]}` : `write ${instead}`,
      didYouMean: near,
      instead,
      code: 'reference' as const,
    }
    report(path, words, 'key')
  }
}
