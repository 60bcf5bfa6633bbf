/** S-06, S-07: moves that were owed for too long, the ground of each appeal, and what became of it. */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'
import { SilenceClock, type Stretch } from '../silence.ts'

interface FlowStep {
  readonly order: number
  readonly at: number
  readonly event: string
  readonly to: string
  readonly specification: number
}

interface Appeal {
  readonly id: number
  readonly order: number
  readonly at: number
  readonly by: string
  readonly ground: string
  readonly steps: string
}

interface Breach {
  readonly order: number
  readonly at: number
  readonly by: string
}

const word = (column: string): string => `(SELECT word FROM words WHERE id = ${column})`
const stepsSql = `SELECT order_id AS "order", at, ${word('event')} AS event, ${word('to_state')} AS "to",
  (SELECT specification FROM orders WHERE id = order_id) AS specification
  FROM supervision_steps ORDER BY order_id, rowid`
const appealsSql = `SELECT id, order_id AS "order", at, ${word('by')} AS by, ${word('ground')} AS ground,
  coalesce((SELECT group_concat(${word('s.event')} || ' ' || s.at || ' ' || ${word('s.outcome')}, '; ' ORDER BY s.rowid)
    FROM appeal_steps s WHERE s.appeal_id = a.id), '') AS steps FROM appeals a ORDER BY order_id, id`
const breachesSql = `SELECT order_id AS "order", at, ${word('by')} AS by FROM silence_breaches ORDER BY order_id, rowid`

export function appeals(context: AuditContext): Check {
  return {
    record(database) {
      const filed = byOrder<Appeal>(database, appealsSql)
      const breaches = byOrder<Breach>(database, breachesSql)
      for (const flow of flowsOf(database)) {
        const { order } = flow[0]
        judgeBreaches(context, flow, breaches.get(order) ?? [])
        judgeAppeals(context, flow, filed.get(order) ?? [])
        filed.delete(order)
        breaches.delete(order)
      }
      for (const order of [...filed.keys(), ...breaches.keys()])
        context.findings.differ(
          kinds.orphan,
          `flow ${order}`,
          0,
          1,
          0,
          'an appeal or a breach in a flow that does not exist',
        )
    },
  }
}

const byOrder = <T extends { order: number }>(database: Database, sql: string): Map<number, T[]> =>
  Map.groupBy(database.prepare<[], T>(sql).all() as T[], ({ order }) => order)

/** One flow after the other. */
function* flowsOf(database: Database): Iterable<FlowStep[]> {
  let flow: FlowStep[] = []
  for (const step of database.prepare<[], FlowStep>(stepsSql).iterate() as Iterable<FlowStep>) {
    if (flow.length > 0 && flow[0].order !== step.order) {
      yield flow
      flow = []
    }
    flow.push(step)
  }
  if (flow.length > 0) yield flow
}

const owing: Readonly<Record<string, string>> = {
  'awaiting-request': 'buyer',
  'awaiting-seller': 'seller',
  'awaiting-acceptance': 'buyer',
}

/** A turn: whose turn it is after a step, and when the clock runs; a freeze may stop it, a reminder does nothing. */
interface Turn {
  readonly by: string
  readonly stretches: Stretch[]
  /** Frozen, from and to; to the end where the flow did not continue. */
  readonly frozen: Stretch[]
}

function turnsOf({ premises }: AuditContext, flow: readonly FlowStep[], end: number): Turn[] {
  const pauses = premises.policies['freeze.pauses'].includes('silence')
  const turns: Turn[] = []
  let turn: Turn | undefined
  for (const [index, { at, event, to }] of flow.entries()) {
    const until = flow[index + 1]?.at ?? end
    const goesOn = event === 'remind' || event === 'appeal' || event.startsWith('resume-')
    if (!goesOn) {
      turn = owing[to] === undefined ? undefined : { by: owing[to], stretches: [], frozen: [] }
      if (turn) turns.push(turn)
    }
    if (to === 'frozen') turn?.frozen.push({ from: at, to: flow[index + 1]?.event.startsWith('resume-') ? until : end })
    if (to !== 'frozen' || !pauses) turn?.stretches.push({ from: at, to: until })
  }
  return turns
}

/** Each turn that lasted for too long is reported once: then, or when the flow thaws. */
function judgeBreaches(context: AuditContext, flow: readonly FlowStep[], recorded: readonly Breach[]): void {
  const { premises, findings } = context
  const clock = new SilenceClock(premises.policies, premises.calendar)
  const due: string[] = []
  const last = flow.at(-1)
  for (const { by, stretches, frozen } of turnsOf(context, flow, premises.end)) {
    let at = clock.brokenAt(stretches)
    for (const { from, to } of frozen) if (at !== null && at > from && at <= to) at = to
    // A flow that a clock ends at that very instant has nothing left to tell.
    const isOver = last?.at === at && last?.event.startsWith('close-') === true
    if (at !== null && at < premises.end && !isOver) due.push(`${by} ${at}`)
  }
  const filed = recorded.map(({ by, at }) => `${by} ${at}`)
  for (let index = 0; index < Math.max(due.length, filed.length); index++) {
    if (due[index] === filed[index]) findings.agree(kinds.breach, 1)
    else {
      const text = `${filed[index] ?? 'nothing'} is reported, ${due[index] ?? 'nothing'} is due (S-06)`
      findings.differ(kinds.breach, `flow ${flow[0].order}`, flow[0].at, filed.length, due.length, text)
      return
    }
  }
}

/** Each appeal has the first ground that is, freezes its flow unless it is denied, and ends at most once. */
function judgeAppeals(context: AuditContext, flow: readonly FlowStep[], recorded: readonly Appeal[]): void {
  const { findings } = context
  const freezes = [...flow.keys()].filter((index) => flow[index].event === 'appeal')
  const denied = recorded.filter(({ steps }) => steps.includes('deny')).length
  const subject = `flow ${flow[0].order}`
  findings.compare(kinds.appeal, recorded.length - denied, freezes.length, () => ({
    subject,
    at: flow[0].at,
    text: 'appeals that froze the flow',
  }))
  for (const { id, at, by, ground, steps } of recorded) {
    const isDenied = steps.includes('deny')
    // Appeals and the steps by which they froze the flow come in the same order, be they at one instant.
    const before = isDenied ? -1 : (freezes.shift() ?? -1)
    const past = flow.slice(0, isDenied ? flow.findLastIndex((step) => step.at <= at) + 1 : Math.max(0, before))
    const fault =
      past.length === 0 || (!isDenied && flow[before]?.at !== at)
        ? 'the flow was not frozen then'
        : (endFault(flow, before, at, steps) ??
          windowFault(context, past, at, isDenied) ??
          groundFault(context, past, at, by, ground))
    if (fault === null) findings.agree(kinds.appeal, 1)
    else findings.differ(kinds.appeal, `appeal ${id}`, at, 1, 0, fault)
  }
}

/** S-07: filed, and then decided as the flow continued, denied, or lapsed with its flow. */
function endFault(flow: readonly FlowStep[], froze: number, at: number, steps: string): string | null {
  const ended = flow[froze + 1]
  const last = flow.at(-1)
  const expected = [`begin ${at} `]
  if (froze < 0) expected.push(`deny ${at} `)
  else if (ended?.event === 'complete' && steps.includes('lapse')) expected.push(`lapse ${ended.at} `)
  else if (ended?.event.startsWith('close-')) expected.push(`lapse ${ended.at} `)
  else if (ended !== undefined)
    expected.push(`decide ${ended.at} ${ended.event.startsWith('resume-') ? 'resume' : ended.event}`)
  const text = expected.join('; ')
  return text === steps ? null : `its steps are '${steps}', should be '${text}'; the flow ends ${last?.to}`
}

/** S-08: between acceptance and completion the policy may deny every appeal; no other is denied. */
function windowFault(
  { premises }: AuditContext,
  past: readonly FlowStep[],
  at: number,
  isDenied: boolean,
): string | null {
  const denies = premises.policyAt('completion.appealInWindow', at) === 'denied'
  // A flow may be completed at the instant of an appeal that came before.
  const isAccepted =
    past.at(-1)?.to === 'accepted' || (isDenied && past.at(-1)?.at === at && past.at(-2)?.to === 'accepted')
  if (isDenied === (isAccepted && denies)) return null
  return isDenied
    ? 'denied, though appeals are allowed then (S-08)'
    : 'not denied between acceptance and completion (S-08)'
}

function groundFault(
  context: AuditContext,
  past: readonly FlowStep[],
  at: number,
  by: string,
  ground: string,
): string | null {
  const { premises } = context
  const policies = premises.policiesAt(at)
  const clock = new SilenceClock(policies, premises.calendar)
  const turn = turnsOf(context, past, at).at(-1)
  const state = past[past.length - 1].to
  const times = (event: string): number => past.filter((step) => step.event === event).length
  const kind = premises.specifications.get(past[0].specification)?.supervised ?? 'saas'
  const limit = policies['appeal.buyerRejects'][kind === 'professional-service' ? 'service' : kind]
  const isOwed = owing[state] !== undefined && turn !== undefined && turn.by !== by
  const expected =
    by === 'seller' && policies['appeal.seller'] === 'never'
      ? 'none'
      : isOwed && clock.isBroken(turn.stretches)
        ? 'silence'
        : times('reject-request') >= policies['appeal.sellerRejects']
          ? 'request-rejections'
          : times('reject-product') >= limit
            ? 'product-rejections'
            : by === 'seller' && policies['appeal.seller'] === 'any-time'
              ? 'at-will'
              : 'none'
  return ground === expected ? null : `of the ${by} for ${ground}, where the ground is ${expected}`
}
