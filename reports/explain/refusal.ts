/** `explain refusal` and `explain account`: why the market said no, and what an account went through. */
import { shownInstant } from '#base/civil-text.ts'
import { billMadeAt } from './bill.ts'
import { amountText, type Explanation, type Moment, type Working } from './explanation.ts'
import { durationText, type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { lostHour, lostPeriod } from './lost-sale.ts'
import { moneyMoment } from './money-moments.ts'
import { explainOrder } from './order.ts'
import { sumText } from './order-lines.ts'
import { scenarioLine } from './premises.ts'

/** What was not sold: an hour of servers, an order that was made, a period of a subscription or of yearly/monthly servers. */
function lostWorking(reader: FactReader, refusal: FactRow, order: FactRow | undefined): LostAmount {
  if (refusal.lost === 0n) return { workings: [], particulars: [] }
  const ordered = order === undefined ? undefined : orderWorking(reader, refusal, order)
  if (ordered !== undefined) return { workings: [ordered], particulars: [] }
  const made = lostHour(reader, refusal) ?? lostPeriod(reader, refusal)
  const working = {
    what: 'not sold',
    rule: reader.word(refusal.rule),
    formula: made?.text ?? '',
    amount: made?.amount ?? null,
    recorded: refusal.lost,
  }
  return { workings: [working], particulars: (made?.lines ?? []).map((line) => ['Priced', line] as const) }
}

interface LostAmount {
  readonly workings: Working[]
  readonly particulars: Explanation['particulars']
}

/** An order that was made and never paid: its lines, with tax or before it. */
function orderWorking(reader: FactReader, refusal: FactRow, order: FactRow): Working | undefined {
  const lines = reader.facts('order_lines', 'order_id = ?', order.id)
  const ways = [lines, lines.filter(({ part }) => reader.word(part) !== 'tax')].map((part) =>
    part.map(({ amount }) => amount),
  )
  const found = ways.find((amounts) => amounts.reduce((sum, amount) => sum + amount, 0n) === refusal.lost)
  if (found === undefined) return undefined
  return {
    what: 'not sold',
    rule: reader.word(refusal.rule),
    formula: sumText(found),
    amount: refusal.lost,
    recorded: refusal.lost,
  }
}

/** The pool at that instant: the last word on its capacity, and the hour it was in. */
function poolMoments(reader: FactReader, refusal: FactRow): Moment[] {
  if (refusal.pool === 0n) return []
  const capacity = reader.record.rows<{ since: bigint; capacity: bigint }>(
    'SELECT since, capacity FROM capacities WHERE pool = ? AND since <= ? ORDER BY since DESC LIMIT 1',
    refusal.pool,
    refusal.at,
  )
  const hour = reader.facts('pool_hours', 'pool = ? AND hour <= ?', refusal.pool, refusal.at).at(-1)
  return [
    ...capacity.map(({ since, capacity: units }) => ({
      at: Math.max(Number(since), reader.record.meta.start),
      what: `the pool's capacity is ${units} units`,
      rule: 'E-01',
      details: [],
    })),
    ...(hour === undefined
      ? []
      : [
          {
            at: Number(hour.hour),
            what: `pool hour: capacity up to ${hour.capacity}, peak ${hour.peak}, full for ${durationText(hour.full_ms)}`,
            rule: 'Q-03',
            details: [],
          },
        ]),
  ]
}

/** E-10: what was in use of the hosts of the pool in the hour of that instant, of the room that they had. */
function hostMoments(reader: FactReader, { pool, at }: FactRow): Moment[] {
  const groups = reader.record.rows<{ id: bigint; name: string; size: string }>(
    `SELECT g.id, z.zone || '/' || g.hosts AS name, printf('%g vCPU, %g GiB, %g GPU', h.vcpu * g.vcpu_part / 1e3,
       h.memory * g.memory_part / 1e3, h.gpu * g.gpu_part / 1e3) AS size
     FROM host_pools h JOIN host_groups g ON g.id = h.host_group JOIN zones z ON z.id = g.zone_id
     WHERE h.pool = ? ORDER BY h.place`,
    pool,
  )
  return groups.flatMap(({ id, name, size }) => {
    const hour = reader.facts('host_hours', 'host_group = ? AND hour <= ?', id, at).at(-1)
    if (hour === undefined) return []
    const use = (['vcpu', 'memory', 'gpu'] as const).flatMap((dimension) => {
      const room = hour[`${dimension}_room_ms`]
      return room === 0n ? [] : [`${dimension} ${(hour[`${dimension}_ms`] * 100n) / room} %`]
    })
    return [
      {
        at: Number(hour.hour),
        what: `hosts ${name}: in use ${use.join(', ')} on average in the hour; a server takes ${size}`,
        rule: 'E-10',
        details: [],
      },
    ]
  })
}

/** E-12: what a rule had added to the pool, or to its hosts, by that instant, and what was on the way. */
function growthMoments(reader: FactReader, { pool, at }: FactRow): Moment[] {
  const facts = reader.facts(
    'capacity_orders',
    '(pool = ? OR host_group IN (SELECT host_group FROM host_pools WHERE pool = ?)) AND at <= ?',
    ...[pool, pool, at],
  )
  const of = (fact: FactRow): string => `${fact.units} ${fact.pool === 0n ? 'hosts' : 'units'}`
  const moment = (fact: FactRow, what: string): Moment => ({ at: Number(fact.at), what, rule: 'E-12', details: [] })
  return facts.flatMap((fact) => {
    const due = shownInstant(Number(fact.due), reader.utcOffset)
    const isOpen = fact.due > at
    switch (reader.word(fact.event)) {
      case 'order-units':
        return isOpen ? [moment(fact, `a rule ordered ${of(fact)}, due at ${due}`)] : []
      case 'release-units':
        return isOpen ? [moment(fact, `a rule released ${of(fact)} from ${due} on`)] : []
      case 'units-arrive':
        return fact === facts.findLast(({ event }) => event === fact.event)
          ? [moment(fact, `${of(fact)} that a rule had ordered arrived`)]
          : []
      default:
        return []
    }
  })
}

/** What the account's debts and freezes had done to it by then. */
const standingSteps = (reader: FactReader, account: bigint, until: bigint): Moment[] =>
  (['account_steps', 'account_freeze_steps'] as const).flatMap((table) =>
    reader
      .facts(table, `account = ? AND at <= ${until}`, account)
      .map((fact) => reader.moment(table, fact, ['account'])),
  )

export function explainRefusal(reader: FactReader, refusal: FactRow): Explanation {
  const [order] = refusal.order_id === 0n ? [] : reader.facts('orders', 'id = ?', refusal.order_id)
  const own: Moment = {
    at: Number(refusal.at),
    what: `refused: ${reader.word(refusal.code)}`,
    rule: reader.word(refusal.rule),
    details: [],
  }
  const [buyer] = reader.record.rows<{ segment: string }>('SELECT segment FROM buyers WHERE id = ?', refusal.account)
  const lost = lostWorking(reader, refusal, order)
  return {
    subject: `refusal ${refusal.id}`,
    particulars: [
      ['Why', `${reader.word(refusal.code)} (${reader.word(refusal.rule)})`],
      ['Buyer', reader.nameOf('account', refusal.account) ?? '?'],
      ['Scenario', scenarioLine(reader.record, buyer?.segment ?? '?', Number(order?.interest ?? 0n))],
      [
        'Asked for',
        reader.columnsText('refusals', refusal, ['id', 'at', 'account', 'code', 'rule', 'order_id', 'lost']),
      ],
      ...(order === undefined ? [] : [['Order', String(order.id)] as const]),
      ...(refusal.lost === 0n ? [] : [['Not sold', amountText(refusal.lost)] as const]),
      ...lost.particulars,
    ],
    workings: lost.workings,
    moments: inTime([
      ...poolMoments(reader, refusal),
      ...hostMoments(reader, refusal),
      ...growthMoments(reader, refusal),
      ...standingSteps(reader, refusal.account, refusal.at),
      ...(order === undefined ? [] : explainOrder(reader, order).moments),
      own,
    ]),
  }
}

const shownElsewhere = ['transactions', 'postings', 'usage_spans', 'order_lines']

/** Everything that names the account, and every movement of its money. */
export function explainAccount(reader: FactReader, account: bigint): Explanation {
  const [buyer] = reader.record.rows<{ segment: string; region: string }>(
    'SELECT segment, region FROM buyers WHERE id = ?',
    account,
  )
  const facts = reader
    .tablesWith('account')
    .filter((table) => !shownElsewhere.includes(table))
    .flatMap((table) =>
      reader
        .facts(table, 'account = ?', account)
        .map((fact) => reader.moment(table, fact, ['account'], table === 'bills' ? billMadeAt(reader, fact) : 0)),
    )
  const money = reader.facts('transactions', 'account = ?', account).map((each) => moneyMoment(reader, each))
  return {
    subject: `account ${account}, ${reader.nameOf('account', account)}`,
    particulars: [
      ['Scenario', scenarioLine(reader.record, buyer?.segment ?? '?', 0)],
      ['Region', buyer?.region ?? '?'],
    ],
    workings: [],
    moments: inTime([...facts, ...money]),
  }
}
