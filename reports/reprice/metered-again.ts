/**
 * The hours of servers metered again from their steps (U-01 to U-06, E-09): by the rules of the run, which have to find the hours
 * that it charged, and by other rules of metering. The order of servers is that of their numbers.
 */
import { type CloudResource, cloudResources } from '#scenarios/cloud-resources.ts'
import type { Policies } from '#scenarios/policies.ts'
import { type HourRow, HourRows } from '#sim/billing/metering/hour-rows.ts'
import { resourceHourlyAt } from '../explain/premises.ts'
import type { RunRecord } from '../record.ts'

/** An hour of use of a server, of its image, or of what it has. */
export interface HourAgain {
  readonly item: string
  /** The pool, of an image its specification. */
  readonly priced: number
  readonly hour: number
  readonly seconds: number
  readonly firstUse: number
  readonly useEnd: number
}

export interface Step {
  readonly at: number
  readonly event: string
  readonly state: string
  readonly specification: number
}

/** A server with everything that happened to it. */
export interface Life {
  readonly id: number
  readonly account: number
  readonly pool: number
  readonly isPayPerUse: boolean
  /** U-04: when the term of a yearly/monthly server runs. */
  readonly terms: readonly Term[]
  /** when its account was in grace. */
  readonly graces: readonly Term[]
  /** O-14: when its account was frozen. */
  readonly freezes: readonly Term[]
  readonly steps: Step[]
}

export interface Term {
  readonly from: number
  until: number
}

const always: readonly Term[] = [{ from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }]
const never: readonly Term[] = []

/** States in which something is charged; images besides where `image.whenStopped` says so. */
const charged: Readonly<Record<'ecs' | CloudResource, readonly string[]>> = {
  ecs: ['running'],
  traffic: ['running'],
  disk: ['running', 'stopped', 'changing-image', 'suspended'],
  'elastic-ip': ['running', 'stopped', 'changing-image'],
  bandwidth: ['running', 'stopped', 'changing-image'],
}

const chargedImage = (policies: Policies): readonly string[] =>
  policies['image.whenStopped'] === 'billed' ? ['running', 'stopped', 'changing-image'] : ['running']

/** Whether an hour of something is charged by the second, or as a whole. */
export const isBySecond = (item: string, policies: Policies): boolean =>
  item === 'traffic' || policies[item === 'image' ? 'image.granularity' : 'ecs.granularity'] === 'second'

/**
 * When nothing of a server is billed, earliest first: in grace (A-02, `grace.payPerUseBilled: false`), and while its account is frozen,
 * when only disks could be (O-14, `freeze.storage: free`).
 */
export function freeTimes({ graces, freezes }: Life, policies: Policies): readonly Term[] {
  const free = [
    ...(policies['grace.payPerUseBilled'] ? never : graces),
    ...(policies['freeze.storage'] === 'free' ? freezes : never),
  ]
  return free.sort((a, b) => a.from - b.from)
}

/** What of an interval is billed. */
function billedIn(life: Life, policies: Policies, from: number, to: number): [since: number, until: number][] {
  const found: [number, number][] = []
  let since = from
  for (const free of freeTimes(life, policies)) {
    if (since < Math.min(to, free.from)) found.push([since, Math.min(to, free.from)])
    since = Math.max(since, free.until)
  }
  if (since < to) found.push([since, to])
  return found
}

export class ServersAgain {
  readonly #record: RunRecord
  readonly #resources = new Map<number, readonly CloudResource[]>()
  /** Products of images that are charged by the hour, by specification. */
  readonly #images: ReadonlyMap<number, number>

  constructor(record: RunRecord) {
    this.#record = record
    this.#images = new Map(
      record
        .rows<{ id: bigint; product: bigint }>(
          "SELECT id, product_id AS product FROM specifications WHERE billing = 'pay-per-use'",
        )
        .map(({ id, product }) => [Number(id), Number(product)]),
    )
  }

  /** Every server with its account and, by each of the rules, its hours. */
  *servers(rules: readonly Policies[]): Generator<{ id: number; account: number; pool: number; hours: HourAgain[][] }> {
    for (const life of this.lives())
      yield {
        ...{ id: life.id, account: life.account, pool: life.pool },
        hours: rules.map((policies) => this.#hoursOf(life, policies)),
      }
  }

  /** Every server, in the order of their numbers. */
  *lives(): Generator<Life> {
    const words = new Map(
      this.#record
        .rows<{ id: bigint; word: string }>('SELECT id, word FROM words')
        .map(({ id, word }) => [Number(id), word]),
    )
    const sql = `SELECT s.instance_id, s.at, s.event, s.to_state, s.specification, i.account, i.pool, i.billing, i.order_id
      FROM instance_steps s JOIN instances i ON i.id = s.instance_id ORDER BY s.instance_id, s.at, s.rowid`
    const terms = this.#spans(words, 'subscription_id', 'subscription_steps', 'active')
    const graces = this.#spans(words, 'account', 'account_steps', 'grace')
    const freezes = this.#spans(words, 'account', 'account_freeze_steps', 'frozen')
    let life: Life | undefined
    for (const row of this.#record.cursor(sql).rows) {
      const [id, at, event, state, specification, account, pool, billing, order] = row.map(Number)
      if (life?.id !== id) {
        if (life !== undefined) yield life
        const isPayPerUse = words.get(billing) === 'pay-per-use'
        const ofTerms = isPayPerUse ? always : (terms.get(order) ?? always)
        const free = { graces: graces.get(account) ?? never, freezes: freezes.get(account) ?? never }
        life = { id, account, pool, isPayPerUse, terms: ofTerms, ...free, steps: [] }
      }
      life.steps.push({ at, event: words.get(event) ?? '', state: words.get(state) ?? '', specification })
    }
    if (life !== undefined) yield life
  }

  /** When things are in a state, by their number: terms of subscriptions run, accounts are in grace. */
  #spans(
    words: ReadonlyMap<number, string>,
    column: string,
    table: string,
    wanted: string,
  ): ReadonlyMap<number, readonly Term[]> {
    const found = new Map<number, Term[]>()
    const sql = `SELECT ${column}, at, to_state FROM ${table} ORDER BY rowid`
    for (const row of this.#record.cursor(sql).rows) {
      const [id, at, state] = row.map(Number)
      const terms = found.get(id) ?? []
      found.set(id, terms)
      const last = terms.at(-1)
      const isRunning = last?.until === Number.POSITIVE_INFINITY
      const runs = words.get(state) === wanted
      if (runs && !isRunning) terms.push({ from: at, until: Number.POSITIVE_INFINITY })
      else if (!runs && isRunning) last.until = at
    }
    return found
  }

  #resourcesOf(pool: number): readonly CloudResource[] {
    let found = this.#resources.get(pool)
    if (found === undefined) {
      const priced = resourceHourlyAt(this.#record, BigInt(pool), this.#record.meta.start).map(([each]) => each)
      found = cloudResources.filter((each) => priced.includes(each))
      this.#resources.set(pool, found)
    }
    return found
  }

  #hoursOf(life: Life, policies: Policies): HourAgain[] {
    const { utcOffset, end } = this.#record.meta
    const hours: HourAgain[] = []
    const gather = (item: string, pricedOf: (row: HourRow) => number) => (row: HourRow) => {
      if (isBySecond(item, policies) && row.seconds === 0) return
      const { hour, seconds, firstUse, useEnd } = row
      hours.push({ item, priced: pricedOf(row), hour, seconds, firstUse, useEnd })
    }
    const items = life.isPayPerUse ? (['ecs', ...this.#resourcesOf(life.pool)] as const) : []
    for (const item of items) {
      const rows = new HourRows(
        'clock',
        utcOffset,
        gather(item, () => life.pool),
      )
      this.#eachInterval(life, end, (from, to, { state }) => {
        if (!charged[item].includes(state)) return
        for (const [since, until] of billedIn(life, policies, from, to)) rows.add(since, until, undefined, 0)
      })
      rows.close(Number.POSITIVE_INFINITY)
    }
    const rows = new HourRows(
      policies['image.hour'],
      utcOffset,
      gather('image', ({ product }) => Number(product)),
    )
    const states = chargedImage(policies)
    this.#eachInterval(life, end, (from, to, { state, specification }, installation) => {
      const product = this.#images.get(specification)
      if (product === undefined || !states.includes(state)) return
      const key = policies['image.key'] === 'product' ? product : installation
      const terms = policies['image.inYearlyGrace'] === 'billed' ? always : life.terms
      for (const term of terms) {
        const [inTerm, out] = [Math.max(from, term.from), Math.min(to, term.until)]
        for (const [since, until] of billedIn(life, policies, inTerm, out))
          rows.add(since, until, String(specification), key)
      }
    })
    rows.close(Number.POSITIVE_INFINITY)
    return hours
  }

  /** What a server was between two steps, and how many images it had had. */
  #eachInterval(
    { steps }: Life,
    end: number,
    take: (from: number, to: number, step: Step, installation: number) => void,
  ): void {
    let installation = 0
    for (const [index, step] of steps.entries()) {
      if (step.event === 'imageChanged') installation++
      const to = Math.min(steps[index + 1]?.at ?? end, end)
      if (to > step.at) take(step.at, to, step, installation)
    }
  }
}
