/** S-02..S-09: a supervision flow replayed from its log, with the clocks that the rules set. */
import { BillingError } from '#base/billing-error.ts'
import { DAY } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { businessTime, naturalTime, Stopwatch } from './stopwatch.ts'
import {
  type SupervisionEvent,
  type SupervisionKind,
  type SupervisionState,
  startState,
  supervisionActors,
  supervisionFlow,
} from './supervision-flow.ts'

export type Actor = 'buyer' | 'seller' | 'system'

/** What a log may say: the flow's own events, an outcome's `resume`, payment, and what the 365-day rule asks about. */
export type SupervisionAction =
  | Exclude<SupervisionEvent, `resume-${string}` | `close-${string}`>
  | 'resume'
  | 'pay'
  | 'request-invoice'
  | 'issue-invoice'

export interface SupervisionLogEntry {
  readonly at: number
  readonly by: Actor
  readonly do: SupervisionAction
}

export type SupervisionPolicies = Pick<
  Policies,
  | 'appeal.days'
  | 'auto365.invoice'
  | 'auto365.kinds'
  | 'auto365.start'
  | 'completion.delay'
  | 'freeze.pauses'
  | 'reject.cap'
  | 'time.utcOffset'
>

/** What a log may say besides the flow's own events, and by whom. */
const otherActors: Readonly<Record<string, readonly Actor[]>> = {
  resume: ['system'],
  pay: ['buyer', 'system'],
  'request-invoice': ['buyer'],
  'issue-invoice': ['system'],
}

const LONGEST_FLOW = 365 * DAY

export class Supervision {
  readonly kind: SupervisionKind
  state: SupervisionState
  /** S-06: how often each side has said no. */
  sellerRejections = 0
  buyerRejections = 0
  /** How long the seller, or the buyer, has owed the next move. */
  readonly sellerSilence: Stopwatch
  readonly buyerSilence: Stopwatch
  /** The rule that ended the flow. */
  endedBy: 'S-07' | 'S-08' | 'S-09' | null = null
  readonly #policies: SupervisionPolicies
  readonly #completion = new Stopwatch()
  readonly #age = new Stopwatch()
  #isOpened = false
  #isInvoiced = false
  #frozenFrom: SupervisionState = 'awaiting-seller'

  constructor(kind: SupervisionKind, policies: SupervisionPolicies) {
    this.kind = kind
    this.state = startState[kind]
    this.#policies = policies
    const measure = policies['appeal.days'] === 'business' ? businessTime(policies['time.utcOffset']) : naturalTime
    this.sellerSilence = new Stopwatch(measure)
    this.buyerSilence = new Stopwatch(measure)
  }

  /** Takes the next event of the log, in time order. Throws BillingError where the flow holds no such step. */
  apply(entry: SupervisionLogEntry, where: string): void {
    this.advance(entry.at)
    this.#open(entry.at)
    this.#checkActor(entry, where)
    if (this.#isEcho(entry.do) || entry.do === 'pay') return
    if (entry.do === 'request-invoice' || entry.do === 'issue-invoice') {
      if (entry.do === `${this.#policies['auto365.invoice'] === 'issued' ? 'issue' : 'request'}-invoice`)
        this.#isInvoiced = true
    } else if (entry.do === 'resume') this.#step(this.#resumption(entry, where), entry.at, where)
    else this.#step(entry.do, entry.at, where)
  }

  /** What the system's clocks did may be in the log as well. */
  #isEcho(action: SupervisionAction): boolean {
    if (this.endedBy !== 'S-08' && this.endedBy !== 'S-09') return false
    return (action === 'complete' && this.state === 'completed') || (action === 'cancel' && this.state === 'cancelled')
  }

  #resumption(entry: SupervisionLogEntry, where: string): SupervisionEvent {
    if (this.state === 'frozen') return `resume-${this.#frozenFrom}` as SupervisionEvent
    throw new BillingError(where, `${entry.do} of a flow that is ${this.state}`, 'only an appeal freezes a flow')
  }

  /** Lets the clocks of S-08 and S-09 strike, up to and including `now`. */
  advance(now: number): void {
    const completesAt = this.#completion.due(this.#policies['completion.delay'])
    // Older than 365 days: the millisecond after them is the first.
    const closesAt = this.#age.due(LONGEST_FLOW) + 1
    if (closesAt <= now && closesAt < completesAt)
      this.#enter(this.#isInvoiced ? 'completed' : 'cancelled', closesAt, 'S-09')
    else if (completesAt <= now) this.#enter('completed', completesAt, 'S-08')
  }

  /** The flow begins with its first event, and so do the clocks of who owes the first move. */
  #open(at: number): void {
    if (this.#isOpened) return
    this.#isOpened = true
    this.#startSilence(at)
    if (this.#policies['auto365.start'] === 'paid') this.#startAge(at)
  }

  #startAge(at: number): void {
    if ((this.#policies['auto365.kinds'] as readonly string[]).includes(this.kind) && !this.#age.isStarted)
      this.#age.restart(at)
  }

  #checkActor({ do: action, by }: SupervisionLogEntry, where: string): void {
    const actors = otherActors[action] ?? supervisionActors[action as SupervisionEvent]
    if (!(actors as readonly Actor[]).includes(by))
      throw new BillingError(where, `${action} by the ${by}`, `only the ${actors.join(' or the ')} may do that`)
  }

  #step(event: SupervisionEvent, at: number, where: string): void {
    const row: Record<SupervisionEvent, SupervisionState | null> = supervisionFlow[this.kind][this.state]
    const next = row[event]
    const cap = this.#policies['reject.cap']
    if (next === null || (event === 'reject-request' && cap !== 'none' && this.sellerRejections >= cap))
      throw new BillingError(
        where,
        next === null
          ? `${event} of a ${this.kind} flow that is ${this.state}`
          : `${event} number ${this.sellerRejections + 1} is above reject.cap ${cap} (S-04)`,
        next === null ? `possible there: ${possible(row)}` : 'remove the event or raise the cap',
      )
    if (event === 'reject-request') this.sellerRejections++
    if (event === 'reject-product') this.buyerRejections++
    if (event === 'submit-request' && this.#policies['auto365.start'] === 'first-request') this.#startAge(at)
    // S-05: a reminder resets nothing.
    if (event !== 'remind') this.#enter(next, at, event === 'complete' && this.state === 'accepted' ? 'S-08' : 'S-07')
  }

  #enter(next: SupervisionState, at: number, endingRule: 'S-07' | 'S-08' | 'S-09'): void {
    const previous = this.state
    this.state = next
    if (next === 'frozen') {
      this.#frozenFrom = previous
      for (const clock of this.#pausable()) clock.pause(at)
    } else if (next === 'completed' || next === 'cancelled') {
      this.endedBy = endingRule
      for (const clock of [this.sellerSilence, this.buyerSilence, this.#completion, this.#age]) clock.stop()
    } else if (previous === 'frozen') for (const clock of this.#pausable()) clock.resume(at)
    else {
      this.#startSilence(at)
      if (next === 'accepted') this.#completion.restart(at)
    }
  }

  #startSilence(at: number): void {
    const owing = this.state === 'awaiting-seller' ? this.sellerSilence : this.buyerSilence
    this.sellerSilence.stop()
    this.buyerSilence.stop()
    if (this.state !== 'accepted') owing.restart(at)
  }

  /** S-07, `freeze.pauses`: the clocks that stop while the flow is frozen. */
  #pausable(): Stopwatch[] {
    const pauses = this.#policies['freeze.pauses'] as readonly string[]
    return [
      ...(pauses.includes('silence') ? [this.sellerSilence, this.buyerSilence] : []),
      ...(pauses.includes('completion') ? [this.#completion] : []),
      ...(pauses.includes('auto365') ? [this.#age] : []),
    ]
  }
}

const possible = (row: Record<SupervisionEvent, SupervisionState | null>): string =>
  Object.entries(row)
    .flatMap(([event, next]) => (next === null ? [] : [event]))
    .join(', ') || 'nothing, the flow is over'
