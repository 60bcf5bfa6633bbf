/** The environment in which a program under test does something to itself at a certain moment of its own. */
import type { Moment } from './moment-hook.ts'

const hook = new URL('./moment-hook.ts', import.meta.url).href

/** The nth call with a path that matches, and with such a text in the file. */
export interface At {
  readonly path: RegExp
  readonly text?: RegExp
  readonly nth?: number
}

const placeOf = ({ path, text, nth = 1 }: At) => ({ path: path.source, text: text?.source ?? '', nth })

const environmentOf = (moment: Moment): Record<string, string> => ({
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${hook}`.trim(),
  TEST_MOMENT: JSON.stringify(moment),
})

const immediately = { delayMs: 0, until: null, words: [] } as const

/** A command is sent the signal when it has the file, and computes until it is ended. */
export const stoppedAt = (at: At, signal: NodeJS.Signals): Record<string, string> =>
  environmentOf({ ...immediately, from: placeOf(at), act: 'stop', signal })

/** A command is sent the signal when it has the file, and ends as it does of itself: it must have much more to do. */
export const askedToStopAt = (at: At, signal: NodeJS.Signals): Record<string, string> =>
  environmentOf({ ...immediately, from: placeOf(at), act: 'ask', signal })

/** When a program is killed, and which, if a command starts several: one with all of these words. */
export interface Kill {
  readonly from: At
  readonly delayMs: number
  readonly until: At
  readonly words?: readonly string[]
}

/** Program and launcher are killed so many ms after the one call, and in any case before the other. */
export const killedBetween = ({ from, delayMs, until, words = [] }: Kill): Record<string, string> =>
  environmentOf({
    ...{ from: placeOf(from), delayMs, until: placeOf(until) },
    ...{ words, act: 'kill', signal: 'SIGKILL' },
  })

/** A script, which has no launcher, gets the signal itself then. */
export const signalledAt = (at: At, signal: NodeJS.Signals): Record<string, string> =>
  environmentOf({ ...immediately, from: placeOf(at), act: 'signal', signal })
