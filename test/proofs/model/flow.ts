/** Supervision (S-01..S-09) of the model: whose turn it is, the three clocks, and appeals. */
import type { FlowMove } from './model.ts'
import { type Clock, DAY, type FlowKind, type Rules } from './rules.ts'

/** A clock that has measured `spent` seconds until it was stopped, or runs since `since`; null where it does not run. */
interface Watch {
  spent: number
  since: number | null
}

export interface Flow {
  kind: FlowKind
  state: 'awaiting-request' | 'awaiting-seller' | 'awaiting-acceptance' | 'accepted' | 'frozen'
  frozenFrom: Exclude<Flow['state'], 'frozen'> | null
  sellerRejections: number
  buyerRejections: number
  /** Who owes the next move, and for how long (S-06). */
  owes: 'buyer' | 'seller' | null
  silence: Watch | null
  completion: Watch | null
  auto365: Watch | null
}

/** What a flow ends with: completed, cancelled with a refund, cancelled without one (S-09). */
export type Ended = 'completed' | 'refunded' | 'kept'

export function newFlow(rules: Rules, kind: FlowKind, now: number): Flow {
  const flow: Flow = {
    kind,
    state: 'awaiting-request',
    frozenFrom: null,
    sellerRejections: 0,
    buyerRejections: 0,
    owes: null,
    silence: null,
    completion: null,
    auto365: null,
  }
  // S-02: a license has no request.
  turn(flow, kind === 'license' ? 'awaiting-seller' : 'awaiting-request', now)
  if (rules.ageFrom === 'paid') startAge(rules, flow, now)
  return flow
}

const startAge = ({ closes }: Rules, flow: Flow, now: number): void => {
  if (closes.includes(flow.kind)) flow.auto365 ??= { spent: 0, since: now }
}

/** The flow is handed on: the other side's time begins; after acceptance none does (S-08). */
function turn(flow: Flow, state: Exclude<Flow['state'], 'frozen'>, now: number): void {
  flow.state = state
  flow.owes = state === 'accepted' ? null : state === 'awaiting-seller' ? 'seller' : 'buyer'
  flow.silence = state === 'accepted' ? null : { spent: 0, since: now }
  if (state === 'accepted') flow.completion = { spent: 0, since: now }
}

const measured = (watch: Watch, now: number): number => watch.spent + (watch.since === null ? 0 : now - watch.since)

/** S-06: (a) silence of the other side, (b) rejections of the request, (c) rejections of the product. */
export function appealGround(rules: Rules, flow: Flow, by: 'buyer' | 'seller', now: number): string | null {
  if (flow.state === 'frozen') return null
  if (by === 'seller' && rules.sellerAppeals === 'never') return null
  const isOther = flow.owes !== null && flow.owes !== by
  if (isOther && flow.silence !== null && measured(flow.silence, now) > rules.silence) return 'silence'
  if (flow.sellerRejections >= rules.sellerRejects) return 'request-rejections'
  if (flow.buyerRejections >= rules.buyerRejects) return 'product-rejections'
  return by === 'seller' && rules.sellerAppeals === 'any-time' ? 'at-will' : null
}

/** Takes a move: how the flow ended, or what is said of it. */
export function move(rules: Rules, flow: Flow, what: FlowMove, now: number): Ended | string {
  switch (what) {
    case 'request':
      turn(flow, 'awaiting-seller', now)
      if (rules.ageFrom === 'first-request') startAge(rules, flow, now)
      return 'done'
    case 'refuse':
      return refuse(rules, flow, now)
    case 'deliver':
      turn(flow, 'awaiting-acceptance', now)
      return 'done'
    case 'accept':
      turn(flow, 'accepted', now)
      return 'done'
    case 'reject':
      flow.buyerRejections++
      turn(flow, 'awaiting-seller', now)
      return 'done'
    // S-05: resets nothing.
    case 'remind':
      return 'done'
    case 'buyer-appeals':
      return appeal(rules, flow, 'buyer', now)
    case 'seller-appeals':
      return appeal(rules, flow, 'seller', now)
    case 'withdraw':
      return flow.state === 'frozen' ? 'change-in-progress' : 'refunded'
    case 'complete':
      return 'completed'
    case 'cancel':
      return 'refunded'
    case 'resume':
      return resume(flow, now)
  }
}

/** S-04: a seller who may reject no more can only deliver. */
function refuse(rules: Rules, flow: Flow, now: number): string {
  const isOver = flow.sellerRejections >= rules.rejectCap
  if (!isOver) flow.sellerRejections++
  turn(flow, isOver ? 'awaiting-acceptance' : 'awaiting-request', now)
  return 'done'
}

function appeal(rules: Rules, flow: Flow, by: 'buyer' | 'seller', now: number): string {
  if (appealGround(rules, flow, by, now) === null) return 'no ground'
  if (flow.state === 'accepted' && rules.appealInWindow === 'denied') return 'denied'
  flow.frozenFrom = flow.state as Exclude<Flow['state'], 'frozen'>
  flow.state = 'frozen'
  for (const clock of rules.pauses) {
    const watch = flow[clock]
    if (watch !== null) flow[clock] = { spent: measured(watch, now), since: null }
  }
  return 'filed'
}

/** S-07: the flow continues where it was frozen, and so do its clocks. */
function resume(flow: Flow, now: number): string {
  flow.state = flow.frozenFrom as Exclude<Flow['state'], 'frozen'>
  flow.frozenFrom = null
  for (const clock of ['silence', 'completion', 'auto365'] as const) {
    const watch = flow[clock]
    if (watch?.since === null) flow[clock] = { spent: watch.spent, since: now }
  }
  return 'done'
}

const limits = ({ completionDelay }: Rules): readonly (readonly [Clock, number])[] => [
  ['completion', completionDelay],
  // Older than 365 days; the real clock counts milliseconds.
  ['auto365', 365 * DAY + 0.001],
]

/** Which clock ends the flow first, and when (S-08, S-09). */
export function nextClock(rules: Rules, flow: Flow): { name: Clock; at: number } {
  let first: { name: Clock; at: number } = { name: 'completion', at: Number.POSITIVE_INFINITY }
  for (const [name, limit] of limits(rules)) {
    const watch = flow[name]
    if (watch === null || watch.since === null) continue
    const at = watch.since + limit - watch.spent
    if (at < first.at) first = { name, at }
  }
  return first
}

/** A clock has run out: the flow is completed (S-08), or closed without an invoice (S-09). */
export const strike = (rules: Rules, clock: Clock): Ended =>
  clock === 'completion' ? 'completed' : rules.closeRefund === 'full' ? 'refunded' : 'kept'
