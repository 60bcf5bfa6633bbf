/** L-06: the seller's share of each order when it is sold, and less when it is refunded: deferred, then expensed. */
import type { AuditContext, Check } from '../check.ts'
import type { Order } from '../facts.ts'
import { kinds } from '../kinds.ts'
import { type Legs, moved } from '../legs.ts'
import type { ShareMove } from '../order-money.ts'
import type { Transaction } from '../transaction.ts'

export function sellerShares(context: AuditContext): Check {
  const { findings, words, premises } = context
  const costAccount =
    premises.policies['revenue.presentation'] === 'principal' ? words.sellerCost : words.marketplaceRevenue

  function judge({ id, specification }: Order, due: ShareMove, transaction: Transaction | undefined): void {
    const { at, month, sales, cost, deferred } = due
    const row = transaction?.shares[0]
    const legs = (ledger: number): bigint => (transaction === undefined ? 0n : moved(transaction, ledger))
    const compare = (text: string, said: number | bigint, is: number | bigint): void => {
      if (said === is) findings.agree(kinds.sellerShare, said)
      else findings.compare(kinds.sellerShare, said, is, () => ({ subject: `order ${id}`, at, text }))
    }
    compare('owed to the seller', -legs(words.unbilledPayable), cost)
    compare('deferred of it', legs(words.deferredCost), deferred)
    compare('expensed immediately', legs(costAccount), cost - deferred)
    compare('rows of seller_shares', transaction?.shares.length ?? 0, 1)
    compare('whose specification', row?.specification ?? 0, specification)
    compare('the month of its bill', row?.month ?? 0, month)
    compare('its sales', row?.sales ?? 0n, sales)
    compare('its cost', row?.cost ?? 0n, cost)
    compare('when it is sold or refunded', transaction?.at ?? 0, at)
    const seller = premises.sellers.get(specification)?.id ?? 0
    const owners = transaction === undefined ? 0 : othersIn(transaction.legs, seller)
    if (owners > 0) findings.differ(kinds.sellerShare, `order ${id}`, at, owners, 0, 'of another seller')
  }

  /** Legs of another owner than the seller, but for costs. */
  function othersIn(legs: Legs, seller: number): number {
    let count = 0
    for (let leg = legs.first; leg < legs.end; leg++)
      if (legs.ledger(leg) !== costAccount && legs.owner(leg) !== seller) count++
    return count
  }

  return {
    account(facts, workings) {
      const booked = Map.groupBy(
        facts.transactions.filter(({ kind, order }) => kind === words.sellerShare && order !== 0),
        ({ order }) => order,
      )
      for (const order of facts.orders) {
        const due = workings.shares(order.id).filter(({ cost, deferred }) => cost !== 0n || deferred !== 0n)
        const said = booked.get(order.id) ?? []
        for (let index = 0; index < due.length; index++) judge(order, due[index], said[index])
        for (const { id, at } of said.slice(due.length))
          findings.differ(
            kinds.sellerShare,
            `transaction ${id} order ${order.id}`,
            at,
            1,
            0,
            'nothing was sold or refunded',
          )
        booked.delete(order.id)
      }
      for (const [order, [{ id, at }]] of booked)
        findings.differ(
          kinds.sellerShare,
          `transaction ${id}`,
          at,
          1,
          0,
          `of order ${order}, which the account does not have`,
        )
    },
  }
}
