/** EVENTS.csv: `at,account,resource,do,product,flavour,disk,diskType`, one lifecycle event a row. */
import { BillingError } from '#base/billing-error.ts'
import type { CsvRow } from '#base/csv-rows.ts'
import { decimalText } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { Instants } from '#base/instant-reader.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import type { Conventions } from '#scenarios/logs/conventions.ts'
import { type Head, isInstant, surplusOf, type TableColumns, type TableTaker } from '#scenarios/logs/table-rows.ts'
import { type LogAction, logActions } from '../billing/metering/resource-states.ts'
import { type LogNames, PLAIN_DISK } from './log-names.ts'
import { Names } from './names.ts'
import type { Problems } from './problems.ts'

/** An event with its names as numbers; -1 where a field is empty. Used again for the next row. */
export interface LogEvent {
  line: number
  at: number
  do: LogAction
  account: number
  resource: number
  product: number
  flavour: number
  /** Its system disk, as `LogNames.diskNumber` has it. */
  disk: number
}

export const eventColumns = ['at', 'account', 'resource', 'do', 'product', 'flavour', 'disk', 'diskType'] as const
type Column = (typeof eventColumns)[number]

/** Sizes have at most 4 decimals, as in a scenario; whole 1e-8. */
const FINER_SIZE = 10_000n
const MOST_SIZES = 1 << 16

const actions = new Names()
for (const action of logActions) actions.numberOf(action)

/** Number of an action, -1 for none: of the house's own letters without making a text, else in any case of letters. */
function actionOf(row: CsvRow, field: number): number {
  const known = actions.find(row.bytes, row.starts[field], row.ends[field])
  return known >= 0 ? known : logActions.indexOf(row.text(field).trim().toLowerCase() as LogAction)
}

/** A line below the events that is none: a total, a remark. */
function isNote(row: CsvRow, { at, resource, do: action }: Head<Column>): boolean {
  const { starts, ends } = row
  const isFilled = (field: number): boolean => field < row.fields && starts[field] < ends[field]
  if (isFilled(resource) || isFilled(action)) return false
  if (isFilled(at) && /\d{4}/.test(row.text(at))) return false
  return Array.from({ length: row.fields }, (_, field) => row.text(field)).filter((text) => text !== '').length < 3
}

export class EventReader implements TableTaker {
  readonly needed = [['at', 'account', 'resource', 'do']]
  readonly #file: string
  readonly #conventions: Conventions
  readonly #names: LogNames
  readonly #problems: Problems
  readonly #take: (event: LogEvent) => void
  readonly #instants = new Instants()
  readonly #event: LogEvent = { line: 0, at: 0, do: 'start', account: 0, resource: 0, product: 0, flavour: 0, disk: 0 }
  readonly #disks = new Map<string, number>()
  #head: Head<Column> | undefined
  #fields = 0
  /** Rows read, the first line aside. */
  rows = 0

  constructor(
    file: string,
    conventions: Conventions,
    names: LogNames,
    problems: Problems,
    take: (event: LogEvent) => void,
  ) {
    this.#file = file
    this.#conventions = conventions
    this.#names = names
    this.#problems = problems
    this.#take = take
  }

  head(columns: TableColumns): void {
    this.#head = columns.heads(eventColumns)
    this.#fields = columns.names.length
  }

  /** Takes the next row. */
  row(row: CsvRow): void {
    if (this.#head === undefined || isNote(row, this.#head)) return
    this.rows++
    const wrong = this.#wrongIn(row, this.#head)
    if (wrong !== undefined) this.#problems.add(row.line, 'row', wrong)
    else if (this.#readTime(row, this.#head) && this.#readDisk(row, this.#head)) this.#hand(row, this.#head)
  }

  /** What makes a row unreadable, and how to fix it. */
  #wrongIn(row: CsvRow, head: Head<Column>): string | undefined {
    const { starts, ends } = row
    if (row.fields < this.#fields || surplusOf(row, this.#fields) !== undefined)
      return `${row.fields} fields where the first line has ${this.#fields}; add or remove some`
    if (actionOf(row, head.do) < 0)
      return `"${row.text(head.do)}" is not an action of a resource; write ${logActions.join(', ')}`
    return starts[head.resource] === ends[head.resource] ? 'no resource; name it' : undefined
  }

  #readTime(row: CsvRow, head: Head<Column>): boolean {
    try {
      this.#event.at = isInstant(row, head.at)
        ? this.#instants.read(row.bytes, row.starts[head.at], row.ends[head.at], '')
        : this.#conventions.instant(row.text(head.at), row.line)
      return true
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      if (!(error instanceof BillingError))
        throw new InputError(error.what, error.hint, `${this.#file}, ${error.where}`)
      this.#problems.add(row.line, 'time', `${error.what}; ${error.hint}`)
      return false
    }
  }

  /** Sizes are few: each text is read once. */
  #readDisk(row: CsvRow, head: Head<Column>): boolean {
    this.#event.disk = -1
    if (head.disk < 0 || row.starts[head.disk] === row.ends[head.disk]) return true
    const type = head.diskType < 0 ? '' : row.text(head.diskType)
    const text = `${row.text(head.disk)} ${type}`
    let disk = this.#disks.get(text)
    if (disk === undefined) {
      try {
        const size = this.#conventions.amount(row.text(head.disk), row.line, MONEY_DECIMALS)
        if (size <= 0n) throw new BillingError(`line ${row.line}`, 'a disk of no GB', 'leave the field empty')
        if (size % FINER_SIZE !== 0n)
          throw new BillingError(`line ${row.line}`, 'a disk with more than 4 decimals of a GB', 'write fewer')
        disk = this.#names.diskNumber(decimalText(size, MONEY_DECIMALS), type === '' ? PLAIN_DISK : type)
      } catch (error) {
        if (!(error instanceof BillingError)) throw error
        this.#problems.add(row.line, 'row', `${error.what}; ${error.hint}`)
        return false
      }
      if (this.#disks.size < MOST_SIZES) this.#disks.set(text, disk)
    }
    this.#event.disk = disk
    return true
  }

  #hand(row: CsvRow, head: Head<Column>): void {
    const { starts, ends, bytes } = row
    const event = this.#event
    event.line = row.line
    event.do = logActions[actionOf(row, head.do)]
    event.resource = this.#names.resources.number(bytes, starts[head.resource], ends[head.resource])
    event.account = this.#number(row, head.account, this.#names.accounts)
    event.product = this.#number(row, head.product, this.#names.products)
    event.flavour = this.#number(row, head.flavour, this.#names.flavours)
    this.#take(event)
  }

  #number(row: CsvRow, field: number, names: Pick<Names, 'number'>): number {
    if (field < 0 || row.starts[field] === row.ends[field]) return -1
    return names.number(row.bytes, row.starts[field], row.ends[field])
  }
}
