/** What a load test needs before its first operation is due: the stream, and what ledgers say of themselves. */
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { undamaged } from '#base/databases.ts'
import { withChecksum } from '#base/meta-checksum.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { buildWorld } from '../world/world.ts'
import { type HistoryRequest, liveHistory } from './history.ts'
import { readHistory } from './read-history.ts'
import type { RequestStream } from './request-stream.ts'

export interface PreparedLoad {
  readonly stream: RequestStream
  /** The `meta` of each ledger, as a record has it: what the auditor takes as given. */
  readonly meta: Readonly<Record<string, string>>
}

/** Lives the scenario's history and makes the stream of it. Rejects with an AbortError when it is stopped. */
export async function prepareLoad(request: HistoryRequest): Promise<PreparedLoad> {
  const { scenario, traces, seed, signal } = request
  const record = await liveHistory(request)
  signal.throwIfAborted()
  const stream = undamaged(record, () => readHistory(record, buildWorld({ scenario, traces })))
  rmSync(dirname(record), { recursive: true })
  return {
    stream,
    meta: ledgerMeta(scenario, seed),
  }
}

/** What a ledger says of the world that it was written in, as a record does. */
export const ledgerMeta = (scenario: Scenario, seed: string): Readonly<Record<string, string>> =>
  withChecksum({
    name: scenario.name,
    start: String(scenario.start),
    end: String(scenario.end),
    seed,
    currency: scenario.currency.code,
    currencyDecimals: String(scenario.currency.decimals),
    utcOffset: String(scenario.policies['time.utcOffset']),
    policies: JSON.stringify(scenario.policies),
    scenario: JSON.stringify(scenario),
  })
