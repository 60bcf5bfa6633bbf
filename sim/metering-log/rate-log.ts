/**
 * A whole lifecycle log from its first byte to its last, in memory that grows with its accounts and flavours, and by two bytes for
 * each row, and each resource beyond a million, by which one that comes again is known.
 */
import { InputError } from '#base/input-error.ts'
import { type AskedConventions, Conventions } from '#scenarios/logs/conventions.ts'
import { readTable, type TableFacts, type TableOptions } from '#scenarios/logs/table-rows.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { BillSums } from './bill-sums.ts'
import type { RatedHour } from './hour-pricer.ts'
import { EventReader } from './log-event.ts'
import { LogNames } from './log-names.ts'
import { LONGEST_SPAN } from './log-span.ts'
import { MeteredHours } from './metered-hours.ts'
import type { PriceList } from './price-list.ts'
import { type Problem, Problems } from './problems.ts'
import { LogRater, type MissedEvent, type RatingTotals } from './rater.ts'

export interface LogRequest {
  /** Name of the log, for errors. */
  readonly file: string
  readonly input: AsyncIterable<Uint8Array>
  /** How it is written, where it does not show it itself. */
  readonly table?: TableOptions & AskedConventions
  readonly prices: PriceList
  readonly policies: Policies
  readonly until?: number | undefined
  /** Milliseconds from the first row to the last at most; five years where it is left out. */
  readonly longestSpan?: number | undefined
  /** What of servers another program does not know of. */
  readonly missed?: MissedEvent | undefined
  /** Stop at the first problem: it is thrown as FirstProblem. */
  readonly strict?: boolean
  /** How many problems are kept to be shown. */
  readonly shown?: number
  readonly onHour?: ((hour: RatedHour) => void) | undefined
  /** Whether the metered hours are kept, to be priced again. */
  readonly keeps?: boolean
  readonly onProblem?: (problem: Problem) => void
  /** Resources in memory, about; the others are in temporary files. */
  readonly mostHeld?: number
}

export interface RatedBill {
  readonly account: string
  readonly month: number
  readonly lines: number
  /** Whole 1e-8. */
  readonly charges: bigint
  readonly tax: bigint
  readonly payable: bigint
}

export interface RatedLog {
  readonly rows: number
  /** What was found out about the file. */
  readonly facts: TableFacts
  readonly resources: number
  readonly totals: RatingTotals
  readonly problems: Pick<Problems, 'counts' | 'first' | 'total'>
  /** Where they were to be kept, and are not too many. */
  readonly metered: MeteredHours | undefined
  /** By account in the order of the log, then by month. */
  bills(): Generator<RatedBill>
  /** Gives the files of names back. There are no bills after that, nor names of what was metered. */
  close(): void
}

/** Rates a log. Throws InputError where it cannot be read, FirstProblem in strict mode. */
export async function rateLog(request: LogRequest): Promise<RatedLog> {
  const { file, input, prices, policies, until, strict = false, shown = 20 } = request
  const names = new LogNames(request.mostHeld)
  const problems = new Problems({ shown, strict, onProblem: request.onProblem ?? (() => {}) })
  const metered = request.keeps === true ? new MeteredHours(names) : undefined
  const longestSpan = request.longestSpan ?? LONGEST_SPAN
  const rater = new LogRater({
    file,
    longestSpan,
    prices,
    policies,
    until,
    names,
    mostHeld: request.mostHeld,
    problems,
    missed: request.missed,
    onHour: request.onHour,
    onMetered: metered === undefined ? undefined : (hour) => metered.keep(hour),
  })
  const conventions = new Conventions(request.table)
  const reader = new EventReader(file, conventions, names, problems, (event) => rater.take(event))
  const facts = await readTable(file, () => input, request.table ?? {}, reader)
  if (conventions.settle(file))
    throw new InputError(
      'its first dates are in another order than its last ones show',
      `add --dates ${conventions.dates.assumed}`,
      file,
    )
  const totals = rater.finish()
  return {
    rows: reader.rows,
    facts: conventions.twice > 0 ? { ...facts, twice: conventions.twice } : facts,
    resources: rater.resources,
    totals,
    problems,
    metered: metered?.isTooLong === false ? metered : undefined,
    bills: () => namedBills(rater.bills, names, policies, prices.currency.decimals),
    close: () => names.close(),
  }
}

/** Bills with the names of their accounts; `decimals` are the currency's minor units (M-08). */
export function* namedBills(
  sums: BillSums,
  { accounts }: LogNames,
  policies: Policies,
  decimals: number,
): Generator<RatedBill> {
  for (const bill of sums.bills(policies, decimals)) yield { ...bill, account: accounts.text(bill.account) }
}
