/**
 * A billing program of strangers: it meters and prices a log with decimal.js and JavaScript's own dates, and shares no code with ours.
 * Each of its steps can be another, which is how a bill comes to differ.
 */
import { Decimal } from 'decimal.js'
import type { Draws, Log } from './planted-causes.ts'

Decimal.set({ precision: 40 })

const SECOND = 1000
const HOUR = 3600 * SECOND
export const DAY = 24 * HOUR
/** Our default offset and lag: the program starts from the same rules. */
export const OFFSET = 8 * HOUR
const LAG = HOUR

export interface Price {
  readonly from: number
  readonly hourly: Decimal
}

/** An hour of use of a server or of its image. */
export interface Use {
  readonly account: string
  readonly resource: string
  readonly kind: 'ecs' | 'image'
  readonly product: string
  readonly hour: number
  readonly seconds: number
  readonly firstUse: number
  readonly prices: readonly Price[]
  /** Place of the hour among those of its server, from 0. */
  readonly index: number
}

export interface Row {
  readonly use: Use
  readonly account: string
  readonly resource: string
  readonly product: string
  readonly amount: Decimal
  readonly month: string
}

export interface Bill {
  readonly account: string
  readonly month: string
  readonly charges: Decimal
  readonly tax: Decimal
  readonly payable: Decimal
}

/** What may be another. */
export interface Steps {
  readonly uses: (uses: readonly Use[]) => readonly Use[]
  readonly hourly: (use: Use) => Decimal
  /** What is paid for, of which 3,600 are an hour. */
  readonly seconds: (use: Use) => Decimal
  readonly rounded: (amount: Decimal, use: Use) => Decimal
  readonly month: (use: Use) => string
  readonly rows: (rows: readonly Row[]) => readonly Row[]
  readonly charges: (sum: Decimal, rows: readonly Row[]) => Decimal
  readonly tax: (charges: Decimal, rows: readonly Row[]) => Decimal
  readonly payable: (charges: Decimal, tax: Decimal) => Decimal
  readonly bills: (bills: readonly Bill[]) => readonly Bill[]
}

/** The month of an instant in an offset, `2024-05`. */
export const monthIn = (instant: number, offset: number): string => new Date(instant + offset).toISOString().slice(0, 7)

/** The price in force at an instant. */
export const priceAt = (prices: readonly Price[], at: number): Decimal =>
  (prices.findLast(({ from }) => from <= at) as Price).hourly

export const ours: Steps = {
  uses: (uses) => uses,
  hourly: ({ prices, firstUse }) => priceAt(prices, firstUse),
  seconds: ({ kind, seconds }) => new Decimal(kind === 'image' ? 3600 : seconds),
  rounded: (amount) => amount.toDecimalPlaces(8, Decimal.ROUND_DOWN),
  month: ({ hour }) => monthIn(hour + HOUR + LAG, OFFSET),
  rows: (rows) => rows,
  charges: (sum) => sum,
  tax: () => new Decimal(0),
  payable: (charges, tax) => charges.plus(tax).toDecimalPlaces(2, Decimal.ROUND_HALF_UP),
  bills: (bills) => bills,
}

const fieldsOf = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))

function pricesOf(text: string): Map<string, Price[]> {
  const found = new Map<string, Price[]>()
  for (const [kind, name, hourly, from] of fieldsOf(text)) {
    const list = found.get(`${kind} ${name}`) ?? []
    list.push({ from: from === '' ? Number.NEGATIVE_INFINITY : Date.parse(from), hourly: new Decimal(hourly) })
    found.set(`${kind} ${name}`, list)
  }
  return found
}

/** The hours of a log: servers by the second while they run, images by the started hour while the server exists. */
export function usesOf({ events, prices }: Log): Use[] {
  const lists = pricesOf(prices)
  const servers = new Map<string, string[][]>()
  for (const fields of fieldsOf(events)) {
    const list = servers.get(fields[2]) ?? []
    list.push(fields)
    servers.set(fields[2], list)
  }
  const uses: Use[] = []
  for (const [resource, steps] of servers) {
    const [, account, , , image, flavour] = steps[0]
    const spans: [number, number][] = []
    let since: number | undefined
    for (const [at, , , what] of steps) {
      const instant = Date.parse(at)
      if (what === 'start') since = instant
      else if (since !== undefined) {
        spans.push([since, instant])
        since = undefined
      }
    }
    const [from, until] = [Date.parse(steps[0][0]), Date.parse((steps.at(-1) as string[])[0])]
    let index = 0
    for (let hour = Math.floor(from / HOUR) * HOUR; hour < until; hour += HOUR, index++) {
      const parts = spans
        .map(([start, end]) => [Math.max(start, hour), Math.min(end, hour + HOUR)])
        .filter(([start, end]) => end > start)
      const seconds = parts.reduce((sum, [start, end]) => sum + (end - start) / SECOND, 0)
      const own = { account, resource, hour, index }
      const listOf = (kind: 'ecs' | 'image', product: string): Price[] => lists.get(`${kind} ${product}`) as Price[]
      if (seconds > 0)
        uses.push({
          ...own,
          kind: 'ecs',
          product: flavour,
          seconds,
          firstUse: parts[0][0],
          prices: listOf('ecs', flavour),
        })
      if (image !== '') {
        const firstUse = Math.max(from, hour)
        uses.push({ ...own, kind: 'image', product: image, seconds, firstUse, prices: listOf('image', image) })
      }
    }
  }
  return uses
}

export function rowsOf(log: Log, steps: Steps): readonly Row[] {
  const rows = steps.uses(usesOf(log)).map((use): Row => {
    const amount = steps.rounded(steps.hourly(use).times(steps.seconds(use)).div(3600), use)
    const { account, resource, product } = use
    return { use, account, resource, product, amount, month: steps.month(use) }
  })
  return steps.rows(rows)
}

export function billsOf(rows: readonly Row[], steps: Steps): readonly Bill[] {
  const groups = Map.groupBy(rows, ({ account, month }) => `${account},${month}`)
  const bills = [...groups.values()].map((own): Bill => {
    const sum = own.reduce((total, { amount }) => total.plus(amount), new Decimal(0))
    const charges = steps.charges(sum, own)
    const tax = steps.tax(charges, own).toDecimalPlaces(8, Decimal.ROUND_DOWN)
    const { account, month } = own[0]
    return { account, month, charges, tax, payable: steps.payable(charges, tax) }
  })
  return steps.bills(bills)
}

/** How much a file says: each charge, or of each month its charges, its payable, or both with the tax. */
export const shapes = ['lines', 'charges', 'payable', 'all'] as const
export type Shape = (typeof shapes)[number]

export function otherFile(log: Log, steps: Steps, shape: Shape): string {
  const rows = rowsOf(log, steps)
  const text = (amount: Decimal): string => amount.toFixed(8)
  if (shape === 'lines') {
    const lines = rows.map(
      ({ account, resource, use, product, amount }) =>
        `${account},${resource},${new Date(use.hour).toISOString()},${use.kind},${product},${text(amount)}`,
    )
    return `account,resource,hour,kind,product,amount\n${lines.join('\n')}\n`
  }
  const lines = billsOf(rows, steps).map(({ account, month, charges, tax, payable }) => {
    const own = `${account},${month}`
    if (shape === 'charges') return `${own},${text(charges)}`
    if (shape === 'payable') return `${own},${payable.toFixed(2)}`
    return `${own},${text(charges)},${text(tax)},${payable.toFixed(2)}`
  })
  const columns = shape === 'all' ? 'charges,tax,payable' : shape
  return `account,month,${columns}\n${lines.join('\n')}\n`
}

/** Servers of three to five accounts over five weeks of some month of 2023 to 2025, with prices of four to six decimals and one or two price lists. */
export function strangeLog(random: Draws): Log {
  const year = 2023 + random.below(3)
  const start = Date.UTC(year, random.below(12), 5 + random.below(20), 0) - OFFSET
  const accounts = ['acme', 'beta', 'zeta', 'delta', 'omega'].slice(0, 3 + random.below(3))
  const instant = (at: number): string => new Date(at + OFFSET).toISOString().slice(0, 19).concat('+08:00')
  const rows: { at: number; text: string }[] = []
  const count = 6 + random.below(9)
  for (let index = 0; index < count; index++) {
    const account = accounts[index % accounts.length]
    const at = start + random.below(18 * 24 * 3600) * SECOND
    const until = at + (7200 + random.below(16 * 24 * 3600)) * SECOND
    const flavour = ['c6', 'c7', 'm5'][random.below(3)]
    const image = ['web', 'sql', ''][random.below(3)]
    const line = (time: number, what: string, more: string) =>
      rows.push({ at: time, text: `${instant(time)},${account},i-${index},${what},${more}` })
    line(at, 'start', `${image},${flavour}`)
    let end = until
    if (random.below(2) === 0) {
      const middle = at + Math.floor((until - at) / 2000) * SECOND
      line(middle, 'stop', ',')
      line(middle + 5_000 * SECOND, 'start', ',')
      end = Math.max(until, middle + 9_000 * SECOND)
    }
    line(end, 'delete', ',')
  }
  rows.sort((a, b) => a.at - b.at)
  const decimals = 4 + random.below(3)
  const price = () =>
    new Decimal(5 + random.below(900))
      .div(1000)
      .plus(new Decimal(random.below(10 ** decimals)).div(10 ** decimals))
      .toFixed(decimals)
  const civil = new Date(start + 20 * DAY + OFFSET).toISOString()
  const changed =
    random.below(2) === 0 ? `${civil.slice(0, 10)}T00:00:00+08:00` : instant(start + (8 + random.below(10)) * DAY)
  const prices = ['ecs,c6', 'ecs,c7', 'ecs,m5', 'image,web', 'image,sql'].flatMap((name) => [
    `${name},${price()},`,
    ...(random.below(3) > 0 ? [`${name},${price()},${changed}`] : []),
  ])
  return {
    events: `at,account,resource,do,product,flavour\n${rows.map(({ text }) => text).join('\n')}\n`,
    prices: `kind,name,hourly,from\n${prices.join('\n')}\n`,
  }
}
