/**
 * What happened to each server of a run, as the events that `meter` reads: the states in which something of it was charged, and the
 * images that it had. It is down while the rules of the run charge nothing: outside of terms (U-04), in grace, while its
 * account is frozen (O-14).
 */
import { formatInstant } from '#base/civil-time.ts'
import { csvField } from '#base/csv-text.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { LogAction } from '#sim/billing/metering/resource-states.ts'
import { freeTimes, type Life, type Term } from '../../reprice/metered-again.ts'

type State = 'running' | 'stopped' | 'suspended' | 'down'

/** A time in which a server is one thing. */
interface Stretch {
  readonly from: number
  readonly to: number
  /** Undefined where it is not there. */
  readonly state: State | undefined
  readonly specification: number
  /** How many images it had had. */
  readonly installation: number
}

/**
 * States of a server as `meter` knows them; undefined where it is not there. What is down or interrupted (E-10, E-11) may come back, so it
 * is not deleted.
 */
const states: Readonly<Record<string, State | undefined>> = {
  creating: undefined,
  running: 'running',
  stopped: 'stopped',
  'changing-image': 'stopped',
  suspended: 'suspended',
  down: 'down',
  interrupted: 'down',
  deleted: undefined,
  failed: undefined,
}

/** What brings a server into a state. */
const actions: Readonly<Record<State, LogAction>> = {
  running: 'start',
  stopped: 'stop',
  suspended: 'suspend',
  down: 'down',
}

interface Names {
  /** Of a pool, as the prices have it. */
  flavour(pool: number, account: number): string
  /** Of a pay-per-use image; empty for all others. */
  product(specification: number): string
  account(id: number): string
}

export class ServerEvents {
  readonly #names: Names
  readonly #policies: Policies
  readonly #end: number
  readonly #offset: number

  constructor(
    names: Names,
    policies: Policies,
    { end, utcOffset }: { readonly end: number; readonly utcOffset: number },
  ) {
    this.#names = names
    this.#policies = policies
    this.#end = end
    this.#offset = utcOffset
  }

  /**
   * The lines of a server's events, none where nothing of it is metered, and whether it is there when the run ends. A server that is
   * not pay-per-use has no flavour: only its images are metered (U-04).
   */
  of(life: Life): { readonly lines: readonly string[]; readonly isThere: boolean } {
    const isMetered =
      life.isPayPerUse || life.steps.some(({ specification }) => this.#names.product(specification) !== '')
    if (!isMetered) return { lines: [], isThere: false }
    const lines: string[] = []
    const account = csvField(this.#names.account(life.account))
    const flavour = life.isPayPerUse ? csvField(this.#names.flavour(life.pool, life.account)) : ''
    const put = (at: number, action: LogAction, product = '', own = ''): void => {
      lines.push(`${formatInstant(at, this.#offset)},${account},${life.id},${action},${csvField(product)},${own}\n`)
    }
    const isEachImageNew = this.#policies['image.key'] === 'image'
    const back = this.#policies['unfreeze.payPerUse']
    let state: State | 'absent' | 'deleted' = 'absent'
    let product = ''
    let installation = 0
    for (const stretch of this.#stretches(life)) {
      const { from: at } = stretch
      const next = stretch.state
      if (next === undefined) {
        if (state !== 'absent' && state !== 'deleted') put(at, 'delete')
        if (state !== 'absent') state = 'deleted'
        continue
      }
      const named = this.#names.product(stretch.specification)
      if (state === 'absent') {
        product = named
        installation = stretch.installation
        put(at, 'start', product, flavour)
        state = 'running'
      }
      const isOther = named !== '' && (named !== product || (isEachImageNew && stretch.installation !== installation))
      if (state !== next || isOther) {
        if (state === 'suspended' && next !== 'down') {
          put(at, 'resume')
          state = back
        } else if (state === 'down') {
          put(at, 'start')
          state = 'running'
        }
      }
      if (isOther) {
        put(at, 'image', named)
        product = named
      }
      installation = stretch.installation
      if (next === state) continue
      put(at, actions[next])
      state = next
    }
    return { lines, isThere: state !== 'absent' && state !== 'deleted' }
  }

  /** A deletion when the run ends, which no server had. */
  deletion({ id, account }: Life): string {
    return `${formatInstant(this.#end, this.#offset)},${csvField(this.#names.account(account))},${id},delete,,\n`
  }

  /** The stretches of a server that are not empty (T-03). */
  *#stretches(life: Life): Generator<Stretch> {
    let installation = 0
    for (const [index, step] of life.steps.entries()) {
      if (step.event === 'imageChanged') installation++
      const to = Math.min(life.steps[index + 1]?.at ?? this.#end, this.#end)
      if (to <= step.at) continue
      const state = states[step.state]
      const stretch = { from: step.at, to, state, specification: step.specification, installation }
      if (state === undefined || state === 'down') yield stretch
      else yield* this.#charged(life, stretch)
    }
  }

  /** The parts of a stretch in which the rules charge, and between them those in which they do not. */
  *#charged(life: Life, stretch: Stretch): Generator<Stretch> {
    const free = freeTimes(life, this.#policies)
    const terms = this.#policies['image.inYearlyGrace'] === 'billed' ? undefined : life.terms
    const cuts = [...free, ...(terms ?? [])]
      .flatMap(({ from, until }) => [from, until])
      .filter((at) => at > stretch.from && at < stretch.to)
    const bounds = [...new Set([stretch.from, ...cuts, stretch.to])].sort((a, b) => a - b)
    for (const [index, from] of bounds.slice(0, -1).entries()) {
      const isCharged = (terms === undefined || isWithin(terms, from)) && !isWithin(free, from)
      yield { ...stretch, from, to: bounds[index + 1], state: isCharged ? stretch.state : 'down' }
    }
  }
}

const isWithin = (terms: readonly Term[], at: number): boolean =>
  terms.some(({ from, until }) => at >= from && at < until)
