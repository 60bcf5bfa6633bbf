/**
 * How long accounts stay and whether some come later, by maximum likelihood: an account comes by a Poisson process of its own rate (gamma
 * distributed) while it is there; it leaves after an exponential time, which may be beyond the end of what was seen (censored), and was there
 * from the beginning or joined at a time that is uniform. (D. Schmittlein, D. Morrison and R. Colombo 1987, Counting Your Customers.)
 */
import { covarianceOf, errorOfFunction } from '#engine/fitting/curvature.ts'
import { nelderMead } from '#engine/fitting/nelder-mead.ts'
import { exp, expm1 } from '#engine/mathematics/exponential.ts'
import { log } from '#engine/mathematics/logarithm.ts'
import type { Stream } from '#engine/random/streams.ts'

/** When an account came first and last, as shares of the time that was seen, and how often. */
export interface SeenAccount {
  readonly first: number
  readonly last: number
  readonly count: number
}

/** Standard errors of a fit; of what it does not have, 0. */
export interface StayErrors {
  readonly size: number
  readonly rate: number
  readonly shape: number
  readonly leaving: number
  readonly joined: number
}

export interface StayFit {
  /** How many accounts there are, those who did not come among them. */
  readonly size: number
  /** Visits of an account in the whole time, if it is there throughout. */
  readonly rate: number
  /** Shape of the gamma distribution of the rates. */
  readonly shape: number
  /** Ends of stays in the whole time: the mean stay is 1 over it. 0: no account leaves. */
  readonly leaving: number
  /** Share of the accounts that joined after the beginning. */
  readonly joined: number
  /** Mean share of the time that an account was there. */
  readonly present: number
  readonly errors: StayErrors
  /** The fits to samples of the accounts, drawn with replacement: a step of Newton's method from this one (score bootstrap). */
  resampled(times: number, stream: Stream): StayEstimate[]
}

export type StayEstimate = Omit<StayFit, 'errors' | 'resampled'>

/** Accounts that the likelihood is computed of; of more, every so many. */
const MOST_ACCOUNTS = 400
const POINTS = 48
/** A parameter more has to raise twice the logarithm of the likelihood by so much: 2.6 standard errors. */
const CLEAR = 6.76

interface Model {
  readonly rate: number
  readonly shape: number
  readonly leaving: number
  readonly joined: number
}

/** Rates and the logarithms of their weights: the density of ln(rate) on a grid. */
function gridOf({ rate, shape }: Model): { readonly rates: Float64Array; readonly weights: Float64Array } {
  const rates = new Float64Array(POINTS)
  const weights = new Float64Array(POINTS)
  const [low, high] = [log(rate) - 3 - 3 / Math.sqrt(shape), log(rate) + Math.min(3, 0.5 + 3 / Math.sqrt(shape))]
  let sum = 0
  for (let point = 0; point < POINTS; point++) {
    const x = low + ((high - low) * (point + 0.5)) / POINTS
    rates[point] = exp(x)
    weights[point] = shape * (x - log(rate)) - (shape * rates[point]) / rate
  }
  const top = weights.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY)
  for (const each of weights) sum += exp(each - top)
  const norm = top + log(sum)
  return { rates, weights: weights.map((each) => each - norm) }
}

/** The share of accounts of a rate that come at all. */
function seenShare(rate: number, { leaving, joined }: Model): number {
  const ends = rate + leaving
  const inTime = -expm1(-ends)
  return (rate / ends) * ((1 - joined) * inTime + joined * (1 - inTime / ends))
}

/** ln of the density of first, last and count, less what does not depend on the model. */
function accountTerm(rate: number, { first, last, count }: SeenAccount, { leaving, joined }: Model): number {
  const ends = rate + leaving
  // After the last visit it left, or it is there and did not come.
  const after = (leaving + rate * exp(-ends * (1 - last))) / ends
  const fromStart = exp(-ends * first)
  const between = count * log(rate) - ends * (last - first)
  return between + log(after) + log((1 - joined) * fromStart + joined * ((1 - fromStart) / ends))
}

/** The share of all accounts that come at all. */
function comingShare(model: Model): number {
  const { rates, weights } = gridOf(model)
  let share = 0
  for (let point = 0; point < POINTS; point++) share += exp(weights[point]) * seenShare(rates[point], model)
  return share
}

/** ln of the likelihood of each account, given that it came. */
function likelihoods(model: Model, accounts: readonly SeenAccount[]): Float64Array {
  const { rates, weights } = gridOf(model)
  const coming = log(comingShare(model))
  const terms = new Float64Array(POINTS)
  return Float64Array.from(accounts, (account) => {
    let top = Number.NEGATIVE_INFINITY
    for (let point = 0; point < POINTS; point++) {
      terms[point] = weights[point] + accountTerm(rates[point], account, model)
      if (terms[point] > top) top = terms[point]
    }
    let total = 0
    for (const term of terms) total += exp(term - top)
    return top + log(total) - coming
  })
}

const negative = (model: Model, accounts: readonly SeenAccount[]): number =>
  -likelihoods(model, accounts).reduce((sum, each) => sum + each, 0)

const SMALLEST = 1e-3

interface Shape {
  readonly leaves: boolean
  readonly joins: boolean
}

const modelOf = (at: readonly number[], { leaves, joins }: Shape): Model => ({
  rate: Math.min(1e6, exp(at[0])),
  shape: Math.max(0.05, Math.min(200, exp(at[1]))),
  leaving: leaves ? Math.max(SMALLEST, Math.min(1e3, exp(at[2]))) : 0,
  joined: joins ? 1 / (1 + exp(-Math.max(-20, Math.min(20, at[leaves ? 3 : 2])))) : 0,
})

/** Fits the model without leaving and joining, with one of them and with both, and takes the one that is clearly needed. */
export function fitStays(all: readonly SeenAccount[]): StayFit {
  const accounts = sampleOf(all)
  const mean = accounts.reduce((sum, { count }) => sum + count, 0) / accounts.length
  const fit = (leaves: boolean, joins: boolean) => {
    const start = [log(mean), 0.5, ...(leaves ? [0] : []), ...(joins ? [-1] : [])]
    const shape = { leaves, joins }
    const found = nelderMead((at) => negative(modelOf(at, shape), accounts), start, {
      step: 0.6,
      tolerance: 1e-7,
      most: 500,
    })
    return { shape, at: found.at, twice: 2 * found.value + CLEAR * ((leaves ? 1 : 0) + (joins ? 1 : 0)) }
  }
  const fits = [fit(false, false), fit(true, false), fit(false, true), fit(true, true)]
  const { shape, at } = fits.reduce((best, each) => (each.twice < best.twice ? each : best))
  return fitOf(at, shape, all.length, accounts)
}

function sampleOf(all: readonly SeenAccount[]): readonly SeenAccount[] {
  const step = Math.max(1, Math.ceil(all.length / MOST_ACCOUNTS))
  return all.filter((_, index) => index % step === 0)
}

function fitOf(at: readonly number[], shape: Shape, seen: number, accounts: readonly SeenAccount[]): StayFit {
  const model = modelOf(at, shape)
  const steps = at.map(() => 0.02)
  const covariance = covarianceOf((moved) => -negative(modelOf(moved, shape), accounts), at, steps)
  const errorOf = (of: (model: Model) => number): number =>
    errorOfFunction((moved) => of(modelOf(moved, shape)), at, covariance)
  const share = comingShare(model)
  const size = seen / share
  const estimate = (moved: Model): StayEstimate => ({
    ...moved,
    size: seen / comingShare(moved),
    present: presentShare(moved),
  })
  return {
    ...estimate(model),
    resampled(times, stream) {
      const scores = at.map((_, index) => {
        const by = (step: number) =>
          likelihoods(
            modelOf(
              at.map((x, each) => (each === index ? x + step : x)),
              shape,
            ),
            accounts,
          )
        const [up, down] = [by(1e-2), by(-1e-2)]
        return up.map((value, account) => (value - down[account]) / 2e-2)
      })
      return Array.from({ length: times }, () => {
        const sum = scores.map(() => 0)
        for (let drawn = 0; drawn < accounts.length; drawn++) {
          const account = Math.floor(stream.next() * accounts.length)
          for (const [index, score] of scores.entries()) sum[index] += score[account]
        }
        const moves = covariance.map((row) => row.reduce((move, each, index) => move + each * sum[index], 0))
        // A step is no further than the curvature can be believed.
        const moved = at.map((x, index) => x + Math.max(-1.5, Math.min(1.5, moves[index])))
        return estimate(modelOf(Number.isFinite(moved[0]) ? moved : at, shape))
      })
    },
    errors: {
      // How many of them came is a chance of its own.
      size: Math.hypot(seen * errorOf((moved) => 1 / comingShare(moved)), Math.sqrt((size * (1 - share)) / share)),
      rate: errorOf(({ rate }) => rate),
      shape: errorOf((moved) => moved.shape),
      leaving: errorOf(({ leaving }) => leaving),
      joined: errorOf(({ joined }) => joined),
    },
  }
}

/** The mean share of the time that an account is there. */
function presentShare({ leaving, joined }: Model): number {
  if (leaving === 0) return 1 - joined / 2
  const stayed = -expm1(-leaving) / leaving
  return (1 - joined) * stayed + (joined * (1 - stayed)) / leaving
}

/** The share of the accounts that left before the end. */
export function leftShare({ leaving, joined }: Pick<StayFit, 'leaving' | 'joined'>): number {
  if (leaving === 0) return 0
  const gone = -expm1(-leaving)
  return (1 - joined) * gone + joined * (1 - gone / leaving)
}
