/** What `meter`, `reconcile` and `reprice` read: a lifecycle log, its prices, its policies, and until when. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { grouped } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { DAY } from '#base/time.ts'
import type { Currency } from '#scenarios/currencies.ts'
import type { AskedConventions } from '#scenarios/logs/conventions.ts'
import { formatNames } from '#scenarios/logs/formats.ts'
import type { TableOptions } from '#scenarios/logs/table-rows.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { PriceList } from '#sim/metering-log/price-list.ts'
import type { RateCard } from '#sim/usage-rating/rate-card.ts'
import type { UsageSource } from '#sim/usage-rating/usage-log.ts'
import type { Arguments, CommandOption } from './command.ts'
import { checkInputFile } from './input-file.ts'
import { policiesAsked, policiesOption } from './policy-options.ts'
import {
  askedConventions,
  eventRoles,
  mapFrom,
  mapOption,
  priceRoles,
  shapeOf,
  tableFile,
  tableOptions,
} from './table-options.ts'

export interface MeteringInput {
  readonly path: string
  readonly file: string
  readonly prices: PriceList
  readonly policies: Policies
  readonly until: number | undefined
  readonly longestSpan: number | undefined
  /** How the log is written. */
  readonly table: TableOptions & AskedConventions
  events(): AsyncIterable<Uint8Array>
  /** What was read of a log of another format, once it has been. */
  readonly imported?: () => string
}

/** Options that both commands take. */
export const meteringOptions = {
  prices: {
    type: 'string',
    completes: 'log',
    stream: 'in',
    describe: 'PRICES.csv, or - for stdin: kind,name,hourly,from,currency; meter also takes a rate card, CARD.yaml',
  },
  currency: {
    type: 'string',
    defaultDescription: 'USD',
    describe: 'currency of the prices: JPY, or XTS:2 with its decimals',
  },
  policy: {
    type: 'string',
    array: true,
    completes: 'policy',
    describe: 'key=value: change one switch of the rulebook; may be repeated',
  },
  policies: policiesOption,
  until: { type: 'string', defaultDescription: 'the last event', describe: 'ignore use from this time on' },
  'longest-span': {
    type: 'string',
    defaultDescription: '5y',
    describe: 'longest time from the first row to the last, such as 90d or 10y',
  },
  'map-prices': mapOption('PRICES.csv', priceRoles),
  ...tableOptions,
} as const satisfies Readonly<Record<string, CommandOption>>

/** Option of the commands that read logs of other formats. */
export const fromOption = (map: string) =>
  ({
    type: 'string',
    choices: formatNames,
    describe: `the log is of this format of \`import\`, whose roles ${map} then names`,
  }) as const satisfies CommandOption

/** Opens log and prices. Throws InputError. */
export async function meteringInput(
  command: 'meter' | 'reconcile' | 'reprice',
  path: string,
  arguments_: Arguments,
): Promise<MeteringInput> {
  const prices = arguments_.filled('prices', 'write --prices PRICES.csv')
  if (prices === undefined) throw new InputError(`${command} needs prices`, 'write --prices PRICES.csv', path)
  const policies = await policiesAsked(arguments_)
  const until = await untilOf(arguments_.filled('until', 'write --until 2024-02-01T00:00:00+08:00'))
  const longestSpan = await spanOf(arguments_.filled('longest-span', 'write --longest-span 10y'))
  const conventions = askedConventions(arguments_)
  const from = arguments_.filled('from', 'write --from swf')
  if (from !== undefined && command !== 'reprice')
    return importedInput(command, from, path, arguments_, { policies, until, longestSpan, prices })
  // Of `reconcile`, the options of a shape are about the invoices.
  const shape =
    command === 'reconcile'
      ? { map: mapFrom(arguments_, 'map-log', eventRoles) }
      : shapeOf(arguments_, 'map', eventRoles)
  const known = { roles: eventRoles, map: shape.map }
  const log = await tableFile(path, 'a file of events: at,account,resource,do,product,flavour', arguments_, known)
  const { surveyed } = await import('#sim/metering-log/log-survey.ts')
  const list = await priceListOf(prices, arguments_)
  const asked = { ...conventions, ...shape, container: log.container }
  const table = await surveyed(log.name, log.open, asked)
  return { path, file: log.name, prices: list, policies, until, longestSpan, table, events: log.open }
}

/** A log of another format, read as the events that `import --as events` makes of it. */
async function importedInput(
  command: 'meter' | 'reconcile',
  from: string,
  path: string,
  arguments_: Arguments,
  { prices, ...rest }: Pick<MeteringInput, 'policies' | 'until' | 'longestSpan'> & { prices: string },
): Promise<MeteringInput> {
  const { importedEvents } = await import('./imported-events.ts')
  const offset = rest.policies['time.utcOffset']
  const events = await importedEvents(from, path, command === 'reconcile' ? 'map-log' : 'map', offset, arguments_)
  const list = await priceListOf(prices, arguments_)
  return { ...rest, path, file: events.name, prices: list, table: {}, events: events.open, imported: events.summary }
}

/** Reads a list of prices. Throws InputError. */
export async function priceListOf(path: string, arguments_: Arguments): Promise<PriceList> {
  const { readPrices } = await import('#sim/metering-log/price-list.ts')
  const currency = await askedCurrency(arguments_.filled('currency', 'write --currency JPY'))
  const map = mapFrom(arguments_, 'map-prices', priceRoles)
  const file = await tableFile(path, 'a file of prices: kind,name,hourly,from', arguments_, { roles: priceRoles, map })
  return readPrices(file.name, file.open(), currency, {
    ...askedConventions(arguments_),
    map,
    container: file.container,
  })
}

/** M-08. */
async function askedCurrency(text: string | undefined): Promise<Currency | undefined> {
  if (text === undefined) return undefined
  const { currencyFrom } = await import('#scenarios/currencies.ts')
  const found = currencyFrom(text)
  if ('what' in found) throw new InputError(`--currency: ${found.what}`, found.fix)
  return found
}

export async function untilOf(text: string | undefined): Promise<number | undefined> {
  if (text === undefined) return undefined
  const { parseInstant } = await import('#scenarios/time-text.ts')
  const instant = parseInstant(text)
  if (instant !== null) return instant
  throw new InputError(`--until ${text} is not a time with an offset`, 'write --until 2024-02-01T00:00:00+08:00')
}

/** Milliseconds of `90d` or `10y`. */
async function spanOf(text: string | undefined): Promise<number | undefined> {
  if (text === undefined) return undefined
  const { parseDuration } = await import('#scenarios/time-text.ts')
  const years = /^(\d{1,4})y$/.exec(text)
  const span = years === null ? parseDuration(text) : Number(years[1]) * 366 * DAY
  if (span !== null && span > 0) return span
  throw new InputError(`--longest-span ${text} is not a duration`, 'write one such as --longest-span 90d or 10y')
}

/** `2 rows sent twice` (U-09) */
export const sentTwice = (rows: number): string => `${grouped(String(rows))} ${rows === 1 ? 'row' : 'rows'} sent twice`

const MOST_CARD = 16 * 1024 * 1024

/** Reads a rate card; `utcOffset`: of civil months, ms. Throws InputError. */
export async function rateCardAt(path: string, utcOffset: number): Promise<RateCard> {
  const { readRateCard } = await import('#sim/usage-rating/rate-card.ts')
  checkInputFile(path, 'a rate card')
  const text = readFileSync(path, 'utf8')
  if (text.length > MOST_CARD) throw new InputError('a rate card of more than 16 MiB', 'split it', basename(path))
  return readRateCard(text, basename(path), utcOffset)
}

/** Option of the commands that rate usage. */
export const subscriptionsOption = {
  type: 'string',
  completes: 'log',
  describe: 'with CARD.yaml: a second file, of subscriptions: at,account,subscription,do,offer,quantity,months,coupon',
} as const satisfies CommandOption

/** The file of `--subscriptions`. Throws InputError. */
export async function subscriptionsOf(arguments_: Arguments): Promise<UsageSource | undefined> {
  const path = arguments_.filled('subscriptions', 'write --subscriptions SUBSCRIPTIONS.csv')
  if (path === undefined) return undefined
  const { name, open } = await tableFile(path, 'a file of subscriptions', arguments_)
  return { file: name, open, options: askedConventions(arguments_) }
}

/** Whether prices are a rate card, and not a list of the prices of servers. */
export const isRateCard = (path: string | undefined): boolean => path !== undefined && /\.(ya?ml|json)$/i.test(path)
