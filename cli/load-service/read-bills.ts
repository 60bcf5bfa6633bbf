/** Reads the bills of a service back and holds them against our own billing of the same events. */
import { setTimeout as pause } from 'node:timers/promises'
import { csvLine } from '#base/csv-text.ts'
import { DamageError } from '#base/damage-error.ts'
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import { compareBills } from '#reports/against/compare-bills.ts'
import { compareLines } from '#reports/against/compare-lines.ts'
import { Differences, differenceLine, differencesHead, differenceText } from '#reports/against/differences.ts'
import type { Invoices } from '#reports/against/invoices.ts'
import type { RatedSource } from '#reports/against/rated-line.ts'
import { readInvoices } from '#reports/against/read-invoices.ts'
import type { LoadAudit } from '#sim/audit/load-test/audit-ledgers.ts'
import { type ServiceClient, shownUrl } from './service-client.ts'

/** What the bills of a service came to. */
export interface BillsRead {
  readonly audit: LoadAudit
  /** Bills that agree, and the others by what is wrong. */
  readonly bills: {
    readonly agree: number
    readonly differ: number
    readonly missing: number
    readonly unknown: number
  }
  /** Every difference, as `reconcile` writes it. */
  readonly differences: string
}

const SHOWN = 20
const AGAIN_MS = 500

/** The address of the bills of a test. */
export function billsOf(bills: URL, source: string, detail?: 'lines'): URL {
  const url = new URL(bills.href)
  url.searchParams.set('source', source)
  if (detail !== undefined) url.searchParams.set('detail', detail)
  return url
}

/** The text of bills. @throws InputError where the service has none there */
export async function billsText(client: ServiceClient, url: URL): Promise<string> {
  const { status, type, text } = await client.get(url)
  if (status < 200 || status >= 300)
    throw new InputError(
      `the service answers ${status} where its bills should be`,
      'write --bills and the path of its bills, or --bills none',
      shownUrl(url),
    )
  return type.includes('json') ? tableOf(text, url) : text
}

/** A list of bills in JSON, or an object with one list of them, as the same table in CSV. */
function tableOf(text: string, url: URL): string {
  const wrong = (what: string): InputError =>
    new InputError(
      `its bills are ${what}`,
      'answer a list of objects with account, month and payable, or CSV',
      shownUrl(url),
    )
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw wrong(`not JSON: ${(error as Error).message}`)
  }
  const lists = Array.isArray(parsed) ? [parsed] : Object.values(parsed ?? {}).filter(Array.isArray)
  if (lists.length !== 1) throw wrong('no list')
  const rows = lists[0] as Record<string, unknown>[]
  if (rows.some((row) => row === null || typeof row !== 'object')) throw wrong('no list of objects')
  const head = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  if (head.length === 0) return 'account,month,payable\n'
  return csvLine(head) + rows.map((row) => csvLine(head.map((key) => String(own(row, key) ?? '')))).join('')
}

async function invoicesOf(text: string, url: URL, source: RatedSource): Promise<Invoices> {
  const open = async function* () {
    yield Buffer.from(text)
  }
  const { currency, policies } = source
  try {
    return await readInvoices(shownUrl(url), open, { currency, utcOffset: policies['time.utcOffset'] })
  } catch (error) {
    // A service without a single event has bills without a row.
    if (error instanceof InputError && !(error instanceof DamageError) && text.trim().split('\n').length <= 1)
      return { level: 'bills', bills: new Map() }
    throw error
  }
}

export interface Comparing {
  readonly client: ServiceClient
  readonly bills: URL
  /** Of the events of this test. */
  readonly test: { readonly source: string; readonly prefix: string }
  readonly ours: RatedSource
  /** Accounts that are not compared. */
  readonly without: ReadonlySet<string>
  /** How long the service may take until its bills have everything. */
  readonly settleMs: number
  readonly signal: AbortSignal
}

/** Reads the bills, again and again where they do not agree yet and the service may take that long. */
export const compareWithService = (comparing: Comparing): Promise<BillsRead | undefined> =>
  untilSettled((isLast) => compareNow(comparing, isLast), comparing)

/**
 * Compares again and again, until all agree or the service has had the time that it may take. Undefined where the test was stopped
 * before that: what differs then may only be late.
 */
export async function untilSettled(
  compare: (isLast: boolean) => Promise<BillsRead>,
  { settleMs, signal }: Pick<Comparing, 'settleMs' | 'signal'>,
): Promise<BillsRead | undefined> {
  const until = performance.now() + settleMs
  for (;;) {
    const left = until - performance.now()
    const isLast = left <= 0
    const read = await compare(isLast)
    if (read.audit.differing === 0 || isLast) return read
    if (!signal.aborted) await pause(Math.min(AGAIN_MS, left), undefined, { signal }).catch(() => {})
    if (signal.aborted) return undefined
  }
}

async function compareNow({ client, bills, test, ours, without }: Comparing, isLast: boolean): Promise<BillsRead> {
  const offset = ours.policies['time.utcOffset']
  let text = differencesHead
  const found = new Differences(SHOWN, (difference) => {
    text += differenceLine(difference, offset)
  })
  const url = billsOf(bills, test.source)
  const read = await invoicesOf(await billsText(client, url), url, ours)
  if (read.level === 'lines') await compareLines(ours, read.lines, found)
  else {
    const theirs = [...read.bills].filter(([, { account }]) => account.startsWith(test.prefix) && !without.has(account))
    await compareBills(ours, new Map(theirs), found)
  }
  const { differs: differ, missing, unknown } = found.counts
  const counts = { agree: found.agrees, differ, missing, unknown }
  // The lines of a service that has them say which event it is.
  const lines =
    isLast && found.total > 0 && read.level === 'bills' && without.size === 0
      ? await linesOf(client, bills, test.source, ours)
      : undefined
  const ofLines = new Differences(SHOWN, (difference) => {
    text += differenceLine(difference, offset)
  })
  if (lines !== undefined) await compareLines(ours, lines, ofLines)
  const first = [...found.first.slice(0, SHOWN / 2), ...ofLines.first].slice(0, SHOWN)
  return {
    bills: counts,
    differences: text,
    audit: {
      amounts: found.agrees + found.total,
      differing: found.total,
      differences: first.map((difference) => ({
        kind: difference.resource === '' ? 'bill' : 'line',
        subject: difference.account,
        recorded: Number(difference.theirs ?? 0n),
        audited: Number(difference.ours ?? 0n),
        text: differenceText(difference, offset),
      })),
      operations: 0,
      bills: found.agrees + found.total,
      balances: [],
      trial: 0n,
      digest: '',
    },
  }
}

/** The lines of the bills; undefined where the service has only bills. */
async function linesOf(client: ServiceClient, bills: URL, source: string, ours: RatedSource) {
  const url = billsOf(bills, source, 'lines')
  const { status } = await client.get(url)
  if (status !== 200) return undefined
  const read = await invoicesOf(await billsText(client, url), url, ours)
  return read.level === 'lines' ? read.lines : undefined
}
