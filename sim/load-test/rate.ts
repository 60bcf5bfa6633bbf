/** How a load is written: `50k/s`, `10k:30s,50k:60s`, `2m`. */
import { InputError } from '#base/input-error.ts'
import { parseDuration } from '#scenarios/time-text.ts'

/** `count` operations in `perMs` milliseconds, evenly spaced. */
export interface LoadRate {
  readonly count: number
  readonly perMs: number
}

/** A rate that is held for `duration` ms, or led evenly to another one. */
export interface Stage extends LoadRate {
  readonly duration: number
  readonly to?: LoadRate
}

const units: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, m: 60_000, h: 3_600_000 }
const sizes: Readonly<Record<string, number>> = { '': 1, k: 1_000, K: 1_000, M: 1_000_000 }

/** More than any machine: the clock could not tell two due times apart. */
export const MOST_A_SECOND = 100_000_000

export const perSecond = ({ count, perMs }: LoadRate): number => (count * 1_000) / perMs

export const perMs = (rate: LoadRate): number => rate.count / rate.perMs

/** Where a search looks next. */
export const rateOf = (operationsPerSecond: number): LoadRate => ({ count: operationsPerSecond, perMs: 1_000 })

/** A rate such as `50k/s`, `1.5M/s`, `600/min` or `2000` (a second). Throws InputError. */
export function parseLoadRate(text: string): LoadRate {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)([kKM]?)(?:\/(s|min|m|h))?$/.exec(text.trim())
  if (match === null) throw new InputError(`'${text}' is not a rate`, 'write 50k/s, 1.5M/s, 600/min or 2000 (a second)')
  const rate = { count: Number(match[1]) * sizes[match[2]], perMs: units[match[3] ?? 's'] }
  if (rate.count === 0) throw new InputError(`a rate of '${text}' never makes a request`, 'write a rate above 0')
  if (perSecond(rate) > MOST_A_SECOND)
    throw new InputError(`'${text}' is more than ${MOST_A_SECOND / 1e6} million a second`, 'write a lower rate')
  return rate
}

/** Whole milliseconds of `30s`, `2m`, `1m30s`, `2min` or `500ms`. Throws InputError. */
export function parseLoadDuration(text: string): number {
  const duration = parseDuration(text.trim().replace(/m(?!s|in)/g, 'min'))
  if (duration !== null && duration > 0) return duration
  throw new InputError(`'${text}' is not a duration`, 'write 30s, 2m or 1m30s')
}

/** `10k` or `10k..50k`. Throws InputError. */
function parseLeg(text: string): LoadRate & { readonly to?: LoadRate } {
  const [from, to, ...rest] = text.split('..')
  if (to === undefined) return parseLoadRate(from)
  if (rest.length > 0) throw new InputError(`'${text}' is not a ramp`, 'write 10k..50k:60s')
  return { ...parseLoadRate(from), to: parseLoadRate(to) }
}

/** Rates one after the other, held or led one into the other: `10k:30s,10k..50k:60s`. Throws InputError that names the stage. */
export function parseStages(text: string): Stage[] {
  return text.split(',').map((part, index) => {
    const [rate, duration, ...rest] = part.split(':')
    if (duration === undefined || rest.length > 0)
      throw new InputError(`stage ${index + 1}, '${part}', is not RATE:DURATION`, 'write --stages 10k:30s,50k:60s')
    try {
      return { ...parseLeg(rate), duration: parseLoadDuration(duration) }
    } catch (error) {
      if (error instanceof InputError) throw new InputError(`stage ${index + 1}: ${error.message}`, error.hint)
      throw error
    }
  })
}

/** The first part of a stage; a ramp ends at the rate that it has by then. */
function cutTo(stage: Stage, duration: number): Stage {
  if (stage.to === undefined || duration === stage.duration) return { ...stage, duration }
  const part = duration / stage.duration
  return { ...stage, duration, to: { count: perMs(stage) * (1 - part) + perMs(stage.to) * part, perMs: 1 } }
}

/** The stages rounded to a duration: the last rate is held on, or what is behind the end is cut off. */
export function lasting(stages: readonly Stage[], duration: number): Stage[] {
  const kept: Stage[] = []
  let left = duration
  for (const [index, stage] of stages.entries()) {
    const isLast = index === stages.length - 1
    const held = isLast && stage.to === undefined ? left : Math.min(stage.duration, left)
    if (held > 0) kept.push(cutTo(stage, held))
    left -= held
    if (isLast && left > 0 && stage.to !== undefined) kept.push({ ...stage.to, duration: left })
  }
  return kept
}
