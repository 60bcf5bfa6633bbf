/** Service tickets (L-01, O-05, I-01): what buyers ask of the cloud's service desk, and what its answer does. */
import type { Row } from '../../cell/table.ts'
import { begin, transition } from '../../cell/transition.ts'
import { grantCredit } from '../wallets/credit.ts'
import { type Sellers, type TicketSubject, ticketSubjects } from './sellers.ts'
import { answerContact } from './support.ts'
import { ticket } from './ticket.ts'

/** Files a ticket; the service desk gets it. */
export function fileTicket(
  market: Sellers,
  what: { account: Row<'accounts'>; about: TicketSubject; subject: number; subjectId: number; amount: bigint },
): void {
  const { tickets, accounts, facts, now } = market
  const row = tickets.add()
  tickets.id[row] = market.number('tickets')
  tickets.account[row] = what.account
  tickets.about[row] = ticketSubjects.indexOf(what.about)
  tickets.subject[row] = what.subject
  tickets.amount.put(row, what.amount)
  facts.tickets({
    id: tickets.id[row],
    at: now,
    account: accounts.id[what.account],
    about: market.word(what.about),
    subject: what.subjectId,
    rule: market.word('L-01'),
  })
  facts.ticket_steps({ ticket_id: tickets.id[row], ...begin(market, ticket, tickets.state, row, 'open', 'L-01') })
  market.ticketFiled.emit(row)
}

/** The desk has done what was asked. */
export function solveTicket(market: Sellers, row: Row<'tickets'>): void {
  const { tickets, facts, wallets } = market
  const [account, subject] = [tickets.account[row], tickets.subject[row]]
  facts.ticket_steps({ ticket_id: tickets.id[row], ...transition(market, ticket, tickets.state, row, 'solve', 'L-01') })
  const about = ticketSubjects[tickets.about[row]]
  if (about === 'credit') {
    grantCredit(wallets, account, tickets.amount.at(row))
    wallets.wakeBalance(account)
  } else if (about === 'support') answerContact(market, subject, 'manager')
  market.ticketSolved.emit(about, subject)
  tickets.remove(row)
}

/** L-01: a ticket that the desk has solved is gone. */
export function checkTickets({ tickets }: Sellers): void {
  for (let row = 0; row < tickets.rows; row++)
    if (tickets.id[row] > 0 && tickets.state[row] !== ticket.state.open)
      throw new Error(`L-01: ticket ${tickets.id[row]} is '${ticket.states[tickets.state[row]]}' and still there`)
}
