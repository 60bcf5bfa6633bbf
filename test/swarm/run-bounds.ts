/**
 * `npm run bounds`: every value of `scenarios/every-rule.yaml` at each of its bounds, one at a time, and an hour of each
 * scenario. `--short` runs a few with many at a time. The exit code is 1 when one breaks a promise.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Streams } from '#engine/random/streams.ts'
import { ScenarioDocument } from '#scenarios/document.ts'
import { type Extreme, extremesIn, fitting, readOrRefused, runAtBounds, withExtremes } from './bounds.ts'
import type { Doc } from './read-doc.ts'

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
})
const file = new URL('../../scenarios/every-rule.yaml', import.meta.url)
const { end: _, ...rest } = structuredClone(
  ScenarioDocument.read('every-rule.yaml', readFileSync(file, 'utf8')).data,
) as Doc
const doc: Doc = { ...rest, duration: '1h', thresholds: {} }
const extremes = extremesIn(doc)

/** Several at a time, drawn without order. */
function* drawn(times: number, each: number): Generator<Extreme[]> {
  const stream = new Streams(values.seed, 0).stream('bounds')
  for (let turn = 0; turn < times; turn++)
    yield fitting(
      doc,
      Array.from({ length: each }, () => extremes[stream.below(extremes.length)]),
    )
}

let failed = 0
let run = 0
for (const chosen of values.short ? drawn(5, 30) : extremes.map((each) => [each])) {
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
process.exitCode = failed === 0 ? 0 : 1
