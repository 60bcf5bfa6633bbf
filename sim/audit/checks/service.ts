/** L-01, L-04: support contacts and service tickets, by their steps and by who worked on them, first come first served. */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import type { Step } from '../facts.ts'
import { kinds } from '../kinds.ts'
import type { Lifecycle } from '../lifecycles.ts'
import { StepJudge } from '../step-judge.ts'

const contact: Lifecycle = {
  begins: ['mailed'],
  first: '',
  steps: {
    answer: ['mailed > answered', 'ticketed > answered'],
    bounce: ['mailed > ticketed'],
    'give-up': ['mailed > ticketed'],
  },
  final: ['answered'],
}
const ticket: Lifecycle = { begins: ['open'], first: '', steps: { solve: ['open > solved'] }, final: ['solved'] }

type Row = readonly number[]
const rows = (database: Database, sql: string): Row[] => database.prepare<[], Row>(sql).raw().all() as Row[]

export function service(context: AuditContext): Check {
  return {
    record(database) {
      const contacts = 'SELECT contact_id, at, event, from_state, to_state FROM support_steps ORDER BY rowid'
      const tickets = 'SELECT ticket_id, at, event, from_state, to_state FROM ticket_steps ORDER BY rowid'
      judgeLives(context, database, contact, 'support contact', 'SELECT id, at FROM support_contacts', contacts)
      judgeLives(context, database, ticket, 'service ticket', 'SELECT id, at FROM tickets', tickets)
      judgeQueue(
        context,
        database,
        'SELECT seller, arrived, started, at FROM support_cases ORDER BY seller, started, arrived',
      )
      judgeQueue(context, database, 'SELECT 0, arrived, started, at FROM ticket_cases ORDER BY started, arrived')
      judgeAnswers(context, database)
      judgeActors(context, database)
      judgeTickets(context, database)
    },
  }
}

function judgeLives(
  context: AuditContext,
  database: Database,
  life: Lifecycle,
  name: string,
  born: string,
  stepsSql: string,
): void {
  const judge = new StepJudge(context, name, life)
  const steps = Map.groupBy(rows(database, stepsSql), ([id]) => id)
  for (const [id, at] of rows(database, born))
    judge.judge(
      name,
      id,
      (steps.get(id) ?? []).map(([, when, event, from, to]): Step => ({ at: when, event, from, to })),
      at,
    )
}

/** No case starts before earlier ones, or before its arrival; those that start at one instant are each in turn. */
function judgeQueue({ findings }: AuditContext, database: Database, sql: string): void {
  let desk = -1
  let last = 0
  for (const [whose, arrived, started, at] of rows(database, sql)) {
    if (whose !== desk) last = 0
    desk = whose
    if (arrived >= last && started >= arrived && at >= started) findings.agree(kinds.service, at)
    else findings.differ(kinds.service, `desk ${whose}`, at, started, arrived, 'taken out of turn')
    last = Math.max(last, arrived)
  }
}

/** Who takes each step: the buyer mails, and has the mail back; the seller gives up; a ticket is answered by the cloud, else the seller answers. */
function judgeActors({ findings, premises }: AuditContext, database: Database): void {
  const actors: Readonly<Record<string, string>> = { begin: 'buyer', bounce: 'buyer', 'give-up': 'seller' }
  const sql = 'SELECT contact_id, at, event, from_state, by FROM support_steps'
  for (const [id, at, event, from, by] of rows(database, sql)) {
    const answers = premises.word(from) === 'ticketed' ? 'manager' : 'seller'
    const due = actors[premises.word(event)] ?? answers
    if (premises.word(by) === due) continue
    const text = `${premises.word(event)} by the ${premises.word(by)}, not by the ${due}`
    findings.differ(kinds.service, `support contact ${id}`, at, 1, 0, text)
  }
}

/** An answer of the cloud follows a ticket about that contact that was solved. */
function judgeAnswers({ findings, premises }: AuditContext, database: Database): void {
  const solved = new Map(
    rows(
      database,
      `SELECT t.subject, s.at FROM tickets t JOIN ticket_steps s ON s.ticket_id = t.id
       WHERE t.about = ${premises.number('support')} AND s.event = ${premises.number('solve')}`,
    ).map(([id, at]) => [id, at]),
  )
  const manager = premises.number('manager')
  const answers = `SELECT contact_id, at, by FROM support_steps WHERE event = ${premises.number('answer')}`
  for (const [id, at, by] of rows(database, answers)) {
    const due = by === manager ? solved.get(id) : at
    const described = () => ({
      subject: `support contact ${id}`,
      at,
      text: 'answered by the service desk when its ticket is solved',
    })
    findings.compare(kinds.service, at, due ?? 0, described)
  }
}

/**
 * A contact is ticketed once: after a mail that got lost, which no seller worked on, or after a seller gave up on it,
 * having worked on it, where the scenario says that sellers cannot solve every problem.
 */
function judgeTickets({ findings, premises }: AuditContext, database: Database): void {
  const [bounce, giveUp] = [premises.number('bounce'), premises.number('give-up')]
  const sql = `WITH worked AS (SELECT s.rowid AS step, count(*) AS n
      FROM support_steps s JOIN support_cases c ON c.contact_id = s.contact_id AND c.at <= s.at GROUP BY 1),
    ticketed AS (SELECT subject, at, count(*) AS n FROM tickets WHERE about = ${premises.number('support')} GROUP BY 1, 2)
    SELECT s.contact_id, s.at, s.event, l.segment, coalesce(w.n, 0), coalesce(t.n, 0)
    FROM support_steps s JOIN support_contacts o ON o.id = s.contact_id JOIN sellers l ON l.id = o.seller
    LEFT JOIN worked w ON w.step = s.rowid LEFT JOIN ticketed t ON t.subject = s.contact_id AND t.at = s.at
    WHERE s.event IN (${bounce}, ${giveUp})`
  type Row = [id: number, at: number, event: number, segment: string, cases: number, tickets: number]
  for (const [id, at, event, segment, cases, tickets] of database.prepare<[], Row>(sql).raw().all() as Row[]) {
    const seller = premises.scenario.sellers.find((one) => one.segment === segment)
    const isDue =
      event === giveUp ? cases === 1 && (seller?.solves ?? 1) < 1 : cases === 0 && (seller?.reachable ?? 1) < 1
    const described = () => ({ subject: `support contact ${id}`, at, text: 'a ticket for what a seller did not solve' })
    findings.compare(kinds.service, isDue ? tickets : -1, 1, described)
  }
}
