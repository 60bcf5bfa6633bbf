import { Delay } from './delay.ts'
import { type Host, Waitable, type Waiter } from './waitable.ts'

/** A delay in the model's unit, or anything a process can wait for. */
export type Yieldable<T = unknown> = number | Waitable<T>

/** What came first, by its place among the arguments of `anyOf`, and its answer. */
export type First<T = unknown> = { readonly index: number; readonly value: T }

type AnswerOf<W> = W extends Waitable<infer T> ? T : number
type AnswersOf<W extends readonly Yieldable[]> = { -readonly [K in keyof W]: AnswerOf<W[K]> }

/**
 * Waits for the first of several: `const { index, value } = yield anyOf(acquire(desk), soldOut, hold(5))`. The others are
 * given up: their requests leave the queue. Of several within one event, the first by the order of events.
 */
export function anyOf<const W extends readonly Yieldable[]>(...yieldables: W): Waitable<First<AnswerOf<W[number]>>> {
  return new Condition(yieldables, false) as unknown as Waitable<First<AnswerOf<W[number]>>>
}

/**
 * Waits for all: `const [ticket, message] = yield allOf(acquire(desk), pipe.get())`, answers in the order of the
 * arguments. When one fails or the process is interrupted, what had come is refunded.
 */
export function allOf<const W extends readonly Yieldable[]>(...yieldables: W): Waitable<AnswersOf<W>> {
  return new Condition(yieldables, true) as unknown as Waitable<AnswersOf<W>>
}

class Condition extends Waitable<unknown> {
  private readonly parts: readonly Waitable<unknown>[]
  private readonly all: boolean
  private branches: Branch[] = []
  private answers: unknown[] = []
  private missing: number
  private waiter: Waiter | null = null
  private host: Host | null = null
  private over = false

  constructor(yieldables: readonly Yieldable[], all: boolean) {
    super()
    for (const yieldable of yieldables) {
      if (typeof yieldable !== 'number' && !(yieldable instanceof Waitable)) {
        throw new TypeError(
          `${all ? 'allOf' : 'anyOf'}: ${String(yieldable)} has nothing to wait for; give delays and waitables`,
        )
      }
    }
    if (yieldables.length === 0 && !all)
      throw new TypeError('anyOf() of nothing would wait forever; give it something to wait for')
    if (
      new Set(yieldables.filter((yieldable) => typeof yieldable !== 'number')).size <
      yieldables.filter((w) => typeof w !== 'number').length
    ) {
      throw new TypeError(`${all ? 'allOf' : 'anyOf'}: the same waitable is given twice; create one for each place`)
    }
    this.parts = yieldables.map((yieldable) => (typeof yieldable === 'number' ? new Delay(yieldable) : yieldable))
    this.all = all
    this.missing = yieldables.length
  }

  begin(waiter: Waiter, host: Host): void {
    if (this.waiter !== null)
      throw host.runningError('it yields the same condition twice; call anyOf() or allOf() again')
    this.waiter = waiter
    this.host = host
    this.branches = this.parts.map((part, index) => new Branch(this, index, part, waiter))
    this.answers = this.parts.map(() => undefined)
    if (this.missing === 0) waiter.resume([])
    for (const branch of this.branches) {
      if (this.over) break
      branch.open = true
      branch.part.begin(branch, host)
    }
  }

  abandon(): void {
    this.end()
    this.undoAnswers()
  }

  override undo(): void {
    this.undoAnswers()
  }

  describe(): string {
    return `${this.all ? 'all' : 'the first'} of ${this.parts.map((part) => part.describe()).join(', ')}`
  }

  arrive(branch: Branch, value: unknown): void {
    branch.open = false
    branch.arrived = true
    this.answers[branch.index] = value
    this.missing--
    if (this.all && this.missing > 0) return
    this.end()
    this.waiter?.resume(this.all ? this.answers : { index: branch.index, value })
  }

  fail(branch: Branch, error: unknown): void {
    branch.open = false
    this.end()
    this.undoAnswers()
    this.waiter?.fail(error)
  }

  /** No branch counts from now on. */
  private end(): void {
    this.over = true
    for (const branch of this.branches) {
      if (branch.open && this.host !== null) branch.part.abandon(branch, this.host)
      branch.open = false
    }
  }

  private undoAnswers(): void {
    for (const branch of this.branches) {
      if (branch.arrived && this.host !== null) branch.part.undo(this.answers[branch.index], this.host)
      branch.arrived = false
    }
  }
}

/** One of the things that a condition waits for. */
class Branch implements Waiter {
  readonly index: number
  readonly part: Waitable<unknown>
  /** Begun, and without an answer. */
  open = false
  arrived = false
  entity = -1
  private readonly condition: Condition
  private readonly waiter: Waiter

  constructor(condition: Condition, index: number, part: Waitable<unknown>, waiter: Waiter) {
    this.condition = condition
    this.index = index
    this.part = part
    this.waiter = waiter
  }

  get process(): number {
    return this.waiter.process
  }

  resume(value: unknown): void {
    if (this.open) this.condition.arrive(this, value)
  }

  fail(error: unknown): void {
    if (this.open) this.condition.fail(this, error)
  }
}
