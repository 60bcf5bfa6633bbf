/** Whatever `check` lets through runs: values at the bounds of their keys, alone and together. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Streams } from '#engine/random/streams.ts'
import { ScenarioDocument } from '#scenarios/document.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { marketplace } from '../../scenarios/marketplace.ts'
import { type Extreme, extremesIn, fitting, readOrRefused, runAtBounds, withExtremes } from '../../swarm/bounds.ts'
import type { Doc } from '../../swarm/read-doc.ts'

const brief = marketplace
  .replace('end: 2024-04-01T00:00:00+08:00', 'duration: 1h')
  .replace('perBuyer: 3/week', 'perBuyer: 2/h')
  .replace('orders.refused: "== 0"', '{}')

test.each([
  ['provisioning: 90s', 'provisioning: 3652500d'],
  ['provisioning: 90s', 'provisioning: { lognormal: { mean: 1ms, sd: 3652500d } }'],
  ['{ exponential: { mean: 9h } }', '{ exponential: { mean: 3652500d } }'],
  ['{ exponential: { mean: 9h } }', '{ weibull: { shape: 0.01, scale: 3652500d } }'],
  ['reaction: 2h', 'reaction: { gamma: { shape: 0.001, mean: 3652500d } }'],
  ['grace.days: 15', 'settlement.lag: 3652500d'],
  ['grace.days: 15', 'order.unpaidLife: 3652500d'],
  ['seed: 7', 'messageDelay: 3652500d'],
  ['{ poisson: { perBuyer: 2/h } }', '{ closed: { thinkTime: { weibull: { shape: 0.01, scale: 3652500d } } } }'],
  ['{ poisson: { perBuyer: 2/h } }', '{ poisson: { perBuyer: 0.000000001/week } }'],
])('%s as %s', async (instead, written) => {
  const text = brief.replace(instead, written)
  expect(text).not.toBe(brief)
  await runAtBounds(parseScenario(text, 'x.yaml'))
})

test('an hour of every rule with a dozen values at their bounds', async () => {
  const file = new URL('../../../scenarios/every-rule.yaml', import.meta.url)
  const document = ScenarioDocument.read('every-rule.yaml', readFileSync(file, 'utf8'))
  const doc: Doc = { ...(structuredClone(document.data) as Doc), duration: '1h', thresholds: {} }
  // A million buyers take a minute: `npm run bounds` has them.
  const isCrowd = ({ path, value }: Extreme) => path.at(-1) === 'count' && Number(value) > 1_000
  const extremes = extremesIn(doc).filter((extreme) => !isCrowd(extreme))
  const stream = new Streams('7', 0).stream('bounds')
  const chosen = fitting(
    doc,
    Array.from({ length: 20 }, () => extremes[stream.below(extremes.length)]),
  )
  expect(chosen.length).toBeGreaterThan(5)
  const scenario = readOrRefused(withExtremes(doc, chosen))
  if (scenario === null) throw new Error('refused')
  await runAtBounds(scenario)
})
