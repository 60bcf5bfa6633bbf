/**
 * The log of a run against the run: each hour that `meter` makes of the log next to the hour that the run metered, and the bills that
 * have them. What is not the same is gathered by account, month and rule, so that nothing is left out unseen.
 */
import type { RatedHour } from '#sim/metering-log/hour-pricer.ts'
import { type RecordedHour, RecordedHours, type Sources } from '../../reprice/run-usage.ts'
import { KeyedSums } from '../keyed-sums.ts'

/** What the run billed and the log does not come to, or the other way round. */
export interface LeftOut {
  readonly what: 'use' | 'order'
  readonly account: string
  /** Year x 12 + month - 1. */
  readonly month: number
  readonly kind: string
  readonly product: string
  readonly rule: string
}

export interface LeftOutSums extends LeftOut {
  readonly count: bigint
  /** Whole 1e-8. */
  readonly run: bigint
  readonly log: bigint
}

/** An order is no use, and so no log of use has it. */
export const isUse = ({ what }: LeftOut): boolean => what === 'use'

const fields = ['count', 'log', 'run'] as const

/** Sums of counts and both sides by account, month and rule. */
export class LeftOutRows {
  readonly #sums = new KeyedSums()

  add(left: LeftOut, amounts: Pick<LeftOutSums, 'run' | 'log' | 'count'>): void {
    const { what, account, month, kind, product, rule } = left
    const key = [what, account, String(month).padStart(6, '0'), kind, product, rule].join('\0')
    for (const field of fields) this.#sums.add(`${key}\0${field}`, amounts[field], () => JSON.stringify(left))
  }

  *rows(): Generator<LeftOutSums> {
    let amounts: bigint[] = []
    for (const { about, sum } of this.#sums.entries()) {
      amounts.push(sum)
      if (amounts.length < fields.length) continue
      const [count, log, run] = amounts
      amounts = []
      yield { ...(JSON.parse(about) as LeftOut), count, run, log }
    }
  }
}

/** A server of the log, whose hours come next. */
export interface Expected {
  readonly id: number
  readonly account: number
}

/** An hour that the log makes. */
interface LoggedHour {
  readonly kind: string
  readonly product: string
  readonly hour: number
  readonly month: number
  readonly amount: bigint
  readonly rule: string
}

export interface ProofNames {
  flavour(pool: number, account: number): string
  product(specification: number): string
  account(id: number): string
}

/** Takes what the run metered: an hour on the bill of a month. */
export type TakeHour = (account: number, month: number, amount: bigint) => void

export class LogProof {
  readonly #sources: Sources
  readonly #recorded: RecordedHours
  readonly #names: ProofNames
  readonly #left: LeftOutRows
  readonly #take: TakeHour
  readonly #expected: Expected[] = []
  #server: string | undefined
  #hours: LoggedHour[] = []
  /** Hours of both sides that are the same. */
  same = 0

  constructor(sources: Sources, names: ProofNames, left: LeftOutRows, take: TakeHour) {
    this.#sources = sources
    this.#recorded = new RecordedHours(sources)
    this.#names = names
    this.#left = left
    this.#take = take
  }

  /** The next server of the log, in the order of their numbers. */
  expect(server: Expected): void {
    this.#expected.push(server)
  }

  /** An hour that is made of the log, server after server. */
  hour({ resource, kind, product, hour, month, amount, rule }: RatedHour): void {
    if (resource !== this.#server) this.#flush(resource)
    this.#hours.push({ kind, product, hour, month, amount: BigInt(amount), rule })
  }

  /** There are no more hours. */
  finish(): void {
    this.#flush(undefined)
    for (const { account, hours } of this.#recorded.upTo(Number.POSITIVE_INFINITY)) this.#compare(account, hours, [])
  }

  /** Judges the servers up to the one whose hours begin. */
  #flush(next: string | undefined): void {
    while (this.#expected.length > 0 && String(this.#expected[0].id) !== next) {
      const { id, account } = this.#expected.shift() as Expected
      const logged = String(id) === this.#server ? this.#hours : []
      let isFound = false
      for (const recorded of this.#recorded.upTo(id)) {
        const isIt = recorded.id === id
        isFound ||= isIt
        this.#compare(recorded.account, recorded.hours, isIt ? logged : [])
      }
      if (!isFound) this.#compare(account, [], logged)
    }
    this.#server = next
    this.#hours = []
  }

  #compare(account: number, recorded: readonly RecordedHour[], logged: readonly LoggedHour[]): void {
    const open = new Map<string, LoggedHour[]>()
    for (const hour of logged) {
      const key = `${hour.kind} ${hour.hour} ${hour.product}`
      const same = open.get(key)
      if (same === undefined) open.set(key, [hour])
      else same.push(hour)
    }
    const name = this.#names.account(account)
    for (const hour of recorded) {
      const product =
        hour.item === 'image' ? this.#names.product(hour.priced) : this.#names.flavour(hour.priced, account)
      const month = this.#sources.late.of(hour.instance, hour.itemId, hour.priced)?.get(hour.hour)?.old
      const billed = month === undefined ? this.#sources.monthAt(hour.hour) : month
      if (billed !== null) this.#take(account, billed, hour.amount)
      const key = `${hour.item} ${hour.hour} ${product}`
      const [found] = open.get(key)?.splice(0, 1) ?? []
      const about = { what: 'use', account: name, kind: hour.item, product } as const
      if (found !== undefined && found.amount === hour.amount && found.month === billed) {
        this.same++
        continue
      }
      const rule = billed === null ? 'U-09' : found !== undefined && found.month !== billed ? 'I-04' : hour.rule
      const isMoved = found !== undefined && found.month !== billed
      if (billed !== null) {
        const log = found === undefined || isMoved ? 0n : found.amount
        this.#left.add({ ...about, month: billed, rule }, { count: 1n, run: hour.amount, log })
      }
      if (isMoved) this.#left.add({ ...about, month: found.month, rule }, { count: 1n, run: 0n, log: found.amount })
    }
    for (const hours of open.values())
      for (const { kind, product, month, rule: own, amount } of hours) {
        // What has the same product is one image in the run, whatever it costs; in a log each price has a name.
        const rule = kind === 'image' && product.includes('/') ? 'U-03' : own
        this.#left.add({ what: 'use', account: name, month, kind, product, rule }, { count: 1n, run: 0n, log: amount })
      }
  }
}
