/** Whether an event fits what is known of its resource, and whether what it starts has a price. */
import type { LogEvent } from './log-event.ts'
import type { LogNames } from './log-names.ts'
import { type PriceHistory, type PriceList, priceInForce } from './price-list.ts'
import type { ProblemKind, Problems } from './problems.ts'
import type { ResourceTable } from './resting-resources.ts'
import { SeenEvents } from './seen-events.ts'

export class EventJudge {
  readonly #table: ResourceTable
  readonly #names: LogNames
  readonly #prices: PriceList
  readonly #problems: Problems
  readonly #rejected = new SeenEvents('row')
  /** U-09: rows that were sent again. */
  repeats = 0

  constructor(table: ResourceTable, names: LogNames, prices: PriceList, problems: Problems) {
    this.#table = table
    this.#names = names
    this.#prices = prices
    this.#problems = problems
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
    const isNew = this.#table.state[event.resource] === 0
    const wrong = isNew ? this.#wrongBeginning(event) : (this.#wrongOwnerOrTime(event) ?? this.#wrongThing(event))
    if (wrong !== undefined) {
      this.reject(event, wrong[0], wrong[1])
      return false
    }
    if (isNew && event.do === 'start') {
      this.#table.account[event.resource] = event.account
      this.#table.flavour[event.resource] = event.flavour + 1
    }
    return true
  }

  #wrongBeginning({ account }: LogEvent): Wrong {
    return account < 0 ? ['account', 'the first event of a resource without an account; name it'] : undefined
  }

  #wrongOwnerOrTime({ resource, account, at }: LogEvent): Wrong {
    const owner = this.#table.account[resource]
    const { accounts } = this.#names
    if (account >= 0 && account !== owner)
      return ['account', `belongs to ${accounts.text(owner)} and not to ${accounts.text(account)}; correct it`]
    if (at >= this.#table.changedAt[resource]) return undefined
    return ['order', `is before line ${this.#table.line[resource]}; sort the log by time`]
  }

  #wrongThing({ resource, flavour, product, do: action }: LogEvent): Wrong {
    const names = this.#names
    const own = this.#table.flavour[resource] - 1
    if (flavour >= 0 && flavour !== own) {
      const hint = 'give a resized server a name of its own'
      return ['flavour', `flavour ${names.flavour(flavour)} while it has ${names.flavour(own) || 'none'}; ${hint}`]
    }
    const installed = this.#table.product[resource] - 1
    if (action === 'image') return product < 0 ? ['product', 'image without a product; name it'] : undefined
    if (product < 0 || product === installed) return undefined
    const what = `${action} of ${names.product(product)} while ${names.product(installed) || 'no product'} is installed`
    return ['product', `${what}; put an event image before it`]
  }

  /** The product for the image's meter: a server without one has the empty product, which is never charged. */
  installed(event: LogEvent): string | undefined {
    if (event.product >= 0) return this.#names.product(event.product)
    return event.do === 'start' && this.#table.product[event.resource] === 0 ? '' : undefined
  }

  /** A product or flavour without a price is reported; its use stays unrated. */
  askPrices(event: LogEvent): void {
    if (event.do !== 'start' && event.do !== 'image') return
    const { image, ecs } = this.#prices
    const product = this.#names.product(event.product)
    const flavour = event.do === 'start' ? this.#names.flavour(this.#table.flavour[event.resource] - 1) : ''
    if (product !== '') this.#askPrice(event, 'product', product, image.get(product))
    if (flavour !== '') this.#askPrice(event, 'flavour', flavour, ecs.get(flavour))
    if (event.do === 'start' && flavour === '' && this.#names.product(this.#table.product[event.resource] - 1) === '')
      this.problem(event, 'product', 'neither flavour nor product, so nothing can be rated; name one')
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
