import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseInstant, weekday } from '#base/civil-time.ts'
import { DAY, HOUR } from '#base/time.ts'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { mayAppeal } from '#sim/billing/appeal.ts'
import { businessTime } from '#sim/billing/stopwatch.ts'
import { Supervision, type SupervisionAction } from '#sim/billing/supervision.ts'
import {
  type SupervisionKind,
  type SupervisionState,
  startState,
  supervisionActors,
  supervisionFlow,
} from '#sim/billing/supervision-flow.ts'
import { EAST_8, instant, runs } from './cases.ts'
import { table } from './table.ts'

/** Friday */
const begin = parseInstant('2024-03-01T09:00:00+08:00', 'begin')
const letters: Readonly<Record<string, SupervisionAction>> = {
  pay: 'pay',
  request: 'submit-request',
  refuse: 'reject-request',
  deliver: 'deliver',
  reject: 'reject-product',
  accept: 'accept',
  remind: 'remind',
  appeal: 'appeal',
  resume: 'resume',
  complete: 'complete',
  cancel: 'cancel',
  invoice: 'request-invoice',
  issued: 'issue-invoice',
}

/** `0 request, 5 deliver`: hours after the begin; each move by the side that may make it. */
function replay(kind: string, log: string, policies: Policies): Supervision {
  const flow = new Supervision(kind as SupervisionKind, policies)
  for (const entry of log === '-' ? [] : log.split(', ')) {
    const [hours, word] = entry.split(' ')
    const action = letters[word]
    const by =
      action === 'issue-invoice' || action === 'resume'
        ? 'system'
        : ((supervisionActors as Record<string, readonly ('buyer' | 'seller' | 'system')[]>)[action]?.[0] ?? 'buyer')
    flow.apply({ at: begin + Number(hours) * HOUR, by, do: action }, entry)
  }
  return flow
}

function decided(row: Record<string, string>, policies: Policies, by: 'buyer' | 'seller' = 'buyer'): string {
  const flow = replay(row.kind, row.log, policies)
  const { allowed, rule } = mayAppeal(flow, begin + Math.round(Number(row.at) * HOUR), by, policies)
  return `${allowed ? 'yes' : 'no'} ${rule} ${flow.state}`
}

const set = (text: string): Policies => ({ ...defaultPolicies, ...JSON.parse(text === '-' ? '{}' : text) })
const long = (count: number, from: number, ...words: string[]): string =>
  Array.from({ length: count }, (_, round) =>
    words.map((word, index) => `${from + round * words.length + index} ${word}`),
  )
    .flat()
    .join(', ')

test('S-06 (a): the seller has been silent for more than 5 x 24 hours', () => {
  const cases = table(`
    kind                  log                                at              answer                       why
    saas                  0 request                          119             no S-06 awaiting-seller      not yet
    saas                  0 request                          120             no S-06 awaiting-seller      exactly 120 hours are not more
    saas                  0 request                          120.0000002778  yes S-06 awaiting-seller     a millisecond more
    professional-service  0 request                          121             yes S-06 awaiting-seller     services too
    license               0 pay                              121             yes S-06 awaiting-seller     a license waits from payment on
    license               -                                  9999            no S-06 awaiting-seller      not yet paid, as far as the log knows
    saas                  -                                  9999            no S-06 awaiting-request     no wait for the seller
    saas                  0 pay                              9999            no S-06 awaiting-request     the buyer owes the request
    saas                  0 request, 100 remind              121             yes S-06 awaiting-seller     a reminder resets nothing
    saas                  0 request, 100 deliver             300             no S-06 awaiting-acceptance  the buyer owes the move
    saas                  0 request, 100 deliver, 200 reject  300            no S-06 awaiting-seller      100 hours since the rejection
    saas                  0 request, 100 deliver, 200 reject  321            yes S-06 awaiting-seller     121 hours since
    saas                  0 request, 100 refuse, 150 request  250            no S-06 awaiting-seller      the seller had answered
  `)
  for (const row of cases) expect(decided(row, defaultPolicies), row.why).toBe(row.answer)
})

test('S-06 (b), (c): three rejections by the seller, or by the buyer; two for a license', () => {
  const cases: [string, string, number, string][] = [
    ['saas', long(2, 0, 'request', 'refuse'), 5, 'no S-06 awaiting-request'],
    ['saas', long(3, 0, 'request', 'refuse'), 7, 'yes S-06 awaiting-request'],
    ['saas', `${long(3, 0, 'request', 'refuse')}, 7 request`, 8, 'yes S-06 awaiting-seller'],
    ['saas', `0 request, ${long(2, 1, 'deliver', 'reject')}`, 7, 'no S-06 awaiting-seller'],
    ['saas', `0 request, ${long(3, 1, 'deliver', 'reject')}`, 8, 'yes S-06 awaiting-seller'],
    ['professional-service', `0 request, ${long(3, 1, 'deliver', 'reject')}`, 8, 'yes S-06 awaiting-seller'],
    ['license', long(1, 0, 'deliver', 'reject'), 3, 'no S-06 awaiting-seller'],
    ['license', long(2, 0, 'deliver', 'reject'), 5, 'yes S-06 awaiting-seller'],
  ]
  for (const [kind, log, at, answer] of cases)
    expect(decided({ kind, log, at: String(at) }, defaultPolicies), log).toBe(answer)
})

test('S-07, S-08: frozen, accepted, completed', () => {
  const refused = long(3, 0, 'request', 'refuse')
  const done = `0 request, ${long(3, 1, 'deliver', 'reject')}, 8 deliver, 9 accept`
  const denied = '{"completion.appealInWindow":"denied"}'
  const cases: [string, string, number, string][] = [
    [`${refused}, 6 appeal`, '-', 7, 'no S-07 frozen'],
    [`${refused}, 6 appeal, 8 resume`, '-', 9, 'yes S-06 awaiting-request'],
    [`${refused}, 6 appeal, 8 complete`, '-', 9, 'no S-07 completed'],
    [`${refused}, 6 appeal, 8 cancel`, '-', 9, 'no S-07 cancelled'],
    [done, '-', 10, 'yes S-06 accepted'],
    [done, denied, 10, 'no S-08 accepted'],
    [done, '-', 11.9999, 'yes S-06 accepted'],
    [done, '-', 12, 'no S-08 completed'],
    [`${done}, 12 complete`, '-', 13, 'no S-08 completed'],
    [done, '{"completion.delay":0}', 9, 'no S-08 completed'],
    ['0 request, 1 deliver, 2 accept', '-', 3, 'no S-06 accepted'],
    [`${done}, 10 appeal, 100 resume`, '-', 101, 'yes S-06 accepted'],
    [`${done}, 10 appeal, 100 resume`, '-', 102, 'no S-08 completed'],
    [`${done}, 10 appeal`, '{"freeze.pauses":["silence"]}', 12, 'no S-08 completed'],
  ]
  for (const [log, switches, at, answer] of cases)
    expect(decided({ kind: 'saas', log, at: String(at) }, set(switches)), `${log} ${switches}`).toBe(answer)
})

test('S-07: the silence does not run while the flow is frozen, unless freeze.pauses says so', () => {
  const row = { kind: 'saas', log: '0 request, 50 appeal, 150 resume', at: '' }
  expect(decided({ ...row, at: '220' }, defaultPolicies)).toBe('no S-06 awaiting-seller')
  expect(decided({ ...row, at: '220.001' }, defaultPolicies)).toBe('yes S-06 awaiting-seller')
  expect(decided({ ...row, at: '151' }, set('{"freeze.pauses":[]}'))).toBe('yes S-06 awaiting-seller')
})

test('S-06: the switches', () => {
  const cases = table(`
    kind     log                     at   switches                                         answer
    saas     0 request               60   {"appeal.silence":172800000}                     yes S-06 awaiting-seller
    saas     0 request               121  {"appeal.days":"business"}                       no S-06 awaiting-seller
    saas     0 request               168  {"appeal.days":"business"}                       no S-06 awaiting-seller
    saas     0 request               169  {"appeal.days":"business"}                       yes S-06 awaiting-seller
    saas     0 request, 1 refuse     2    {"appeal.sellerRejects":1}                       yes S-06 awaiting-request
    license  0 deliver, 1 reject     2    {"appeal.buyerRejects":{"license":1,"saas":3,"service":3}}  yes S-06 awaiting-seller
    license  0 deliver, 1 reject     2    {"appeal.buyerRejects":{"license":2,"saas":1,"service":1}}  no S-06 awaiting-seller
  `)
  for (const row of cases) expect(decided(row, set(row.switches)), row.switches).toBe(row.answer)
})

test('S-06: a seller may appeal too', () => {
  const cases = table(`
    log                    at   switches                       answer
    0 request, 1 deliver   121  -                              no S-06 awaiting-acceptance
    0 request, 1 deliver   122  -                              yes S-06 awaiting-acceptance
    0 request              500  -                              no S-06 awaiting-seller
    0 request              1    {"appeal.seller":"any-time"}   yes S-06 awaiting-seller
    0 request, 1 deliver   500  {"appeal.seller":"never"}      no S-06 awaiting-acceptance
  `)
  for (const row of cases)
    expect(decided({ ...row, kind: 'saas' }, set(row.switches), 'seller'), JSON.stringify(row)).toBe(row.answer)
  const stuck = { kind: 'saas', log: `0 request, ${long(3, 1, 'deliver', 'reject')}`, at: '8' }
  expect(decided(stuck, defaultPolicies, 'seller')).toBe('yes S-06 awaiting-seller')
})

test('S-09: a service flow older than 365 days is closed', () => {
  const kind = 'professional-service'
  const cases: [string, string, string, number, string][] = [
    [kind, '0 pay, 100 request', '-', 8760, 'yes S-06 awaiting-seller'],
    [kind, '0 pay, 100 request', '-', 8760.001, 'no S-09 cancelled'],
    [kind, '0 pay, 1 invoice, 100 request', '-', 8761, 'no S-09 completed'],
    [kind, '0 pay, 1 invoice', '{"auto365.invoice":"issued"}', 8761, 'no S-09 cancelled'],
    [kind, '0 pay, 1 issued', '{"auto365.invoice":"issued"}', 8761, 'no S-09 completed'],
    [kind, '0 pay, 100 request', '{"auto365.start":"first-request"}', 8860, 'yes S-06 awaiting-seller'],
    [kind, '0 pay, 100 request', '{"auto365.start":"first-request"}', 8861, 'no S-09 cancelled'],
    [kind, '0 pay, 100 request, 8700 appeal', '-', 8761, 'no S-09 cancelled'],
    [kind, '0 pay, 100 request, 8700 appeal', '{"freeze.pauses":["auto365"]}', 8761, 'no S-07 frozen'],
    [kind, '0 pay, 100 request, 8700 appeal, 8761 cancel', '-', 8762, 'no S-09 cancelled'],
    [kind, '0 pay, 100 request, 200 deliver, 300 accept', '-', 9999, 'no S-08 completed'],
    ['saas', '0 pay, 100 request', '-', 9999, 'yes S-06 awaiting-seller'],
    ['saas', '0 pay, 100 request', '{"auto365.kinds":["saas"]}', 9999, 'no S-09 cancelled'],
    ['license', '0 pay', '{"auto365.kinds":["license"]}', 9999, 'no S-09 cancelled'],
  ]
  for (const [each, log, switches, at, answer] of cases)
    expect(decided({ kind: each, log, at: String(at) }, set(switches)), `${log} ${switches}`).toBe(answer)
})

test('Q-06: steps outside the table, or by the wrong side, are errors', () => {
  const cases = table(`
    kind     log                                  error
    saas     0 deliver                            deliver of a saas flow that is awaiting-request; possible there: submit-request, appeal
    saas     0 request, 1 request                 submit-request of a saas flow that is awaiting-seller
    saas     0 request, 1 deliver, 2 accept, 3 reject  reject-product of a saas flow that is accepted
    saas     0 request, 1 deliver, 2 accept, 9 appeal  appeal of a saas flow that is completed; possible there: nothing
    saas     0 request, 1 appeal, 2 deliver       deliver of a saas flow that is frozen
    saas     0 request, 1 resume                  resume of a flow that is awaiting-seller; only an appeal freezes
    license  0 request                            submit-request of a license flow that is awaiting-seller
    license  0 refuse                             reject-request of a license flow that is awaiting-seller
  `)
  for (const { kind, log, fault } of cases) expect(() => replay(kind, log, defaultPolicies), log).toThrow(fault)
  const flow = new Supervision('saas', defaultPolicies)
  expect(() => flow.apply({ at: begin, by: 'seller', do: 'submit-request' }, 'events[0]')).toThrow(
    'events[0]: submit-request by the seller; only the buyer may',
  )
  const capped = set('{"reject.cap":1}')
  expect(() => replay('saas', '0 request, 1 refuse, 2 request, 3 refuse', capped)).toThrow(
    /reject-request number 2 is above reject.cap 1/,
  )
})

test('S-01..S-09: the table is full, ends where it should and every state can be reached', () => {
  for (const kind of Object.keys(supervisionFlow) as SupervisionKind[]) {
    const reached = new Set<SupervisionState>([startState[kind]])
    for (const state of reached)
      for (const next of Object.values(supervisionFlow[kind][state])) if (next !== null) reached.add(next)
    const rows = Object.keys(supervisionFlow[kind]).filter(
      (state) => kind !== 'license' || state !== 'awaiting-request',
    )
    expect([...reached].toSorted()).toEqual(rows.toSorted())
    for (const end of ['completed', 'cancelled'] as const)
      expect(Object.values(supervisionFlow[kind][end]).every((next) => next === null)).toBe(true)
    for (const row of Object.values(supervisionFlow[kind]))
      expect(Object.keys(row).toSorted()).toEqual(Object.keys(supervisionActors).toSorted())
  }
})

test('appeal.days = business: only Mondays to Fridays count', () => {
  const measure = businessTime(EAST_8)
  fc.assert(
    fc.property(instant, fc.integer({ min: 0, max: 30 * 24 }), (from, hours) => {
      let expected = 0
      for (let hour = 0; hour < hours; hour++)
        if (weekday(Math.floor((Math.floor(from / HOUR) * HOUR + hour * HOUR + EAST_8) / DAY)) < 5) expected += HOUR
      const start = Math.floor(from / HOUR) * HOUR
      expect(measure(start, start + hours * HOUR)).toBe(expected)
    }),
    runs,
  )
})

test('appeal.days = business: weeks are counted whole, so that no fraction of a millisecond appears', () => {
  const measure = businessTime(EAST_8)
  const thursday = parseInstant('2018-09-13T15:00:00+08:00', 'from')
  expect(measure(thursday, thursday + 657 * HOUR)).toBe(465 * HOUR)
  expect(measure(begin, begin + 7 * DAY)).toBe(5 * DAY)
  expect(measure(begin + 2 * DAY, begin + 2 * DAY + HOUR)).toBe(0)
})
