/** Progress of a load test on stderr: a line redrawn on a terminal, one a few seconds on a pipe. */
import { shownCount, shownTime } from '#reports/load-test/show.ts'
import { shownRate } from '#reports/rates.ts'
import type { LoadProgress } from '#sim/load-test/machine-watch.ts'
import { note } from './live-note.ts'
import { shownWait, terminalLine } from './progress.ts'
import type { Paint } from './terminal.ts'

interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface LoadProgressOptions {
  readonly stream: Screen
  readonly quiet: boolean
  readonly paint: Paint
  /** Milliseconds of the wall clock. */
  readonly clock: () => number
}

export interface LoadProgressView {
  /** The history is lived, 0 to 1. */
  history(fraction: number): void
  load(progress: LoadProgress): void
  /** What the next lines are about: a trial of a search. */
  title(text: string): void
  /** A line that stays. */
  note(text: string): void
  end(): void
}

const TERMINAL_EVERY_MS = 240
const PIPE_EVERY_MS = 3_000

/** How far it is in words, the most telling first. */
export function loadWords(progress: LoadProgress): string[] {
  const { phase, elapsed, duration, due, done, dropped, waiting, behind } = progress
  if (phase === 'auditing') return ['auditing every bill and posting', `${shownCount(done)} operations`]
  if (phase === 'warming-up') return ['warming up']
  const left = Math.max(0, duration - elapsed) / 1_000
  const perSecond = elapsed > 0 ? (done * 1_000) / elapsed : 0
  return [
    left > 0 ? `${shownWait(left)} left` : 'draining the backlog',
    `${shownRate(perSecond)} done`,
    ...(done > 0 ? [`answers take ${shownTime(behind * 1_000)}`] : []),
    `${shownCount(Math.max(waiting, due - done - dropped))} waiting`,
    ...(dropped > 0 ? [`${shownCount(dropped)} dropped`] : []),
  ]
}

/** Draws progress as `options` say, and notes it. */
export function loadProgressView(options: LoadProgressOptions): LoadProgressView {
  const view = drawnLoad(options)
  let about: readonly string[] = []
  return {
    ...view,
    history(fraction) {
      note(() => ({ fraction, words: ["simulating the scenario's history"] }))
      view.history(fraction)
    },
    load(progress) {
      const { phase, elapsed, duration, done } = progress
      note(() => ({
        fraction: phase === 'auditing' ? 1 : Math.min(1, elapsed / duration),
        words: [...about, ...loadWords(progress)],
        rate: elapsed > 0 ? (done * 1_000) / elapsed : 0,
      }))
      view.load(progress)
    },
    title(text) {
      about = [text]
      view.title(text)
    },
  }
}

function drawnLoad({ stream, quiet, paint, clock }: LoadProgressOptions): LoadProgressView {
  if (quiet) return { history() {}, load() {}, title() {}, note() {}, end() {} }
  const terminal = stream.isTTY === true
  let shownAt = terminal ? Number.NEGATIVE_INFINITY : clock()
  let drawn = false
  let about = ''
  const show = (words: readonly string[], fraction: number, always: boolean): void => {
    const now = clock()
    if (!always && now - shownAt < (terminal ? TERMINAL_EVERY_MS : PIPE_EVERY_MS)) return
    shownAt = now
    const all = about === '' ? words : [about, ...words]
    if (!terminal) {
      stream.write(`${all.join(' · ')}\n`)
      return
    }
    // The last column stays free: writing into it would make some terminals wrap.
    const width = Math.max(20, stream.columns ?? 80) - 1
    stream.write(`\r${terminalLine(all, fraction, width, paint)}\u001b[K`)
    drawn = true
  }
  const wipe = (): void => {
    if (drawn) stream.write('\r\u001b[K')
    drawn = false
  }
  return {
    history: (fraction) =>
      show(["simulating the scenario's history", `${Math.floor(fraction * 100)} %`], fraction, false),
    load(progress) {
      const { phase, elapsed, duration } = progress
      show(loadWords(progress), phase === 'auditing' ? 1 : elapsed / duration, phase === 'auditing' && terminal)
    },
    title(text) {
      about = text
    },
    note(text) {
      wipe()
      stream.write(`${text}\n`)
    },
    end: wipe,
  }
}
