/** Progress of a sweep on stderr: runs made and time left, redrawn on a terminal, a line every few seconds on a pipe. */

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

export interface SweepProgressOptions extends LineProgressOptions {
  readonly shownWait: (seconds: number) => string
}

const PIPE_EVERY_MS = 3_000

/** One line that is written over again on a terminal, and every few seconds on a pipe. */
export function lineProgress({ stream, quiet, clock }: LineProgressOptions) {
  const terminal = stream.isTTY === true
  let shownAt = clock()
  let drawn = false
  return {
    show(text: () => string): void {
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

export function sweepProgress({ shownWait, ...options }: SweepProgressOptions) {
  const { clock } = options
  const began = clock()
  const line = lineProgress(options)
  return {
    show(finished: number, planned: number): void {
      line.show(() => {
        const left = ((clock() - began) / 1000 / finished) * (planned - finished)
        return `${finished} of ${planned} runs${left > 0 ? ` · ${shownWait(left)} left` : ''}`
      })
    },
    end: line.end,
  }
}
