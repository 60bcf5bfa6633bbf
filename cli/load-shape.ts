/** The shape of a load as the command line writes it. */
import { readFileSync } from 'node:fs'
import { InputError } from '#base/input-error.ts'
import { parseDueTimes } from '#sim/load-test/due-times.ts'
import { lasting, parseLoadDuration, parseLoadRate, parseStages, type Stage } from '#sim/load-test/rate.ts'
import { type LoadShape, type Spacing, spacings, type Think } from '#sim/load-test/shape.ts'
import type { Arguments } from './command.ts'

export const standard = {
  rate: '10k/s',
  duration: '10s',
  kneeRate: '1k/s',
  kneeDuration: '5s',
  target: 'p99<50ms',
  think: '10ms',
} as const

const MOST_USERS = 1_000_000

/** Turns errors of what was asked into errors of the option that they are of. */
export function withOption<T>(option: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`--${option}: ${error.message}`, error.hint, error.where)
    throw error
  }
}

/** The ways to ask for a load, each with the options that make no sense with it. */
const exclusive: Readonly<Record<string, readonly string[]>> = {
  users: ['rate', 'stages', 'due-times', 'arrivals', 'find-knee', 'backlog'],
  'due-times': ['rate', 'stages', 'arrivals', 'duration', 'find-knee'],
}

/** Reads the shape; `seed` is that of the test. Throws InputError. */
export function shapeOf(arguments_: Arguments, seed: string, searches: boolean): LoadShape {
  for (const [option, others] of Object.entries(exclusive))
    for (const other of others)
      if (arguments_.text(option) !== undefined && arguments_.text(other) !== undefined)
        throw new InputError(`--${option} and --${other} cannot be combined`, 'remove one of them')
  const users = arguments_.count('users', 1, MOST_USERS)
  const think = arguments_.text('think-time')
  const file = arguments_.filled('due-times', 'write --due-times and a file')
  if (think !== undefined && users === undefined) throw new InputError('--think-time needs --users', 'add --users 64')
  if (users !== undefined)
    return {
      kind: 'closed',
      users,
      think: withOption('think-time', () => thinkOf(think ?? standard.think)),
      duration: durationOf(arguments_) ?? parseLoadDuration(standard.duration),
      seed,
    }
  if (file !== undefined) return { kind: 'due-times', at: readDueTimes(file) }
  return {
    kind: 'stages',
    stages: stagesOf(arguments_, searches),
    spacing: spacingOf(arguments_.text('arrivals')),
    seed,
  }
}

const durationOf = (arguments_: Arguments): number | undefined => {
  const duration = arguments_.text('duration')
  return duration === undefined ? undefined : withOption('duration', () => parseLoadDuration(duration))
}

/** `10ms`, `exponential:10ms`, or `0`: a user asks again immediately. */
function thinkOf(text: string): Think {
  const match = /^(exponential:)?(.+)$/.exec(text.trim())
  if (match?.[2] === '0') return { mean: 0, exponential: false }
  try {
    return { mean: parseLoadDuration(match?.[2] ?? ''), exponential: match?.[1] !== undefined }
  } catch {
    throw new InputError(`'${text}' is not a think time`, 'write 10ms, exponential:10ms or 0')
  }
}

function readDueTimes(file: string): Float64Array {
  try {
    return parseDueTimes(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof InputError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new InputError(`--due-times: cannot read the file (${code})`, 'check its name and permissions', file)
  }
}

const spacingOf = (text: string | undefined): Spacing => spacings.find((each) => each === text) ?? 'even'

function stagesOf(arguments_: Arguments, searches: boolean): Stage[] {
  const rate = arguments_.text('rate')
  const stages = arguments_.text('stages')
  const lasts = durationOf(arguments_)
  if (rate !== undefined && stages !== undefined)
    throw new InputError('--rate and --stages cannot be combined', 'remove one of them')
  if (searches && stages !== undefined)
    throw new InputError('--find-knee chooses its own stages', 'remove --stages; --rate is the start of the search')
  if (stages !== undefined) {
    const read = withOption('stages', () => parseStages(stages))
    return lasts === undefined ? read : lasting(read, lasts)
  }
  const held = withOption('rate', () => parseLoadRate(rate ?? (searches ? standard.kneeRate : standard.rate)))
  return [{ ...held, duration: lasts ?? parseLoadDuration(searches ? standard.kneeDuration : standard.duration) }]
}
