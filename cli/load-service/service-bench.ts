/** Load tests of a metering service: each sends the metered hours of the history as events, then reads the bills back. */

import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '#base/input-error.ts'
import type { ServiceFigures } from '#reports/load-test/service.ts'
import { wholeAudit } from '#sim/audit/load-test/audit-ledgers.ts'
import { monotonicClock } from '#sim/load-test/clock.ts'
import { observeCollections } from '#sim/load-test/collections.ts'
import { Control, controlMemory } from '#sim/load-test/control.ts'
import type { LoadOptions, LoadOutcome } from '#sim/load-test/load-test.ts'
import { MachineWatch } from '#sim/load-test/machine-watch.ts'
import { intervalOf, Measurements } from '#sim/load-test/measurements.ts'
import { PriceBook } from '#sim/load-test/price-book.ts'
import { threadWait } from '#sim/load-test/processors.ts'
import type { RequestStream } from '#sim/load-test/request-stream.ts'
import { type Schedule, scheduleOf } from '#sim/load-test/schedule.ts'
import { UsageEvents } from '#sim/load-test/usage-events.ts'
import { operationKinds } from '#sim/record/load-ledger.ts'
import { buildWorld, type World, type WorldSpec } from '#sim/world/world.ts'
import { cloudEvents, type EventFormat } from './cloud-events.ts'
import { ownSource, undecidedAccounts } from './own-bills.ts'
import { type BillsRead, billsOf, billsText, compareWithService, untilSettled } from './read-bills.ts'
import { compareUsage, expectUsage } from './read-usage.ts'
import { fates, type Sent, sendEvents } from './send-events.ts'
import { ServiceClient, ServiceError, shownUrl, unreachable } from './service-client.ts'
import type { ServiceRequest } from './service-request.ts'

export interface ServiceOutcome extends LoadOutcome {
  readonly service: ServiceFigures
}

const LEAD_MS = 20

/** Whether the service is there and has bills, before any load. @throws ServiceError, InputError */
export async function expectService(request: ServiceRequest): Promise<void> {
  const client = new ServiceClient(request)
  try {
    if (request.usage !== undefined) await expectUsage(client, request.usage)
    else if (request.bills !== undefined) await billsText(client, billsOf(request.bills, 'marketsim/none'))
    else await client.get(request.events)
  } finally {
    client.close()
  }
}

export class ServiceBench {
  readonly #world: World
  readonly #stream: RequestStream
  readonly #prices: PriceBook
  readonly #request: ServiceRequest
  readonly #format: EventFormat
  readonly #client: ServiceClient

  constructor(spec: WorldSpec, stream: RequestStream, request: ServiceRequest) {
    this.#world = buildWorld(spec)
    this.#stream = stream
    this.#prices = new PriceBook(this.#world)
    this.#request = request
    this.#format = request.format ?? cloudEvents
    this.#client = new ServiceClient(request)
  }

  async close(): Promise<void> {
    this.#client.close()
  }

  async run(options: LoadOptions): Promise<ServiceOutcome> {
    const { shape, signal } = options
    if (shape.kind === 'closed') throw new Error('a service has no closed load')
    const test = this.#request.testName ?? randomBytes(4).toString('hex')
    const source = `marketsim/${test}`
    const events = new UsageEvents(this.#stream, this.#world, { meter: operationKinds.indexOf('meter') }, test)
    if (events.round === 0)
      throw new InputError(
        'no hour is metered in this scenario, so there is no event for the service',
        'add buyers of servers or images that are paid by the hour',
      )
    const schedule = scheduleOf(shape)
    const folder = join(options.folder, options.name)
    mkdirSync(folder)
    const { sent, machine, measurements } = await this.#send(options, schedule, events, source)
    const billing = { world: this.#world, prices: this.#prices, events, fates: sent.fates }
    const without = undecidedAccounts(billing)
    const { bills, settleMs, usage } = this.#request
    const comparing = { client: this.#client, test: { source, prefix: `${test}/` }, without, settleMs, signal }
    let billsError: string | null = null
    const compared = (): Promise<BillsRead | undefined> => {
      if (signal.aborted) return Promise.resolve(undefined)
      if (usage !== undefined) {
        const compare = () => compareUsage(this.#client, usage, `${test}/`, { ...billing, without })
        return untilSettled(compare, { settleMs, signal })
      }
      if (bills === undefined) return Promise.resolve(undefined)
      return compareWithService({ ...comparing, bills, ours: ownSource(billing, without) })
    }
    const read = await compared().catch((error: unknown) => {
      // What was measured is kept: the service was there, and is gone.
      if (!(error instanceof ServiceError || error instanceof InputError)) throw error
      billsError = error.message
      return undefined
    })
    if (read !== undefined) writeFileSync(join(folder, 'differences.csv'), read.differences)
    const complete = !signal.aborted && measurements.total('done') + measurements.total('dropped') === schedule.count
    const { served } = sent
    return {
      shape,
      planned: schedule.duration,
      duration: complete ? schedule.duration : Math.max(1, Math.min(schedule.duration, served.ended)),
      elapsed: served.until,
      asked: complete ? schedule.count : measurements.total('due'),
      threads: 1,
      complete,
      measurements,
      backlogs: [{ peak: served.backlogPeak, dropped: served.dropped }],
      backlogBound: options.backlog,
      busy: served.busy / Math.max(served.until, 1),
      committing: 0,
      ledger: { files: [], rows: 0, bytes: 0, batches: sent.requests },
      machine,
      workDigest: null,
      audit: read?.audit ?? wholeAudit([]),
      audited: read !== undefined,
      service: {
        url: shownUrl(this.#request.events),
        source,
        requests: sent.requests,
        retries: sent.retries,
        connections: this.#request.connections,
        answers: Object.fromEntries([...sent.answers].sort()),
        events: countedFates(sent.fates),
        bills: read === undefined ? null : { ...read.bills, accountsLeftOut: without.size },
        billsError,
        firstRefusal: this.#client.refusal,
      },
    }
  }

  async #send(options: LoadOptions, schedule: Schedule, events: UsageEvents, source: string) {
    const memory = controlMemory(1)
    const control = new Control(memory, 1)
    const clock = monotonicClock(control.wake)
    const measurements = new Measurements(intervalOf(schedule.duration))
    const watch = new MachineWatch(
      control,
      { duration: schedule.duration, dueBy: (at) => schedule.dueBy(at) },
      options.onProgress,
    )
    const collections = observeCollections()
    try {
      const start = clock.now() + LEAD_MS
      control.begin(start)
      const [cpu, waited] = [process.threadCpuUsage(), threadWait()]
      const sent = await sendEvents({
        schedule,
        measurements,
        batch: options.batch,
        backlog: options.backlog,
        connections: this.#request.connections,
        retries: this.#request.retries,
        signal: options.signal,
        now: () => clock.now() - start,
        post: (numbers) =>
          this.#client.post(
            this.#format(
              [...numbers].map((number) => events.at(number)),
              source,
            ),
          ),
        onFigures: (figures) => control.tell(0, figures),
      })
      expectAnswer(sent, this.#request.events)
      const { user, system } = process.threadCpuUsage(cpu)
      const waitedAfter = threadWait()
      const machine = watch.end([
        {
          served: sent.served,
          measured: measurements.save(),
          rows: 0,
          cpu: (user + system) / 1_000,
          waited: waited === null || waitedAfter === null ? null : waitedAfter - waited,
          pauses: await collections.end(),
        },
      ])
      watch.audits()
      return { sent, machine, measurements }
    } finally {
      watch.end([])
    }
  }
}

/** A service that was never there is an error of the network and not a slow service. */
function expectAnswer({ answers, requests }: Sent, url: URL): void {
  const [[code, count] = ['', 0]] = answers
  if (answers.size === 1 && count === requests && requests > 0 && /^E[A-Z_]+$/.test(code)) throw unreachable(url, code)
}

function countedFates(state: Uint8Array): ServiceFigures['events'] {
  const count = (fate: number): number => state.reduce((total, each) => total + (each === fate ? 1 : 0), 0)
  return { accepted: count(fates.accepted), refused: count(fates.refused), unknown: count(fates.unknown) }
}
