/**
 * How often the intervals of fitted parameters hold the truth: logs are drawn from known parameters, fitted, and each interval of
 * `parameters.csv` is compared with what it was drawn from. Nothing is simulated by a scenario. `MARKETSIM_LOGS` says of how many logs.
 */
import { expect, test } from 'vitest'
import { betaQuantile } from '#engine/mathematics/beta-quantile.ts'
import { Streams } from '#engine/random/streams.ts'
import { parametersOf } from '#reports/calibration/parameters.ts'
import { isShort } from '../effort.ts'
import { fittedTo, knownLogs } from './drawn-logs.ts'

const LOGS = Number(process.env.MARKETSIM_LOGS ?? (isShort ? 12 : 400))

/** Intervals that hold the truth, and all that were given. */
interface Coverage {
  held: number
  found: number
}

/** Hours of a profile have one figure. */
const figureOf = (parameter: string): string => parameter.replace(/weight of .*/, 'weights')

/** The shares that a true share of 95 % less and more two points cannot explain with a probability of 99.5 % (Clopper and Pearson). */
const mostOf = ({ held, found }: Coverage): number => (held === found ? 1 : betaQuantile(held + 1, found - held, 0.995))
const leastOf = ({ held, found }: Coverage): number => (held === 0 ? 0 : betaQuantile(held, found - held + 1, 0.005))

test.each(Object.entries(knownLogs))('%s', (name, logs) => {
  const figures = new Map<string, Coverage & { asked: number }>()
  for (let log = 0; log < LOGS; log++) {
    const streams = new Streams(`parameters ${name}`, log)
    const drawn = logs.draw((purpose) => streams.stream(purpose), logs.window)
    const fitted = parametersOf(fittedTo(drawn, logs))
    const parameters = new Map(fitted.map((each) => [`${each.of}: ${each.name}`, each]))
    for (const [parameter, truth] of Object.entries({ ...logs.known, ...drawn.known })) {
      const figure = figures.get(figureOf(parameter)) ?? { held: 0, found: 0, asked: 0 }
      figures.set(figureOf(parameter), figure)
      figure.asked++
      const { low, high } = parameters.get(parameter) ?? {}
      if (low === undefined || high === undefined) continue
      figure.found++
      if (low <= truth && truth <= high) figure.held++
    }
  }
  for (const [parameter, { held, found }] of figures)
    console.log(
      `${name}: ${parameter}: ${((100 * held) / found).toFixed(1)} % (${held} of ${found} intervals, ${LOGS} logs)`,
    )
  for (const [parameter, { asked, ...coverage }] of figures) {
    expect(coverage.found, parameter).toBeGreaterThan(asked * 0.5)
    expect(mostOf(coverage), parameter).toBeGreaterThanOrEqual(0.93)
    expect(leastOf(coverage), parameter).toBeLessThanOrEqual(0.97)
  }
})
