/**
 * Loads of services that speak the API of OpenMeter and of Lago, as their documentation describes it (2026-11): paths, types of
 * content, authorization, the largest batch, and what is answered to an event that is there already. What they count is read back.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Arguments } from '#cli/command.ts'
import { loadRequest } from '#cli/load-request.ts'
import { mappedEvents } from '#cli/load-service/cloud-events.ts'
import { expectService, ServiceBench } from '#cli/load-service/service-bench.ts'
import type { ServiceRequest } from '#cli/load-service/service-request.ts'
import { readScenario } from '#scenarios/reader.ts'
import { type PreparedLoad, prepareLoad } from '#sim/load-test/prepare.ts'
import { parseStages } from '#sim/load-test/rate.ts'
import type { WorldSpec } from '#sim/world/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-apis-'))
const never = new AbortController().signal
const TOKEN = 'secret-key'
const servers: http.Server[] = []
let spec: WorldSpec
let prepared: PreparedLoad
let tests = 0

beforeAll(async () => {
  const path = new URL('../../scenarios/quickstart.yaml', import.meta.url).pathname
  const sets = ['end=2024-03-01T08:00:00+08:00', 'buyers.start-ups.count=60', 'buyers.companies.count=12']
  const { scenario } = await readScenario(path, { sets })
  spec = { scenario, traces: {} }
  prepared = await prepareLoad({ ...spec, seed: '7', threads: 1, folder, onProgress() {}, signal: never })
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Asked {
  readonly method: string | undefined
  readonly url: URL
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** An answer: its status and JSON; `lost` closes the connection in its place. */
type Replied = readonly [status: number, json?: unknown] | 'lost'

/** A server whose requests have to be authorized. */
async function standIn(reply: (asked: Asked) => Replied): Promise<string> {
  const server = http.createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const url = new URL(request.url ?? '', 'http://stand-in')
    const isKnown = request.headers.authorization === `Bearer ${TOKEN}`
    const answer: Replied = isKnown ? reply({ method: request.method, url, headers: request.headers, body }) : [401]
    if (answer === 'lost') {
      response.destroy()
      return
    }
    response.writeHead(answer[0], { 'content-type': 'application/json' })
    response.end(answer[1] === undefined ? undefined : JSON.stringify(answer[1]))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface CloudEvent {
  readonly id: string
  readonly source: string
  readonly specversion: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly data: { readonly seconds: number }
}

/** OpenMeter: CloudEvents, alone or as a batch, 204; an event with a source and ID that it has is ignored. */
function openMeter(loses: (request: number) => boolean = () => false) {
  const events = new Map<string, CloudEvent>()
  let requests = 0
  const reply = ({ method, url, headers, body }: Asked): Replied => {
    if (method === 'POST' && url.pathname === '/api/v1/events') {
      const parsed: unknown = JSON.parse(body)
      const type = Array.isArray(parsed) ? 'application/cloudevents-batch+json' : 'application/cloudevents+json'
      if (headers['content-type'] !== type) return [415, { title: 'Unsupported Media Type' }]
      for (const event of (Array.isArray(parsed) ? parsed : [parsed]) as CloudEvent[]) {
        const { id, source, specversion, type: ofEvent, subject, time } = event
        const isWhole = [id, source, ofEvent, subject].every((each) => typeof each === 'string' && each !== '')
        if (!isWhole || specversion !== '1.0' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(time))
          return [400, { title: 'Bad Request' }]
        if (!events.has(`${source} ${id}`)) events.set(`${source} ${id}`, event)
      }
      return loses(requests++) ? 'lost' : [204]
    }
    if (method !== 'GET' || url.pathname !== '/api/v1/meters/seconds_total/query') return [404, { title: 'Not Found' }]
    const [from, to] = ['from', 'to'].map((name) => url.searchParams.get(name))
    const within = ({ time }: CloudEvent) => (from === null || time >= from) && (to === null || time < to)
    const bySubject = Map.groupBy([...events.values()].filter(within), ({ subject }) => subject)
    const isGrouped = url.searchParams.getAll('groupBy').includes('subject')
    const data = [...bySubject].map(([subject, of]) => ({
      value: of.reduce((sum, { data }) => sum + data.seconds, 0),
      ...{ windowStart: from, windowEnd: to, subject: isGrouped ? subject : null, groupBy: {} },
    }))
    return [200, { data }]
  }
  return { events, reply }
}

interface LagoEvent {
  readonly transaction_id: string
  readonly external_subscription_id: string
  readonly code: string
  readonly timestamp: number
  readonly properties: { readonly seconds: number }
}

const BATCH_OF_LAGO = 100

/** Lago: a list of up to 100 events, stored together or not at all; one that is there is refused with 422. */
function lago(loses: (request: number) => boolean = () => false) {
  const events = new Map<string, LagoEvent>()
  let requests = 0
  const reply = ({ method, url, headers, body }: Asked): Replied => {
    if (method === 'POST' && url.pathname === '/api/v1/events/batch') {
      const { events: sent, ...rest } = JSON.parse(body) as { events: LagoEvent[] }
      if (headers['content-type'] !== 'application/json' || Object.keys(rest).length > 0) return [400]
      if (sent.length > BATCH_OF_LAGO) return [422, { status: 422, error_details: { events: ['too_many_events'] } }]
      const wrong = sent.flatMap((event, index): [string, object][] => {
        const { transaction_id: id, external_subscription_id: subscription, code, timestamp, properties } = event
        if (events.has(id)) return [[String(index), { transaction_id: ['value_already_exist'] }]]
        const isWhole = [id, subscription, code].every((each) => typeof each === 'string' && each !== '')
        return isWhole && Number.isInteger(timestamp) && typeof properties.seconds === 'number'
          ? []
          : [[String(index), { base: ['value_is_invalid'] }]]
      })
      if (wrong.length > 0) return [422, { status: 422, error_details: Object.fromEntries(wrong) }]
      for (const event of sent) events.set(event.transaction_id, event)
      return loses(requests++) ? 'lost' : [200, { events: sent }]
    }
    const customer = /^\/api\/v1\/customers\/([^/]+)\/current_usage$/.exec(url.pathname)?.[1]
    if (method !== 'GET' || customer === undefined) return [404, { status: 404, code: 'not_found' }]
    const subscription = url.searchParams.get('external_subscription_id')
    if (decodeURIComponent(customer) !== subscription) return [404, { status: 404, code: 'customer_not_found' }]
    const of = [...events.values()].filter((event) => event.external_subscription_id === subscription)
    const charges = [...Map.groupBy(of, ({ code }) => code)].map(([code, all]) => ({
      units: `${all.reduce((sum, { properties }) => sum + properties.seconds, 0)}.0`,
      ...{ events_count: all.length, billable_metric: { code } },
    }))
    return [200, { customer_usage: { charges_usage: charges } }]
  }
  return { events, reply }
}

const mapping = join(folder, 'lago.json')
writeFileSync(
  mapping,
  JSON.stringify({
    list: 'events',
    event: {
      transaction_id: '{id}',
      external_subscription_id: '{account}',
      code: '{kind}_seconds',
      timestamp: '{unix}',
      properties: { seconds: '{seconds}', product: '{product}', resource: '{resource}' },
    },
  }),
)

const requestTo = (events: string, changed: Partial<ServiceRequest>): ServiceRequest => ({
  ...{ events: new URL(events), bills: undefined, token: TOKEN, connections: 4, timeoutMs: 60_000, retries: 3 },
  ...{ settleMs: 0, format: undefined },
  ...changed,
})

const toOpenMeter = (url: string): ServiceRequest =>
  requestTo(`${url}/api/v1/events`, { usage: { kind: 'openmeter', meter: 'seconds_total' } })
const toLago = (url: string): ServiceRequest =>
  requestTo(`${url}/api/v1/events/batch`, {
    ...{ usage: { kind: 'lago' }, format: mappedEvents(mapping), testName: 'load-7' },
  })

async function loaded(request: ServiceRequest, batch: number) {
  await expectService(request)
  const bench = new ServiceBench(spec, prepared.stream, request)
  const name = `test-${tests++}`
  try {
    const outcome = await bench.run({
      shape: { kind: 'stages', stages: parseStages('4k:100ms'), spacing: 'even', seed: '7' },
      ...{ sync: 'off', warmUp: 0, batch, backlog: 1e6, folder, name },
      onProgress() {},
      signal: never,
    })
    return { outcome, differences: readFileSync(join(folder, name, 'differences.csv'), 'utf8') }
  } finally {
    await bench.close()
  }
}

const agreed = { differ: 0, missing: 0, unknown: 0, accountsLeftOut: 0 }

test.each([1, 100])('OpenMeter takes batches of %i, and counts for each subject what was sent', async (batch) => {
  const { events, reply } = openMeter()
  const { outcome } = await loaded(toOpenMeter(await standIn(reply)), batch)
  expect(outcome.service).toMatchObject({
    answers: { 204: expect.any(Number) },
    bills: agreed,
    events: { accepted: 400 },
  })
  expect(outcome.service.bills?.agree).toBeGreaterThan(5)
  expect(events.size).toBe(400)
})

test('OpenMeter ignores an event that is sent again because its answer was lost', async () => {
  const { events, reply } = openMeter((request) => request === 0)
  const { outcome } = await loaded(toOpenMeter(await standIn(reply)), 50)
  expect(outcome.service).toMatchObject({ retries: 1, bills: agreed, events: { accepted: 400, unknown: 0 } })
  expect(events.size).toBe(400)
})

test('an event that OpenMeter loses is found in the use of its subject', async () => {
  const { events, reply } = openMeter()
  const url = await standIn((asked) => {
    const replied = reply(asked)
    const [first] = events
    if (asked.method === 'GET' && first !== undefined) {
      events.delete(first[0])
      return reply(asked)
    }
    return replied
  })
  const { outcome, differences } = await loaded(toOpenMeter(url), 100)
  const { bills } = outcome.service
  expect([(bills?.differ ?? 0) + (bills?.missing ?? 0), outcome.audit.differing]).toEqual([1, 1])
  expect(differences).toMatch(/^account,theirs,ours\n[^\n]+\n$/)
})

test('Lago takes up to 100 events, counts them by customer, and knows a test by its name', async () => {
  const { events, reply } = lago()
  const { outcome } = await loaded(toLago(await standIn(reply)), 100)
  expect(outcome.service).toMatchObject({ bills: agreed, events: { accepted: 400, refused: 0 } })
  expect([...events.values()].every((event) => event.external_subscription_id.startsWith('load-7/'))).toBe(true)
  expect(new Set([...events.values()].map(({ code }) => code))).toContain('ecs_seconds')
})

test('Lago refuses events that it has: those of a request whose answer was lost are accepted', async () => {
  const { events, reply } = lago((request) => request === 0)
  const { outcome } = await loaded(toLago(await standIn(reply)), 50)
  expect(outcome.service).toMatchObject({
    retries: 1,
    bills: agreed,
    events: { accepted: 400, refused: 0, unknown: 0 },
  })
  expect(outcome.service.answers['already there']).toBe(1)
  expect(events.size).toBe(400)
})

test('Lago refuses a test whose name it has seen, and nothing of it counts as accepted', async () => {
  const { reply } = lago()
  const url = await standIn(reply)
  await loaded(toLago(url), 100)
  const { outcome } = await loaded(toLago(url), 100)
  expect(outcome.service.events).toEqual({ accepted: 0, refused: 400, unknown: 0 })
})

test('a meter that is not there, and a path without usage, are bad input', async () => {
  const url = await standIn(openMeter().reply)
  const without = requestTo(`${url}/api/v1/events`, { usage: { kind: 'openmeter', meter: 'other' } })
  await expect(expectService(without)).rejects.toThrow(/answers 404 where its usage should be/)
  const asked = { file: 'quickstart', target: 'http://127.0.0.1:1/take', bills: 'lago' }
  await expect(loadRequest(new Arguments(asked, false))).rejects.toThrow(/does not end with \/events/)
  const named = { file: 'quickstart', target: 'http://127.0.0.1:1', 'test-name': 'a b' }
  await expect(loadRequest(new Arguments(named, false))).rejects.toThrow(/is not a name/)
})
