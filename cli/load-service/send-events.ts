/**
 * Drives a metering service, open loop: an event is due when the schedule says so, whatever the service does with the ones
 * before it. What is due waits for a free connection; a request takes what waits, up to a batch. What fails is sent
 * again with the same IDs. Latency counts from the due time to the answer that accepts the event.
 */
import { Backlog } from '#sim/load-test/backlog.ts'
import type { Measurements } from '#sim/load-test/measurements.ts'
import type { Schedule } from '#sim/load-test/schedule.ts'
import type { Served, ServeFigures } from '#sim/load-test/serve.ts'
import { Gaps } from '#sim/load-test/stalls.ts'
import { ALREADY_THERE, type Answer } from './service-client.ts'

/** What became of an event: `unknown` where no answer said whether it was taken. */
export const fates = { unsent: 0, accepted: 1, refused: 2, unknown: 3 } as const

export interface Sending {
  readonly schedule: Schedule
  readonly measurements: Measurements
  readonly batch: number
  readonly backlog: number
  readonly connections: number
  /** How often a request that failed is sent again. */
  readonly retries: number
  readonly post: (numbers: Float64Array) => Promise<Answer>
  readonly signal: AbortSignal
  readonly onFigures: (figures: ServeFigures) => void
  /** Ms on a clock that only counts; 0 is the start. */
  readonly now: () => number
}

export interface Sent {
  readonly served: Served
  readonly fates: Uint8Array
  /** Requests by their answer, and how many of them were sent again. */
  readonly answers: ReadonlyMap<string, number>
  readonly requests: number
  readonly retries: number
}

interface Request {
  readonly numbers: Float64Array
  readonly due: Float64Array
  readonly began: number
  tries: number
}

/** Ms before a request is sent again: doubled each time, at most so long. */
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 5_000
/** As exact as a timer of the event loop is. */
const TICK_MS = 1
/** It looks at least this often whether the test was stopped, ms. */
const LOOK_MS = 50

/** Only a request that was sent before can be there already: the whole batch is, because it is stored together. */
const isAccepted = (answer: Answer, tries: number): boolean =>
  typeof answer === 'number' ? answer >= 200 && answer < 300 : answer === ALREADY_THERE && tries > 0
/** Whether sending it again may help: the network, a service that is overloaded, or that is starting. */
const isPassing = (answer: Answer): boolean =>
  (typeof answer === 'string' && answer !== ALREADY_THERE) ||
  answer === 408 ||
  answer === 425 ||
  answer === 429 ||
  (typeof answer === 'number' && answer >= 500)

/** Sends all events of the schedule, or up to the moment in which `signal` is aborted. */
export async function sendEvents(sending: Sending): Promise<Sent> {
  const { schedule, measurements, batch, connections, signal, now } = sending
  const waiting = new Backlog(sending.backlog)
  const state = new Uint8Array(schedule.count)
  const answers = new Map<string, number>()
  const gaps = new Gaps()
  const again: Request[] = []
  let [next, active, resting, requests, retries] = [0, 0, 0, 0, 0]
  let [done, dropped, behind, until, busy, lastChange] = [0, 0, 0, 0, 0, 0]
  let wake = (): void => {}
  const [numbers, due] = [new Float64Array(batch), new Float64Array(batch)]

  const admit = (instant: number): void => {
    for (; next < schedule.count; next++) {
      const at = schedule.dueAt(next)
      if (at > instant) return
      const fits = waiting.offer(next, at)
      if (!fits) dropped++
      measurements.cameDue('meter', at, fits ? waiting.length : -1)
    }
  }
  const mark = (request: Request, fate: number): void => {
    for (const number of request.numbers) state[number] = fate
  }
  const take = (): Request | undefined => {
    const failed = again.shift()
    if (failed !== undefined) return failed
    const count = waiting.take(numbers, due, batch)
    if (count === 0) return undefined
    return { numbers: numbers.slice(0, count), due: due.slice(0, count), began: now(), tries: 0 }
  }
  const settle = async (request: Request): Promise<void> => {
    const answer = await sending.post(request.numbers)
    const at = now()
    answers.set(String(answer), (answers.get(String(answer)) ?? 0) + 1)
    if (isAccepted(answer, request.tries)) {
      mark(request, fates.accepted)
      for (const each of request.due) measurements.wasDone('meter', each, request.began, at, false)
      done += request.numbers.length
      behind = at - request.due[0]
      until = at
    } else if (isPassing(answer) && request.tries < sending.retries && !signal.aborted) {
      mark(request, fates.unknown)
      resting++
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** request.tries++)
      retries++
      setTimeout(() => {
        resting--
        again.push(request)
        wake()
      }, wait)
    } else {
      mark(request, isPassing(answer) ? fates.unknown : fates.refused)
      for (const each of request.due) measurements.wasLost('meter', each)
      dropped += request.numbers.length
      until = at
    }
    busy += active > 0 ? at - lastChange : 0
    lastChange = at
    active--
    sending.onFigures({ done, dropped, waiting: waiting.length, behind })
    wake()
  }
  const isOver = (): boolean => next === schedule.count && waiting.length + active + resting + again.length === 0

  const onStop = (): void => wake()
  signal.addEventListener('abort', onStop)
  let before = now()
  while (!isOver() && !signal.aborted) {
    const instant = now()
    admit(instant)
    while (active < connections) {
      const request = take()
      if (request === undefined) break
      if (active === 0) lastChange = now()
      active++
      requests++
      void settle(request)
    }
    const nextDue = next < schedule.count ? schedule.dueAt(next) : Number.POSITIVE_INFINITY
    const meant = Math.min(nextDue, instant + LOOK_MS)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(TICK_MS, Math.min(LOOK_MS, nextDue - now())))
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    const woke = now()
    gaps.add(Math.max(before, meant), woke)
    if (nextDue < woke && active === 0) measurements.woke(woke - nextDue)
    before = woke
  }
  signal.removeEventListener('abort', onStop)
  const ended = now()
  const served = {
    batches: requests,
    backlogPeak: waiting.peak,
    dropped,
    busy,
    committing: 0,
    until,
    ended,
    gaps: gaps.all,
  }
  return { served, fates: state, answers, requests, retries }
}
