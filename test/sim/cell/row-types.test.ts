/**
 * Rows, numbers, money, instants and timers are types of their own. The compiler checks this file: each line below a
 * `@ts-expect-error` must be an error, or `npm run typecheck` fails.
 */
import { expect, test } from 'vitest'
import { type Money, parseUnitPrice, type UnitPrice } from '#base/money.ts'
import { DAY, type Instant } from '#base/time.ts'
import type { Id, Row } from '#sim/cell/table.ts'
import type { Chapters } from '#sim/market/modules.ts'
import { payNow } from '#sim/market/orders/payment.ts'
import { stop } from '#sim/market/servers/running.ts'
import { topUp } from '#sim/market/wallets/cash.ts'
import { SmallMarket } from '../market/small-market.ts'

interface Given {
  readonly order: Row<'orders'>
  readonly account: Row<'accounts'>
  readonly instance: Row<'instances'>
  readonly orderId: Id<'orders'>
  readonly at: Instant
  readonly charge: Money
  readonly price: UnitPrice
}

/** Never called: what must not compile. */
export function mistakes(
  { orders: chapter, wallets, servers, subscriptions }: Chapters,
  { order, account, instance, orderId, at, charge, price }: Given,
): void {
  const { orders, accounts, balances } = chapter
  const { instances } = servers
  // A row of one table in a column of another.
  // @ts-expect-error
  orders.state[account]
  // @ts-expect-error
  accounts.segment[order]
  // @ts-expect-error
  balances.cash.at(order)
  // @ts-expect-error
  servers.owners.vpcs[instance]
  // @ts-expect-error
  subscriptions.subscriptions.termEnd[order]
  // A row or a number of one thing where another is kept.
  // @ts-expect-error
  orders.account[order] = order
  // @ts-expect-error
  instances.pool[instance] = account
  // @ts-expect-error
  orders.id[order] = account
  // @ts-expect-error
  orders.remove(account)
  // Rows and numbers in calls.
  // @ts-expect-error
  payNow(chapter, account)
  // @ts-expect-error
  payNow(chapter, orderId)
  // @ts-expect-error
  stop(servers, order, 'E-01')
  // @ts-expect-error
  chapter.orderBegan.emit(account)
  // @ts-expect-error
  servers.instanceList.append(instance, account)
  // Money, instants, prices and timers.
  // @ts-expect-error
  topUp(wallets, account, at)
  // @ts-expect-error
  orders.createdAt[order] = charge
  // @ts-expect-error
  orders.createdAt[order] = account
  // @ts-expect-error
  servers.at.clock.cancel(at)
  // @ts-expect-error
  servers.at.clock.wake('x', price, 0)
  // @ts-expect-error
  balances.spanEcs[account] = at
  // @ts-expect-error
  instances.ecsPrice[instance] = charge
  // @ts-expect-error
  const total: Money = at
  expect(total).toBeDefined()
}

test('what is meant compiles, and a plain number is any of them', () => {
  const { market } = new SmallMarket()
  const { orders, balances } = market.orders
  const order = orders.add()
  orders.account[order] = 1
  orders.createdAt[order] = Date.UTC(2024, 4, 6) + DAY
  balances.spanEcs[orders.account[order]] = 12
  market.servers.instances.ecsPrice[0] = parseUnitPrice('0.5')
  expect(balances.spanEcs[1]).toBe(12)
  expect(market.servers.instances.ecsPrice[0]).toBe(5_000_000_000)
})
