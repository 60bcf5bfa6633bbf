/** O-05..O-07, O-12: coupons and credit as granted and drawn, resellers' budgets, combined payments, trials. */
import type { AuditContext, Check } from '../check.ts'
import { amountWritten, Exact, exactOf, toMoney } from '../exact.ts'
import type { AccountFacts, Order } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { moved } from '../legs.ts'
import { listPrice } from '../list-price.ts'
import type { Transaction } from '../transaction.ts'
import type { Workings } from '../workings.ts'

/** O-07 */
const MOST_TOGETHER = 30

export function wallets(context: AuditContext): Check {
  return {
    account(facts, workings) {
      judgeGrants(context, facts)
      judgeDraws(context, facts, workings)
      judgeCredit(context, facts, workings)
      if (facts.budget !== undefined) judgeBudget(context, facts)
      judgeExhausted(context, facts)
      judgeTrials(context, facts)
      judgeCombined(context, facts)
    },
  }
}

const sumOf = (transactions: readonly Transaction[], kind: number, ledger: number): bigint =>
  transactions.reduce((sum, transaction) => sum + (transaction.kind === kind ? moved(transaction, ledger) : 0n), 0n)

/** What a wallet says is granted: each line in full or, where its probability is below 1, perhaps not at all. */
function judgeGrants({ findings, premises, words }: AuditContext, facts: AccountFacts): void {
  const { coupons, transactions, id, segment } = facts
  const wallet = premises.scenario.buyers.find((buyers) => buyers.segment === segment)?.wallet
  const subject = `account ${id}`
  const granted = coupons.reduce((sum, { amount }) => sum + amount, 0n)
  const booked = -sumOf(transactions, words.couponGrant, words.coupons)
  const at = premises.start
  findings.compare(kinds.coupon, booked, granted, () => ({ subject, at, text: 'coupons granted and not booked' }))
  const held = Map.groupBy(coupons, ({ isCash, amount }) => `${isCash ? 'cash' : 'discount'} ${amount}`)
  const lines = (facts.budget === undefined ? (wallet?.coupons ?? []) : [])
    .map(({ amount, ...line }) => ({ ...line, money: amountWritten(amount) }))
    .filter(({ money }) => money > 0n)
  for (const [name, alike] of Map.groupBy(lines, ({ kind, money }) => `${kind} ${money}`)) {
    const { has, beyond } = linesHeld(alike, held.get(name)?.length ?? 0)
    for (const [index, { kind, money, count, probability }] of alike.entries())
      if (has.has(index) || probability < 1) findings.agree(kinds.coupon, 0)
      else
        findings.differ(
          kinds.coupon,
          subject,
          at,
          0,
          money * BigInt(count),
          `no ${kind} coupons, of which the buyer has ${count}`,
        )
    held.set(name, (held.get(name) ?? []).slice(0, beyond))
  }
  for (const [name, rest] of held)
    for (const _ of rest) findings.differ(kinds.coupon, subject, at, 1, 0, `a coupon that no wallet has: ${name}`)
}

/**
 * Which lines of a wallet that hold coupons alike the buyer has, and how many coupons of none of them: the lines that are
 * certain, and some of the others that make up the rest. Where none do, as many lines as there are coupons for.
 */
function linesHeld(
  lines: readonly { readonly count: number; readonly probability: number }[],
  held: number,
): { readonly has: ReadonlySet<number>; readonly beyond: number } {
  let ways = new Map<number, readonly number[]>([[0, []]])
  for (const [index, { count, probability }] of lines.entries()) {
    const next = new Map(probability < 1 ? ways : [])
    for (const [sum, chosen] of ways)
      if (sum + count <= held && !next.has(sum + count)) next.set(sum + count, [...chosen, index])
    ways = next
  }
  const exact = ways.get(held)
  if (exact !== undefined) return { has: new Set(exact), beyond: 0 }
  const has = new Set<number>()
  let left = held
  for (const [index, { count }] of lines.entries())
    if (count <= left) {
      has.add(index)
      left -= count
    }
  return { has, beyond: left }
}

/** O-05: each order's draws, coupon by coupon, in their order; and what lapsed of discount coupons. */
function judgeDraws({ findings, words, premises }: AuditContext, facts: AccountFacts, { replay }: Workings): void {
  const { wallet } = replay
  for (let index = 0; index < Math.max(facts.couponDraws.length, wallet.draws.length); index++) {
    const recorded = facts.couponDraws[index]
    const audited = wallet.draws[index]
    const isSame =
      recorded?.coupon === audited?.coupon && recorded?.order === audited?.order && recorded?.at === audited?.at
    const subject = `order ${(recorded ?? audited).order} coupon ${(recorded ?? audited).coupon}`
    const text = isSame ? 'drawn from this coupon' : `should be coupon ${audited?.coupon} for order ${audited?.order}`
    if (isSame)
      findings.compare(kinds.coupon, recorded.amount, audited.amount, () => ({ subject, at: recorded.at, text }))
    else
      findings.differ(
        kinds.coupon,
        subject,
        (recorded ?? audited).at,
        recorded?.amount ?? 0n,
        audited?.amount ?? 0n,
        text,
      )
  }
  const lapsed = sumOf(facts.transactions, words.couponLapse, words.coupons)
  const described = () => ({ subject: `account ${facts.id}`, at: premises.end, text: 'lapsed of discount coupons' })
  findings.compare(kinds.coupon, lapsed, wallet.lapsed, described)
}

/** O-05: at most the limit of the segment, granted once, and restored by the money that comes in. */
function judgeCredit({ findings, words, premises }: AuditContext, facts: AccountFacts, { replay }: Workings): void {
  const credit = premises.scenario.buyers.find(({ segment }) => segment === facts.segment)?.wallet.credit
  const limit = credit == null ? 0n : amountWritten(credit.limit)
  const subject = `account ${facts.id}`
  facts.creditGrants.forEach(({ at, amount }, index) => {
    const audited = index === 0 && facts.budget === undefined ? limit : 0n
    findings.compare(kinds.credit, amount, audited, () => ({
      subject,
      at,
      text: 'granted once, at the requested limit',
    }))
  })
  const booked = facts.transactions.filter(({ kind }) => kind === words.creditRepaid)
  for (let index = 0; index < Math.max(booked.length, replay.creditRepaid.length); index++) {
    const recorded = booked[index]
    const audited = replay.creditRepaid[index]
    const amount = recorded?.at === audited?.at ? audited.amount : 0n
    findings.compare(kinds.credit, recorded === undefined ? 0n : moved(recorded, words.cash), amount, () => ({
      subject,
      at: (recorded ?? audited).at,
      text: 'money received restores the credit',
    }))
  }
}

/** O-06: new orders at list price, without discount and tax; pay-per-use neither counts nor is blocked. */
function judgeBudget({ findings, premises }: AuditContext, facts: AccountFacts): void {
  const planned = premises.scenario.buyers.find(({ segment }) => segment === facts.segment)?.reseller
  if (planned) {
    const { monthlyBudget } = planned
    const due = monthlyBudget == null ? null : amountWritten(monthlyBudget)
    // A budget of 0 is not the same as none.
    if (facts.budget === due) findings.agree(kinds.budget, due ?? 0n)
    else {
      const text = `a budget of ${facts.budget ?? 'no limit'}, of ${due ?? 'no limit'} in the scenario`
      findings.differ(kinds.budget, `account ${facts.id}`, premises.start, facts.budget ?? 0n, due ?? 0n, text)
    }
  }
  const spent = new Map<number, bigint>()
  for (const order of facts.orders) {
    const month = premises.calendar.monthOf(order.at)
    const sum = (spent.get(month) ?? 0n) + listOf(premises, order)
    spent.set(month, sum)
    const budget = facts.budget ?? null
    if (budget === null || sum <= budget) findings.agree(kinds.budget, sum)
    else findings.differ(kinds.budget, `order ${order.id}`, order.at, sum, budget, 'beyond the budget of the month')
  }
}

/** O-06: what a budget refused was beyond it, with the orders of the month before. */
function judgeExhausted({ findings, premises }: AuditContext, facts: AccountFacts): void {
  for (const { id, at, code, pool, asked } of facts.refusals) {
    if (premises.word(code) !== 'budget-exhausted') continue
    const month = premises.calendar.monthOf(at)
    const before = facts.orders.filter((order) => order.at <= at && premises.calendar.monthOf(order.at) === month)
    const wish = { ...asked, kind: premises.number('purchase'), pool, quantity: (asked?.quantity ?? 0) * 1e8, at }
    const sum = [...before, { specification: 0, months: 0, ...wish }].reduce(
      (all, each) => all + listOf(premises, each),
      0n,
    )
    const budget = facts.budget ?? null
    if (budget !== null && sum > budget) findings.agree(kinds.budget, sum)
    else findings.differ(kinds.budget, `refusal ${id}`, at, sum, budget ?? 0n, 'refused within the budget of the month')
  }
}

type Bought = Pick<Order, 'kind' | 'specification' | 'pool' | 'quantity' | 'months' | 'at'>

function listOf(premises: AuditContext['premises'], order: Bought): bigint {
  if (premises.word(order.kind) !== 'purchase') return 0n
  const rounding = premises.policies['rounding.charge']
  const quantity = new Exact(order.quantity).div(1e8)
  const server = premises.serverPlans.find(({ pool, months }) => pool === order.pool && months === order.months)
  const servers = [...(server === undefined ? [] : [server, ...server.resources])].reduce(
    (sum, { price }) => sum + toMoney(quantity.times(exactOf(price)).div(1e10), rounding),
    0n,
  )
  for (const plan of premises.plansAt(order.specification, order.at))
    if (plan.months === order.months) return servers + toMoney(listPrice(plan.price, quantity), rounding)
  return servers
}

/** O-12: one trial an account and product. */
function judgeTrials({ findings, premises, words }: AuditContext, facts: AccountFacts): void {
  const tried = new Set<number>()
  for (const order of facts.orders) {
    if (order.kind !== words.trial) continue
    const product = premises.specifications.get(order.specification)?.product ?? 0
    if (order.amount === 0n && !tried.has(product)) findings.agree(kinds.trial, 1)
    else
      findings.differ(
        kinds.trial,
        `order ${order.id}`,
        order.at,
        1,
        0,
        `a trial of product ${product} that was not due`,
      )
    tried.add(product)
  }
}

/** O-07: at most 30, and what is skipped had left `pending-payment` by then. */
function judgeCombined({ findings, premises, words }: AuditContext, facts: AccountFacts): void {
  const sizes = new Map<number, number>()
  const orders = new Map(facts.orders.map((order) => [order.id, order]))
  for (const { id, at, order, outcome } of facts.combined) {
    const size = (sizes.get(id) ?? 0) + 1
    sizes.set(id, size)
    const steps = orders.get(order)?.steps ?? []
    const paid = steps.find(({ event }) => event === words.pay)
    const left = steps.find(({ from }) => premises.word(from) === 'pending-payment')
    const word = premises.word(outcome)
    const isSo =
      word === 'paid' ? paid?.at === at : word === 'skipped' ? left !== undefined && left.at <= at : word === 'waiting'
    if (size <= MOST_TOGETHER && isSo) findings.agree(kinds.combined, 1)
    else findings.differ(kinds.combined, `order ${order}`, at, 1, 0, `${word} as number ${size} of payment ${id}`)
  }
}
