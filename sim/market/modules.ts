/**
 * The chapters of the rulebook in the order in which each may know those before it. This is also the order of handlers: of
 * what listens at one port, an earlier chapter hears of it first, and people last.
 */
import type { Cell } from '../cell/cell.ts'
import { arrears } from './arrears/module.ts'
import { freezes } from './freezes/module.ts'
import { growth } from './growth/module.ts'
import { hosts } from './hosts/module.ts'
import { interruptible } from './interruptible/module.ts'
import { invoices } from './invoices/module.ts'
import { metering } from './metering/module.ts'
import { orders } from './orders/module.ts'
import { sellers } from './sellers/module.ts'
import { servers } from './servers/module.ts'
import { subscriptions } from './subscriptions/module.ts'
import { supervision } from './supervision/module.ts'
import { wallets } from './wallets/module.ts'

export function assemble(cell: Cell) {
  const wallet = wallets(cell)
  const freeze = freezes(cell)
  const standing = arrears(cell, wallet, freeze)
  const seller = sellers(cell, wallet)
  const invoice = invoices(cell, wallet, seller)
  const order = orders(cell, wallet, standing, seller, invoice)
  const subscription = subscriptions(cell, order)
  const host = hosts(cell)
  const server = servers(cell, order, subscription, host)
  const spot = interruptible(cell, server)
  const rule = growth(cell, server)
  const meter = metering(cell, wallet, seller, invoice, server)
  const flow = supervision(cell, order)
  return {
    wallets: wallet,
    freezes: freeze,
    arrears: standing,
    sellers: seller,
    invoices: invoice,
    orders: order,
    subscriptions: subscription,
    hosts: host,
    servers: server,
    interruptible: spot,
    growth: rule,
    metering: meter,
    supervision: flow,
  }
}

/** All chapters of one cell. */
export type Chapters = ReturnType<typeof assemble>
