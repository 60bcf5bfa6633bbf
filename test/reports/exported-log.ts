/** `export --format log` of a record in memory, and what `meter` makes of it. */
import { Buffer } from 'node:buffer'
import { parse as parseCsv } from 'csv-parse/sync'
import { expect } from 'vitest'
import { parse } from 'yaml'
import { monthOf } from '#base/civil-time.ts'
import { formatAmount } from '#base/money.ts'
import type { ExportOutcome } from '#reports/exports/journal.ts'
import { exportLog } from '#reports/exports/log/run-log.ts'
import type { RunRecord } from '#reports/record.ts'
import { policiesSchema } from '#scenarios/policies.ts'
import { billLine, billsHead } from '#sim/metering-log/hours-csv.ts'
import { readPrices } from '#sim/metering-log/price-list.ts'
import { rateLog } from '#sim/metering-log/rate-log.ts'

/** Everything that is written, by name. */
export async function exportedLog(
  record: RunRecord,
): Promise<ExportOutcome & { readonly files: ReadonlyMap<string, string> }> {
  const files = new Map<string, string>()
  const outcome = await exportLog(record, {
    open: (name) => ({ write: (text) => files.set(name, (files.get(name) ?? '') + text) }),
  })
  return { ...outcome, files }
}

/** The bills that `meter` makes of the files. */
export async function meteredBills(files: ReadonlyMap<string, string>, until: number): Promise<string> {
  const bytes = (name: string) => ReadableStream.from([Buffer.from(files.get(name) ?? '')])
  const prices = await readPrices('prices.csv', bytes('prices.csv'))
  const rated = await rateLog({
    ...{ file: 'events.csv', input: bytes('events.csv'), prices, until },
    policies: policiesSchema.parse(parse(files.get('policies.yaml') ?? '')),
  })
  expect(rated.problems.first).toEqual([])
  const bills = [...rated.bills()].map((bill) => billLine(bill, prices.currency.decimals))
  rated.close()
  return billsHead + bills.sort().join('')
}

/** Lines in order; the first is the header. */
export const sortedLines = (text = ''): string => {
  const [head, ...lines] = text.split(/(?<=\n)/)
  return head + lines.sort().join('')
}

/** `account month amount` of each bill that is not of nothing, in order: charges and tax, to the last decimal. */
const billTexts = (bills: ReadonlyMap<string, bigint>): string[] =>
  [...bills]
    .filter(([, amount]) => amount !== 0n)
    .map(([key, amount]) => `${key} ${formatAmount(amount)}`)
    .sort()

/** The bills by what `meter` made of the log, and by what the log says that it leaves out. */
export function billsByLog(files: ReadonlyMap<string, string>, metered: string): string[] {
  const billed = new Map<string, bigint>()
  const add = (key: string, amount: bigint) => billed.set(key, (billed.get(key) ?? 0n) + amount)
  const units = (text: string) => BigInt(text.replace('.', ''))
  const lines = (text = ''): string[][] => (parseCsv(text) as string[][]).slice(1)
  for (const [account, month, , charges, tax] of lines(metered)) add(`${account} ${month}`, units(charges) + units(tax))
  for (const [, account, month, , , , , ours, theirs] of lines(files.get('left-out.csv')))
    add(`${account} ${month}`, units(ours) - units(theirs))
  return billTexts(billed)
}

/** The bills that the run has. */
export function billsOf(record: RunRecord): string[] {
  const recorded = record.rows<{ name: string; month: bigint; amount: bigint }>(
    `SELECT a.name, b.month, b.charges + coalesce(x.tax, 0) AS amount FROM bills b JOIN accounts a ON a.id = b.account
     LEFT JOIN bill_taxes x ON x.account = b.account AND x.month = b.month`,
  )
  const bills = recorded.map(({ name, month, amount }) => {
    const civil = monthOf(Number(month), record.meta.utcOffset)
    return [`${name} ${Math.floor(civil / 12)}-${String((civil % 12) + 1).padStart(2, '0')}`, amount] as const
  })
  return billTexts(new Map(bills))
}
