/** After-sales support (L-01) by the seller; the cloud helps if the seller cannot be reached or cannot solve the problem. */
import type { Id, Row } from '../../cell/table.ts'
import { begin, transition } from '../../cell/transition.ts'
import type { Sellers } from './sellers.ts'
import { supportContact } from './support-contact.ts'

/** A buyer mails the seller of a product. */
export function mailSeller(
  market: Sellers,
  account: Row<'accounts'>,
  order: Id<'orders'>,
  seller: Id<'sellers'>,
): void {
  const { contacts, accounts, facts, now } = market
  const row = contacts.add()
  contacts.id[row] = market.number('contacts')
  contacts.account[row] = account
  contacts.order[row] = order
  contacts.seller[row] = seller
  facts.support_contacts({
    id: contacts.id[row],
    at: now,
    account: accounts.id[account],
    seller,
    order_id: order,
    rule: market.word('L-01'),
  })
  facts.support_steps({
    contact_id: contacts.id[row],
    ...begin(market, supportContact, contacts.state, row, 'mailed', 'L-01'),
    by: market.word('buyer'),
  })
  market.sellerMailed.emit(row)
}

/** The mail comes back: a service ticket is filed in its place. */
export function bounceContact(market: Sellers, row: Row<'contacts'>): void {
  step(market, row, 'bounce', 'buyer')
  market.sellerUnreachable.emit(row)
}

/** The seller cannot solve the problem: a service ticket is filed. */
export function leaveUnsolved(market: Sellers, row: Row<'contacts'>): void {
  step(market, row, 'give-up', 'seller')
  market.sellerUnreachable.emit(row)
}

/** The question is answered, by the seller or (`manager`) by the cloud. */
export function answerContact(market: Sellers, row: Row<'contacts'>, by: 'seller' | 'manager'): void {
  step(market, row, 'answer', by)
  market.contacts.remove(row)
}

function step(
  market: Sellers,
  row: Row<'contacts'>,
  event: (typeof supportContact.events)[number],
  by: 'buyer' | 'seller' | 'manager',
): void {
  const { contacts, facts } = market
  facts.support_steps({
    contact_id: contacts.id[row],
    ...transition(market, supportContact, contacts.state, row, event, 'L-01'),
    by: market.word(by),
  })
}
