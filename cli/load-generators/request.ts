/** What `load` is asked for where several generators share a load. */
import { InputError } from '#base/input-error.ts'
import { parseInstant } from '#scenarios/time-text.ts'
import type { Arguments, CommandOption } from '../command.ts'
import { expectSoon } from './meeting.ts'

/** This process serves one part of the load. */
export interface Generator {
  /** From 1. */
  readonly index: number
  readonly count: number
  readonly results: string
  /** Ms since 1970; undefined: the generators meet in the folder of results. */
  readonly startAt: number | undefined
}

const MOST_GENERATORS = 1_000

export const generatorOptions = {
  generators: {
    type: 'number',
    describe:
      'share the load among this many processes, of this machine or by --start-by, and merge what they measured',
  },
  'start-by': {
    type: 'string',
    takesSetting: false,
    describe: "with --generators: starts each on another machine, 'ssh load{i} {command}'; {i} is its number",
  },
  generator: {
    type: 'string',
    takesSetting: false,
    describe: 'i/n: serve the i-th of n parts of the load, into --results; `load merge` adds them up',
  },
  results: {
    type: 'string',
    completes: 'folder',
    takesSetting: false,
    describe: 'folder of results of the generators of a load',
  },
  'start-at': {
    type: 'string',
    takesSetting: false,
    describe: 'instant at which a generator starts; by default when all have met in --results',
  },
} as const satisfies Readonly<Record<string, CommandOption>>

/** Options of a whole load, which one of its generators does not take. */
const ofTheWhole = ['threshold', 'out', 'junit', 'force']
/** Loads that are no schedule, which could be shared. */
const unshared = ['users', 'find-knee']

function expectShared(arguments_: Arguments, option: string): void {
  for (const other of unshared)
    if (arguments_.text(other) !== undefined && arguments_.text(other) !== 'false')
      throw new InputError(
        `--${option} and --${other} cannot be combined: generators share the schedule of an open load`,
        'write --rate, --stages or --due-times',
      )
}

/** The generator that this process is, if it is one. @throws InputError */
export function generatorOf(arguments_: Arguments): Generator | undefined {
  const text = arguments_.text('generator')
  const start = arguments_.text('start-at')
  if (text === undefined) {
    if (start !== undefined) throw new InputError('--start-at needs --generator', 'add --generator 1/2')
    return undefined
  }
  const [index, count] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).slice(1).map(Number)
  if (!(index >= 1 && index <= count && count <= MOST_GENERATORS))
    throw new InputError(
      `--generator ${text} is not a part of a load`,
      'write --generator 1/3, 2/3 and 3/3 for three generators',
    )
  expectShared(arguments_, 'generator')
  for (const other of ofTheWhole)
    if (arguments_.text(other) !== undefined && arguments_.text(other) !== 'false')
      throw new InputError(
        `--${other} is of the whole load, and this is one of its generators`,
        `give --${other} to \`load merge\``,
      )
  if (arguments_.text('generators') !== undefined)
    throw new InputError('--generator and --generators cannot be combined', 'remove one of them')
  const results = arguments_.filled('results', 'write --results and a folder')
  if (results === undefined) throw new InputError('--generator needs a folder for its result', 'add --results DIR')
  return { index, count, results, startAt: start === undefined ? undefined : startOf(start) }
}

function startOf(text: string): number {
  const at = parseInstant(text)
  if (at === null)
    throw new InputError(
      `--start-at: '${text}' is not an instant with its offset`,
      `write --start-at ${new Date(Math.ceil(Date.now() / 60_000 + 2) * 60_000).toISOString()}`,
    )
  return expectSoon(at, text)
}

/** The command line that starts a generator elsewhere. @throws InputError */
export function startByOf(arguments_: Arguments): string | undefined {
  const template = arguments_.filled('start-by', "write --start-by 'ssh load{i} {command}'")
  if (template === undefined) return undefined
  if (arguments_.text('generators') === undefined)
    throw new InputError('--start-by needs the number of generators', 'add --generators 4')
  if (arguments_.text('results') === undefined)
    throw new InputError(
      '--start-by needs a folder that all machines share, where the generators meet and leave their parts',
      'add --results DIR; without a common folder, start each with --generator i/n and --start-at',
    )
  if (template.includes('{command}')) return template
  throw new InputError(
    '--start-by does not say where the command of a generator goes',
    "write {command}, which is one word of the shell: 'ssh load{i} {command}'",
  )
}

/** How many processes share the load; undefined: this one serves it. @throws InputError */
export function generatorsOf(arguments_: Arguments): number | undefined {
  const count = arguments_.count('generators', 1, MOST_GENERATORS)
  if (count !== undefined) expectShared(arguments_, 'generators')
  else if (arguments_.text('results') !== undefined && arguments_.text('generator') === undefined)
    throw new InputError('--results needs --generator or --generators', 'add --generators 2')
  return count
}
