/**
 * The hourly prices of a run as the list that `meter` reads. A flavour that has other prices in another pool has the name of its zone
 * before it, and that of interruptible servers (E-11) says so; a product whose specifications differ in price is named with them.
 */
import { formatInstant } from '#base/civil-time.ts'
import { csvLine } from '#base/csv-text.ts'
import { decimalText } from '#base/decimal-text.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import { cloudResources } from '#scenarios/cloud-resources.ts'
import { currencyFrom } from '#scenarios/currencies.ts'
import type { RunRecord } from '../../record.ts'
import { HourlyPrices, hourlyAt, lessOff } from '../../reprice/hourly-prices.ts'

/** What an hour costs from an instant on, whole 1e-10. */
interface Step {
  readonly from: number
  readonly hourly: bigint
}

type Steps = readonly Step[]

interface Pool {
  readonly id: number
  readonly zone: string
  readonly flavour: string
}

interface Image {
  readonly id: number
  readonly product: string
  readonly specification: string
}

const serverKinds = ['ecs', ...cloudResources] as const

/** Only those at which the price changes. */
const changesIn = (steps: Steps): Steps => steps.filter(({ hourly }, index) => hourly !== steps[index - 1]?.hourly)

const textOf = (steps: readonly Steps[]): string =>
  steps.map((each) => each.map(({ from, hourly }) => `${from} ${hourly}`).join(',')).join(';')

/** The names of what has the same prices; `long` tells the others apart. */
function namesOf<T extends { readonly id: number }>(
  things: readonly T[],
  short: (thing: T) => string,
  long: (thing: T) => string,
  prices: (thing: T) => string,
): ReadonlyMap<number, string> {
  const found = Map.groupBy(things, short)
  return new Map(
    things.map((thing) => {
      const same = found.get(short(thing)) ?? []
      return [thing.id, new Set(same.map(prices)).size === 1 ? short(thing) : long(thing)]
    }),
  )
}

export class LogPrices {
  readonly #record: RunRecord
  readonly #pools: readonly Pool[]
  readonly #images: readonly Image[]
  readonly #instants: readonly number[]
  readonly #flavours: ReadonlyMap<number, string>
  readonly #products: ReadonlyMap<number, string>
  readonly #discounts: HourlyPrices
  /** Accounts whose servers are interruptible. */
  readonly #interruptible: ReadonlySet<number>

  constructor(record: RunRecord) {
    this.#record = record
    this.#discounts = new HourlyPrices(record, record)
    this.#instants = this.#discounts.changes
    this.#pools = record
      .rows<{ id: bigint; zone: string; flavour: string }>(
        'SELECT p.id, z.zone, p.flavour FROM pools p JOIN zones z ON z.id = p.zone_id ORDER BY p.id',
      )
      .map(({ id, zone, flavour }) => ({ id: Number(id), zone, flavour }))
    this.#images = record
      .rows<{ id: bigint; product: string; specification: string }>(
        "SELECT g.id, g.product, g.specification FROM goods g JOIN specifications s ON s.id = g.id WHERE s.billing = 'pay-per-use' ORDER BY g.id",
      )
      .map(({ id, product, specification }) => ({ id: Number(id), product, specification }))
    this.#flavours = namesOf(
      this.#pools,
      ({ flavour }) => flavour,
      ({ zone, flavour }) => `${zone}/${flavour}`,
      ({ id }) => textOf(serverKinds.map((kind) => this.#steps(kind, id))),
    )
    this.#products = namesOf(
      this.#images,
      ({ product }) => product,
      ({ product, specification }) => `${product}/${specification}`,
      ({ id }) => textOf([this.#steps('image', id)]),
    )
    const buyers = (record.meta.scenario.buyers ?? []) as readonly { segment?: string; interruptible?: boolean }[]
    const segments = new Set(buyers.filter((each) => each.interruptible === true).map(({ segment }) => segment))
    this.#interruptible = new Set(
      segments.size === 0
        ? []
        : record
            .rows<{ id: bigint; segment: string }>('SELECT id, segment FROM accounts')
            .filter(({ segment }) => segments.has(segment))
            .map(({ id }) => Number(id)),
    )
  }

  #steps(item: string, id: number): Steps {
    return changesIn(this.#instants.map((from) => ({ from, hourly: hourlyAt(this.#record, item, BigInt(id), from) })))
  }

  /** E-11: a listed price less the discounts of a pool. */
  #discounted(steps: Steps, pool: number): Steps {
    const discounts = this.#discounts.discountsOf(pool)
    const instants = [...new Set([...steps.map(({ from }) => from), ...discounts.map(({ at }) => at)])]
    return changesIn(
      instants
        .sort((a, b) => a - b)
        .map((from) => {
          const listed = steps.findLast((step) => step.from <= from)?.hourly ?? steps[0].hourly
          const off = discounts.findLast(({ at }) => at <= from)?.off ?? 0n
          return { from, hourly: lessOff(listed, off) }
        }),
    )
  }

  /** The name of the servers of a pool that an account has. */
  flavour(pool: number, account: number): string {
    const own = this.#isDiscounted(pool) && this.#interruptible.has(account)
    return own ? `${this.#named(pool)} interruptible` : (this.#flavours.get(pool) ?? '')
  }

  #isDiscounted(pool: number): boolean {
    return this.#interruptible.size > 0 && this.#discounts.hasDiscounts(pool)
  }

  /** Interruptible servers have discounts of their pool. */
  #named(pool: number): string {
    const { zone, flavour } = this.#pools.find(({ id }) => id === pool) as Pool
    return `${zone}/${flavour}`
  }

  /** Of a pay-per-use image; empty for all others. */
  product(specification: number): string {
    return this.#products.get(specification) ?? ''
  }

  /** The whole list as CSV. */
  csv(): string {
    const { utcOffset, currency, decimals } = this.#record.meta
    const lines = new Set<string>()
    const put = (kind: string, name: string, steps: Steps): void => {
      for (const [index, { from, hourly }] of steps.entries()) {
        const since = index === 0 ? '' : formatInstant(from, utcOffset)
        lines.add(
          csvLine([kind, name, decimalText(hourly, UNIT_PRICE_DECIMALS), since, currencyText(currency, decimals)]),
        )
      }
    }
    for (const { id } of this.#pools)
      for (const kind of serverKinds) {
        const steps = this.#steps(kind, id)
        if (kind !== 'ecs' && steps.every(({ hourly }) => hourly === 0n)) continue
        put(kind, this.#flavours.get(id) ?? '', steps)
        if (this.#isDiscounted(id))
          put(kind, `${this.#named(id)} interruptible`, kind === 'ecs' ? this.#discounted(steps, id) : steps)
      }
    for (const { id } of this.#images) put('image', this.product(id), this.#steps('image', id))
    return ['kind,name,hourly,from,currency\n', ...lines].join('')
  }
}

/** As a price list names it: a code that is not in ISO 4217 needs its decimals. */
function currencyText(code: string, decimals: number): string {
  const known = currencyFrom(code)
  return 'what' in known || known.decimals !== decimals ? `${code}:${decimals}` : code
}
