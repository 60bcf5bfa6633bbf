/** After-sales support (L-01): it is the seller's; the cloud helps where he cannot be reached. */
import { columns } from '#engine/columns.ts'
import type { Market } from '../market.ts'
import { supportContact } from './support-contact.ts'
import { NONE } from '../tables.ts'
import { wordNumber } from '../words.ts'

/** Contacts without an answer. */
export const contactTable = () => columns({ id: 'f64', account: 'i32', order: 'f64', seller: 'i32', state: 'u8' })

/** A buyer mails the seller of what he bought. */
export function mailSeller(market: Market, account: number, order: number, seller: number): void {
  const { contacts, accounts, facts, now } = market
  const row = contacts.add()
  contacts.id[row] = market.number('contacts')
  contacts.account[row] = account
  contacts.order[row] = order
  contacts.seller[row] = seller
  contacts.state[row] = supportContact.state.mailed
  facts.support_contacts({
    id: contacts.id[row],
    at: now,
    account: accounts.id[account],
    seller,
    order_id: order,
    rule: wordNumber('L-01'),
  })
  writeStep(market, row, 'begin', NONE, 'buyer')
  market.reactions.sellerMailed(row)
}

/** The mail comes back: a service ticket is filed in its place. */
export function bounceContact(market: Market, row: number): void {
  step(market, row, 'bounce', 'buyer')
  market.reactions.sellerUnreachable(row)
}

/** The question is answered, by the seller or (`manager`) by the cloud. */
export function answerContact(market: Market, row: number, by: 'seller' | 'manager'): void {
  step(market, row, 'answer', by)
  market.contacts.remove(row)
}

function step(market: Market, row: number, event: 'answer' | 'bounce', by: 'buyer' | 'seller' | 'manager'): void {
  const { contacts } = market
  const from = contacts.state[row]
  contacts.state[row] = market.move(supportContact, from, event)
  writeStep(market, row, event, from, by)
}

function writeStep(
  market: Market,
  row: number,
  event: 'begin' | 'answer' | 'bounce',
  from: number,
  by: 'buyer' | 'seller' | 'manager',
): void {
  const { contacts, facts, now } = market
  facts.support_steps({
    contact_id: contacts.id[row],
    at: now,
    event: wordNumber(event),
    from_state: from === NONE ? 0 : wordNumber(supportContact.states[from]),
    to_state: wordNumber(supportContact.states[contacts.state[row]]),
    rule: wordNumber('L-01'),
    by: wordNumber(by),
  })
}
