/** A whole run of disputes: every outcome occurs, a second reading of the flows agrees, and no password gets out. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import type { Database } from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCells } from '#engine/cells/run-cells.ts'
import { readScenario } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { mayAppeal } from '#sim/billing/appeal.ts'
import { type Actor, Supervision, type SupervisionAction } from '#sim/billing/supervision.ts'
import type { SupervisionKind } from '#sim/billing/supervision-flow.ts'
import { credentialsOf } from '#sim/market/supervision/credentials.ts'
import { openRecord } from '#sim/record/open-record.ts'
import type { CellSpec } from '#sim/run/cell.ts'
import type { RunOutcome } from '#sim/run/outcome.ts'
import { simulate } from '#sim/run/simulate.ts'

const path = fileURLToPath(new URL('../../../scenarios/supervision-dispute.yaml', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'marketsim-disputes-'))
let scenario: Scenario
let outcome: RunOutcome
let record: Database

beforeAll(async () => {
  scenario = (await readScenario(path)).scenario
  outcome = await simulate({ scenario, traces: {}, seed: scenario.seed, threads: 1, folder, inThisThread: true })
  record = openRecord(outcome.record)
})
afterAll(() => {
  record.close()
  rmSync(folder, { recursive: true })
})

const rows = <T>(sql: string): T[] => record.prepare(sql).all() as T[]
const set = (sql: string): unknown[] => record.prepare(sql).pluck().all()

test('the auditor agrees with every amount', () => {
  expect(outcome.differences).toBe(0)
})

test('every ground, every outcome, frozen flows and 365-day closures of both kinds occur', () => {
  expect(set('SELECT DISTINCT by || ground FROM v_appeals ORDER BY 1')).toEqual(
    ['buyer', 'seller'].flatMap((by) => ['product-rejections', 'request-rejections', 'silence'].map((why) => by + why)),
  )
  expect(set("SELECT DISTINCT outcome FROM v_appeal_steps WHERE event = 'decide' ORDER BY 1")).toEqual([
    'cancel',
    'complete',
    'resume',
  ])
  expect(set("SELECT DISTINCT event FROM v_supervision_steps WHERE rule = 'S-09' ORDER BY 1")).toEqual([
    'close-cancelled',
    'close-completed',
  ])
  expect(set("SELECT DISTINCT code FROM v_refusals WHERE rule = 'O-03' ORDER BY 1")).toEqual([
    'authorisation-missing',
    'terms-not-accepted',
  ])
  expect(set('SELECT COUNT(*) FROM supervision_flows WHERE frozen_ms > 0')[0]).toBeGreaterThan(50)
})

test('L-04, L-05: no case starts before its assignment, and cases start in order of arrival', () => {
  for (const [table, desk] of [
    ['seller_cases', 'seller'],
    ['appeal_cases', '0'],
  ]) {
    expect(set(`SELECT COUNT(*) FROM ${table} WHERE started < arrived OR at < started`)).toEqual([0])
    const overtaken = `SELECT COUNT(*) FROM ${table} a JOIN ${table} b
      ON ${desk === '0' ? 'TRUE' : `a.${desk} = b.${desk}`} AND a.arrived < b.arrived AND a.started > b.started`
    expect(set(overtaken), table).toEqual([0])
  }
})

test('L-05: managers work Monday to Friday, 9 to 18, civil time', () => {
  const hours = set(
    "SELECT DISTINCT CAST(strftime('%H', (started + 28800000) / 1000, 'unixepoch') AS INTEGER) FROM appeal_cases",
  )
  expect(Math.min(...(hours as number[]))).toBe(9)
  expect(Math.max(...(hours as number[]))).toBe(17)
  const days = set(
    "SELECT DISTINCT strftime('%w', (started + 28800000) / 1000, 'unixepoch') FROM appeal_cases ORDER BY 1",
  )
  expect(days).toEqual(['1', '2', '3', '4', '5'])
})

interface Step {
  readonly order_id: number
  readonly at: number
  readonly event: string
  readonly to_state: string
  readonly rule: string
  readonly by: string
  readonly kind: SupervisionKind
}

test('S-02..S-09: the pure replay of the billing core reads each flow alike, and allows each appeal', () => {
  const word = (column: string): string => `(SELECT word FROM words WHERE id = s.${column}) AS ${column}`
  const steps = rows<Step>(`SELECT s.order_id, s.at, ${['event', 'to_state', 'rule', 'by'].map(word).join(', ')}, p.kind
    FROM supervision_steps s JOIN orders o ON o.id = s.order_id
    JOIN specifications c ON c.id = o.specification JOIN products p ON p.id = c.product_id ORDER BY s.rowid`)
  const flows = Map.groupBy(steps, ({ order_id }) => order_id)
  expect(flows.size).toBeGreaterThan(500)
  for (const [order, log] of flows) {
    const flow = new Supervision(log[0].kind, scenario.policies)
    const where = `flow ${order}`
    flow.apply({ at: log[0].at, by: 'buyer', do: 'pay' }, where)
    if (log.some(({ event }) => event === 'close-completed'))
      flow.apply({ at: log[0].at, by: 'buyer', do: 'request-invoice' }, where)
    for (const { at, event, by, rule, to_state } of log.slice(1)) {
      if (event === 'appeal') expect(mayAppeal(flow, at, by as 'buyer', scenario.policies).allowed, where).toBe(true)
      if (rule === 'S-08' || rule === 'S-09') flow.advance(at)
      else {
        const action = (event.startsWith('resume-') ? 'resume' : event) as SupervisionAction
        flow.apply({ at, by: (by === 'manager' ? 'system' : by) as Actor, do: action }, where)
      }
      expect(flow.state, where).toBe(to_state)
    }
  }
})

test('S-11: a completed supervised saas is a purchased app; its password is in no output', () => {
  const apps = rows<{ order_id: number; product: string; user_name: string; password: string }>(
    'SELECT order_id, product, user_name, password FROM purchased_apps',
  )
  const completed = `SELECT COUNT(*) FROM order_states s JOIN orders o ON o.id = s.order_id
    JOIN specifications c ON c.id = o.specification JOIN products p ON p.id = c.product_id
    WHERE p.kind = 'saas' AND s.state = 'completed'`
  expect(apps).toHaveLength(set(completed)[0] as number)
  const bytes = readFileSync(outcome.record).toString('latin1')
  for (const { order_id, product, user_name, password } of apps) {
    const credentials = credentialsOf(scenario.seed, 0, order_id, product)
    const secret = credentials.reveal()
    expect(secret).toMatch(/^[A-Za-z2-9]{20}$/)
    expect(credentialsOf(scenario.seed, 0, order_id, product).reveal()).toBe(secret)
    expect(bytes.includes(secret)).toBe(false)
    expect([user_name, password]).toEqual([credentials.userName, '********'])
    expect(
      rows<object>(`SELECT user_name AS userName, password, management_url AS managementUrl,
      front_end_url AS frontEndUrl, guide_url AS guideUrl FROM purchased_apps WHERE order_id = ${order_id}`),
    ).toEqual([credentials.masked()])
    for (const shown of [
      JSON.stringify(credentials),
      String(credentials),
      inspect(credentials),
      inspect({ credentials }),
    ])
      expect(shown.includes(secret), shown).toBe(false)
  }
})

test('one history on 1 and 2 threads, and the same when resumed from a snapshot', async () => {
  const facts = mkdtempSync(join(tmpdir(), 'marketsim-facts-'))
  const end = scenario.start + 30 * 86_400_000
  const run = (threads: number, more: Partial<Parameters<typeof runCells>[0]> = {}) =>
    runCells({
      module: new URL('../../../sim/run/cell.ts', import.meta.url),
      spec: { scenario: { ...scenario, end }, traces: {}, facts, record: facts } satisfies CellSpec,
      cells: scenario.regions.length,
      lookahead: scenario.messageDelay,
      start: scenario.start,
      end,
      threads,
      seed: scenario.seed,
      ...more,
    })
  try {
    const blobs: Uint8Array[] = []
    const onCheckpoint = (blob: Uint8Array): void => {
      blobs.push(blob)
    }
    const { digest } = await run(1, { checkpointEvery: 12 * 86_400_000, onCheckpoint })
    expect(blobs).toHaveLength(2)
    expect((await run(1, { resumeFrom: blobs[1] })).digest).toBe(digest)
    expect((await run(2)).digest).toBe(digest)
  } finally {
    rmSync(facts, { recursive: true, force: true })
  }
})
