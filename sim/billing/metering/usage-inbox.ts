/** U-09: usage records are idempotent by (resource, product, hour), and taken late within a window only. */
import type { Policies } from '#scenarios/policies.ts'
import { HOUR } from '../civil-time.ts'

export type Reception = 'accepted' | 'duplicate' | 'conflict' | 'late'

/** The charges of one hour's keys: open addressing over (resource, product), no object per record. */
class HourKeys {
  #resources: Int32Array
  #products: Int32Array
  #quantities: Float64Array
  #size = 0

  /** `slots` is a power of 2. */
  constructor(slots: number) {
    this.#resources = new Int32Array(slots).fill(-1)
    this.#products = new Int32Array(slots)
    this.#quantities = new Float64Array(slots)
  }

  get slots(): number {
    return this.#resources.length
  }

  /** Puts a quantity where the key has none yet; else says whether the same one stands there. */
  put(resource: number, product: number, quantity: number): Reception {
    let at = this.#slot(resource, product)
    if (this.#resources[at] >= 0) return this.#quantities[at] === quantity ? 'duplicate' : 'conflict'
    if (++this.#size * 2 > this.#resources.length) {
      this.#grow()
      at = this.#slot(resource, product)
    }
    this.#resources[at] = resource
    this.#products[at] = product
    this.#quantities[at] = quantity
    return 'accepted'
  }

  save() {
    return {
      resources: this.#resources.slice(),
      products: this.#products.slice(),
      quantities: this.#quantities.slice(),
      size: this.#size,
    }
  }

  static restored(state: ReturnType<HourKeys['save']>): HourKeys {
    const keys = new HourKeys(1)
    keys.#resources = state.resources.slice()
    keys.#products = state.products.slice()
    keys.#quantities = state.quantities.slice()
    keys.#size = state.size
    return keys
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slot(resource: number, product: number): number {
    const mask = this.#resources.length - 1
    let at = hash(resource, product) & mask
    while (this.#resources[at] >= 0 && (this.#resources[at] !== resource || this.#products[at] !== product))
      at = (at + 1) & mask
    return at
  }

  #grow(): void {
    const [resources, products, quantities] = [this.#resources, this.#products, this.#quantities]
    this.#resources = new Int32Array(resources.length * 2).fill(-1)
    this.#products = new Int32Array(resources.length * 2)
    this.#quantities = new Float64Array(resources.length * 2)
    for (let old = 0; old < resources.length; old++) {
      if (resources[old] < 0) continue
      const at = this.#slot(resources[old], products[old])
      this.#resources[at] = resources[old]
      this.#products[at] = products[old]
      this.#quantities[at] = quantities[old]
    }
  }
}

/** Spreads neighbouring numbers over the table (multiplication by odd constants, as in MurmurHash3's finaliser). */
function hash(resource: number, product: number): number {
  const mixed = Math.imul(resource ^ Math.imul(product + 1, 0x9e3779b1), 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}

const FIRST_SLOTS = 64

export class UsageInbox {
  readonly counts: Record<Reception, number> = { accepted: 0, duplicate: 0, conflict: 0, late: 0 }
  readonly #hours = new Map<number, HourKeys>()
  readonly #lateWindow: number
  /** Most records are of the hour that the one before was of. */
  #latestHour = Number.NaN
  #latestKeys = new HourKeys(FIRST_SLOTS)

  constructor(policies: Pick<Policies, 'usage.lateWindow'>) {
    this.#lateWindow = policies['usage.lateWindow']
  }

  /**
   * Judges a record on its arrival. `resource` and `product` are whole numbers of 0 or more, `hour` the first instant of
   * the hour, `quantity` what was used. Only `accepted` records may be charged; `conflict` and `late` are to be reported.
   */
  receive(resource: number, product: number, hour: number, quantity: number, arrivedAt: number): Reception {
    const reception = this.#judge(resource, product, hour, quantity, arrivedAt)
    this.counts[reception]++
    return reception
  }

  /** Forgets the hours for which no record can be taken any more. */
  forget(now: number): void {
    for (const hour of this.#hours.keys()) if (this.#isLate(hour, now)) this.#hours.delete(hour)
    this.#latestHour = Number.NaN
  }

  /** What it has taken, as typed arrays and numbers. */
  save() {
    return {
      counts: { ...this.counts },
      hours: Array.from(this.#hours, ([hour, keys]) => [hour, keys.save()] as const),
    }
  }

  restore(state: ReturnType<UsageInbox['save']>): void {
    Object.assign(this.counts, state.counts)
    this.#hours.clear()
    for (const [hour, keys] of state.hours) this.#hours.set(hour, HourKeys.restored(keys))
    this.#latestHour = Number.NaN
  }

  #isLate(hour: number, arrivedAt: number): boolean {
    return arrivedAt > hour + HOUR + this.#lateWindow
  }

  #judge(resource: number, product: number, hour: number, quantity: number, arrivedAt: number): Reception {
    if (this.#isLate(hour, arrivedAt)) return 'late'
    if (hour !== this.#latestHour) this.#open(hour)
    return this.#latestKeys.put(resource, product, quantity)
  }

  #open(hour: number): void {
    let keys = this.#hours.get(hour)
    if (keys === undefined) {
      // An hour holds about as many records as the one before it.
      keys = new HourKeys(this.#latestKeys.slots)
      this.#hours.set(hour, keys)
    }
    this.#latestHour = hour
    this.#latestKeys = keys
  }
}
