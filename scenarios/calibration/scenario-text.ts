/** A calibration as a scenario: what was fitted, with where it comes from and how sure it is as comments. */
import { formatInstant, formatOffset } from '#base/civil-time.ts'
import { DAY, HOUR } from '#base/time.ts'
import { exp } from '#engine/mathematics/exponential.ts'
import { Ids } from '../logs/ids.ts'
import type { Calibration } from './calibration.ts'
import type { GroupFit } from './groups.ts'
import type { LifetimeFit } from './lifetimes.ts'
import { countsText, distributionText, durationText, flow, list, quoted, shortest } from './scenario-words.ts'

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function lifetimeNote({ isEmpirical, fits, distance, lives, cutOff }: LifetimeFit): string {
  const [best] = fits
  const what = isEmpirical
    ? `empirical: ${best.name} would be ${percent(distance)} away`
    : `${best.name}, at most ${percent(distance)} away`
  const next = fits[1] === undefined ? '' : `; next by AIC: ${fits[1].name} (+${(fits[1].aic - best.aic).toFixed(1)})`
  return `${what}, of ${lives} lifetimes, ${cutOff} cut off${next}`
}

/** Steps of a trend: surges whose factor is the growth in their middle. */
function trendEvents({ arrivals, window }: Calibration, segment: string | undefined): string[] {
  if (!arrivals.hasTrend) return []
  const middle = (window.start + window.split) / 2
  const span = window.end - window.start
  const step = Math.max(DAY, Math.ceil(span / 60 / DAY) * DAY)
  const weekly = exp(arrivals.trend * 168) - 1
  const error = exp(arrivals.trend * 168) * arrivals.trendError * 168 * 1.96
  const of = segment === undefined ? '' : `, of ${segment}`
  const lines = [
    `# Trend${of}: ${percent(weekly)} ± ${percent(error)} a week, in steps. It is assumed to continue after the part that was fitted.`,
  ]
  const whose = segment === undefined ? '' : `segment: ${flow(segment)}, `
  for (let at = window.start; at < window.end; at += step) {
    const length = Math.min(step, window.end - at)
    const factor = exp((arrivals.trend * (at + length / 2 - middle)) / HOUR)
    lines.push(
      `  - { at: ${formatInstant(at, 0).replace('+00:00', 'Z')}, demandSurge: { ${whose}for: ${durationText(length)}, factor: ${shortest(Math.min(1000, factor))} } }`,
    )
  }
  return lines
}

function loadText(calibration: Calibration): string {
  const { arrivals, bursts, accounts, batches, window } = calibration
  const sizes = [...batches.keys()].some((each) => each > 1) ? `, batch: ${countsText(batches)}` : ''
  if (bursts !== undefined) {
    const phases = bursts.rates.map(
      (rate, phase) => `{ rate: ${shortest(rate)}/h, stay: ${durationText(bursts.stays[phase] * HOUR)} }`,
    )
    return `load: { markov: { perBuyer: false, phases: ${list(phases)}${sizes} } }`
  }
  const isOne = accounts.seen < 2
  // A rate of each buyer holds while the buyer is there.
  const present = accounts.active / (window.split - window.start)
  // Whole accounts come, at a rate that makes up for it.
  const size = isOne ? 1 : (countOf(calibration) / grown(calibration)) * present
  const perWeek = (arrivals.hourly * 168) / size
  const rate = `${isOne ? 'total' : 'perBuyer'}: ${shortest(perWeek)}/week`
  const weights = list(arrivals.weights.map((weight) => shortest(weight, 4)))
  const shape =
    arrivals.profile === 'flat'
      ? `poisson: { ${rate}${sizes} }`
      : `profile: { ${rate}, ${arrivals.profile === 'day' ? 'day' : 'week'}: ${weights}${sizes} }`
  return `load: { ${shape} }`
}

/** Whole log by fitted part: accounts continue to join to the end. */
const lengthened = ({ window }: Calibration): number => (window.end - window.start) / (window.split - window.start)

/** Accounts of the whole log by those of the fitted part. */
const grown = (calibration: Calibration): number => {
  const { joined } = calibration.accounts
  return 1 - joined + joined * lengthened(calibration)
}

/** How many accounts a scenario of the whole log has. */
const countOf = (calibration: Calibration): number =>
  Math.max(1, Math.round(calibration.accounts.size * grown(calibration)))

const between = (low: number, high: number): string => `${percent(low)} to ${percent(high)}`

function accountLines(calibration: Calibration): string[] {
  const { accounts, window } = calibration
  const { errors, joined } = accounts
  const size = Math.max(1, Math.round(accounts.size))
  const late = (joined * lengthened(calibration)) / grown(calibration)
  const unseen = errors.size < 0.05 ? '' : ` (${size} ± ${shortest(1.96 * errors.size, 2)} in all)`
  return [
    `    # ${accounts.seen} accounts came; by how often they did, ${size - accounts.seen} more exist that did not${unseen}.`,
    `    count: ${countOf(calibration)}`,
    ...(Number.isFinite(accounts.shape)
      ? [
          `    # Accounts differ in how often they come: a negative binomial distribution of their visits, shape ${shortest(accounts.shape, 3)} ± ${shortest(1.96 * errors.shape, 2)}.`,
          `    activity: { gamma: { shape: ${shortest(accounts.shape, 4)}, mean: 1 } }`,
        ]
      : []),
    ...(joined > 0
      ? [
          `    # ${percent(joined)} (${joinedInterval(joined, errors.joined)}) of the accounts joined after the beginning, by maximum likelihood, and more join to the end.`,
          `    joins: { mixture: [{ weight: ${shortest(1 - late, 3)}, of: { constant: 0s } }, { weight: ${shortest(late, 3)}, of: { uniform: { min: 0s, max: ${durationText(window.end - window.start)} } } }] }`,
        ]
      : []),
    ...(accounts.stay === undefined
      ? []
      : [
          `    # ${percent(accounts.churned)} of them left before the end: churn, by maximum likelihood. Mean stay ${stayText(accounts.stay, errors.stay)}.`,
          `    stays: { exponential: { mean: ${durationText(accounts.stay)} } }`,
        ]),
  ]
}

/** The 95 % interval of a share, by the error of its logit. */
function joinedInterval(share: number, error: number): string {
  const odds = share / (1 - share)
  const at = (by: number) => (odds * exp(by)) / (1 + odds * exp(by))
  return between(at(-1.96 * error), at(1.96 * error))
}

/** `20 d (15 to 27)`: a mean time in days with the 95 % interval, by the error of its logarithm. */
export function stayText(stay: number, error: number): string {
  const days = (by: number) => shortest((stay * exp(by)) / DAY, 3)
  return `${days(0)} d (${days(-1.96 * error)} to ${days(1.96 * error)})`
}

function arrivalNote({ arrivals, bursts }: Calibration): string {
  if (bursts === undefined)
    return `${shortest(arrivals.hourly, 4)} ± ${shortest(1.96 * arrivals.hourlyError, 2)} visits an hour; profile: ${arrivals.profile}, by AIC. Hourly counts vary ${shortest(arrivals.dispersion, 3)} times as much as by chance.`
  return `Bursts, by maximum likelihood and AIC: ${burstsText(bursts)}.`
}

/** Rates and lengths of the two phases, each with the 95 % interval. */
export function burstsText({ rates, stays, errors }: NonNullable<Calibration['bursts']>): string {
  const shown = (value: number, error: number | undefined): string =>
    error === undefined
      ? shortest(value, 3)
      : `${shortest(value, 3)} (${shortest(value * exp(-1.96 * error), 3)} to ${shortest(value * exp(1.96 * error), 3)})`
  const phase = (index: number) =>
    `${shown(rates[index], errors[index])} visits an hour for ${shown(stays[index], errors[index + 2])} h`
  return `${phase(0)}, ${phase(1)} on average`
}

/** Ids of the segments of buyers, in their order. */
export function segmentIds(calibrations: readonly Calibration[]): string[] {
  const ids = new Ids('accounts')
  return calibrations.map(({ name }) => ids.of(name))
}

interface Named extends GroupFit {
  readonly group: GroupFit
}

/** A kind with the ids of its flavour, zone and product. */
const namedBy =
  (flavours: Ids, zones: Ids, products: Ids) =>
  (group: GroupFit): Named => ({
    ...group,
    group,
    flavour: flavours.of(group.flavour),
    zone: zones.of(group.zone),
    product: products.of(group.product),
  })

const sorted = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b)

function poolText(zone: string, named: readonly Named[], capacity: number): string {
  const sold = [...new Set(named.filter((group) => group.zone === zone).map(({ flavour }) => flavour))]
  const lines = sold.map((flavour) => {
    const terms = sorted(
      named.flatMap((each) => (each.zone === zone && each.flavour === flavour && each.months > 0 ? [each.months] : [])),
    )
    const plans = terms.length === 0 ? '' : `, plans: ${list(terms.map((months) => `{ months: ${months} }`))}`
    return `          - { flavour: ${flow(flavour)}, capacity: ${capacity}, provisioning: 0s${plans} }`
  })
  return `      - id: ${flow(zone)}\n        pools:\n${lines.join('\n')}`
}

function productText(product: string, named: readonly Named[]): string {
  const own = named.filter((each) => each.product === product)
  const terms = sorted(own.flatMap(({ months }) => (months > 0 ? [months] : [])))
  const specifications = [
    ...(own.some(({ months }) => months === 0) ? ['{ id: hour, billing: pay-per-use }'] : []),
    ...(terms.length === 0
      ? []
      : [`{ id: term, billing: monthly, plans: ${list(terms.map((months) => `{ months: ${months} }`))} }`]),
  ]
  return `  - id: ${flow(product)}\n    kind: image\n    seller: sellers/1\n    category: infrastructure\n    specifications: ${list(specifications)}`
}

function renewalLines({ renewals, groups }: Calibration): string[] {
  if (groups.every(({ months }) => months === 0)) return []
  if (renewals === undefined) return ['    # No term of the log has ended, so that nothing says how many are renewed.']
  const { renewed, notRenewed, probability, low, high } = renewals
  return [
    `    # ${renewed} of ${renewed + notRenewed} terms that ended were renewed: ${percent(probability)} (${between(low, high)}).`,
    `    habits: { renewing: { manual: ${shortest(probability, 4)} } }`,
  ]
}

function segmentText(calibration: Calibration, id: string, named: readonly Named[]): string {
  return `  - segment: ${flow(id)}
${accountLines(calibration).join('\n')}
    # ${arrivalNote(calibration)}
    ${loadText(calibration)}
${renewalLines(calibration)
  .map((line) => `${line}\n`)
  .join('')}    buys:
${named.map(buyText).join('\n')}`
}

/** `notes`: where it comes from. Groups and segments without a name are called as in `import`. */
export function calibratedScenario(
  name: string,
  calibrations: readonly Calibration[],
  notes: readonly string[],
): string {
  const [{ window, utcOffset }] = calibrations
  const [flavours, zones, products] = ['server', 'zone-1', 'image'].map((id) => new Ids(id))
  const nameOf = namedBy(flavours, zones, products)
  const bySegment = calibrations.map(({ groups }) => groups.map(nameOf))
  const named = bySegment.flat()
  const ids = segmentIds(calibrations)
  const peak = Math.max(1, Math.ceil(calibrations.reduce((sum, { fitted }) => sum + fitted.peak, 0)))
  const hasTerms = named.some(({ months }) => months > 0)
  const trends = calibrations.flatMap((each, index) =>
    trendEvents(each, calibrations.length === 1 ? undefined : ids[index]),
  )
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
${hasTerms ? '  # A term that is not renewed gives its servers back as it ends.\n  grace.days: 0\n  retention.days: 0\n' : ''}
# Capacities are far above the ${peak} servers that were in use at most, so that nothing is refused: set your own.
regions:
  - id: region-1
    zones:
${zones.all.map((zone) => poolText(zone, named, 4 * peak)).join('\n')}

sellers:
  - { segment: sellers }

catalog:
${products.all.map((product) => productText(product, named)).join('\n')}
${trends.length === 0 ? '' : `\n${trends[0]}\nevents:\n${trends.slice(1).join('\n')}\n`}
buyers:
${calibrations.map((each, index) => segmentText(each, ids[index], bySegment[index])).join('\n')}
`
}

function buyText({
  group,
  flavour,
  zone,
  product,
  months,
  orders,
  quantities,
  lifetime,
  steps: _,
  isPooled,
  correlation,
}: Named): string {
  const quantity = countsText(quantities)
  const common = `product: ${flow(product)}, specification: ${months > 0 ? 'term' : 'hour'}, flavour: ${flow(flavour)}, zones: { ${quoted(zone)}: 1 }, weight: ${orders}, quantity: ${quantity}`
  if (lifetime === undefined)
    return `      # Terms of ${months} ${months === 1 ? 'month' : 'months'}, ${group.orders} bought.\n      - { ${common}, months: ${months} }`
  return `      # ${lifetimeNote(lifetime)}${isPooled ? ' (of all kinds: this one has too few)' : ''}
      - { ${common}, lifetime: ${distributionText(lifetime.spec)}${correlation === 0 || quantities.size < 2 ? '' : `, correlation: ${shortest(correlation, 3)}`} }`
}
