/** U-01..U-06, E-09: the meter of one resource. Lifecycle events go in, in time order; rows of metered hours come out. */
import { BillingError } from '#base/billing-error.ts'
import { formatInstant } from '#base/civil-time.ts'
import { shown } from '#base/shown.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { MeteredItem } from './hour-charge.ts'
import { type HourRow, HourRows } from './hour-rows.ts'
import { type LogAction, type ResourceState, stateAfter } from './resource-states.ts'

export interface ResourceEvent {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly do: LogAction
  /** The image product: needed by `image`, and by the `start` of an image. */
  readonly product?: string | undefined
  /** Which image of the product, for `image.key = image`; without it every installation is an image of its own. */
  readonly image?: string | undefined
  /** Of anything but an image: what it has from here on, such as another flavour. Each has hours of its own. */
  readonly size?: string | undefined
}

export type MeterPolicies = Pick<
  Policies,
  'time.utcOffset' | 'image.hour' | 'image.key' | 'image.whenStopped' | 'unfreeze.payPerUse'
> & {
  /** Of a program that breaks U-01: a stopped server is charged as one that runs. */
  readonly billsStopped?: boolean
}

/** What a meter knows between two events, so that one meter can serve many resources in turn. */
export interface MeterAtRest {
  readonly state: ResourceState
  readonly changedAt: number
  readonly product: string | undefined
  readonly key: string | number
  readonly installations: number
  readonly open: readonly HourRow[]
}

export class ResourceMeter {
  readonly #resource: MeteredItem
  readonly #policies: MeterPolicies
  readonly #rows: HourRows
  readonly #until: number
  #state: ResourceState = 'absent'
  #changedAt = Number.NEGATIVE_INFINITY
  #product: string | undefined
  #key: string | number = 0
  #installations = 0

  /** `emit` gets each hour's row when the hour is over or the meter closes; use from `until` on is not counted. */
  constructor(
    resource: MeteredItem,
    policies: MeterPolicies,
    emit: (row: HourRow) => void,
    until = Number.POSITIVE_INFINITY,
  ) {
    this.#resource = resource
    this.#policies = policies
    this.#until = until
    this.#rows = new HourRows(resource === 'image' ? policies['image.hour'] : 'clock', policies['time.utcOffset'], emit)
  }

  get state(): ResourceState {
    return this.#state
  }

  /** What is to be kept of the resource until its next event. */
  rest(): MeterAtRest {
    return {
      state: this.#state,
      changedAt: this.#changedAt,
      product: this.#product,
      key: this.#key,
      installations: this.#installations,
      open: this.#rows.open,
    }
  }

  /** Continues with the resource that rested. */
  wake(resource: MeterAtRest): void {
    this.#state = resource.state
    this.#changedAt = resource.changedAt
    this.#product = resource.product
    this.#key = resource.key
    this.#installations = resource.installations
    this.#rows.take(resource.open)
  }

  /** Takes the next event. Throws BillingError, and then is as before, for what is out of order or impossible. */
  apply(event: ResourceEvent, where: string): void {
    if (event.at < this.#changedAt) {
      const offset = this.#policies['time.utcOffset']
      throw new BillingError(
        where,
        `${formatInstant(event.at, offset)} is before the previous event, ${formatInstant(this.#changedAt, offset)}`,
        'sort the events by time',
      )
    }
    const next = stateAfter(this.#state, event.do, this.#policies['unfreeze.payPerUse'], where)
    if (this.#resource === 'image') this.#checkProduct(event, where)
    this.#use(event.at)
    this.#state = next
    if (this.#installs(event)) {
      this.#product = event.product
      this.#installations++
      this.#key = this.#keyOf(event)
    } else if (this.#resource !== 'image' && event.size !== undefined) {
      this.#product = event.size
      this.#key = event.size
    }
  }

  /** Counts the use up to `now` and gives out every open row. The meter may not be used afterwards, unless it wakes. */
  close(now: number): void {
    if (now > this.#changedAt) this.#use(now)
    this.#rows.close(Number.POSITIVE_INFINITY)
  }

  #installs(event: ResourceEvent): boolean {
    return this.#resource === 'image' && (event.do === 'image' || this.#product === undefined)
  }

  #checkProduct(event: ResourceEvent, where: string): void {
    const isNamed = event.product !== undefined
    if (this.#installs(event) && !isNamed)
      throw new BillingError(where, `${event.do} without a product`, 'name the image product, "product": "A"')
    if (event.do !== 'image' && isNamed && this.#product !== undefined && event.product !== this.#product)
      throw new BillingError(
        where,
        `${event.do} of ${shown(event.product)} while ${shown(this.#product)} is installed`,
        'put an event "do": "image" before it',
      )
  }

  /** U-03, `image.key`. */
  #keyOf(event: ResourceEvent): string | number {
    if (this.#policies['image.key'] === 'product') return event.product ?? ''
    return event.image === undefined ? this.#installations : `image ${event.product} ${event.image}`
  }

  /** Counts [last change, to) if the resource was in use; an empty interval is no use (T-03). */
  #use(to: number): void {
    if (this.#isInUse()) this.#rows.add(this.#changedAt, Math.min(to, this.#until), this.#product, this.#key)
    this.#changedAt = to
  }

  #isInUse(): boolean {
    const state = this.#state
    if (state === 'running') return true
    switch (this.#resource) {
      case 'image':
        // U-06: a stopped server still holds its image.
        return state === 'stopped' && this.#policies['image.whenStopped'] === 'billed'
      case 'disk':
        // A-03, E-09: storage is billed as long as there is any.
        return state === 'stopped' || state === 'suspended'
      case 'elastic-ip':
      case 'bandwidth':
        return state === 'stopped'
      case 'ecs':
        return state === 'stopped' && this.#policies.billsStopped === true
      default:
        return false
    }
  }
}
