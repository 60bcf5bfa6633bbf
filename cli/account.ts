/** What `check` says of a scenario in which nothing is wrong: what would run. */
import { formatInstant } from '#base/civil-time.ts'
import { grouped } from '#base/decimal-text.ts'
import { differingPolicies, policyText } from '#reports/policy-text.ts'
import { plannedUnits } from '#scenarios/host-room.ts'
import { defaultPolicies, policyRule } from '#scenarios/policies.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Pool, Zone } from '#scenarios/sections/market.ts'
import { labelled, printable } from './terminal.ts'

const several = (count: number, one: string): string => `${grouped(String(count))} ${one}${count === 1 ? '' : 's'}`
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
/** Columns of the labels. */
const LABEL = 13

interface Line {
  readonly label: string
  readonly text: string
}
const line = (label: string, text: string): Line => ({ label: `  ${label}`, text })

function policyLines({ policies }: Scenario): Line[] {
  const offset = policies['time.utcOffset']
  const differing = differingPolicies(policies)
  if (differing.length === 0) return [line('policies', "all at the rulebook's default")]
  return differing.map((key, index) => {
    const [value, standard] = [policies[key], defaultPolicies[key]].map((each) => policyText(key, each, offset))
    return line(index === 0 ? 'policies' : '', `${key} = ${value} (${policyRule(key)}, default ${standard})`)
  })
}

const thresholdLines = ({ thresholds }: Scenario): Line[] =>
  thresholds.map(({ text, severity }, index) => {
    const warns = severity === 'warn' ? ' (warns only)' : ''
    return line(index === 0 ? 'thresholds' : '', printable(text) + warns)
  })

/** The largest capacity of a pool's own schedule. */
function mostUnits(zone: Zone, pool: Pool): number {
  const instants = [...pool.capacity, ...zone.hosts.flatMap(({ count }) => count)].map(({ from }) => from)
  return Math.max(0, ...instants.map((instant) => plannedUnits(zone, pool, instant)))
}

/** A short account: period, servers, buyers, catalog, policies that differ from the default, thresholds. */
export function account(path: string, { scenario, traces, warnings }: ReadScenario, width: number): string {
  const { regions, catalog, buyers, sellers, policies } = scenario
  const zones = regions.flatMap((region) => region.zones)
  const pools = zones.flatMap((zone) => zone.pools.map((pool) => ({ zone, pool })))
  const units = sum(pools.map(({ zone, pool }) => mostUnits(zone, pool)))
  const people = sum(buyers.map(({ segment, count }) => count ?? traces.get(segment)?.buyers.length ?? 0))
  const days = Math.round((scenario.end - scenario.start) / 8_640_000) / 10
  const at = (instant: number) => formatInstant(instant, policies['time.utcOffset'])
  const lines = [
    line('period', `${at(scenario.start)} to ${at(scenario.end)}, ${days} days`),
    line(
      'servers',
      `${several(units, 'unit')} in ${several(pools.length, 'pool')}, ${several(regions.length, 'region')}`,
    ),
    line('buyers', `${several(people, 'buyer')} in ${several(buyers.length, 'segment')}`),
    line(
      'catalog',
      `${several(catalog.length, 'product')} of ${several(sum(sellers.map(({ count }) => count)), 'seller')}`,
    ),
    line('seed', printable(scenario.seed)),
    ...policyLines(scenario),
    ...(scenario.compareWith ?? []).map(({ name, sets }) =>
      line('compared', `${name}: ${sets.map(printable).join(', ')}`),
    ),
    ...thresholdLines(scenario),
  ]
  return [
    warnings.length === 0 ? `${path}: valid` : `${path}: no errors, ${several(warnings.length, 'warning')}`,
    ...(scenario.question === '' ? [] : labelled('', printable(scenario.question), width, 2)),
    ...lines.flatMap(({ label, text }) => labelled(label, text, width, LABEL)),
  ].join('\n')
}
