/** L-02, L-03: what each seller is billed for a month, line by line, its booking, its payout, and the account state. */
import type { Database } from 'better-sqlite3'
import type { MassFacts } from '../../record/column-facts.ts'
import { amountOf, money } from '../cells.ts'
import type { AuditContext, Check } from '../check.ts'
import { least } from '../exact.ts'
import type { Step } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import type { Lifecycle } from '../lifecycles.ts'
import { amountIn } from '../mass-feeds.ts'
import { payableOf } from '../rounding.ts'
import { billedAt, costOf, sharesOf } from '../seller-cost.ts'
import { SoldUse } from '../sold-use.ts'
import { StepJudge } from '../step-judge.ts'
import type { Transaction } from '../transaction.ts'
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

/** `month specification part` to what was sold or refunded, net of tax. */
type Sums = Map<string, bigint>

type Row = readonly number[]
const rows = (database: Database, sql: string): Row[] => database.prepare<[], Row>(sql).raw().all() as Row[]

export function sellerBills(context: AuditContext): Check {
  const sums: Sums = new Map()
  /** `cell day month specification` to what was used on the day and is billed with the month, net of tax. */
  const uses: Sums = new Map()
  const used = new SoldUse(context)
  let booked: readonly Transaction[] = []
  const takeUse = (): void => {
    for (const { month, specification, amount } of used.sales()) add(sums, month, specification, 'sale', amount)
    for (const [key, amount] of used.days()) uses.set(key, (uses.get(key) ?? 0n) + amount)
    used.clear()
  }
  return {
    account(facts, workings) {
      if (facts.id === 0) booked = facts.transactions
      used.gather(facts, workings)
      for (const order of facts.orders) gatherOrder(context, order.id, workings, sums)
    },
    gathered() {
      takeUse()
      return [sums, uses]
    },
    join(gathered) {
      for (const [index, all] of [sums, uses].entries())
        for (const [key, amount] of (gathered as readonly Sums[])[index]) all.set(key, (all.get(key) ?? 0n) + amount)
    },
    finish(database, mass) {
      takeUse()
      judgeUse(context, booked, uses)
      const shares = judgeLines(context, database, sums)
      const due = judgeTotals(context, database, shares)
      judgeBooks(context, database, mass, booked, due)
    },
  }
}

/** In the order of their keys: that in which they came depends on how the accounts were shared. */
const inTurn = <T>(found: ReadonlyMap<string, T>): (readonly [string, T])[] =>
  [...found].sort(([a], [b]) => (a < b ? -1 : 1))

const add = (sums: Sums, month: number, specification: number, part: 'sale' | 'refund', amount: bigint): void => {
  const key = `${month} ${specification} ${part}`
  if (amount !== 0n) sums.set(key, (sums.get(key) ?? 0n) + amount)
}

/** L-06: the share of each day's use, computed on the sum of the day, is a cost of that day. */
function judgeUse({ findings, premises, words }: AuditContext, booked: readonly Transaction[], uses: Sums): void {
  const { calendar, cells } = premises
  const isPrincipal = premises.policies['revenue.presentation'] === 'principal'
  const costAccount = isPrincipal ? words.sellerCost : words.marketplaceRevenue
  const said = new Map<string, { sales: bigint; cost: bigint; borne: bigint; at: number }>()
  for (const transaction of booked) {
    const { id, kind, day, at, shares } = transaction
    if (kind !== words.sellerShare) continue
    const [row] = shares
    const key = `${(id - 1) % cells} ${day} ${row?.month} ${row?.specification}`
    const sum = said.get(key) ?? { sales: 0n, cost: 0n, borne: 0n, at }
    said.set(key, {
      sales: sum.sales + (row?.sales ?? 0n),
      cost: sum.cost - moved(transaction, words.unbilledPayable),
      borne: sum.borne + moved(transaction, costAccount),
      at,
    })
    const seller = premises.sellers.get(row?.specification ?? 0)?.id
    const described = { subject: `transaction ${id}`, at, text: 'owed to another seller, or without use' }
    const isSellersOwn = [...transaction.legs].every(({ ledger, owner }) => ledger === costAccount || owner === seller)
    if (isSellersOwn && shares.length === 1 && row.cost === -moved(transaction, words.unbilledPayable))
      findings.agree(kinds.sellerShare, row.cost)
    else findings.differ(kinds.sellerShare, described.subject, at, row?.cost ?? 0n, 0n, described.text)
  }
  for (const [key, sales] of inTurn(uses)) {
    const [, day, month, specification] = key.split(' ').map(Number)
    const cost = costOf(premises, specification, sales, month)
    const found = said.get(key)
    said.delete(key)
    if (cost === 0n && found === undefined) continue
    const described = (text: string) => () => ({
      subject: `specification ${specification} on day ${day}`,
      at: calendar.instantOf(day),
      text,
    })
    findings.compare(
      kinds.sellerShare,
      found?.cost ?? 0n,
      cost,
      described('the share of the seller of the use of a day'),
    )
    findings.compare(kinds.sellerShare, found?.borne ?? 0n, cost, described('its cost'))
    // The last sales of a day may not have changed the share: then no transaction states them.
    const isStated =
      found === undefined || (found.sales <= sales && costOf(premises, specification, found.sales, month) === cost)
    if (found !== undefined && !isStated) {
      const { subject, at } = described('')()
      findings.differ(kinds.sellerShare, subject, at, found.sales, sales, 'what was used, net of tax')
    }
  }
  for (const [key, { at, cost }] of inTurn(said))
    findings.differ(kinds.sellerShare, key, at, cost, 0n, 'nothing was used')
}

/** Orders count when they are paid, supervised ones in the month after their completion; so do refunds. */
function gatherOrder({ premises, words }: AuditContext, id: number, workings: Workings, sums: Sums): void {
  const order = workings.order(id)
  if (order === undefined) return
  const { calendar } = premises
  const priced = workings.priced(id)
  // An unsubscription sells nothing; what it takes back is with the orders that were paid.
  if (priced === undefined || ['unsubscription', 'partial-refund'].includes(premises.word(order.kind))) return
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
  for (const { at, back, tax, cloud } of workings.returned(id))
    add(sums, calendar.monthOf(at), order.specification, 'refund', -(back - tax - cloud))
  if (refunded !== undefined) add(sums, calendar.monthOf(refunded), order.specification, 'refund', -net)
}

/** What a bill comes to, and what brings it to minor units (M-08). */
interface Due {
  readonly amount: bigint
  readonly rounding: bigint
}

/** The sum of what each bill's lines should come to, by its number. */
function judgeLines({ findings, premises, words }: AuditContext, database: Database, sums: Sums): Map<number, bigint> {
  const amounts = new Map<number, bigint>()
  const sql = `SELECT b.id, b.at, b.seller, b.month, l.specification, l.part, ${money('l.sales')}, ${money('l.withholding')},
    ${money('l.tax')}, ${money('l.share')}
    FROM seller_bill_lines l JOIN seller_bills b ON b.id = l.bill_id WHERE l.part <> ${words.roundingPart} ORDER BY b.id, l.rowid`
  for (const [id, at, seller, month, specification, word, sales, withholding, tax, share] of rows(database, sql)) {
    const key = `${month} ${specification} ${premises.word(word)}`
    const described = (text: string) => () => ({
      subject: `seller bill ${id} specification ${specification}`,
      at,
      text,
    })
    const own = premises.sellers.get(specification)?.id === seller
    const audited = own ? (sums.get(key) ?? 0n) : 0n
    sums.delete(key)
    findings.compare(kinds.sellerBill, amountOf(sales), audited, described('sold in the month, without tax'))
    const { withholding: withheld, tax: taxed, share: theirs } = sharesOf(premises, specification, audited, at)
    findings.compare(kinds.sellerBill, amountOf(withholding), withheld, described('withheld by customers'))
    findings.compare(kinds.sellerBill, amountOf(tax), taxed, described('seller taxes'))
    findings.compare(kinds.sellerBill, amountOf(share), theirs, described("the seller's share"))
    amounts.set(id, (amounts.get(id) ?? 0n) + theirs)
  }
  for (const [key, amount] of inTurn(sums)) {
    const month = Number(key.split(' ')[0])
    const at = billedAt(premises, month)
    if (at < premises.end) findings.differ(kinds.sellerBill, key, at, 0, amount, 'sold, and not on any seller bill')
  }
  return amounts
}

/** M-08: each bill is rounded to minor units once, by a line that sells nothing. */
function judgeTotals(
  { findings, premises, words }: AuditContext,
  database: Database,
  shares: ReadonlyMap<number, bigint>,
): Map<number, Due> {
  const due = new Map<number, Due>()
  const said = Map.groupBy(
    rows(
      database,
      `SELECT bill_id, ${money('share')}, specification, ${money('sales')}, ${money('withholding')}, ${money('tax')}
      FROM seller_bill_lines WHERE part = ${words.roundingPart}`,
    ),
    ([id]) => id,
  )
  const sql = `SELECT id, at, month, lines, ${money('amount')}, coalesce(n, 0)
    FROM seller_bills LEFT JOIN (SELECT bill_id, count(*) AS n FROM seller_bill_lines GROUP BY bill_id) ON bill_id = id`
  for (const [id, at, month, count, amount, lines] of rows(database, sql)) {
    const described = (text: string) => () => ({ subject: `seller bill ${id}`, at, text })
    const sum = shares.get(id) ?? 0n
    const payable = payableOf(premises, at, sum)
    const own = said.get(id) ?? []
    const rounded = own.reduce((total, [, share]) => total + amountOf(share), 0n)
    findings.compare(kinds.sellerBill, amountOf(amount), payable, described('the sum of its lines, in minor units'))
    findings.compare(kinds.rounding, rounded, payable - sum, described('the line that brings it to minor units'))
    const isPlain = own.every(([, , ...others]) => others.every((each) => each === 0))
    if (!isPlain || own.length > 1 || count !== lines)
      findings.differ(
        kinds.rounding,
        `seller bill ${id}`,
        at,
        count,
        lines,
        'a rounding that is one line of no product',
      )
    findings.compare(kinds.sellerBillTime, at, billedAt(premises, month), described('made on the 7th'))
    due.set(id, { amount: payable, rounding: payable - sum })
  }
  return due
}

/** Bookings and payouts in their order, and the balance of each seller that they leave. */
function judgeBooks(
  context: AuditContext,
  database: Database,
  mass: MassFacts,
  booked: readonly Transaction[],
  due: ReadonlyMap<number, Due>,
): void {
  const { findings, premises, words } = context
  const delay = premises.policies['settlement.payoutDelay']
  const billed = rows(database, 'SELECT id, at, seller, month FROM seller_bills ORDER BY at, id')
  /** What was booked for sales when they were made (L-06), judged sale by sale; by `at seller` of the bill. */
  const shares = new Map<string, bigint>()
  const sold = mass.table('seller_shares')
  const [month, specification] = ['month', 'specification'].map((name) => sold.column(name).values)
  const cost = sold.column('cost')
  for (let row = 0; row < sold.rows; row++) {
    const key = `${billedAt(premises, month[row])} ${premises.sellers.get(specification[row])?.id}`
    shares.set(key, (shares.get(key) ?? 0n) + amountIn(cost, row))
  }
  /** By `at seller` of the bill. */
  const roundings = new Map<string, bigint>()
  const events = billed.flatMap(([id, at, seller]) => {
    const { amount, rounding } = due.get(id) ?? { amount: 0n, rounding: 0n }
    roundings.set(`${at} ${seller}`, (roundings.get(`${at} ${seller}`) ?? 0n) + rounding)
    const payout = at + delay < premises.end ? [{ at: at + delay, seller, amount, isPayout: true }] : []
    return [{ at, seller, amount, isPayout: false }, ...payout]
  })
  const balances = new Map<number, bigint>()
  /** L-02: the account of a seller follows its balance. */
  const changes: string[] = []
  const expected = new Map<string, bigint>()
  const note = (kind: number, at: number, seller: number, amount: bigint): void => {
    const key = `${kind} ${at} ${seller}`
    if (amount !== 0n) expected.set(key, (expected.get(key) ?? 0n) + amount)
  }
  // What was billed a delay ago is paid out before the next bills of that instant are made.
  const payoutsFirst = delay > 0 ? -1 : 1
  for (const { at, seller, amount, isPayout } of events.sort(
    (a, b) => a.at - b.at || (Number(a.isPayout) - Number(b.isPayout)) * payoutsFirst,
  )) {
    const balance = balances.get(seller) ?? 0n
    const owed = least(amount, balance)
    const paid = isPayout && owed > 0n ? owed : 0n
    const after = isPayout ? balance - paid : balance + amount
    balances.set(seller, after)
    const sign = stateOf(after)
    if (sign !== stateOf(balance)) changes.push(`${seller} ${at} ${sign}`)
    note(isPayout ? words.payout : words.sellerBill, at, seller, isPayout ? paid : -amount)
  }
  for (const transaction of booked) {
    const leg = [...transaction.legs].find(({ ledger }) => ledger === words.sellerPayable)
    const key = `${transaction.kind} ${transaction.at} ${leg?.owner}`
    const described = () => ({
      subject: `transaction ${transaction.id}`,
      at: transaction.at,
      text: 'of this seller, at this time',
    })
    if (leg !== undefined)
      findings.compare(kinds.sellerBill, moved(transaction, words.sellerPayable), expected.get(key) ?? 0n, described)
    expected.delete(key)
    if (transaction.kind !== words.sellerBill) continue
    const seller = leg?.owner ?? [...transaction.legs].find(({ ledger }) => ledger === words.unbilledPayable)?.owner
    const owed = shares.get(`${transaction.at} ${seller}`) ?? 0n
    findings.compare(
      kinds.rounding,
      moved(transaction, words.rounding),
      roundings.get(`${transaction.at} ${seller}`) ?? 0n,
      described,
    )
    findings.compare(kinds.sellerBill, moved(transaction, words.unbilledPayable), owed, () => ({
      subject: `transaction ${transaction.id}`,
      at: transaction.at,
      text: 'the unbilled debt is on a bill now (L-06)',
    }))
  }
  for (const [key, amount] of expected)
    findings.differ(kinds.sellerBill, key, premises.end, 0, amount, 'billed or to be paid out, and not booked')
  judgeStates(context, database, changes)
}

const stateOf = (balance: bigint): string => (balance > 0n ? 'owed' : balance < 0n ? 'owing' : 'settled')

function judgeStates(context: AuditContext, database: Database, due: readonly string[]): void {
  const { premises, findings } = context
  const judge = new StepJudge(context, 'seller account', life)
  const sql = 'SELECT seller, at, event, from_state, to_state FROM seller_account_steps ORDER BY seller, rowid'
  const found = rows(database, sql)
  const recorded = found.map(([seller, at, , , to]) => `${seller} ${at} ${premises.word(to)}`)
  const [said, expected] = [recorded.toSorted(), due.toSorted()]
  for (let index = 0; index < Math.max(said.length, expected.length); index++)
    if (said[index] !== expected[index]) {
      const text = `becomes ${said[index] ?? 'nothing'}, should be ${expected[index] ?? 'nothing'} (seller, instant, state by its balance)`
      findings.differ(kinds.sellerBill, 'seller account', 0, said.length, expected.length, text)
      break
    }
  for (const [seller, steps] of Map.groupBy(found, ([id]) => id))
    judge.judge(
      'seller',
      seller,
      steps.map(([, at, event, from, to]): Step => ({ at, event, from, to })),
    )
}
