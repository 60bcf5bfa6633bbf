/** Load tests of the example service, over HTTP: what is measured, how bills are compared, and which errors are found. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '#base/input-error.ts'
import { Arguments } from '#cli/command.ts'
import { loadRequest } from '#cli/load-request.ts'
import { cloudEvents, mappedEvents } from '#cli/load-service/cloud-events.ts'
import { expectService, ServiceBench, type ServiceOutcome } from '#cli/load-service/service-bench.ts'
import type { ServiceRequest } from '#cli/load-service/service-request.ts'
import { readScenario } from '#scenarios/reader.ts'
import { type PreparedLoad, prepareLoad } from '#sim/load-test/prepare.ts'
import { parseStages } from '#sim/load-test/rate.ts'
import type { UsageEvent } from '#sim/load-test/usage-events.ts'
import type { WorldSpec } from '#sim/world/world.ts'
import { type RunningService, type ServiceOptions, startService } from '../../examples/metering-service/server.ts'
import { newFolder, removeFolders } from './marketsim.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-service-'))
const day = 'end=2024-03-01T08:00:00+08:00'
const quickstart = new URL('../../scenarios/quickstart.yaml', import.meta.url).pathname
const never = new AbortController().signal
const running: RunningService[] = []
let spec: WorldSpec
let prepared: PreparedLoad
let tests = 0

beforeAll(async () => {
  const { scenario } = await readScenario(quickstart, { sets: [day] })
  spec = { scenario, traces: {} }
  prepared = await prepareLoad({ ...spec, seed: '7', threads: 1, folder, onProgress() {}, signal: never })
})
afterEach(async () => {
  for (const service of running.splice(0)) await service.close()
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  removeFolders()
})

async function started(options: Partial<ServiceOptions> = {}): Promise<RunningService> {
  const service = await startService({ spec, port: 0, ...options })
  running.push(service)
  return service
}

const requestOf = (url: string, changed: Partial<ServiceRequest> = {}): ServiceRequest => ({
  events: new URL('/api/v1/events', url),
  bills: new URL('/bills', url),
  token: undefined,
  connections: 8,
  timeoutMs: 10_000,
  retries: 3,
  settleMs: 0,
  format: undefined,
  ...changed,
})

interface Trial {
  readonly service?: Partial<ServiceOptions>
  readonly request?: Partial<ServiceRequest>
  readonly stages?: string
  readonly batch?: number
  readonly backlog?: number
}

async function loaded({ service, request, stages = '10k:60ms', batch = 25, backlog = 1e6 }: Trial = {}) {
  const { url, meter } = await started(service)
  const bench = new ServiceBench(spec, prepared.stream, requestOf(url, request))
  const name = `test-${tests++}`
  try {
    const outcome = await bench.run({
      shape: { kind: 'stages', stages: parseStages(stages), spacing: 'even', seed: '7' },
      sync: 'off',
      warmUp: 0,
      ...{ batch, backlog, folder, name },
      onProgress() {},
      signal: never,
    })
    const read = outcome.service.bills !== null
    return { outcome, meter, differences: read ? readFileSync(join(folder, name, 'differences.csv'), 'utf8') : '' }
  } finally {
    await bench.close()
  }
}

const counts = ({ measurements, service }: ServiceOutcome) => ({
  done: measurements.total('done'),
  dropped: measurements.total('dropped'),
  ...service.events,
})

describe('a service that is right', () => {
  test.each([1, 100])('agrees to the last unit with batches of %i', async (batch) => {
    const { outcome, meter } = await loaded({ stages: batch === 1 ? '2k:100ms' : '10k:100ms', batch })
    const asked = batch === 1 ? 200 : 1_000
    expect(counts(outcome)).toEqual({ done: asked, dropped: 0, accepted: asked, refused: 0, unknown: 0 })
    expect(outcome).toMatchObject({ complete: true, audited: true, audit: { differing: 0 }, asked })
    expect(outcome.service.bills).toMatchObject({ differ: 0, missing: 0, unknown: 0, accountsLeftOut: 0 })
    expect(outcome.service.bills?.agree).toBeGreaterThan(5)
    expect(meter.accepted).toBe(asked)
    expect(Object.keys(outcome.service.answers)).toEqual(['204'])
    expect(outcome.measurements.kinds.meter.response.count).toBe(asked)
  })

  test('is sent the same IDs again where an answer was lost, and counts each event once', async () => {
    // Other batches share the count of requests: a batch may be the fourth one several times in a row.
    const { outcome, meter } = await loaded({
      service: { interfere: (request) => (request % 4 === 0 ? null : undefined) },
      request: { retries: 20 },
    })
    expect(outcome.audit.differing).toBe(0)
    expect(meter.repeats).toBeGreaterThan(0)
    expect(outcome.service.retries).toBeGreaterThan(0)
    expect(outcome.service.answers).toHaveProperty('ECONNRESET')
    expect(counts(outcome)).toMatchObject({ done: 600, accepted: 600, unknown: 0 })
  })

  test('may be overloaded for a while: 429 and 503 are counted by status, and what they refused is sent again', async () => {
    const interfere = (request: number) => (request % 5 === 1 ? 503 : request % 5 === 2 ? 429 : undefined)
    const { outcome } = await loaded({ service: { interfere }, request: { retries: 20 } })
    expect(outcome.audit.differing).toBe(0)
    expect(Object.keys(outcome.service.answers)).toEqual(['204', '429', '503'])
    expect(counts(outcome)).toMatchObject({ done: 600, dropped: 0 })
  })

  test('owes nothing for what it refused: 400 is not sent again, and the events are dropped', async () => {
    const { outcome } = await loaded({ service: { interfere: (request) => (request === 2 ? 400 : undefined) } })
    const { done, dropped, refused, unknown } = counts(outcome)
    expect([dropped, unknown]).toEqual([refused, 0])
    expect(refused).toBeGreaterThan(0)
    expect(done + dropped).toBe(600)
    expect(outcome).toMatchObject({ complete: true, audit: { differing: 0 }, service: { retries: 0 } })
    expect(outcome.service.firstRefusal).toBe('400: {"status":400,"detail":"planted by a test"}')
  })

  test('that does not answer in time leaves it open what it has: these accounts are left out', async () => {
    const interfere = (request: number) => (request === 1 ? null : undefined)
    const { outcome } = await loaded({ service: { interfere }, request: { retries: 0 }, stages: '1k:50ms', batch: 5 })
    expect(counts(outcome).unknown).toBeGreaterThan(0)
    expect(outcome.service.bills?.accountsLeftOut).toBeGreaterThan(0)
    expect(outcome.audit.differing).toBe(0)
    const slow = await loaded({
      service: { delayMs: 300 },
      request: { retries: 0, timeoutMs: 100 },
      stages: '100:50ms',
    })
    expect(slow.outcome.service.answers).toEqual({ timeout: expect.any(Number) })
    expect(counts(slow.outcome)).toMatchObject({ done: 0, unknown: 5, dropped: 5 })
  })

  test('that is slow has the wait of every event in its latency, and drops what finds no room', async () => {
    const slow = { service: { delayMs: 100 }, request: { connections: 1 }, stages: '100:200ms', batch: 2 }
    const { outcome } = await loaded(slow)
    const { response, service } = outcome.measurements.kinds.meter
    // Twenty events in pairs, 100 ms each: the last pair waits for nine others.
    expect(response.max).toBeGreaterThan(700_000)
    expect(service.percentile(50)).toBeLessThan(response.percentile(50))
    expect(outcome.elapsed).toBeGreaterThan(outcome.duration)
    const full = await loaded({ ...slow, backlog: 4 })
    expect(counts(full.outcome).dropped).toBeGreaterThan(5)
    expect(full.outcome.backlogs[0].peak).toBe(4)
    expect(full.outcome.audit.differing).toBe(0)
  })
})

test('a load that is stopped says what was done, and reads no bills', async () => {
  const { url, meter } = await started()
  const bench = new ServiceBench(spec, prepared.stream, requestOf(url))
  const stop = new AbortController()
  const polling = setInterval(() => meter.accepted >= 100 && stop.abort(), 5)
  const shape = { kind: 'stages', stages: parseStages('500:5m'), spacing: 'even', seed: '7' } as const
  const options = { shape, sync: 'off', warmUp: 0, batch: 50, backlog: 1e6, folder, onProgress() {} } as const
  const { complete, audited, duration, service } = await bench.run({ ...options, name: 'stopped', signal: stop.signal })
  expect([complete, audited, service.bills]).toEqual([false, false, null])
  expect(duration).toBeLessThan(60_000)
  expect(service.events.accepted).toBeGreaterThan(0)
  clearInterval(polling)
  await bench.close()
})

describe('a service with an error', () => {
  test.each([
    ['drops every 100th event', { dropEvery: 100 }, /^missing,\w{8}\/[\w-]+\/\d+,.*i-\d+,2024-03-01T.*missing/m],
    ['counts every 50th twice', { doubleEvery: 50 }, /^differs,\w{8}\/[\w-]+\/\d+,.*i-\d+,.*double charge,U-09/m],
    ['rounds each charge to cents', { roundTo: 2 }, /rounding,M-02,.*2 decimals/],
  ])('%s: the account and the line are named', async (_, errors, named) => {
    const { outcome, differences } = await loaded({ service: { errors }, stages: '10k:60ms' })
    expect(outcome.audit.differing).toBeGreaterThan(0)
    expect(outcome.service.bills?.differ).toBeGreaterThan(0)
    expect(differences).toMatch(named)
    expect(outcome.audit.differences[0].text).toMatch(/^(differs|missing): \w{8}\/[\w-]+\/\d+(\+\d)?, 2024-03/)
  })

  test('that counts a duplicate twice is found by the retries of lost answers', async () => {
    const service = { errors: { doubleEvery: 1e9 }, interfere: (request: number) => (request === 3 ? null : undefined) }
    const { outcome, differences } = await loaded({ service })
    expect(outcome.audit.differing).toBeGreaterThan(0)
    expect(differences).toMatch(/double charge,U-09/)
  })
})

test('bills may be JSON, and may take a while to have everything', async () => {
  const { url, meter } = await started()
  let asked = 0
  const facade = http.createServer((request, response) => {
    const source = new URL(request.url ?? '/', 'http://x').searchParams.get('source') ?? ''
    const [head, ...rows] = meter.bills(source).trim().split('\n')
    const bills = rows.map((row) =>
      Object.fromEntries(head.split(',').map((key, index) => [key, row.split(',')[index]])),
    )
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ bills: asked++ < 1 ? [] : bills }))
  })
  await new Promise<void>((resolve) => facade.listen(0, '127.0.0.1', resolve))
  const bills = new URL(`http://127.0.0.1:${(facade.address() as AddressInfo).port}/export`)
  const bench = new ServiceBench(spec, prepared.stream, requestOf(url, { bills, settleMs: 20_000 }))
  const shape = { kind: 'stages', stages: parseStages('2k:100ms'), spacing: 'poisson', seed: '7' } as const
  const options = {
    shape,
    sync: 'off',
    warmUp: 0,
    batch: 50,
    backlog: 1e6,
    folder,
    onProgress() {},
    signal: never,
  } as const
  const { audit } = await bench.run({ ...options, name: 'json' })
  expect(audit.differing).toBe(0)
  expect(asked).toBe(2)
  await bench.close()
  facade.close()
})

const event: UsageEvent = {
  ...{ number: 12, account: 'ab12cd34/start-ups/3', resource: 'i-7', kind: 'ecs', product: 'ap-1a/c6.large' },
  ...{ hour: Date.UTC(2024, 2, 1, 5), seconds: 1800, use: { instance: 7, item: 'ecs', priced: 1 } },
}

test('events are CloudEvents 1.0 in JSON, alone or as a batch', () => {
  const one = cloudEvents([event], 'marketsim/ab12cd34')
  expect(one.type).toBe('application/cloudevents+json')
  expect(JSON.parse(one.text)).toEqual({
    specversion: '1.0',
    id: '12',
    source: 'marketsim/ab12cd34',
    type: 'usage',
    subject: 'ab12cd34/start-ups/3',
    time: '2024-03-01T05:00:00.000Z',
    datacontenttype: 'application/json',
    data: { resource: 'i-7', kind: 'ecs', product: 'ap-1a/c6.large', seconds: 1800 },
  })
  const two = cloudEvents([event, event], 'marketsim/ab12cd34')
  expect(two.type).toBe('application/cloudevents-batch+json')
  expect(JSON.parse(two.text)).toHaveLength(2)
})

test('a mapping writes the events of another service, with numbers as numbers', () => {
  const file = join(newFolder(), 'lago.json')
  const template = {
    ...{ transaction_id: '{id}', external_subscription_id: '{account}', code: '{kind}_seconds', timestamp: '{unix}' },
    properties: { seconds: '{seconds}', product: '{product}' },
  }
  writeFileSync(file, JSON.stringify({ list: 'events', event: template }))
  const { type, text } = mappedEvents(file)([event], 'marketsim/ab12cd34')
  expect(type).toBe('application/json')
  expect(JSON.parse(text)).toEqual({
    events: [
      {
        transaction_id: 'marketsim/ab12cd34/12',
        external_subscription_id: 'ab12cd34/start-ups/3',
        code: 'ecs_seconds',
        timestamp: Date.UTC(2024, 2, 1, 5) / 1000,
        properties: { seconds: 1800, product: 'ap-1a/c6.large' },
      },
    ],
  })
})

test.each([
  ['nothing', undefined, /cannot read the file/],
  ['text', 'event: x', /it is not JSON/],
  ['no event', '{"list": "events"}', /has to have the key `event`/],
  ['an unknown part', '{"event": {"a": "{customer}"}}', /an event has no \{customer\}/],
])('a mapping of %s is refused', (name, text, what) => {
  const file = join(newFolder(), `${name}.json`)
  if (text !== undefined) writeFileSync(file, text)
  expect(() => mappedEvents(file)).toThrow(what)
})

test.each([
  [{ target: ['http://a', 'http://b'] }, /names 2 services/],
  [{ target: 'http://a', threads: '2' }, /--threads does not apply to a service/],
  [{ target: 'http://a', users: '5' }, /--users does not apply to a service/],
  [{ target: 'http://a', generators: '2' }, /--generators and --target cannot be combined/],
  [{ target: 'http://' }, /is not a URL/],
  [{ connections: '5' }, /--connections needs a service/],
  [{ target: 'http://a', timeout: 'soon' }, /--timeout: 'soon'/],
  [{ target: ['http://a', 'p99<5ms'] }, /--target needs --find-knee/],
])('%o is refused', async (values, what) => {
  const fault = await loadRequest(new Arguments({ file: 'quickstart', ...values }, false)).catch(
    (error: unknown) => error,
  )
  expect(fault).toBeInstanceOf(InputError)
  expect((fault as InputError).message).toMatch(what)
})

test('an address has the paths of OpenMeter and of bills, unless it says others', async () => {
  const asked = async (values: object) => {
    const { service } = await loadRequest(new Arguments({ file: 'quickstart', ...values }, false))
    return [service?.events.href, service?.bills?.href]
  }
  expect(await asked({ target: 'http://host:1' })).toEqual(['http://host:1/api/v1/events', 'http://host:1/bills'])
  expect(await asked({ target: 'https://host/in', bills: '/out' })).toEqual(['https://host/in', 'https://host/out'])
  expect(await asked({ target: 'http://host', bills: 'none' })).toEqual(['http://host/api/v1/events', undefined])
})

test('a service that is not there, and one without bills, are named before the load', async () => {
  await expect(expectService(requestOf('http://127.0.0.1:1'))).rejects.toThrow(
    /no metering service answers.*ECONNREFUSED/,
  )
  await expect(expectService(requestOf('http://127.0.0.1:1', { bills: undefined }))).rejects.toThrow(/ECONNREFUSED/)
  const { url } = await started()
  await expect(expectService(requestOf(url, { bills: new URL('/invoices', url) }))).rejects.toThrow(/answers 404/)
})
