/** Progress of a sweep on stderr: runs made and time left, redrawn on a terminal, a line every few seconds on a pipe. */

interface Screen {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export interface SweepProgressOptions {
  readonly stream: Screen
  readonly quiet: boolean
  /** Milliseconds of the wall clock. */
  readonly clock: () => number
  readonly shownWait: (seconds: number) => string
}

const PIPE_EVERY_MS = 3_000

export function sweepProgress({ stream, quiet, clock, shownWait }: SweepProgressOptions) {
  const began = clock()
  const terminal = stream.isTTY === true
  let shownAt = began
  let drawn = false
  return {
    show(finished: number, planned: number): void {
      const now = clock()
      if (quiet || (!terminal && now - shownAt < PIPE_EVERY_MS)) return
      shownAt = now
      const left = ((now - began) / 1000 / finished) * (planned - finished)
      const text = `${finished} of ${planned} runs${left > 0 ? ` · ${shownWait(left)} left` : ''}`
      stream.write(terminal ? `\r${text}\u001b[K` : `${text}\n`)
      drawn = terminal
    },
    end(): void {
      if (drawn) stream.write('\r\u001b[K')
    },
  }
}
