/**
 * Loaded into a program under test by `--import`: does something at a moment of that program, which is when it makes, opens, reads,
 * writes, renames or links a file whose path matches. A test that looks from outside may see the moment too late or never; this one
 * cannot.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Worker } from 'node:worker_threads'

/** The nth call with such a path that succeeds, both sources of regular expressions. */
export interface Place {
  readonly path: string
  /** What is in the file, of one that gets its name by being renamed; empty: anything. */
  readonly text: string
  readonly nth: number
}

export interface Moment {
  /** It happens after this call... */
  readonly from: Place
  /** ...and so many ms, but at the latest before this call. */
  readonly delayMs: number
  readonly until: Place | null
  /** The process must have all of these words in its command line. */
  readonly words: readonly string[]
  /**
   * `stop`: the launcher gets the signal, and this thread waits forever. `ask`: the launcher gets it, and this thread continues. `kill`: launcher and program are killed. `signal`: this
   * process gets the signal and continues.
   */
  readonly act: 'stop' | 'ask' | 'kill' | 'signal'
  readonly signal: NodeJS.Signals
}

const asked = process.env.TEST_MOMENT
const read = fs.readFileSync
// The number of the launcher, in the environment of its program alone.
const launcher = Number(process.env.MARKETSIM_SUPERVISED ?? 0)

function happen({ act, signal }: Moment): void {
  if (act === 'signal') process.kill(process.pid, signal)
  else if (act === 'ask') process.kill(launcher, signal)
  else if (act === 'stop') {
    process.kill(launcher, signal)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  } else for (const id of [launcher, process.pid]) process.kill(id, 'SIGKILL')
}

/** Kills after some time, whatever this thread computes meanwhile. */
function killLater(ms: number): void {
  const program = `
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms})
    for (const id of [${launcher}, ${process.pid}]) process.kill(id, 'SIGKILL')`
  new Worker(program, { eval: true, execArgv: [], env: {} }).unref()
}

/** Whether a call is one of those that a place means. */
function matcher({ path, text }: Place): (values: readonly unknown[]) => boolean {
  const [pathPattern, textPattern] = [new RegExp(path), new RegExp(text)]
  return (values) =>
    values.slice(0, 2).some((each) => typeof each === 'string' && pathPattern.test(each)) &&
    (text === '' || textPattern.test(read(values[0] as string, 'utf8')))
}

function watch(moment: Moment): void {
  const { from, until } = moment
  const [isFrom, isUntil] = [from, until].map((place) => (place === null ? () => false : matcher(place)))
  let [leftFrom, leftUntil] = [from.nth, until?.nth ?? 0]
  const functions = fs as unknown as Record<string, (...values: unknown[]) => unknown>
  for (const name of ['mkdirSync', 'openSync', 'renameSync', 'linkSync', 'readFileSync', 'writeFileSync']) {
    const original = functions[name]
    functions[name] = (...values) => {
      if (isUntil(values) && --leftUntil === 0) happen(moment)
      const isMeant = isFrom(values)
      // One that fails does not count: a program looks for a file before it makes it.
      const result = original(...values)
      if (!isMeant || --leftFrom !== 0) return result
      if (moment.delayMs > 0) killLater(moment.delayMs)
      else happen(moment)
      return result
    }
  }
  syncBuiltinESMExports()
}

if (asked !== undefined) {
  const moment: Moment = JSON.parse(asked)
  const isMeant = moment.words.every((word) => process.argv.includes(word))
  // What needs a launcher happens in its program only.
  if (isMeant && (moment.act === 'signal' || launcher > 0)) watch(moment)
}
