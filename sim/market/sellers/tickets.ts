/** Service tickets (L-01, O-05, I-01): what buyers ask of the cloud's service desk, and what its answer does. */
import { columns } from '#engine/columns.ts'
import { grantCredit } from '../wallets/credit.ts'
import { awaitReturn } from '../invoices/invoicing.ts'
import type { Market } from '../market.ts'
import { answerContact } from './support.ts'
import { NONE } from '../tables.ts'
import { ticket } from './ticket.ts'
import { wordNumber } from '../words.ts'

export const ticketSubjects = ['credit', 'support', 'invoice-return'] as const
export type TicketSubject = (typeof ticketSubjects)[number]

/** Open tickets. `subject` is the row of what it is about, `amount` a credit asked for. */
export const ticketTable = () =>
  columns({ id: 'f64', account: 'i32', about: 'u8', subject: 'i32', amount: 'wide', state: 'u8' })

/** Files a ticket; the service desk gets it. */
export function fileTicket(
  market: Market,
  what: { account: number; about: TicketSubject; subject: number; subjectId: number; amount: bigint },
): void {
  const { tickets, accounts, facts, now } = market
  const row = tickets.add()
  tickets.id[row] = market.number('tickets')
  tickets.account[row] = what.account
  tickets.about[row] = ticketSubjects.indexOf(what.about)
  tickets.subject[row] = what.subject
  tickets.amount.put(row, what.amount)
  tickets.state[row] = ticket.state.open
  facts.tickets({
    id: tickets.id[row],
    at: now,
    account: accounts.id[what.account],
    about: wordNumber(what.about),
    subject: what.subjectId,
    rule: wordNumber('L-01'),
  })
  writeStep(market, row, 'begin', NONE)
  market.reactions.ticketFiled(row)
}

/** The desk has done what was asked. */
export function solveTicket(market: Market, row: number): void {
  const { tickets, timers, now } = market
  const [account, subject] = [tickets.account[row], tickets.subject[row]]
  const from = tickets.state[row]
  tickets.state[row] = market.move(ticket, from, 'solve')
  writeStep(market, row, 'solve', from)
  const about = ticketSubjects[tickets.about[row]]
  if (about === 'credit') {
    grantCredit(market, account, tickets.amount.at(row))
    timers.wake('balanceRises', now, account)
  } else if (about === 'support') answerContact(market, subject, 'manager')
  else awaitReturn(market, subject)
  tickets.remove(row)
}

function writeStep(market: Market, row: number, event: 'begin' | 'solve', from: number): void {
  const { tickets, facts, now } = market
  facts.ticket_steps({
    ticket_id: tickets.id[row],
    at: now,
    event: wordNumber(event),
    from_state: from === NONE ? 0 : wordNumber(ticket.states[from]),
    to_state: wordNumber(ticket.states[tickets.state[row]]),
    rule: wordNumber('L-01'),
  })
}
