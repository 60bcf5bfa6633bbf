/** L-02, L-03: what each seller is billed for a month, line by line, its booking, its payout, and how he stands. */
import type { Database } from 'better-sqlite3'
import type { Bench, Check } from '../check.ts'
import { DAY, HOUR } from '../civil-time.ts'
import { Exact, type ExactNumber, toMoney } from '../exact.ts'
import type { AccountFacts, Step, Transaction } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { displaced } from '../late-usage.ts'
import { moved } from '../legs.ts'
import type { Lifecycle } from '../lifecycles.ts'
import { StepJudge } from '../step-judge.ts'
import type { Workings } from '../workings.ts'

const life: Lifecycle = {
  begins: [],
  first: 'settled',
  steps: {
    credit: ['settled > owed', 'owing > owed'],
    overdraw: ['settled > owing', 'owed > owing'],
    clear: ['owed > settled', 'owing > settled'],
  },
  final: [],
}

/** `month specification part` to what was sold or given back, net of tax. */
type Sums = Map<string, number>

type Row = readonly number[]
const rows = (database: Database, sql: string): Row[] => database.prepare<[], Row>(sql).raw().all() as Row[]

export function sellerBills(bench: Bench): Check {
  const sums: Sums = new Map()
  let booked: readonly Transaction[] = []
  return {
    account(facts, workings) {
      if (facts.id === 0) booked = facts.transactions
      gatherUse(bench, facts, workings, sums)
      for (const order of facts.orders) gatherOrder(bench, order.id, workings, sums)
    },
    gathered: () => sums,
    join(gathered) {
      for (const [key, amount] of gathered as Sums) sums.set(key, (sums.get(key) ?? 0) + amount)
    },
    finish(database) {
      const due = judgeLines(bench, database, sums)
      judgeBooks(bench, database, booked, due)
    },
  }
}

const add = (sums: Sums, month: number, specification: number, part: 'sale' | 'refund', amount: number): void => {
  const key = `${month} ${specification} ${part}`
  if (amount !== 0) sums.set(key, (sums.get(key) ?? 0) + amount)
}

/** Metered images count in the month in which their hours are settled; a record that came too late never (U-09). */
function gatherUse({ premises, words }: Bench, facts: AccountFacts, workings: Workings, sums: Sums): void {
  for (const instance of facts.instances) {
    const lines = workings.metered(instance)
    const sell = (hour: number, specification: number, amount: number): void => {
      // A rolling hour is settled with the clock hour in which it ends.
      const index = Math.ceil((hour - premises.firstHour) / HOUR)
      const at = premises.settledAt(premises.firstHour + Math.min(index, premises.hours - 1) * HOUR)
      if (at < premises.end) add(sums, premises.calendar.monthOf(at), specification, 'sale', amount)
    }
    for (const { item, priced, firstHour, hours, amount } of lines)
      for (let hour = 0; item === words.image && hour < hours; hour++) sell(firstHour + hour * HOUR, priced, amount)
    for (const { item, priced, hour, amount, at } of displaced(premises, words, instance, lines))
      if (item === words.image && at === null) sell(hour, priced, -amount)
  }
}

/** Orders count when they are paid, supervised ones in the month after their completion; so do refunds. */
function gatherOrder({ premises, words }: Bench, id: number, workings: Workings, sums: Sums): void {
  const order = workings.order(id)
  if (order === undefined) return
  const { calendar } = premises
  const priced = workings.priced(id)
  // An unsubscription sells nothing; what it takes back stands with the orders that were paid.
  if (priced === undefined || premises.word(order.kind) === 'unsubscription') return
  // The servers under an image are the cloud's own.
  const net = priced.lines.reduce((sum, { part, amount }) => (part === 'ecs' ? sum - amount : sum), priced.net)
  const paid = order.steps.find(({ event }) => event === words.pay)
  const isSupervised = order.supervision.length > 0
  if (isSupervised) {
    const completed = order.steps.find(({ to }) => to === words.completed)
    if (completed !== undefined) add(sums, calendar.nextMonth(completed.at), order.specification, 'sale', net)
    return
  }
  if (paid !== undefined) add(sums, calendar.monthOf(paid.at), order.specification, 'sale', net)
  const refunded = workings.refundedAt(id)
  const returned = workings.returned(id)
  if (returned !== undefined) {
    const his = returned.back - returned.tax - returned.cloud
    add(sums, calendar.monthOf(returned.at), order.specification, 'refund', -his)
  }
  if (refunded !== undefined) add(sums, calendar.monthOf(refunded), order.specification, 'refund', -net)
}

/** What each bill should come to, by its number. */
function judgeLines({ findings, premises }: Bench, database: Database, sums: Sums): Map<number, number> {
  const { calendar, policies, scenario } = premises
  const rounding = policies['rounding.charge']
  const left = (at: number) => new Exact(100).minus(premises.policyAt('settlement.platformFee', at)).div(100)
  const sellers = new Map(
    database
      .prepare<[], [number, string, number]>('SELECT id, segment, number FROM sellers')
      .raw()
      .all()
      .map(([id, segment]) => [id, scenario.sellers.find((one) => one.segment === segment)]),
  )
  const sellerOf = new Map(
    rows(database, 'SELECT s.id, p.seller_id FROM specifications s JOIN products p ON p.id = s.product_id').map(
      ([specification, seller]) => [specification, seller],
    ),
  )
  const part = (percent: string | undefined): ExactNumber => new Exact(percent ?? '0').div(100)
  const amounts = new Map<number, number>()
  const sql = `SELECT b.id, b.at, b.seller, b.month, l.specification, l.part, l.sales, l.withholding, l.tax, l.share
    FROM seller_bill_lines l JOIN seller_bills b ON b.id = l.bill_id ORDER BY b.id, l.rowid`
  for (const [id, at, seller, month, specification, word, sales, withholding, tax, share] of rows(database, sql)) {
    const key = `${month} ${specification} ${premises.word(word)}`
    const told = (text: string) => () => ({ subject: `seller bill ${id} specification ${specification}`, at, text })
    const own = sellerOf.get(specification) === seller
    const audited = own ? (sums.get(key) ?? 0) : 0
    sums.delete(key)
    findings.compare(kinds.sellerBill, sales, audited, told('sold in the month, without tax'))
    const price = new Exact(audited).div(1e8)
    const segment = sellers.get(seller)
    const withheld = toMoney(price.times(part(segment?.withholdingPercent)), rounding)
    const base = price.minus(new Exact(withheld).div(1e8)).times(left(at))
    const taxed = toMoney(base.times(part(segment?.taxPercent)), rounding)
    const his = toMoney(base.minus(new Exact(taxed).div(1e8)), rounding)
    findings.compare(kinds.sellerBill, withholding, withheld, told('withheld by customers'))
    findings.compare(kinds.sellerBill, tax, taxed, told('seller taxes'))
    findings.compare(kinds.sellerBill, share, his, told('his share'))
    amounts.set(id, (amounts.get(id) ?? 0) + his)
  }
  const delay = Math.max(6 * DAY, scenario.messageDelay)
  for (const [key, amount] of sums) {
    const month = Number(key.split(' ')[0])
    const at = calendar.nextMonth(month) + delay
    if (at < premises.end) findings.differ(kinds.sellerBill, key, at, 0, amount, 'sold, and on no seller bill')
  }
  for (const [id, at, month, amount] of rows(database, 'SELECT id, at, month, amount FROM seller_bills')) {
    const told = (text: string) => () => ({ subject: `seller bill ${id}`, at, text })
    findings.compare(kinds.sellerBill, amount, amounts.get(id) ?? 0, told('the sum of its lines'))
    findings.compare(kinds.sellerBillTime, at, calendar.nextMonth(month) + delay, told('made on the 7th'))
  }
  return amounts
}

/** Bookings and payouts in their order, and the balance of each seller that they leave. */
function judgeBooks(
  bench: Bench,
  database: Database,
  booked: readonly Transaction[],
  due: ReadonlyMap<number, number>,
): void {
  const { findings, premises, words } = bench
  const delay = premises.policies['settlement.payoutDelay']
  const billed = rows(database, 'SELECT id, at, seller FROM seller_bills ORDER BY at, id')
  const events = billed.flatMap(([id, at, seller]) => {
    const amount = due.get(id) ?? 0
    const payout = at + delay < premises.end ? [{ at: at + delay, seller, amount, isPayout: true }] : []
    return [{ at, seller, amount, isPayout: false }, ...payout]
  })
  const balances = new Map<number, number>()
  const expected = new Map<string, number>()
  const note = (kind: number, at: number, seller: number, amount: number): void => {
    const key = `${kind} ${at} ${seller}`
    if (amount !== 0) expected.set(key, (expected.get(key) ?? 0) + amount)
  }
  // What was billed a delay ago is paid out before the next bills of that instant are made.
  const payoutsFirst = delay > 0 ? -1 : 1
  for (const { at, seller, amount, isPayout } of events.sort(
    (a, b) => a.at - b.at || (Number(a.isPayout) - Number(b.isPayout)) * payoutsFirst,
  )) {
    const balance = balances.get(seller) ?? 0
    const paid = isPayout ? Math.max(0, Math.min(amount, balance)) : 0
    balances.set(seller, isPayout ? balance - paid : balance + amount)
    note(isPayout ? words.payout : words.sellerBill, at, seller, isPayout ? paid : -amount)
  }
  for (const transaction of booked) {
    const leg = transaction.legs.find(({ ledger }) => ledger === words.sellerPayable)
    const key = `${transaction.kind} ${transaction.at} ${leg?.owner}`
    const told = () => ({
      subject: `transaction ${transaction.id}`,
      at: transaction.at,
      text: 'of this seller, at this time',
    })
    if (leg !== undefined)
      findings.compare(kinds.sellerBill, moved(transaction, words.sellerPayable), expected.get(key) ?? 0, told)
    expected.delete(key)
  }
  for (const [key, amount] of expected)
    findings.differ(kinds.sellerBill, key, premises.end, 0, amount, 'billed or to be paid out, and not booked')
  judgeStates(bench, database)
}

function judgeStates(bench: Bench, database: Database): void {
  const judge = new StepJudge(bench, 'seller account', life)
  const sql = 'SELECT seller, at, event, from_state, to_state FROM seller_account_steps ORDER BY seller, rowid'
  for (const [seller, steps] of Map.groupBy(rows(database, sql), ([id]) => id))
    judge.judge(
      `seller ${seller}`,
      steps.map(([, at, event, from, to]): Step => ({ at, event, from, to })),
    )
}
