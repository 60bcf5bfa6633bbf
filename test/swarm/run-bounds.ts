/**
 * `npm run bounds`: every value of `scenarios/every-rule.yaml` at each of its bounds, one at a time, and an hour of each
 * scenario. `--short` runs a few with many at a time. The exit code is 1 when one breaks a promise.
 */
import { readFileSync } from 'node:fs'
import { type Given, runScript } from '#cli/script.ts'
import { Streams } from '#engine/random/streams.ts'
import { ScenarioDocument } from '#scenarios/document.ts'
import { type Extreme, extremesIn, fitting, readOrRefused, runAtBounds, withExtremes } from './bounds.ts'
import type { Doc } from './read-doc.ts'

const file = new URL('../../scenarios/every-rule.yaml', import.meta.url)
const { end: _, ...rest } = structuredClone(
  ScenarioDocument.read('every-rule.yaml', readFileSync(file, 'utf8')).data,
) as Doc
const doc: Doc = { ...rest, duration: '1h', thresholds: {} }
const extremes = extremesIn(doc)

/** Several at a time, drawn without order. */
function* drawn(seed: string, times: number, each: number): Generator<Extreme[]> {
  const stream = new Streams(seed, 0).stream('bounds')
  for (let turn = 0; turn < times; turn++)
    yield fitting(
      doc,
      Array.from({ length: each }, () => extremes[stream.below(extremes.length)]),
    )
}

async function run(given: Given): Promise<number> {
  let failed = 0
  let run = 0
  for (const chosen of given.has('short') ? drawn(given.text('seed') ?? '1', 5, 30) : extremes.map((each) => [each])) {
    const scenario = readOrRefused(withExtremes(doc, chosen))
    if (scenario === null) continue
    run++
    try {
      await runAtBounds(scenario)
    } catch (error) {
      failed++
      const sets = chosen.map(({ path, value }) => `--set '${path.join('.')}=${JSON.stringify(value)}'`)
      console.log(`${sets.join(' ')}\n  ${error instanceof Error ? (error.stack ?? error.message) : error}`)
    }
  }
  console.log(`${extremes.length} bounds, ${run} scenarios, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

await runScript(
  {
    command: 'npm run bounds --',
    about:
      'Every value of scenarios/every-rule.yaml at each of its bounds, one at a time, and an hour of each scenario.',
    options: {
      short: { help: 'a few scenarios with many values at a time' },
      seed: { value: '1', help: 'with --short: which values (1)' },
    },
    codes: ['0  every scenario keeps every promise', '1  one does not', '2  wrong command line'],
  },
  run,
)
