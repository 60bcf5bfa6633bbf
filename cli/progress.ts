/** Progress on stderr: one line redrawn on a terminal, a line every few seconds on a pipe, nothing when it is to be quiet. */
import { shownInstant } from '#base/civil-text.ts'
import { shownRate } from '#reports/rates.ts'
import type { RunProgress } from '#sim/run/simulate.ts'
import { note } from './live-note.ts'
import { columnsOf, cut, type Paint } from './terminal.ts'

export interface ProgressView {
  show(progress: RunProgress): void
  /** Leaves the terminal as it was, so that what follows begins on a clean line. */
  end(): void
}

interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface ProgressOptions {
  readonly stream: Screen
  readonly quiet: boolean
  readonly paint: Paint
  /** Milliseconds of the wall clock. */
  readonly clock: () => number
  /** Milliseconds that civil time is ahead of UTC. */
  readonly utcOffset: number
  /** Which run it is, where there are several. */
  readonly about?: string
}

const TERMINAL_EVERY_MS = 100
const PIPE_EVERY_MS = 3_000

const phases = { recording: 'writing the record', auditing: 'auditing' } as const

/** `4 s`, `2 min 05 s`, `3 h 10 min`. */
export function shownWait(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
}

/** Speed over the whole phase so far: steadier than over the last moment, and it needs no history. */
class Pace {
  #phase = ''
  #since = 0
  #executed = 0

  measure(progress: RunProgress, now: number): { perSecond: number; left: number | undefined } {
    if (progress.phase !== this.#phase) {
      this.#phase = progress.phase
      this.#since = now
      this.#executed = progress.executed
    }
    const seconds = (now - this.#since) / 1000
    const { fraction } = progress
    return {
      perSecond: seconds > 0 ? (progress.executed - this.#executed) / seconds : 0,
      left: fraction > 0.005 && seconds > 0.3 ? (seconds * (1 - fraction)) / fraction : undefined,
    }
  }
}

/** The parts of the line, the most telling first: what does not fit is left out from the end. */
function parts(progress: RunProgress, pace: ReturnType<Pace['measure']>, utcOffset: number): string[] {
  const percent = `${Math.floor(progress.fraction * 100)} %`
  if (progress.phase !== 'simulating') return [phases[progress.phase], percent]
  const states = new Map<string, number>()
  for (const { state } of progress.threads) states.set(state, (states.get(state) ?? 0) + 1)
  return [
    percent,
    shownInstant(progress.now, utcOffset),
    ...(pace.left === undefined ? [] : [`${shownWait(pace.left)} left`]),
    ...(pace.perSecond > 0 ? [`${shownRate(pace.perSecond)} events`] : []),
    ...(progress.threads.length > 1
      ? [`threads: ${[...states].map(([state, count]) => `${count} ${state}`).join(', ')}`]
      : []),
  ]
}

/** A bar of `width` columns, filled in eighths of a column. */
export function bar(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8)
  const whole = '█'.repeat(Math.floor(eighths / 8))
  const rest = eighths % 8 === 0 ? '' : ' ▏▎▍▌▋▊▉'[eighths % 8]
  return (whole + rest).padEnd(width, '░')
}

/** The line of a terminal, at most `width` columns. */
export function terminalLine(words: readonly string[], fraction: number, width: number, paint: Paint): string {
  const barWidth = Math.min(14, Math.floor(width / 5))
  const room = width - barWidth - 1
  let text = ''
  for (const word of words) {
    const longer = text === '' ? word : `${text} · ${word}`
    if (columnsOf(longer) > room) break
    text = longer
  }
  return `${paint('cyan', bar(fraction, barWidth))} ${text === '' ? cut(words[0] ?? '', room) : text}`
}

/** Draws progress as `options` say, and notes it. */
export function progressView(options: ProgressOptions): ProgressView {
  const { clock, utcOffset, about } = options
  const view = drawnView(options)
  const pace = new Pace()
  return {
    show(progress) {
      note(() => {
        const measured = pace.measure(progress, clock())
        const words = [...(about === undefined ? [] : [about]), ...parts(progress, measured, utcOffset)]
        return { fraction: progress.fraction, words, rate: measured.perSecond }
      })
      view.show(progress)
    },
    end: view.end,
  }
}

function drawnView({ stream, quiet, paint, clock, utcOffset, about }: ProgressOptions): ProgressView {
  if (quiet) return { show() {}, end() {} }
  const pace = new Pace()
  const terminal = stream.isTTY === true
  let shownAt = terminal ? Number.NEGATIVE_INFINITY : clock()
  let drawn = false
  let phase: RunProgress['phase'] = 'simulating'
  return {
    show(progress) {
      const now = clock()
      const measured = pace.measure(progress, now)
      // Recording and auditing tell seldom of themselves, so that their beginning is always shown.
      const begins = progress.phase !== phase
      if (!begins && now - shownAt < (terminal ? TERMINAL_EVERY_MS : PIPE_EVERY_MS)) return
      phase = progress.phase
      shownAt = now
      const words = [...(about === undefined ? [] : [about]), ...parts(progress, measured, utcOffset)]
      if (!terminal) {
        stream.write(`${words.join(' · ')}\n`)
        return
      }
      // The last column stays free: writing into it would make some terminals wrap.
      const width = Math.max(20, stream.columns ?? 80) - 1
      stream.write(`\r${terminalLine(words, progress.fraction, width, paint)}\u001b[K`)
      drawn = true
    },
    end() {
      if (drawn) stream.write('\r\u001b[K')
      drawn = false
    },
  }
}
