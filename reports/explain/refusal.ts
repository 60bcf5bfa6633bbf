/** `explain refusal` and `explain account`: why the market said no, and what an account went through. */
import { hourLine } from '#sim/billing/metering/hour-charge.ts'
import { billMadeAt } from './bill.ts'
import { amountText, type Explanation, type Moment, type Working } from './explanation.ts'
import { durationText, type FactReader, type FactRow, inTime } from './fact-reader.ts'
import { moneyMoment } from './money-moments.ts'
import { explainOrder } from './order.ts'
import { sumText } from './order-lines.ts'
import { policiesAt, scenarioLine } from './premises.ts'

/** What one hour of the servers that were refused would have cost. */
function lostWorking(reader: FactReader, refusal: FactRow, order: FactRow | undefined): Working[] {
  if (refusal.lost === 0n) return []
  const ordered = order === undefined ? undefined : orderWorking(reader, refusal, order)
  if (ordered !== undefined) return [ordered]
  const prices = reader.record.rows<{ server: bigint; image: bigint }>(
    'SELECT p.hourly AS server, s.hourly AS image FROM pools p, specifications s WHERE p.id = ? AND s.id = ?',
    refusal.pool,
    refusal.specification,
  )
  const policies = policiesAt(reader.record, Number(refusal.at))
  const made = prices.flatMap(({ server, image }) => {
    const both = [hourLine('ecs', server, 3600, policies), hourLine('image', image, 3600, policies)]
    // A server that was to start again has its image all the while (U-06).
    return [both, both.slice(0, 1)].flatMap((whole) => {
      const amount = whole.reduce((sum, line) => sum + line.amount, 0n) * refusal.quantity
      const text = `(${whole.map((line) => line.text).join(' + ')}) x ${refusal.quantity}`
      return amount === refusal.lost ? [{ amount, text }] : []
    })
  })
  return [
    {
      what: 'not sold',
      rule: reader.word(refusal.rule),
      formula: made[0]?.text ?? '',
      amount: made[0]?.amount ?? null,
      recorded: refusal.lost,
    },
  ]
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

const standingSteps = (reader: FactReader, account: bigint, until?: bigint): Moment[] =>
  reader
    .facts('account_steps', until === undefined ? 'account = ?' : `account = ? AND at <= ${until}`, account)
    .map((fact) => reader.moment('account_steps', fact, ['account']))

export function explainRefusal(reader: FactReader, refusal: FactRow): Explanation {
  const [order] = refusal.order_id === 0n ? [] : reader.facts('orders', 'id = ?', refusal.order_id)
  const own: Moment = {
    at: Number(refusal.at),
    what: `refused: ${reader.word(refusal.code)}`,
    rule: reader.word(refusal.rule),
    details: [],
  }
  const [buyer] = reader.record.rows<{ segment: string }>('SELECT segment FROM buyers WHERE id = ?', refusal.account)
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
    ],
    workings: lostWorking(reader, refusal, order),
    moments: inTime([
      ...poolMoments(reader, refusal),
      ...standingSteps(reader, refusal.account, refusal.at),
      ...(order === undefined ? [] : explainOrder(reader, order).moments),
      own,
    ]),
  }
}

const toldElsewhere = ['transactions', 'postings', 'usage_spans', 'order_lines']

/** Everything that names the account, and every movement of its money. */
export function explainAccount(reader: FactReader, account: bigint): Explanation {
  const [buyer] = reader.record.rows<{ segment: string; region: string }>(
    'SELECT segment, region FROM buyers WHERE id = ?',
    account,
  )
  const facts = reader
    .tablesWith('account')
    .filter((table) => !toldElsewhere.includes(table))
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
