import { withChecksum } from '#base/meta-checksum.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { RECORD_VERSION } from '../record/build.ts'

/** What a record says of its run: everything a reader needs without the scenario file. */
export const metaOf = (scenario: Scenario, seed: string, digest: string, events: number) =>
  withChecksum({
    version: String(RECORD_VERSION),
    name: scenario.name,
    question: scenario.question,
    start: String(scenario.start),
    end: String(scenario.end),
    seed,
    currency: scenario.currency.code,
    currencyDecimals: String(scenario.currency.decimals),
    utcOffset: String(scenario.policies['time.utcOffset']),
    digest,
    events: String(events),
    policies: JSON.stringify(scenario.policies),
    scenario: JSON.stringify(scenario),
  })
