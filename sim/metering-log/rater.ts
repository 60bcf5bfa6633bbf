/**
 * Rates a lifecycle log: rows of events go in, in time order for each resource; metered hours come out, are priced, and
 * add up to bills. The rules are the billing core's; this is the memory around them.
 */
import { BillingError } from '#base/billing-error.ts'
import type { CloudResource } from '#scenarios/cloud-resources.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { HourRow } from '../billing/metering/hour-rows.ts'
import { ResourceMeter } from '../billing/metering/resource-meter.ts'
import { EventJudge } from './event-judge.ts'
import { HourPricer, type MeteredHour, type RatedHour } from './hour-pricer.ts'
import type { LogEvent } from './log-event.ts'
import type { LogNames } from './log-names.ts'
import { LogSpan } from './log-span.ts'
import type { Kind, PriceList } from './price-list.ts'
import type { Problems } from './problems.ts'
import { RestingResources } from './resting-resources.ts'
import { SeenEvents } from './seen-events.ts'

/** Events of servers that another program does not know of: it charges a server as if there had been none. */
export type MissedEvent = 'stop' | 'resize'

export interface RaterOptions {
  /** Name of the log, for errors. */
  readonly file: string
  /** Milliseconds from the first row to the last at most. */
  readonly longestSpan: number
  readonly prices: PriceList
  readonly policies: Policies
  /** Use from here on is not counted; undefined: up to the last event. */
  readonly until: number | undefined
  readonly names: LogNames
  /** Resources in memory, about. */
  readonly mostHeld?: number | undefined
  readonly problems: Problems
  readonly missed?: MissedEvent | undefined
  readonly onHour?: ((hour: RatedHour) => void) | undefined
  /** What is metered, before it is priced. */
  readonly onMetered?: ((hour: MeteredHour) => void) | undefined
}

/** What a log came to. */
export interface RatingTotals {
  events: number
  readonly hours: Record<Kind, number>
  readonly seconds: Record<Kind, number>
  /** Hours of use without a price. */
  unrated: number
  /** U-09: rows that were sent again, and dropped. */
  repeats: number
}

const none: readonly never[] = []

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export class LogRater {
  readonly totals: RatingTotals
  readonly #options: RaterOptions
  readonly #resting: RestingResources
  readonly #judge: EventJudge
  readonly #seen = new SeenEvents('event')
  readonly #span: LogSpan
  readonly #server: ResourceMeter
  readonly #image: ResourceMeter
  /** E-09: one for each cloud resource that has a price. */
  readonly #others: readonly (readonly [kind: CloudResource, meter: ResourceMeter])[]
  readonly #pricer: HourPricer
  #latest = Number.NEGATIVE_INFINITY
  #resource = 0
  readonly #metered: Mutable<MeteredHour> = {
    ...{ kind: 'ecs', account: 0, resource: 0, name: 0 },
    ...{ hour: 0, seconds: 0, firstUse: 0, useEnd: 0 },
  }

  constructor(options: RaterOptions) {
    const { policies, names, until, prices } = options
    this.#options = options
    this.#span = new LogSpan(options.file, options.longestSpan, policies['time.utcOffset'])
    this.#pricer = new HourPricer(options)
    const { hours, seconds } = this.#pricer
    this.totals = { events: 0, hours, seconds, unrated: 0, repeats: 0 }
    this.#resting = new RestingResources(policies['image.key'], names, options.mostHeld)
    this.#judge = new EventJudge(this.#resting, names, prices, options.problems)
    const ofServer = { ...policies, billsStopped: options.missed === 'stop' }
    this.#server = new ResourceMeter('ecs', ofServer, (row) => this.#rate('ecs', row), until)
    this.#image = new ResourceMeter('image', policies, (row) => this.#rate('image', row), until)
    this.#others = [...(prices.resources?.keys() ?? [])].map((kind) => [
      kind,
      new ResourceMeter(kind, policies, (row) => this.#rate(kind, row), until),
    ])
  }

  get bills(): HourPricer['bills'] {
    return this.#pricer.bills
  }

  /** Resources seen so far. */
  get resources(): number {
    return this.#resting.count
  }

  /** Takes the next event; what is wrong with it goes to the problems, and the log continues without it. */
  take(event: LogEvent): void {
    this.#span.take(event.at, event.line)
    this.#resting.admit(event.resource)
    if (this.#isRepeat(event) || !this.#judge.accepts(event)) return
    const { resource, line } = event
    const resting = this.#resting
    this.#resource = resource
    this.#server.wake(resting.wake(resource, 'ecs'))
    this.#image.wake(resting.wake(resource, 'image'))
    for (const [kind, meter] of this.#others) meter.wake(resting.wake(resource, kind))
    try {
      this.#server.apply({ at: event.at, do: event.do, size: this.#newSize('ecs', event) }, '')
      this.#image.apply({ at: event.at, do: event.do, product: this.#judge.installed(event) }, '')
      for (const [kind, meter] of this.#others)
        meter.apply({ at: event.at, do: event.do, size: this.#newSize(kind, event) }, '')
    } catch (error) {
      if (!(error instanceof BillingError)) throw error
      this.#judge.reject(event, 'step', error.message.slice(2))
      return
    }
    this.#seen.add()
    if (event.do === 'resize' && this.#options.missed !== 'resize') resting.resize(resource, event.flavour, event.disk)
    this.totals.events++
    if (event.at > this.#latest) this.#latest = event.at
    if (this.#image.state === 'deleted') this.#close(event.at)
    resting.rest(resource, line, this.#server.rest(), this.#image.rest(), this.#restOthers())
    this.#judge.askPrices(event)
  }

  /** What a resize makes of a meter's thing; undefined where it stays what it is. */
  #newSize(kind: Kind, { resource, flavour, disk, do: action }: LogEvent): string | undefined {
    if (action !== 'resize' || this.#options.missed === 'resize') return undefined
    const size = kind !== 'disk' ? flavour : disk >= 0 ? disk : this.#resting.disk(resource) >= 0 ? -1 : flavour
    return size < 0 ? undefined : this.#options.names.flavour(size)
  }

  /** U-09: the same row again is dropped and counted; with other content it is a conflict, and the first is. */
  #isRepeat(event: LogEvent): boolean {
    const seen = this.#seen.find(event)
    if (seen === 'new') return false
    if (seen === 'again') this.#judge.repeats++
    else
      this.#judge.reject(
        event,
        'conflict',
        `${event.do} at this time was in an earlier row with another account, product, flavour or disk (U-09); the first row counts, so correct one of them`,
      )
    return true
  }

  /** The log has ended: whatever still runs is metered to `until`, or to the last event. */
  finish(): RatingTotals {
    const end = this.#options.until ?? this.#latest
    this.#span.closeAt(end)
    for (let resource = 0; resource < this.#resting.count; resource++) {
      // Absent ones never were, and deleted ones were closed with their deletion.
      if (!this.#resting.isThere(resource)) continue
      this.#resource = resource
      this.#server.wake(this.#resting.wake(resource, 'ecs'))
      this.#image.wake(this.#resting.wake(resource, 'image'))
      for (const [kind, meter] of this.#others) meter.wake(this.#resting.wake(resource, kind))
      this.#close(end)
    }
    this.#resting.close()
    this.#seen.close()
    this.#judge.close()
    this.totals.repeats = this.#judge.repeats
    this.totals.unrated = this.#pricer.unrated
    return this.totals
  }

  #close(at: number): void {
    this.#server.close(at)
    this.#image.close(at)
    for (const [, meter] of this.#others) meter.close(at)
  }

  #restOthers() {
    return this.#others.length === 0 ? none : this.#others.map(([kind, meter]) => [kind, meter.rest()] as const)
  }

  /** Hands an hour of the present resource on to be priced; one object serves all of them. */
  #rate(kind: Kind, row: HourRow): void {
    const metered = this.#metered
    const resource = this.#resource
    metered.kind = kind
    metered.account = this.#resting.account(resource)
    metered.resource = resource
    const { names } = this.#options
    if (kind === 'image') metered.name = names.productNumber(row.product ?? '')
    else metered.name = row.product === undefined ? -1 : names.flavourNumber(row.product)
    metered.hour = row.hour
    metered.seconds = row.seconds
    metered.firstUse = row.firstUse
    metered.useEnd = row.useEnd
    this.#options.onMetered?.(metered)
    this.#pricer.take(metered)
  }
}
