/** Other ways to charge an hour of use: in coarser steps than the second, by whole days, at a part of the price, or with the wrong sign. */
import { divideRounded } from '#base/decimal.ts'
import { DAY } from '#base/time.ts'
import { hourLine } from '#sim/billing/metering/hour-charge.ts'
import { changedSource } from './changed-source.ts'
import type { RatedLine, RatedSource, RatedUse, Variant } from './rated-line.ts'

const up =
  (step: number) =>
  (seconds: number): number =>
    Math.ceil(seconds / step) * step
const down =
  (step: number) =>
  (seconds: number): number =>
    Math.floor(seconds / step) * step
const nearest =
  (step: number) =>
  (seconds: number): number =>
    Math.floor((seconds + step / 2) / step) * step
const atLeast =
  (least: number) =>
  (seconds: number): number =>
    Math.max(least, seconds)

/** What is counted of the seconds of a server's hour. */
const steps: readonly (readonly [of: (seconds: number) => number, text: string])[] = [
  [up(60), 'servers by the started minute'],
  [down(60), 'servers by whole minutes'],
  [nearest(60), 'servers to the nearest minute'],
  [up(300), 'servers by the started 5 minutes'],
  [up(360), 'servers by the started 6 minutes'],
  [up(600), 'servers by the started 10 minutes'],
  [up(900), 'servers by the started quarter of an hour'],
  [up(1800), 'servers by the started half hour'],
  [down(3600), 'servers by whole hours'],
  [nearest(3600), 'servers to the nearest hour'],
  [nearest(36), 'servers by hours of 2 decimals'],
  [atLeast(60), 'servers for at least a minute of each hour'],
  [atLeast(300), 'servers for at least 5 minutes of each hour'],
  [atLeast(600), 'servers for at least 10 minutes of each hour'],
]

/** Parts of a price: hours of an average month (730), of months of 30 and of 31 days (720 and 744). */
const parts: readonly (readonly [over: bigint, under: bigint])[] = [
  [730n, 720n],
  [720n, 730n],
  [744n, 720n],
  [720n, 744n],
  [744n, 730n],
  [730n, 744n],
]

export function steppedSources(source: RatedSource): Variant[] {
  return [...ofSteps(source), ...ofDays(source), ...ofParts(source), ofSign(source)]
}

function ofSteps(source: RatedSource): Variant[] {
  const { policies } = source
  if (policies['ecs.granularity'] !== 'second') return []
  return steps.map(([of, text]) => ({
    cause: 'granularity',
    rule: 'U-01',
    text,
    source: changedSource(source, {
      amount: ({ use, amount }) => {
        if (use === undefined || use.kind !== 'ecs') return amount
        const seconds = of(use.seconds)
        return seconds === use.seconds ? amount : hourLine('ecs', use.hourly, seconds, policies).amount
      },
    }),
  }))
}

/** A started day is 24 hours at the price of its first one, charged with it. */
function ofDays(source: RatedSource): Variant[] {
  const { policies } = source
  const offset = policies['time.utcOffset']
  const started = (isDaily: (use: RatedUse) => boolean) => () => {
    const days = new Map<string, number>()
    return ({ use, resource, kind, product, hour, amount }: RatedLine): bigint => {
      if (use === undefined || !isDaily(use)) return amount
      const key = `${resource} ${kind} ${product}`
      const day = Math.floor((hour + offset) / DAY)
      if (days.get(key) === day) return 0n
      days.set(key, day)
      return hourLine('image', use.hourly * 24n, 3600, { ...policies, 'image.granularity': 'hour-ceil' }).amount
    }
  }
  const variant = (text: string, isDaily: (use: RatedUse) => boolean): Variant => ({
    cause: 'granularity',
    rule: 'U-01',
    text,
    source: changedSource(source, { amounts: started(isDaily) }),
  })
  return [
    variant('servers and images by the started day', () => true),
    variant('servers by the started day', ({ kind }) => kind === 'ecs'),
  ]
}

function ofParts(source: RatedSource): Variant[] {
  const { policies } = source
  const rounding = policies['rounding.charge']
  const ofPrice = ({ kind, hourly, seconds }: RatedUse, over: bigint, under: bigint): bigint =>
    policies[`${kind}.granularity`] === 'second'
      ? divideRounded(hourly * BigInt(seconds) * over, 360_000n * under, rounding)
      : divideRounded(hourly * over, 100n * under, rounding)
  return parts.flatMap(([over, under]): Variant[] => {
    const text = `prices times ${over} / ${under}, as of months of other lengths`
    const change = (amount: (line: RatedLine) => bigint): Variant => ({
      ...{ cause: 'wrong price', rule: 'U-07', text, isAlone: true },
      source: changedSource(source, { amount }),
    })
    return [
      change(({ use, amount }) => (use === undefined ? amount : ofPrice(use, over, under))),
      change(({ amount }) => divideRounded(amount * over, under, rounding)),
    ]
  })
}

const ofSign = (source: RatedSource): Variant => ({
  cause: 'wrong sign',
  rule: 'M-01',
  text: 'charges with the opposite sign',
  source: changedSource(source, { amount: ({ amount }) => -amount }),
})
