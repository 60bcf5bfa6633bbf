import type { RunRecord } from '../record.ts'

/** Texts by the numbers that a query gives them: `no, text`. */
export function textsOf(record: RunRecord, sql: string): (number: number) => string | undefined {
  const texts = new Map<number, string>()
  for (const [no, text] of record.cursor(sql).rows) texts.set(Number(no), String(text))
  return (number) => texts.get(number)
}
