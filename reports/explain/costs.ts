/** `explain costs`: what owned, committed and leased units of a pool or of hosts cost, next to what the auditor computed (E-12). */
import { decimalText } from '#base/decimal-text.ts'
import { auditedCosts, costKey } from '../capacity/audited-costs.ts'
import { type MonthlyCost, mixesOf, monthlyCosts, type SupplyKind } from '../capacity/capacity-costs.ts'
import { type Supply, suppliesOf } from '../capacity/supplies.ts'
import { RecordError } from '../record-error.ts'
import type { Explanation, Particular, Working } from './explanation.ts'
import type { FactReader } from './fact-reader.ts'

const plain = (amount: bigint): string => decimalText(amount, 8)

/** `40 at 0.02567392 an hour`: units of a kind, and their price. */
function offersOf({ owned, committed, prices }: Supply): Particular[] {
  return [
    ...(prices.owned === null ? [] : [['Owned', `${owned} units at ${plain(prices.owned)} an hour each`] as const]),
    ...committed.map((units, offer): Particular => {
      const { hourly, termHours } = prices.committed[offer]
      return ['Committed', `${units} units at ${plain(hourly)} an hour each, for terms of ${termHours / 24} days`]
    }),
    ['Leased', `at ${plain(prices.leased)} an hour each, in the hours in which the capacity is beyond them`],
  ]
}

/** The price of a kind of units where it has one; committed ones may have several. */
const hourlyOf = ({ prices }: Supply, kind: SupplyKind): bigint | null => {
  if (kind === 'owned') return prices.owned
  if (kind === 'leased') return prices.leased
  return prices.committed.length === 1 ? prices.committed[0].hourly : null
}

function workingsOf(
  { supply, kind, costs }: MonthlyCost,
  month: string,
  audited: Readonly<Record<'cost' | 'idle_cost', bigint>> | undefined,
): Working[] {
  if (costs.unitHours === 0n) return []
  const hourly = hourlyOf(supply, kind)
  const { cost = 0n, idle_cost: idle = 0n } = audited ?? {}
  return [
    {
      ...{ what: `${month}, ${kind}, ${costs.unitHours} unit-hours`, rule: 'E-12', recorded: cost, amount: costs.cost },
      // Terms of several prices are added up hour by hour.
      formula: hourly === null ? plain(costs.cost) : `${costs.unitHours} x ${plain(hourly)}`,
    },
    {
      what: `${month}, ${kind}, of which idle ${decimalText(costs.idleMs / 3_600n, 3)} unit-hours`,
      ...{ rule: 'E-12', recorded: idle, amount: costs.idleCost },
      // Each hour's part is rounded by itself.
      formula: plain(costs.idleCost),
    },
  ]
}

/** `id`: a pool or a group of hosts, such as ap-1a/c6.large, and optionally a month, such as ap-1a/c6.large/2024-03. */
export function explainCosts({ record }: FactReader, id: string): Explanation {
  const supplies = suppliesOf(record)
  const [, name, asked] = /^(.*?)(?:\/(\d{4}-\d{2}))?$/.exec(id) as unknown as [string, string, string | undefined]
  const supply = supplies.find((each) => each.name === name)
  if (supply === undefined)
    throw new RecordError(
      record.path,
      `there are no costs of '${name}'`,
      supplies.length === 0
        ? 'no pool and no group of hosts of this run has `costs` (E-12)'
        : `costs are of ${supplies.map((each) => each.name).join(', ')}`,
    )
  const months = new Map(
    record
      .rows<{ no: bigint; month: string; first: bigint }>('SELECT no, month, first FROM months')
      .map((month) => [month.no, month]),
  )
  const audited = auditedCosts(record)
  const workings = monthlyCosts(record)
    .filter((each) => each.supply === supply)
    .flatMap((each) => {
      const { month = '', first = 0n } = months.get(each.month) ?? {}
      if (asked !== undefined && asked !== month) return []
      return workingsOf(each, month, audited.get(costKey(supply.pool, supply.group, first, each.kind)))
    })
  if (workings.length === 0)
    throw new RecordError(record.path, `${name} has no costs in ${asked ?? 'this run'}`, 'leave the month out')
  const mix = mixesOf(record).find((each) => each.supply === supply)
  const cheapest = audited.get(costKey(supply.pool, supply.group, 0n, 'cheapest'))
  const parts = [...(mix?.kinds.values() ?? [])].map(({ cost }) => cost).filter((cost) => cost > 0n)
  return {
    subject: `costs of ${id}`,
    particulars: offersOf(supply),
    workings: [
      ...workings,
      ...(asked !== undefined || mix === undefined
        ? []
        : [
            {
              ...{ what: 'the cheapest mix for the same capacity', rule: 'E-12' },
              formula: parts.length === 0 ? '0' : parts.map(plain).join(' + '),
              ...{ amount: mix.mix.cost, recorded: cheapest?.cost ?? 0n },
            },
          ]),
    ],
    moments: [],
  }
}
