import { revived, type Thrown } from './thrown.ts'

/** What a cell was doing when it failed. */
export type Phase = 'load' | 'create' | 'restore' | 'run' | 'save' | 'finish' | 'die'

/** A failure with its place, as plain data. */
export interface Failure extends Thrown {
  readonly phase: Phase
  /** The failing cell, -1 when none was at work. */
  readonly cell: number
  readonly thread: number
  readonly threads: number
  /** Virtual time, ms. */
  readonly time: number
}

const acts: Record<Phase, string> = {
  load: 'could not load the program',
  create: 'could not be created',
  restore: 'could not be restored from the snapshot',
  run: 'failed',
  save: 'could not be saved',
  finish: 'failed to finish',
  die: 'died',
}

/** The one error of a run over cells that a cell, or the death of a thread, has ended. */
export class CellError extends Error {
  override name = 'CellError'
  /** The failing cell, -1 when none was at work. */
  readonly cell: number
  /** The failing thread, from 0. */
  readonly thread: number
  /** Virtual time of the error, ms. */
  readonly time: number
  readonly failure: Failure

  constructor(failure: Failure) {
    const { cell, thread, threads, time, phase, message } = failure
    const where = threads > 1 ? `thread ${thread + 1} of ${threads}` : 'the calling thread'
    const who = cell < 0 ? capital(where) : `Cell ${cell} (in ${where})`
    const when = phase === 'load' || phase === 'create' ? '' : ` at virtual time ${time} ms`
    super(`${who} ${acts[phase]}${when}: ${message}`, { cause: revived(failure) })
    this.cell = cell
    this.thread = thread
    this.time = time
    this.failure = failure
  }
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1)
}
