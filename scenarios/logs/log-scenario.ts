/** A log as a scenario: a trace of its uses, and the regions, products and buyers that it needs. */
import { dateText } from '#base/civil-text.ts'
import { dayOf, formatInstant, formatOffset, startOfDay } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import { DAY } from '#base/time.ts'
import { Ids } from './ids.ts'
import { flavourIds, productIds, zoneIds } from './log-ids.ts'
import { PeakUse } from './peak-use.ts'
import { ENDLESS, type Usage } from './usage.ts'

/** The head of the trace; times are whole ms since the epoch, lifetimes whole ms. */
export const traceHead = 'at,lifetime,quantity,buyer,flavour,zone,product,resource\n'

/** A scenario has one segment of buyers by zone and product. */
const MOST_SEGMENTS = 1_000
const MOST_POOLS = 10_000
const LONGEST_RUN = 36_500 * DAY

export class LogScenario {
  readonly #flavours = flavourIds()
  readonly #zones = zoneIds()
  readonly #products = productIds()
  /** By zone, then by flavour. */
  readonly #pools = new Map<string, Map<string, PeakUse>>()
  /** Products by zone. */
  readonly #sold = new Map<string, Set<string>>()
  #segments = 0
  #poolCount = 0
  readonly #field: (text: string) => string

  /** `csvField` quotes a name. */
  constructor(csvField: (text: string) => string) {
    this.#field = csvField
  }

  /** The line of the trace. Throws InputError for more zones, products or flavours than a scenario can have. */
  line(usage: Usage, copies: number): string {
    const flavour = this.#flavours.of(usage.flavour)
    const zone = this.#zones.of(usage.zone)
    const product = this.#products.of(usage.product)
    const { at, lifetimeMs, quantity } = usage
    this.#count(zone, product, flavour, at, lifetimeMs < 0 ? undefined : at + lifetimeMs, quantity * copies)
    const lifetime = lifetimeMs < 0 ? ENDLESS : String(lifetimeMs)
    const line = `${at},${lifetime},${quantity},${this.#field(usage.account)},${flavour},${zone},${product},${this.#field(usage.resource)}\n`
    return copies === 1 ? line : line.repeat(copies)
  }

  #count(zone: string, product: string, flavour: string, at: number, end: number | undefined, servers: number): void {
    let pools = this.#pools.get(zone)
    if (pools === undefined) {
      pools = new Map()
      this.#pools.set(zone, pools)
    }
    let pool = pools.get(flavour)
    if (pool === undefined) {
      pool = new PeakUse()
      pools.set(flavour, pool)
      if (++this.#poolCount > MOST_POOLS) throw tooMany('pools', MOST_POOLS, 'flavour or zone')
    }
    pool.add(at, end, servers)
    let sold = this.#sold.get(zone)
    if (sold === undefined) {
      sold = new Set()
      this.#sold.set(zone, sold)
    }
    if (sold.has(product)) return
    sold.add(product)
    if (++this.#segments > MOST_SEGMENTS) throw tooMany('segments of buyers', MOST_SEGMENTS, 'zone or product')
  }

  /** The scenario. `first` and `last`: earliest begin and latest end, ms; `notes` become comments. */
  text(name: string, first: number, last: number, utcOffset: number, notes: readonly string[]): string {
    const start = startOfDay(dayOf(first, utcOffset), utcOffset)
    const end = Math.min(startOfDay(dayOf(last, utcOffset) + 1, utcOffset), start + LONGEST_RUN)
    const zones = [...this.#pools].map(([zone, pools]) => {
      const lines = [...pools].map(
        ([flavour, { most }]) => `          - { flavour: ${flow(flavour)}, capacity: ${most}, provisioning: 0s }`,
      )
      return `      - id: ${flow(zone)}\n        pools:\n${lines.join('\n')}`
    })
    const products = this.#products.all.map(
      (product) =>
        `  - id: ${flow(product)}\n    kind: image\n    seller: sellers/1\n    category: infrastructure\n    specifications: [{ id: hour, billing: pay-per-use }]`,
    )
    const isOne = this.#segments === 1
    const segments = [...this.#sold].flatMap(([zone, sold]) =>
      [...sold].map((product) => this.#segment(zone, product, isOne)),
    )
    return `${notes.map((note) => `# ${note}`.trimEnd()).join('\n')}
name: ${flow(name)}
question: How many servers does the demand of the log from ${dateText(dayOf(first, utcOffset))} on need?
start: ${formatInstant(start, utcOffset)}
end: ${formatInstant(end, utcOffset)}
seed: 1
currency: USD
# The log has no prices. Remove this line, and give pools and specifications an hourly price, to ask about money.
money: ignore

policies:
  time.utcOffset: "${formatOffset(utcOffset)}"
  ecs.granularity: second

# The capacity of each pool is the most in use in any clock hour of the log.
regions:
  - id: region-1
    zones:
${zones.join('\n')}

sellers:
  - { segment: sellers }

catalog:
${products.join('\n')}

buyers:
${segments.join('\n')}
`
  }

  #segment(zone: string, product: string, isOne: boolean): string {
    const name = isOne ? 'accounts' : `accounts-${this.#segmentNames.of(`${zone}-${product}`)}`
    const flavour = [...(this.#pools.get(zone)?.keys() ?? [])][0] ?? ''
    const where = isOne ? '' : `\n        where: { zone: ${quoted(zone)}, product: ${quoted(product)} }`
    return `  - segment: ${name}
    load:
      trace:
        file: trace.csv
        origin: 1970-01-01T00:00:00Z
        columns: { at: at, lifetime: lifetime, quantity: quantity, flavour: flavour, buyer: buyer }
        unit: ms${where}
    buys:
      - { product: ${flow(product)}, specification: hour, flavour: ${flow(flavour)}, zones: { ${quoted(zone)}: 1 } }`
  }

  readonly #segmentNames = new Ids('all')
}

const quoted = (text: string): string => JSON.stringify(text)
/** An id as YAML: quoted where it could be read as a number, a date or a switch. */
const flow = (text: string): string =>
  /^[A-Za-z]/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text) ? text : quoted(text)

const tooMany = (what: string, most: number, role: string) =>
  new InputError(
    `the log needs more than ${most} ${what}`,
    `name another column for ${role} with --map, or leave rows out with --skip, --from and --until`,
  )
