/** Whether an event fits what is known of its resource, and whether what it starts has a price. */
import { diskHistory } from './disk-price.ts'
import type { LogEvent } from './log-event.ts'
import type { LogNames, SizedDisk } from './log-names.ts'
import { type PriceHistory, type PriceList, priceInForce } from './price-list.ts'
import type { ProblemKind, Problems } from './problems.ts'
import type { RestingResources } from './resting-resources.ts'
import { SeenEvents } from './seen-events.ts'

const none: ReadonlyMap<string, PriceHistory> = new Map()

export class EventJudge {
  readonly #resting: RestingResources
  readonly #names: LogNames
  readonly #prices: PriceList
  readonly #problems: Problems
  readonly #disks = new Map<SizedDisk, PriceHistory | undefined>()
  readonly #rejected = new SeenEvents('row')
  /** U-09: rows that were sent again. */
  repeats = 0

  constructor(resting: RestingResources, names: LogNames, prices: PriceList, problems: Problems) {
    this.#resting = resting
    this.#names = names
    this.#prices = prices
    this.#problems = problems
  }

  close(): void {
    this.#rejected.close()
  }

  problem(event: LogEvent, kind: ProblemKind, text: string): void {
    this.#problems.add(event.line, kind, `${this.#names.resources.text(event.resource)}: ${text}`)
  }

  /** Leaves a row out. One that was sent again has its problem already: it counts as sent twice (U-09). */
  reject(event: LogEvent, kind: ProblemKind, text: string): void {
    if (this.#rejected.find(event) === 'again') this.repeats++
    else {
      this.#rejected.add()
      this.problem(event, kind, text)
    }
  }

  /** False, with the problem reported, where the event must be skipped. Keeps account and flavour of a new resource. */
  accepts(event: LogEvent): boolean {
    const isNew = !this.#resting.isKnown(event.resource)
    const wrong = isNew ? this.#wrongBeginning(event) : (this.#wrongOwnerOrTime(event) ?? this.#wrongThing(event))
    if (wrong !== undefined) {
      this.reject(event, wrong[0], wrong[1])
      return false
    }
    if (isNew && event.do === 'start') this.#resting.begin(event)
    return true
  }

  #wrongBeginning({ account }: LogEvent): Wrong {
    return account < 0 ? ['account', 'the first event of a resource without an account; name it'] : undefined
  }

  #wrongOwnerOrTime({ resource, account, at }: LogEvent): Wrong {
    const owner = this.#resting.account(resource)
    const { accounts } = this.#names
    if (account >= 0 && account !== owner)
      return ['account', `belongs to ${accounts.text(owner)} and not to ${accounts.text(account)}; correct it`]
    if (at >= this.#resting.changedAt(resource)) return undefined
    return ['order', `is before line ${this.#resting.line(resource)}; sort the log by time`]
  }

  #wrongThing({ resource, flavour, disk, product, do: action }: LogEvent): Wrong {
    const names = this.#names
    if (action === 'resize') return this.#wrongResize(flavour, disk)
    const own = this.#resting.flavour(resource)
    const hint = 'put an event resize before it'
    if (disk >= 0 && disk !== this.#resting.disk(resource)) {
      const held = names.flavour(this.#resting.disk(resource)) || 'none whose size is known'
      return ['flavour', `a disk of ${names.flavour(disk)} while it has ${held}; ${hint}`]
    }
    if (flavour >= 0 && flavour !== own)
      return ['flavour', `flavour ${names.flavour(flavour)} while it has ${names.flavour(own) || 'none'}; ${hint}`]
    const installed = this.#resting.product(resource)
    if (action === 'image') return product < 0 ? ['product', 'image without a product; name it'] : undefined
    if (product < 0 || product === installed) return undefined
    const what = `${action} of ${names.product(product)} while ${names.product(installed) || 'no product'} is installed`
    return ['product', `${what}; put an event image before it`]
  }

  #wrongResize(flavour: number, disk: number): Wrong {
    return flavour < 0 && disk < 0
      ? ['flavour', 'resize to nothing; name the new flavour, the new disk, or both']
      : undefined
  }

  /** The product for the image's meter: a server without one has the empty product, which is never charged. */
  installed(event: LogEvent): string | undefined {
    if (event.product >= 0) return this.#names.product(event.product)
    return event.do === 'start' && this.#resting.product(event.resource) < 0 ? '' : undefined
  }

  /** A product or flavour without a price is reported; its use stays unrated. */
  askPrices(event: LogEvent): void {
    if (event.do !== 'start' && event.do !== 'image' && event.do !== 'resize') return
    const { image, ecs } = this.#prices
    const product = this.#names.product(event.product)
    const isStart = event.do === 'start'
    const changed = event.do === 'resize' ? event.flavour : -1
    const flavour = this.#names.flavour(isStart ? this.#resting.flavour(event.resource) : changed)
    if (isStart || event.disk >= 0) this.#askDiskPrice(event)
    if (product !== '') this.#askPrice(event, 'product', product, image.get(product))
    if (flavour !== '') this.#askPrice(event, 'flavour', flavour, ecs.get(flavour))
    if (event.do === 'start' && flavour === '' && this.#names.product(this.#resting.product(event.resource)) === '')
      this.problem(event, 'product', 'neither flavour nor product, so nothing can be rated; name one')
  }

  #diskHistory(disk: SizedDisk): PriceHistory | undefined {
    if (!this.#disks.has(disk)) this.#disks.set(disk, diskHistory(this.#prices, disk))
    return this.#disks.get(disk)
  }

  /** Where a GB of any type has a price. */
  #askDiskPrice(event: LogEvent): void {
    const disk = this.#names.disk(this.#resting.disk(event.resource))
    const { gigabytes = none } = this.#prices
    if (disk === undefined || gigabytes.size === 0) return
    const line = `gigabyte,${disk.type},…`
    const history = this.#diskHistory(disk)
    if (!gigabytes.has(disk.type))
      this.problem(
        event,
        'flavour',
        `a GB of ${disk.type} has no price and is not rated; add a line ${line} to the prices`,
      )
    else if (history === undefined)
      this.problem(event, 'price', `${disk.gigabytes} GB of ${disk.type} have no hourly price of at most 10 decimals`)
    else if (priceInForce(history, event.at) === undefined)
      this.problem(event, 'price', `no price of a GB of ${disk.type} is in force yet; add an earlier line ${line}`)
  }

  #askPrice(event: LogEvent, kind: 'product' | 'flavour', name: string, history: PriceHistory | undefined): void {
    const line = `${kind === 'product' ? 'image' : 'ecs'},${name},…`
    if (history === undefined)
      this.problem(event, kind, `${kind} ${name} has no price and is not rated; add a line ${line} to the prices`)
    else if (priceInForce(history, event.at) === undefined)
      this.problem(event, 'price', `no price of ${kind} ${name} is in force yet; add an earlier line ${line}`)
  }
}

type Wrong = readonly [kind: ProblemKind, text: string] | undefined
