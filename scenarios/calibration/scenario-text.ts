/** A calibration as a scenario: what was fitted, with where it comes from and how sure it is as comments. */
import { formatInstant, formatOffset } from '#base/civil-time.ts'
import { DAY, HOUR, MINUTE, SECOND } from '#base/time.ts'
import type { FittedParameter } from '#engine/fitting/families.ts'
import { exp } from '#engine/mathematics/exponential.ts'
import type { DistributionSpec } from '#engine/random/distribution.ts'
import { Ids } from '../logs/ids.ts'
import type { Calibration, GroupFit } from './calibration.ts'
import type { LifetimeFit } from './lifetimes.ts'

const shortest = (value: number, digits = 5): string => String(Number(value.toPrecision(digits)))

/** A duration as a scenario writes it: whole seconds, or milliseconds where these are many of them. */
export function durationText(ms: number): string {
  if (ms < 100 * SECOND) return `${Math.max(1, Math.round(ms))}ms`
  return `${Math.round(ms / SECOND)}s`
}

const list = (values: readonly (number | string)[]): string => `[${values.join(', ')}]`

/** A distribution of durations as a scenario writes it. */
export function distributionText(spec: DistributionSpec): string {
  if ('constant' in spec) return durationText(spec.constant)
  if ('uniform' in spec)
    return `{ uniform: { min: ${durationText(spec.uniform.min)}, max: ${durationText(spec.uniform.max)} } }`
  if ('exponential' in spec) return `{ exponential: { mean: ${durationText(spec.exponential.mean)} } }`
  if ('gamma' in spec)
    return `{ gamma: { shape: ${shortest(spec.gamma.shape)}, mean: ${durationText(spec.gamma.mean)} } }`
  if ('weibull' in spec)
    return `{ weibull: { shape: ${shortest(spec.weibull.shape)}, scale: ${durationText(spec.weibull.scale)} } }`
  if ('pareto' in spec)
    return `{ pareto: { shape: ${shortest(spec.pareto.shape)}, min: ${durationText(spec.pareto.min)} } }`
  if ('lognormal' in spec && 'mu' in spec.lognormal) {
    const { mu, sigma } = spec.lognormal
    const mean = exp(mu + (sigma * sigma) / 2)
    return `{ lognormal: { mean: ${durationText(mean)}, sd: ${durationText(mean * Math.sqrt(exp(sigma * sigma) - 1))} } }`
  }
  if ('hyperexponential' in spec && 'means' in spec.hyperexponential) {
    const { means, weights } = spec.hyperexponential
    return `{ hyperexponential: { means: ${list(means.map(durationText))}, weights: ${list(weights.map((weight) => shortest(weight)))} } }`
  }
  if ('empirical' in spec) return `{ empirical: { values: ${list(spec.empirical.values.map(durationText))} } }`
  throw new Error(`no text for ${JSON.stringify(spec)}`)
}

/** Whole numbers by how often they came. */
export function countsText(counts: ReadonlyMap<number, number>): string {
  const sorted = [...counts].sort(([a], [b]) => a - b)
  if (sorted.length === 1) return String(sorted[0][0])
  return `{ discrete: { values: ${list(sorted.map(([value]) => value))}, weights: ${list(sorted.map(([, weight]) => weight))} } }`
}

const quoted = (text: string): string => JSON.stringify(text)
/** An id as YAML: quoted where it could be read as a number, a date or a switch. */
const flow = (text: string): string =>
  /^[A-Za-z]/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text) ? text : quoted(text)

/** Parameters that are times, in ms. */
const times: ReadonlySet<string> = new Set(['value', 'mean', 'scale', 'min', 'max', 'fast mean', 'slow mean'])
const units = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
] as const

/** `shape 0.71 ± 0.02`, `mean 9.9 ± 0.6 h`: with the 95 % interval. The mean of a logarithm is shown as the median. */
export function parameterText({ name, value, standardError }: FittedParameter): string {
  const error = standardError === undefined ? undefined : 1.96 * standardError
  if (name === 'mu') {
    const median = exp(value)
    return parameterText({ name: 'median', value: median, standardError: standardError && median * standardError })
  }
  const isTime = times.has(name) || name === 'median'
  const [size, unit] = isTime ? (units.find(([ms]) => value >= 2 * ms) ?? [1, 'ms']) : [1, '']
  const shown = [shortest(value / size, 3), ...(error === undefined ? [] : ['±', shortest(error / size, 2)])]
  return [name, ...shown, ...(unit === '' ? [] : [unit])].join(' ')
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function lifetimeNote({ isEmpirical, fits, distance, lives, cutOff }: LifetimeFit): string {
  const [best] = fits
  const what = isEmpirical
    ? `empirical: ${best.name} would be ${percent(distance)} away`
    : `${best.name}, at most ${percent(distance)} away`
  const next = fits[1] === undefined ? '' : `; next by AIC: ${fits[1].name} (+${(fits[1].aic - best.aic).toFixed(1)})`
  return `${what}, of ${lives} lifetimes, ${cutOff} cut off${next}`
}

/** A step of the trend: a surge whose factor is the growth in its middle. */
function trendEvents({ arrivals, window }: Calibration): string {
  if (!arrivals.hasTrend) return ''
  const middle = (window.start + window.split) / 2
  const span = window.end - window.start
  const step = Math.max(DAY, Math.ceil(span / 60 / DAY) * DAY)
  const lines: string[] = []
  for (let at = window.start; at < window.end; at += step) {
    const length = Math.min(step, window.end - at)
    const factor = exp((arrivals.trend * (at + length / 2 - middle)) / HOUR)
    lines.push(
      `  - { at: ${formatInstant(at, 0).replace('+00:00', 'Z')}, demandSurge: { for: ${durationText(length)}, factor: ${shortest(Math.min(1000, factor))} } }`,
    )
  }
  const weekly = exp(arrivals.trend * 168) - 1
  const error = exp(arrivals.trend * 168) * arrivals.trendError * 168 * 1.96
  return `
# Trend: ${percent(weekly)} ± ${percent(error)} a week, in steps. It is assumed to continue after the part that was fitted.
events:
${lines.join('\n')}
`
}

function loadText(calibration: Calibration): string {
  const { arrivals, accounts, batches, window } = calibration
  const isOne = accounts.seen < 2
  // A rate of each buyer holds while the buyer is there.
  const present = accounts.active / (window.split - window.start)
  const size = Math.max(1, Math.round(accounts.size))
  const perWeek = (arrivals.hourly * 168) / (isOne ? 1 : size * present)
  const rate = `${isOne ? 'total' : 'perBuyer'}: ${shortest(perWeek)}/week`
  const sizes = [...batches.keys()].some((each) => each > 1) ? `, batch: ${countsText(batches)}` : ''
  const weights = list(arrivals.weights.map((weight) => shortest(weight, 4)))
  const shape =
    arrivals.profile === 'flat'
      ? `poisson: { ${rate}${sizes} }`
      : `profile: { ${rate}, ${arrivals.profile}: ${weights}${sizes} }`
  return `load: { ${shape} }`
}

function accountLines({ accounts, window }: Calibration): string[] {
  const size = Math.max(1, Math.round(accounts.size))
  const span = window.split - window.start
  const late = accounts.joined
  return [
    `    # ${accounts.seen} accounts came; by how often they did, ${size - accounts.seen} more exist that did not.`,
    `    count: ${size}`,
    ...(Number.isFinite(accounts.shape)
      ? [
          '    # Accounts differ in how often they come: a negative binomial distribution of their visits.',
          `    activity: { gamma: { shape: ${shortest(accounts.shape, 4)}, mean: 1 } }`,
        ]
      : []),
    ...(late > 0
      ? [
          `    # ${percent(late)} of the accounts joined after the beginning, by maximum likelihood.`,
          `    joins: { mixture: [{ weight: ${shortest(1 - late, 3)}, of: { constant: 0s } }, { weight: ${shortest(late, 3)}, of: { uniform: { min: 0s, max: ${durationText(span)} } } }] }`,
        ]
      : []),
    ...(accounts.stay === undefined
      ? []
      : [
          `    # ${percent(accounts.churned)} of them left before the end: churn, by maximum likelihood.`,
          `    stays: { exponential: { mean: ${durationText(accounts.stay)} } }`,
        ]),
  ]
}

/** `notes`: where it comes from. Groups without a name are called as in `import`. */
export function calibratedScenario(name: string, calibration: Calibration, notes: readonly string[]): string {
  const { window, utcOffset, arrivals, groups } = calibration
  const flavours = new Ids('server')
  const zones = new Ids('zone-1')
  const products = new Ids('image')
  const named = groups.map((group) => ({
    ...group,
    flavour: flavours.of(group.flavour),
    zone: zones.of(group.zone),
    product: products.of(group.product),
  }))
  const peak = Math.max(1, Math.ceil(calibration.fitted.peak))
  const pools = zones.all.map((zone) => {
    const sold = [...new Set(named.filter((group) => group.zone === zone).map(({ flavour }) => flavour))]
    const lines = sold.map(
      (flavour) => `          - { flavour: ${flow(flavour)}, capacity: ${4 * peak}, provisioning: 0s }`,
    )
    return `      - id: ${flow(zone)}\n        pools:\n${lines.join('\n')}`
  })
  const at = (instant: number): string => formatInstant(instant, utcOffset)
  return `${notes.map((note) => `# ${note}`.trimEnd()).join('\n')}
# Fitted to ${at(window.start)} to ${at(window.split)}; what follows was held out to compare with.
name: ${flow(name)}
question: How many servers does demand like that of the log need?
start: ${at(window.start)}
end: ${at(window.end)}
seed: 1
currency: USD
# The log has no prices. Remove this line, and give pools and specifications an hourly price, to ask about money.
money: ignore

policies:
  time.utcOffset: "${formatOffset(utcOffset)}"
  ecs.granularity: second

# Capacities are far above the ${peak} servers that were in use at most, so that nothing is refused: set your own.
regions:
  - id: region-1
    zones:
${pools.join('\n')}

sellers:
  - { segment: sellers }

catalog:
${products.all
  .map(
    (product) =>
      `  - id: ${flow(product)}\n    kind: image\n    seller: sellers/1\n    category: infrastructure\n    specifications: [{ id: hour, billing: pay-per-use }]`,
  )
  .join('\n')}
${trendEvents(calibration)}
buyers:
  - segment: accounts
${accountLines(calibration).join('\n')}
    # ${shortest(arrivals.hourly, 4)} ± ${shortest(1.96 * arrivals.hourlyError, 2)} visits an hour; profile: ${arrivals.profile}, by QAIC. Hourly counts vary ${shortest(arrivals.dispersion, 3)} times as much as by chance.
    ${loadText(calibration)}
    buys:
${named.map(buyText).join('\n')}
`
}

function buyText({ flavour, zone, product, orders, quantities, lifetime, isPooled, correlation }: GroupFit): string {
  const quantity = countsText(quantities)
  return `      # ${lifetimeNote(lifetime)}${isPooled ? ' (of all kinds: this one has too few)' : ''}
      - { product: ${flow(product)}, specification: hour, flavour: ${flow(flavour)}, zones: { ${quoted(zone)}: 1 }, weight: ${orders}, quantity: ${quantity}, lifetime: ${distributionText(lifetime.spec)}${correlation === 0 || quantities.size < 2 ? '' : `, correlation: ${shortest(correlation, 3)}`} }`
}
