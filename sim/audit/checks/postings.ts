/** M-05, Q-01: transactions that balance, on the ledger accounts of their kind, and where all of them end. */
import type { AuditContext, Check } from '../check.ts'
import type { AccountFacts } from '../facts.ts'
import { ExactSum } from '../findings.ts'
import { kinds } from '../kinds.ts'
import { OWN, settledLedgers } from '../settlements.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'

type Side = 'debit' | 'credit' | 'both'
/** Ledger accounts a kind of transaction may move, and to which side, or in and out; `own` ones are the buyer's. */
type Shape = Readonly<Record<string, readonly [side: Side, owner: 'own' | 'market' | 'seller']>>

const cashIn: Shape = { 'payment-clearing': ['debit', 'market'], 'buyer-cash': ['credit', 'own'] }
const usage: Shape = {
  'buyer-coupons': ['debit', 'own'],
  // O-06: what the reseller is charged.
  'payment-clearing': ['debit', 'market'],
  'buyer-cash': ['debit', 'own'],
  'buyer-receivable': ['debit', 'own'],
  'cloud-resource-revenue': ['credit', 'market'],
  'marketplace-revenue': ['credit', 'market'],
}
const usageTax: Shape = {
  'buyer-coupons': ['debit', 'own'],
  'payment-clearing': ['debit', 'market'],
  'buyer-cash': ['debit', 'own'],
  'buyer-receivable': ['debit', 'own'],
  'tax-payable': ['credit', 'market'],
}
/** M-08: drawn like a charge, or refunded. */
const billRounding: Shape = {
  'buyer-coupons': ['debit', 'own'],
  'payment-clearing': ['both', 'market'],
  'buyer-cash': ['both', 'own'],
  'buyer-receivable': ['debit', 'own'],
  'rounding-differences': ['both', 'market'],
}
const shapes: Readonly<Record<string, Shape>> = {
  'bill-rounding': billRounding,
  'usage-tax': usageTax,
  opening: cashIn,
  'top-up': cashIn,
  'card-charge': cashIn,
  usage,
  'late-usage': usage,
  payment: {
    'buyer-coupons': ['debit', 'own'],
    'buyer-receivable': ['debit', 'own'],
    'payment-clearing': ['debit', 'market'],
    'buyer-cash': ['debit', 'own'],
    'deferred-revenue': ['credit', 'own'],
    'tax-payable': ['credit', 'market'],
  },
  // M-10: a gift is no money that came in.
  'coupon-grant': { 'promotion-expense': ['debit', 'market'], 'buyer-coupons': ['credit', 'own'] },
  'coupon-lapse': { 'buyer-coupons': ['debit', 'own'], 'promotion-expense': ['credit', 'market'] },
  'credit-repaid': { 'buyer-cash': ['debit', 'own'], 'buyer-receivable': ['credit', 'own'] },
  refund: {
    'buyer-coupons': ['credit', 'own'],
    'payment-clearing': ['credit', 'market'],
    'buyer-cash': ['credit', 'own'],
    'deferred-revenue': ['debit', 'own'],
    'tax-payable': ['debit', 'market'],
    // N-03: what days had earned beyond what hours have consumed.
    'marketplace-revenue': ['debit', 'market'],
    'cloud-resource-revenue': ['debit', 'market'],
    // What is released passes through this account, in and out.
    refunds: ['both', 'own'],
    'rounding-differences': ['both', 'market'],
  },
  'arrears-paid': { 'buyer-cash': ['debit', 'own'], 'buyer-receivable': ['credit', 'own'] },
  // What was booked when the sales were made becomes what their sum comes to: the difference is one of rounding.
  'seller-bill': {
    'unbilled-payable': ['both', 'seller'],
    'marketplace-revenue': ['both', 'market'],
    'seller-cost': ['both', 'market'],
    'seller-payable': ['both', 'seller'],
    'tax-payable': ['both', 'market'],
    'rounding-differences': ['both', 'market'],
  },
  payout: { 'seller-payable': ['debit', 'seller'], 'payment-clearing': ['credit', 'market'] },
  recognition: {
    'deferred-revenue': ['debit', 'own'],
    'marketplace-revenue': ['credit', 'market'],
    'cloud-resource-revenue': ['credit', 'market'],
    // Truncated day by day, the share of a seller may once fall by 1e-8 while the price is.
    'seller-cost': ['both', 'market'],
    'deferred-seller-cost': ['both', 'seller'],
  },
  'seller-share': {
    'unbilled-payable': ['both', 'seller'],
    'deferred-seller-cost': ['both', 'seller'],
    'marketplace-revenue': ['both', 'market'],
    'seller-cost': ['both', 'market'],
  },
}

export function postings(context: AuditContext): Check {
  const { findings, words, premises } = context
  const rules = rulesOf(context)
  const settled = settledLedgers(words)
  /** Over all accounts, by ledger account: what the record posts and what the auditor would have posted. */
  const [posted, audited] = [new LedgerSums(), new LedgerSums()]
  const balances = new LedgerSums()
  const own = settled.slice(0, OWN)
  return {
    account(facts, workings) {
      for (const transaction of facts.transactions) judgeTransaction(context, rules, facts, transaction)
      // Their form, and that they balance, makes them plain.
      if (facts.settlements !== undefined && facts.settlements.length > 0)
        findings.agree(kinds.transaction, 0, facts.settlements.length)
      for (let place = 0; place < settled.length; place++) {
        const amount = facts.settlements?.movedOn(place) ?? 0n
        if (amount !== 0n) posted.of(settled[place]).addSum(amount)
      }
      for (const { repeats, legs, kind } of facts.transactions)
        for (let leg = legs.first; leg < legs.end; leg++) {
          const [ledger, amount] = [legs.ledger(leg), legs.amount(leg)]
          posted.of(ledger).add(amount, repeats)
          // L-02: judged by themselves, bill by bill.
          if (kind === words.sellerBill) audited.of(ledger).add(amount, repeats)
        }
      for (let place = 0; place < own.length; place++)
        balances.of(own[place]).addSum(facts.settlements?.movedOn(place) ?? 0n)
      judgeBalances(context, facts, workings, balances)
      balances.clear()
      const expect = (ledger: number, amount: bigint): void => audited.of(ledger).add(amount)
      // M-10: what was given away, less what lapsed of it.
      for (const { amount } of facts.coupons) expect(words.promotion, amount)
      expect(words.promotion, -workings.replay.wallet.lapsed)
      for (const { amount } of workings.replay.taxes.values()) expect(words.taxPayable, -amount)
      for (const { posted: amount } of workings.replay.roundings.values()) expect(words.rounding, amount)
      for (const order of facts.orders) {
        const tax = workings.taxKept(order.id)
        if (tax !== 0n) expect(words.taxPayable, -tax)
      }
    },
    gathered: () => [posted, audited].map((sums) => new Map(sums.values())),
    join(gathered) {
      const later = gathered as readonly ReadonlyMap<number, bigint>[]
      for (const [index, sums] of [posted, audited].entries())
        for (const [ledger, value] of later[index]) sums.of(ledger).addSum(value)
    },
    finish() {
      let trial = 0n
      for (const [, value] of posted.values()) trial += value
      const described = (text: string) => () => ({ subject: 'all accounts', at: premises.end, text })
      findings.compare(kinds.balance, trial, 0n, described('the trial balance is not zero'))
      // Revenue is judged month by month (M-09), the run's end among them.
      for (const ledger of [words.taxPayable, words.promotion, words.rounding]) {
        const [left, right] = [posted, audited].map((sums) => sums.of(ledger).value)
        const subject = premises.word(ledger)
        if (left === right) findings.agree(kinds.balance, left)
        else findings.differ(kinds.balance, subject, premises.end, left, right, 'closing balance')
      }
    },
  }
}

/** Numbers of ledger accounts that have a place of their own: all that a sound record has. */
const PLACES = 1024

/** Sums by the number of a ledger account. */
class LedgerSums {
  readonly #sums: (ExactSum | undefined)[] = []
  /** Of numbers that no ledger account has. */
  readonly #others = new Map<number, ExactSum>()

  of(ledger: number): ExactSum {
    const known = this.#sums[ledger]
    return known ?? this.#begin(ledger)
  }

  #begin(ledger: number): ExactSum {
    const other = this.#others.get(ledger)
    if (other !== undefined) return other
    const sum = new ExactSum()
    if (!(ledger >= 0 && ledger < PLACES)) this.#others.set(ledger, sum)
    else {
      while (this.#sums.length <= ledger) this.#sums.push(undefined)
      this.#sums[ledger] = sum
    }
    return sum
  }

  *values(): Generator<[ledger: number, value: bigint]> {
    for (const [ledger, sum] of this.#sums.entries()) if (sum !== undefined) yield [ledger, sum.value]
    for (const [ledger, { value }] of this.#others) yield [ledger, value]
  }

  clear(): void {
    this.#others.clear()
    for (let ledger = 0; ledger < this.#sums.length; ledger++) this.#sums[ledger]?.clear()
  }
}

/** Which legs each kind of transaction may have, by the numbers of the record's words. */
type Rules = ReadonlyMap<number, ReadonlyMap<number, Shape[string]>>

const rulesOf = ({ premises }: AuditContext): Rules =>
  new Map(
    Object.entries(shapes).map(([kind, shape]) => [
      premises.number(kind),
      new Map(Object.entries(shape).map(([ledger, rule]) => [premises.number(ledger), rule])),
    ]),
  )

function judgeTransaction(context: AuditContext, rules: Rules, facts: AccountFacts, transaction: Transaction): void {
  const { findings, premises } = context
  const { sum } = transaction.legs
  const fault = faultOf(context, rules, facts, transaction)
  if (sum === 0n && fault === null) {
    findings.agree(kinds.transaction, 0)
    return
  }
  const kind = premises.word(transaction.kind)
  const text = sum === 0n ? `${kind}: ${fault}` : `the postings of this ${kind} do not sum to zero`
  findings.differ(kinds.transaction, `transaction ${transaction.id}`, transaction.at, sum, 0, text)
}

/** What is wrong with the form of a transaction; null when nothing is. */
function faultOf(
  { premises, words }: AuditContext,
  rules: Rules,
  facts: AccountFacts,
  { legs, repeats, at, kind }: Transaction,
): string | null {
  const shape = rules.get(kind)
  if (shape === undefined) return 'the auditor has no rule for this kind'
  if (legs.length < 2) return `${legs.length} postings where a movement has at least two`
  if (repeats < 1 || (repeats > 1 && kind !== words.usage)) return `${repeats} repetitions`
  if (at < premises.start || at > premises.end) return 'outside of the run'
  for (let leg = legs.first; leg < legs.end; leg++) {
    const [owner, amount] = [legs.owner(leg), legs.amount(leg)]
    const ledger = legs.ledger(leg)
    const rule = shape.get(ledger)
    const name = (): string => premises.word(ledger)
    if (rule === undefined) return `a posting on ${name()}`
    const [side, whose] = rule
    if (whose === 'seller' ? owner <= 0 : owner !== (whose === 'own' ? facts.id : 0))
      return `${name()} of owner ${owner}`
    if (!amount || (side !== 'both' && amount > 0 !== (side === 'debit')))
      return `${name()} moved by ${amount}, should be a ${side}`
  }
  return null
}

/** where the replayed account ends, its ledger accounts end too. `recorded`: what settlements moved on its own ones. */
function judgeBalances(
  { findings, premises, words }: AuditContext,
  facts: AccountFacts,
  workings: Workings,
  recorded: LedgerSums,
): void {
  for (const { repeats, legs } of facts.transactions)
    for (let leg = legs.first; leg < legs.end; leg++)
      if (legs.owner(leg) === facts.id) recorded.of(legs.ledger(leg)).add(legs.amount(leg), repeats)
  let deferred = 0n
  for (const order of facts.orders) deferred += workings.netKept(order.id) - workings.earned(order.id)
  const { wallet, due } = workings.replay
  const judge = (ledger: number, audited: bigint): void => {
    const { value } = recorded.of(ledger)
    if (value === audited) findings.agree(kinds.balance, value)
    else {
      const subject = `account ${facts.id} ${premises.word(ledger)}`
      findings.differ(kinds.balance, subject, premises.end, value, audited, 'closing balance')
    }
  }
  judge(words.cash, -wallet.cash)
  judge(words.coupons, -wallet.coupons)
  judge(words.receivable, due + wallet.creditUsed)
  judge(words.deferredRevenue, -deferred)
}
