/** The finished runs of a sweep, kept on disk as they finish, so that a sweep that was stopped need not make them again. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OneRun } from './one-run.ts'

interface Line {
  readonly pointIndex: number
  readonly replication: number
  readonly result: OneRun
}

const key = (pointIndex: number, replication: number): string => `${pointIndex}/${replication}`

/** A line of JSON; undefined for one that was being written when the program ended. */
function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export class FinishedRuns {
  readonly #path: string
  readonly #runs = new Map<string, OneRun>()

  /** Reads what is kept in a folder. */
  constructor(folder: string) {
    this.#path = join(folder, 'runs.ndjson')
    const text = existsSync(this.#path) ? readFileSync(this.#path, 'utf8') : ''
    for (const line of text.split('\n').map(parsed))
      if (line !== undefined) this.#runs.set(key(line.pointIndex, line.replication), line.result)
    // Half a line must not take the next one with it.
    if (text !== '' && !text.endsWith('\n')) appendFileSync(this.#path, '\n')
  }

  get count(): number {
    return this.#runs.size
  }

  find(pointIndex: number, replication: number): OneRun | undefined {
    return this.#runs.get(key(pointIndex, replication))
  }

  add(pointIndex: number, replication: number, result: OneRun): void {
    appendFileSync(this.#path, `${JSON.stringify({ pointIndex, replication, result } satisfies Line)}\n`)
    this.#runs.set(key(pointIndex, replication), result)
  }
}
