/**
 * How generators agree on the start of their load. With `--start-at` they were given it. Otherwise they meet in the folder of
 * results: each writes that it is ready, and the first that sees all of them there writes when the load starts. Nothing
 * else passes between them: due times count from the start by the clock of each machine.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { undamagedJson } from '#base/damage-error.ts'
import { makeFolder } from '#base/files.ts'
import { InputError } from '#base/input-error.ts'
import { createWhole } from '../results/result-folder.ts'
import { machineId } from './machine-id.ts'
import type { PartClock } from './part-file.ts'

const READY = 'ready'
const START = 'start.json'

const LOOK_MS = 50
/** Between the moment at which all are ready and the start: of one machine, and of several, which share a slower folder. */
const LEAD_MS = 300
const LEAD_OF_SEVERAL_MS = 3_000
/** A generator that has written nothing for so long has ended, or lost the folder. */
const SILENT_MS = 10_000
/** It writes again after so long. */
const BEAT_MS = 500
/** The last part of the wait belongs to the threads, which sleep more exactly than a timer. */
const EARLY_MS = 30
/** Clocks of file systems count in steps of up to this. */
const FILE_CLOCK_STEP_MS = 4
/** How far from now a start may be, ms: a day. */
const LONGEST_WAIT_MS = 86_400_000

export interface Appointment {
  /** Folder of the load in the folder of results. */
  readonly folder: string
  /** From 1. */
  readonly generator: number
  readonly generators: number
  /** Ms since 1970; undefined where the generators meet in the folder. */
  readonly startAt: number | undefined
  readonly signal: AbortSignal
  /** What it waits for, in words. */
  readonly onWait: (text: string) => void
}

export interface Met {
  readonly startAt: number
  readonly readyAt: number
  readonly ahead: PartClock['ahead']
}

/** The instant of `--start-at`, ms since 1970. @throws InputError */
export function expectSoon(at: number, text: string): number {
  const now = Date.now()
  if (at > now && at - now <= LONGEST_WAIT_MS) return at
  throw new InputError(
    at > now ? `--start-at ${text} is more than a day away` : `--start-at ${text} has passed`,
    `write an instant that leaves every generator the time to get ready, such as ${new Date(Math.ceil(now / 60_000 + 1) * 60_000).toISOString()}`,
  )
}

/** Whether all generators of this load were ready once. */
export const hasBegun = (folder: string): boolean => existsSync(join(folder, START))

/** @throws InputError where the load of this folder has begun, so that a generator that comes now would be late */
export function expectNotBegun(folder: string): void {
  const path = join(folder, START)
  if (!hasBegun(folder)) return
  const { startAt } = undamagedJson<{ startAt: number }>(path)
  throw new InputError(
    `the generators of this load have started already, at ${new Date(startAt).toISOString()}`,
    'start all of them again with another folder for --results',
    folder,
  )
}

/** Waits for the start; resolves a little before it. @throws InputError where it was too late to be ready */
export async function meet(appointment: Appointment): Promise<Met> {
  const readyAt = Date.now()
  const { startAt, ahead } =
    appointment.startAt === undefined ? await agree(appointment) : { startAt: appointment.startAt, ahead: null }
  const late = Date.now() - startAt
  if (late > 0)
    throw new InputError(
      `generator ${appointment.generator} was ready ${(late / 1_000).toFixed(1)} s after the start of the load, so it served nothing`,
      'choose a later start, or compare the clocks of the machines',
    )
  while (Date.now() < startAt - EARLY_MS && !appointment.signal.aborted) {
    const left = startAt - EARLY_MS - Date.now()
    appointment.onWait(`ready; the load starts in ${Math.ceil(left / 1_000)} s`)
    await pause(Math.min(left, 500))
  }
  return { startAt, readyAt, ahead }
}

async function agree({ folder, generator, generators, signal, onWait }: Appointment) {
  const ready = join(folder, READY)
  makeFolder(ready)
  const own = new Beacon(ready, generator)
  for (;;) {
    own.beat()
    const there = present(ready, own)
    const path = join(folder, START)
    if (!existsSync(path) && there.length === generators) {
      const lead = there.some(({ machine }) => machine !== machineId()) ? LEAD_OF_SEVERAL_MS : LEAD_MS
      createWhole(folder, START, `${JSON.stringify({ startAt: Date.now() + lead })}\n`)
    }
    if (existsSync(path)) return { startAt: undamagedJson<{ startAt: number }>(path).startAt, ahead: own.ahead }
    signal.throwIfAborted()
    onWait(`ready; ${there.length} of ${generators} generators are`)
    await pause(LOOK_MS)
  }
}

interface Present {
  readonly machine: string
}

/** A file that says that a generator is ready and still there. Its time is that of the file system, which all share. */
class Beacon {
  readonly path: string
  ahead: { ms: number; errorMs: number } | null = null
  #beaten = Number.NEGATIVE_INFINITY

  constructor(folder: string, generator: number) {
    this.path = join(folder, `${generator}.json`)
  }

  beat(): void {
    const before = Date.now()
    if (before - this.#beaten < BEAT_MS) return
    this.#beaten = before
    writeFileSync(this.path, `${JSON.stringify({ machine: machineId() })}\n`)
    const after = Date.now()
    const ms = (before + after) / 2 - this.writtenAt
    const errorMs = (after - before) / 2 + FILE_CLOCK_STEP_MS
    if (this.ahead === null || errorMs < this.ahead.errorMs) this.ahead = { ms, errorMs }
  }

  get writtenAt(): number {
    return statSync(this.path).mtimeMs
  }
}

/** Generators that have said so lately, this one among them. */
function present(folder: string, own: Beacon): Present[] {
  const now = own.writtenAt
  return readdirSync(folder).flatMap((name): Present[] => {
    const path = join(folder, name)
    try {
      if (!/^\d+\.json$/.test(name) || now - statSync(path).mtimeMs > SILENT_MS) return []
      return [JSON.parse(readFileSync(path, 'utf8')) as Present]
    } catch {
      // It is just being written.
      return []
    }
  })
}
