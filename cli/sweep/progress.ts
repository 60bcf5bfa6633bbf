/** Progress of a sweep on stderr: runs made and time left, redrawn on a terminal, a line every few seconds on a pipe. */
import { note } from '../live-note.ts'
import { type TaskProgressOptions, taskProgress } from '../task-progress.ts'

interface Screen {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export interface LineProgressOptions {
  readonly stream: Screen
  readonly quiet: boolean
  /** Milliseconds of the wall clock. */
  readonly clock: () => number
}

const PIPE_EVERY_MS = 3_000

/** Progress of runs, with what else is to be known of them. */
export interface SweepProgress {
  show(finished: number, planned: number): void
  /** What is shown next to the runs, such as the workers. */
  note(text: string): void
  /** A line of its own, which stays. */
  say(text: string): void
  end(): void
}

/** One line that is written over again on a terminal, and every few seconds on a pipe. */
export function lineProgress({ stream, quiet, clock }: LineProgressOptions) {
  const terminal = stream.isTTY === true
  let shownAt = clock()
  let drawn = false
  return {
    show(text: () => string): void {
      note(() => ({ fraction: null, words: [text()] }))
      const now = clock()
      if (quiet || (!terminal && now - shownAt < PIPE_EVERY_MS)) return
      shownAt = now
      stream.write(terminal ? `\r${text()}\u001b[K` : `${text()}\n`)
      drawn = terminal
    },
    end(): void {
      if (drawn) stream.write('\r\u001b[K')
    },
  }
}

/** Runs made of those planned, as a bar with the time left. */
export function sweepProgress(options: Omit<TaskProgressOptions, 'onPipe'>): SweepProgress {
  const task = taskProgress({ ...options, onPipe: true })
  let noted: readonly string[] = []
  return {
    show: (finished, planned) =>
      task.show(finished / Math.max(1, planned), [`${finished} of ${planned} runs`, ...noted]),
    note(text) {
      noted = [text]
    },
    say(text) {
      if (options.quiet) return
      task.end()
      options.stream.write(`${text}\n`)
    },
    end: task.end,
  }
}
