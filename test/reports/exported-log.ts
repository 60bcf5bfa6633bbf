/** `export --format log` of a record in memory, and what `meter` makes of it. */
import { Buffer } from 'node:buffer'
import { expect } from 'vitest'
import { parse } from 'yaml'
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
