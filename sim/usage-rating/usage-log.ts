/** A log of usage events, CSV or JSON lines, handed to the rater: each event once (U-09), and as it was corrected. */
import { BillingError } from '#base/billing-error.ts'
import { formatInstant, monthOf } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import { SeenWords } from '#base/seen-words.ts'
import { shown } from '#base/shown.ts'
import { nameHash } from '#engine/name-hash.ts'
import { type AskedConventions, Conventions } from '#scenarios/logs/conventions.ts'
import { nameBits } from '#scenarios/logs/seen-names.ts'
import {
  readTable,
  surplusOf,
  type TableColumns,
  type TableOptions,
  type TableTaker,
} from '#scenarios/logs/table-rows.ts'
import { JsonTable } from '#scenarios/logs/text-rows.ts'
import type { Policies } from '#scenarios/policies.ts'
import { levelKey } from './levels.ts'
import type { Metric, RateCard } from './rate-card.ts'
import { billOf, dimensionsOf, isOf, type Replacement, type UsageEvent, UsageRater } from './rate-usage.ts'
import { subscriptionEvent } from './subscription-row.ts'

/** Columns with a meaning of their own; every other may be a quantity or a dimension. */
export const usageRoles = [
  ...(['at', 'account', 'metric', 'value', 'resource', 'id', 'received', 'corrects'] as const),
  ...(['subscription', 'do', 'offer', 'quantity', 'months', 'coupon'] as const),
] as const

export const usageProblems = ['row', 'conflict', 'late', 'price', 'refused'] as const
export type UsageProblem = (typeof usageProblems)[number]

/** A file of events. */
export interface UsageSource {
  readonly file: string
  /** The log's bytes, from the beginning each time. */
  open(): AsyncIterable<Uint8Array>
  readonly options: TableOptions & AskedConventions
}

export interface UsageRequest extends UsageSource {
  /** A second file with what happened to subscriptions. */
  readonly subscriptions?: UsageSource | undefined
  readonly card: RateCard
  readonly policies: Policies
  /** Events from this instant on are left out; undefined: none. */
  readonly until?: number | undefined
  /** Called for each problem as it is found. */
  readonly onProblem: (line: number, kind: UsageProblem, text: string) => void
}

export interface UsageLog {
  readonly rater: UsageRater
  readonly rows: number
  readonly taken: number
  /** Rows that were sent again. */
  readonly repeats: number
  /** Rows that replace another, or withdraw it. */
  readonly corrections: number
}

/** A row of either container. */
interface Row {
  readonly line: number
  text(column: string): string
  /** What is wrong with the row as a whole. */
  readonly surplus: string | undefined
}

/** CSV, or JSON where the first character is a bracket. */
async function eachRow(
  { file, open, options }: UsageSource,
  take: (row: Row) => void,
  skip: (line: number, reason: string) => void,
): Promise<void> {
  if (await isJson(open())) {
    const columns = new Map<string, number>()
    let find: (name: string) => number = () => -1
    const rows = new JsonTable(file, {
      columns: (found) => {
        find = (name) => found.find(name)
      },
      row: (row) => {
        const text = (column: string): string => {
          let field = columns.get(column)
          if (field === undefined) {
            field = find(options.map?.[column] ?? column)
            columns.set(column, field)
          }
          return row.text(field)
        }
        take({ line: row.line, surplus: undefined, text })
      },
      skip,
    })
    for await (const bytes of open()) rows.take(bytes)
    rows.end()
    return
  }
  let fields = new Map<string, number>()
  let columns: TableColumns | undefined
  const taker: TableTaker = {
    needed: [['account', 'at']],
    head(found) {
      columns = found
      fields = new Map()
    },
    row(row) {
      const text = (column: string): string => {
        let field = fields.get(column)
        if (field === undefined) {
          field = columns?.find(column) ?? -1
          fields.set(column, field)
        }
        return field < 0 ? '' : row.text(field)
      }
      take({ line: row.line, surplus: surplusOf(row, columns?.names.length ?? row.fields), text })
    },
  }
  await readTable(file, open, options, taker)
}

async function isJson(chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  for await (const bytes of chunks) {
    const [first] = Buffer.from(bytes).toString('latin1').replace(/^ï»¿/, '').trimStart()
    if (first !== undefined) return first === '{' || first === '['
  }
  return false
}

class ReplacedTwice extends BillingError {}

/** Which events are replaced, and when the replacement was received: found before anything is rated. */
class Replaced {
  readonly #by = new Map<string, Replacement & { line: number }>()

  add(id: string, received: number | undefined, line: number): void {
    const known = this.#by.get(id)
    if (known !== undefined)
      throw new ReplacedTwice(
        `line ${line}`,
        `${shown(id)} is replaced by line ${known.line} already`,
        'correct that row by naming its own id',
      )
    this.#by.set(id, { received, line })
  }

  get count(): number {
    return this.#by.size
  }

  /** What replaces an event; undefined where nothing does. */
  of(id: string): Replacement | undefined {
    return this.#by.get(id)
  }

  /** Replacements of what is not there. */
  *unknown(ids: SeenWords): Generator<{ id: string; line: number }> {
    for (const [id, { line }] of this.#by) {
      const [first, second] = nameBits(id)
      if (ids.find(first, second, 0) === undefined) yield { id, line }
    }
  }
}

class UsageReader {
  rows = 0
  taken = 0
  repeats = 0
  corrections = 0
  readonly rater: UsageRater
  readonly #request: UsageRequest
  readonly #replaced: Replaced
  /** Two words of the hash of an id, one of its content's: of ten million ids, two share theirs with a chance of 3e-6. */
  readonly #ids = new SeenWords(2)
  /** What makes two rows of one id the same. */
  readonly #columns: readonly string[]
  /** What happened to subscriptions, of rows without an id. */
  readonly #happened = new Set<string>()
  #source: UsageSource
  #conventions = new Conventions()

  constructor(request: UsageRequest, { replaced, keepsLevels }: Survey) {
    this.#request = request
    this.#source = request
    this.#replaced = replaced
    const ofMetrics = request.card.metrics.flatMap(({ of, where, dimensions }) => [of, ...where.keys(), ...dimensions])
    this.#columns = [...new Set([...usageRoles.filter((role) => role !== 'received'), ...ofMetrics])]
    const report = (line: number, kind: UsageProblem, text: string) => request.onProblem(line, kind, text)
    this.rater = new UsageRater(request.card, request.policies, report, keepsLevels)
  }

  async read(source: UsageSource, conventions: Conventions): Promise<void> {
    this.#source = source
    this.#conventions = conventions
    await eachRow(
      source,
      (row) => this.row(row),
      (line, reason) => this.problem(line, 'row', reason),
    )
  }

  problem(line: number, kind: UsageProblem, text: string): void {
    const { file } = this.#source
    this.#request.onProblem(line, kind, file === this.#request.file ? text : `of ${file}: ${text}`)
  }

  row(row: Row): void {
    this.rows++
    try {
      this.#take(row)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      if (!(error instanceof BillingError))
        throw new InputError(error.what, error.hint, `${this.#source.file}, ${error.where}`)
      this.problem(row.line, 'row', `${error.what}; ${error.hint}`)
    }
  }

  #take(row: Row): void {
    const where = `line ${row.line}`
    if (row.surplus !== undefined)
      throw new BillingError(where, row.surplus, 'quote fields that have the delimiter inside')
    const id = row.text('id')
    const { card, until } = this.#request
    const isSubscription = card.offers.size > 0 && row.text('subscription') !== ''
    if (id === '' ? isSubscription && this.#hasHappened(row) : this.#isRepeated(id, row)) return
    const account = row.text('account')
    const corrects = row.text('corrects')
    if (corrects !== '') this.corrections++
    const isWithdrawal = corrects !== '' && row.text('at') === ''
    if (isWithdrawal) return
    if (account === '') throw new BillingError(where, 'no account', 'name it in each row')
    const at = this.#conventions.instant(row.text('at'), row.line)
    if (until !== undefined && at >= until) return
    const received = this.#received(row)
    if (this.#isRejected(row, at, received)) return
    const replacement = id === '' ? undefined : this.#replaced.of(id)
    const amount = (column: string) => this.#conventions.amount(row.text(column), row.line, MONEY_DECIMALS)
    if (isSubscription)
      this.rater.takeSubscription(subscriptionEvent(row, { account, at, amount }, card), received, replacement)
    else {
      const text = (column: string) => row.text(column)
      const event: UsageEvent = { line: row.line, account, at, received, text, amount }
      this.rater.take(event, replacement)
    }
    this.taken++
  }

  /** U-09: the same row about a subscription again is dropped, also without an id. */
  #hasHappened(row: Row): boolean {
    const content = JSON.stringify(this.#columns.map((column) => row.text(column)))
    const isKnown = this.#happened.has(content)
    if (isKnown) this.repeats++
    this.#happened.add(content)
    return isKnown
  }

  #received(row: Row): number | undefined {
    const text = row.text('received')
    return text === '' ? undefined : this.#conventions.instant(text, row.line)
  }

  /** U-09: the same row again is dropped; the same id with other content is a conflict, and the first one counts. */
  #isRepeated(id: string, row: Row): boolean {
    const [first, second] = nameBits(id)
    const content = nameHash(this.#columns.map((column) => row.text(column)).join('\u0000')) >>> 0
    const known = this.#ids.find(first, second, content)
    if (known === undefined) {
      this.#ids.add(first, second, content)
      return false
    }
    if (known === content) this.repeats++
    else
      this.problem(
        row.line,
        'conflict',
        `${shown(id)} was sent before with other content; name it in a column corrects`,
      )
    return true
  }

  /** U-09: records beyond the window are rejected, unless they are charged on the next bill. */
  #isRejected(row: Row, at: number, received: number | undefined): boolean {
    const { policies } = this.#request
    if (received === undefined || policies['usage.late'] !== 'reject' || row.text('corrects') !== '') return false
    if (received - at <= policies['usage.lateWindow']) return false
    const when = formatInstant(received, policies['time.utcOffset'])
    this.problem(row.line, 'late', `received ${when}, after usage.lateWindow; --policy usage.late=next-bill charges it`)
    return true
  }

  finish(): void {
    for (const { id, line } of this.#replaced.unknown(this.#ids))
      this.problem(line, 'row', `it corrects ${shown(id)}, and no row has this id`)
    this.#ids.close()
  }
}

/** Times that read in one way only. */
const YEAR_FIRST = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/

interface Survey {
  readonly replaced: Replaced
  /** Rows that replace what another row replaces. */
  readonly twice: [line: number, text: string][]
  /** Whether levels come late, are replaced, or are not sorted by time. */
  readonly keepsLevels: boolean
}

/** Looks for levels that do not come one after the other, in time for their bills. */
class LevelOrder {
  isBroken = false
  readonly #metrics: readonly Metric[]
  readonly #utcOffset: number
  readonly #latest = new Map<string, number>()

  constructor({ card, policies }: UsageRequest) {
    this.#metrics = card.metrics.filter(({ aggregate }) => aggregate === 'time-weighted')
    this.#utcOffset = policies['time.utcOffset']
  }

  get isNeeded(): boolean {
    return this.#metrics.length > 0 && !this.isBroken
  }

  take(row: Row, at: number, received: number | undefined): void {
    for (const metric of this.#metrics) {
      if (!isOf(metric, row)) continue
      const key = levelKey(metric, row.text('account'), row.text('resource'), dimensionsOf(metric, row).values())
      const month = monthOf(at, this.#utcOffset)
      if (at < (this.#latest.get(key) ?? at) || billOf(month, received, this.#utcOffset) > month) this.isBroken = true
      this.#latest.set(key, at)
    }
  }
}

/** What rows have in common, and which replace which: found before anything is rated. Throws InputError. */
async function surveyed(
  request: UsageRequest,
  sources: readonly (readonly [source: UsageSource, conventions: Conventions])[],
): Promise<Survey> {
  const { card } = request
  const ofMetrics = card.metrics.filter(({ aggregate }) => aggregate !== 'unique').map(({ of }) => of)
  const amounts = [...new Set(card.offers.size > 0 ? [...ofMetrics, 'quantity'] : ofMetrics)]
  for (;;) {
    const replaced = new Replaced()
    const order = new LevelOrder(request)
    const twice: Survey['twice'] = []
    const read = (row: Row, conventions: Conventions): void => {
      const stated = row.text('received')
      const received = stated === '' ? undefined : conventions.instant(stated, row.line)
      const corrects = row.text('corrects')
      if (corrects !== '') replaced.add(corrects, received, row.line)
      const began = row.text('at')
      const isPlain = YEAR_FIRST.test(began)
      if (began !== '' && (!isPlain || order.isNeeded)) order.take(row, conventions.instant(began, row.line), received)
      for (const column of amounts)
        if (row.text(column) !== '') conventions.amount(row.text(column), row.line, MONEY_DECIMALS)
    }
    for (const [source, conventions] of sources)
      await eachRow(
        source,
        (row) => {
          try {
            read(row, conventions)
          } catch (error) {
            if (!(error instanceof InputError)) throw error
            if (!(error instanceof BillingError))
              throw new InputError(error.what, error.hint, `${source.file}, ${error.where}`)
            // Rows that cannot be read are reported when they are rated.
            if (error instanceof ReplacedTwice) twice.push([row.line, `${error.what}; ${error.hint}`])
          }
        },
        () => {},
      )
    const again = sources.map(([{ file }, conventions]) => conventions.settle(file))
    if (!again.includes(true)) return { replaced, twice, keepsLevels: order.isBroken || replaced.count > 0 }
  }
}

/** Reads and rates a log of usage. It is read twice: a row may replace any row before it. Throws InputError. */
export async function readUsage(request: UsageRequest): Promise<UsageLog> {
  const files = request.subscriptions === undefined ? [request] : [request, request.subscriptions]
  const sources = files.map((source) => [source, new Conventions(source.options)] as const)
  const survey = await surveyed(request, sources)
  const reader = new UsageReader(request, survey)
  for (const [line, text] of survey.twice) reader.problem(line, 'row', text)
  for (const [source, conventions] of sources) await reader.read(source, conventions)
  reader.finish()
  const { rater, rows, taken, repeats, corrections } = reader
  return { rater, rows, taken, repeats, corrections }
}
