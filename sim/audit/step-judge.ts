/** follows the steps of one thing through its lifecycle. */
import type { AuditContext } from './check.ts'
import type { Step } from './facts.ts'
import { kinds } from './kinds.ts'
import type { Lifecycle } from './lifecycles.ts'

export class StepJudge {
  readonly #context: AuditContext
  readonly #lifecycle: Lifecycle
  readonly #name: string
  /** By the numbers of the record's words: of an event, of the state before it, the states after it. */
  readonly #allowed: boolean[][][] = []
  readonly #first: number

  constructor(context: AuditContext, name: string, lifecycle: Lifecycle) {
    this.#context = context
    this.#name = name
    this.#lifecycle = lifecycle
    const { premises } = context
    this.#first = lifecycle.first === '' ? 0 : premises.number(lifecycle.first)
    for (const to of lifecycle.begins) this.#allow('begin', '', to)
    for (const [event, moves] of Object.entries(lifecycle.steps))
      for (const move of moves) {
        const [from, to] = move.split(' > ')
        this.#allow(event, from, to)
      }
  }

  #allow(event: string, from: string, to: string): void {
    const { premises } = this.#context
    const ofEvent = (this.#allowed[premises.number(event)] ??= [])
    const ofState = (ofEvent[from === '' ? 0 : premises.number(from)] ??= [])
    ofState[premises.number(to)] = true
  }

  /** `thing` and its number say whose steps they are; `born` is when it was recorded: its first step is taken then. */
  judge(thing: string, id: number, steps: readonly Step[], born?: number): void {
    const { findings, premises } = this.#context
    if (steps.length === 0 && this.#lifecycle.begins.length > 0)
      findings.differ(kinds.step, `${thing} ${id}`, born ?? 0, 0, 1, `the ${this.#name} never began`)
    let state = this.#first
    let last = born ?? premises.start
    let agreed = 0
    for (let index = 0; index < steps.length; index++) {
      const step = steps[index]
      const text = this.#fault(step, state, last, index === 0 ? born : undefined)
      if (text === null) agreed++
      else findings.differ(kinds.step, `${thing} ${id}`, step.at, 1, 0, text)
      state = step.to
      last = Math.max(last, step.at)
    }
    if (agreed > 0) findings.agree(kinds.step, 1, agreed)
  }

  #fault({ at, event, from, to }: Step, state: number, last: number, born: number | undefined): string | null {
    const { premises } = this.#context
    const isAllowed = this.#allowed[event]?.[from]?.[to] === true
    if (isAllowed && from === state && at >= last && (born === undefined || at === born) && at <= premises.end)
      return null
    const name = (word: number): string => (word === 0 ? 'nothing' : premises.word(word))
    if (from !== state) return `${name(event)} from ${name(from)}, but the ${this.#name} was ${name(state)}`
    if (!isAllowed) return `the ${this.#name} does not allow step ${name(event)} from ${name(from)} to ${name(to)}`
    if (at < last) return `${name(event)} is before the step that led to it`
    if (born !== undefined && at !== born) return `${name(event)} is not at the instant of the ${this.#name} itself`
    return `${name(event)} is after the end of the run`
  }
}
