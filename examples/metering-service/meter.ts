/** What the example service knows: usage events, each once, and the bills that they come to. */
import { formatInstant, formatMonth, monthOf, startOfHour } from '#base/civil-time.ts'
import { csvLine } from '#base/csv-text.ts'
import { formatAmount } from '#base/money.ts'
import { monthTotal } from '#sim/billing/month-total.ts'
import { PriceBook } from '#sim/load-test/price-book.ts'
import type { MeteredUse } from '#sim/load-test/request-stream.ts'
import { pricedName } from '#sim/load-test/usage-events.ts'
import { usageItems } from '#sim/record/load-ledger.ts'
import { buildWorld, type World, type WorldSpec } from '#sim/world/world.ts'

/** Errors that tests plant, to see that they are found. */
export interface PlantedError {
  /** Every n-th event that is accepted is dropped. */
  readonly dropEvery?: number
  /** An event that is sent twice counts twice, and every n-th counts twice anyway. */
  readonly doubleEvery?: number
  /** Charges are rounded to so many decimals. */
  readonly roundTo?: number
}

/** An event as CloudEvents 1.0 in JSON has it. */
export interface CloudEvent {
  readonly specversion: string
  readonly id: string
  readonly source: string
  readonly subject: string
  readonly time: string
  readonly data: {
    readonly resource: string
    readonly kind: string
    readonly product: string
    readonly seconds: number
  }
}

export class WrongEvent extends Error {}

interface Charge {
  readonly account: string
  readonly resource: string
  readonly hour: number
  readonly kind: string
  readonly product: string
  /** Whole 1e-8. */
  readonly amount: number
}

export class Meter {
  readonly #world: World
  readonly #prices: PriceBook
  readonly #uses = new Map<string, MeteredUse>()
  readonly #errors: PlantedError
  /** Charges by source, and the IDs that are known of each. */
  readonly #charges = new Map<string, Charge[]>()
  readonly #known = new Map<string, Set<string>>()
  /** Events that were accepted, and those that were sent again. */
  accepted = 0
  repeats = 0

  constructor(spec: WorldSpec, errors: PlantedError = {}) {
    this.#world = buildWorld(spec)
    this.#prices = new PriceBook(this.#world)
    this.#errors = errors
    const { pools, catalog } = this.#world
    const use = (item: MeteredUse['item'], priced: number): void => {
      const request = { instance: 0, item, priced }
      this.#uses.set(`${item} ${pricedName(this.#world, request)}`, request)
    }
    for (const item of usageItems)
      if (item === 'image') for (const offer of catalog.offers) use(item, offer.id)
      else for (const pool of pools) use(item, pool.id)
  }

  /** Takes events, all or none. @throws WrongEvent */
  take(events: readonly unknown[]): void {
    const checked = events.map((event) => this.#checked(event))
    for (const { event, use, hour } of checked) this.#count(event, use, hour)
  }

  #checked(event: unknown): { event: CloudEvent; use: MeteredUse; hour: number } {
    const { specversion, id, source, subject, time, data } = (event ?? {}) as Partial<CloudEvent>
    const texts = { id, source, subject, time }
    for (const [name, text] of Object.entries(texts))
      if (typeof text !== 'string' || text === '') throw new WrongEvent(`the event has no ${name}`)
    if (specversion !== '1.0') throw new WrongEvent(`specversion ${specversion} is not 1.0`)
    const instant = Date.parse(time as string)
    if (Number.isNaN(instant)) throw new WrongEvent(`'${time}' is not a time`)
    const use = this.#uses.get(`${data?.kind} ${data?.product}`)
    if (use === undefined) throw new WrongEvent(`nothing is called ${data?.kind} ${data?.product}`)
    if (typeof data?.resource !== 'string') throw new WrongEvent('data has no resource')
    if (!Number.isSafeInteger(data.seconds) || data.seconds < 0) throw new WrongEvent(`${data.seconds} are no seconds`)
    return { event: event as CloudEvent, use, hour: startOfHour(instant, this.#world.policies['time.utcOffset']) }
  }

  /** U-09: an event is known by its source and ID. U-01, U-02, U-07: it is charged at the price as its hour begins. */
  #count({ id, source, subject: account, data }: CloudEvent, use: MeteredUse, hour: number): void {
    const { dropEvery = 0, doubleEvery = 0 } = this.#errors
    const known = this.#known.get(source) ?? new Set()
    this.#known.set(source, known)
    if (known.has(id)) {
      this.repeats++
      if (doubleEvery === 0) return
    }
    known.add(id)
    this.accepted++
    if (dropEvery > 0 && this.accepted % dropEvery === 0) return
    const { resource, kind, product, seconds } = data
    const amount = this.#rounded(this.#prices.hourAmount(use, this.#prices.hourly(use, hour), seconds))
    const charges = this.#charges.get(source) ?? []
    this.#charges.set(source, charges)
    const charge = { account, resource, hour, kind, product, amount }
    charges.push(charge)
    if (doubleEvery > 0 && this.accepted % doubleEvery === 0) charges.push(charge)
  }

  #rounded(amount: number): number {
    const { roundTo = 8 } = this.#errors
    const unit = 10 ** (8 - roundTo)
    return Math.round(amount / unit) * unit
  }

  /** I-02: what each account owes for each month, as CSV. */
  bills(source: string): string {
    const { policies, scenario } = this.#world
    const sums = new Map<string, { account: string; month: number; charges: bigint; lines: number }>()
    for (const { account, hour, amount } of this.#charges.get(source) ?? []) {
      const month = monthOf(hour, policies['time.utcOffset'])
      const key = `${month} ${account}`
      const sum = sums.get(key) ?? { account, month, charges: 0n, lines: 0 }
      sum.charges += BigInt(amount)
      sum.lines++
      sums.set(key, sum)
    }
    const rows = [...sums.values()].map(({ account, month, charges, lines }) => {
      const { tax, payable } = monthTotal([charges], policies, scenario.currency.decimals)
      return csvLine([
        account,
        formatMonth(month),
        String(lines),
        formatAmount(charges),
        formatAmount(tax),
        formatAmount(payable),
      ])
    })
    return csvLine(['account', 'month', 'lines', 'charges', 'tax', 'payable']) + rows.join('')
  }

  /** Every charge, as CSV. */
  lines(source: string): string {
    const offset = this.#world.policies['time.utcOffset']
    const rows = (this.#charges.get(source) ?? []).map(({ account, resource, hour, kind, product, amount }) =>
      csvLine([account, resource, formatInstant(hour, offset), kind, product, formatAmount(BigInt(amount))]),
    )
    return csvLine(['account', 'resource', 'hour', 'kind', 'product', 'amount']) + rows.join('')
  }
}
