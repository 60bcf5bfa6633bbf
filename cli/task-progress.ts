/** Progress of work whose extent is known: a bar with the time left, redrawn on a terminal. */
import { note } from './live-note.ts'
import { shownWait, terminalLine } from './progress.ts'
import type { Paint } from './terminal.ts'
import { colourful, painter } from './terminal.ts'

interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface TaskProgressOptions {
  readonly stream: Screen
  readonly quiet: boolean
  readonly paint: Paint
  /** Milliseconds of the wall clock. */
  readonly clock: () => number
  /** Whether a pipe gets a line every few seconds; otherwise only a terminal shows it. */
  readonly onPipe: boolean
}

export interface TaskProgress {
  /** How much is done, from 0 to 1, and what is done, the most telling words first. */
  show(fraction: number, words: readonly string[]): void
  /** Leaves the terminal as it was. */
  end(): void
}

const TERMINAL_EVERY_MS = 100
const PIPE_EVERY_MS = 3_000
/** Before that the time left is a guess. */
const SURE_AFTER_MS = 300

/** Draws progress as `options` say, and notes it. */
export function taskProgress(options: TaskProgressOptions): TaskProgress {
  const task = drawnTask(options)
  return {
    show(fraction, words) {
      note(() => ({ fraction, words }))
      task.show(fraction, words)
    },
    end: task.end,
  }
}

function drawnTask({ stream, quiet, paint, clock, onPipe }: TaskProgressOptions): TaskProgress {
  const terminal = stream.isTTY === true
  if (quiet || (!terminal && !onPipe)) return { show() {}, end() {} }
  const began = clock()
  let shownAt = terminal ? Number.NEGATIVE_INFINITY : began
  let drawn = false
  return {
    show(fraction, words) {
      const now = clock()
      if (now - shownAt < (terminal ? TERMINAL_EVERY_MS : PIPE_EVERY_MS)) return
      shownAt = now
      const left = ((now - began) / 1000) * ((1 - fraction) / fraction)
      const isSure = fraction > 0 && fraction < 1 && now - began > SURE_AFTER_MS
      const all = [...words, ...(isSure ? [`${shownWait(left)} left`] : [])]
      if (!terminal) {
        stream.write(`${all.join(' · ')}\n`)
        return
      }
      // The last column stays free: writing into it would make some terminals wrap.
      const width = Math.max(20, stream.columns ?? 80) - 1
      stream.write(`\r${terminalLine(all, fraction, width, paint)}\u001b[K`)
      drawn = true
    },
    end() {
      if (drawn) stream.write('\r\u001b[K')
      drawn = false
    },
  }
}

/** The same on stderr, for a terminal only. */
export const stderrProgress = (quiet: boolean): TaskProgress =>
  taskProgress({
    stream: process.stderr,
    quiet,
    paint: painter(colourful(process.stderr)),
    clock: () => performance.now(),
    onPipe: false,
  })
