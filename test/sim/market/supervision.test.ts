/** S-01..S-09, laid out as the rulebook's paragraphs; hours are counted from payment. */
import { expect, test } from 'vitest'
import { defaultPolicies, type Policies } from '#scenarios/policies.ts'
import { isSupervised } from '#scenarios/product-kinds.ts'
import { supervisionLifecycles } from '#sim/market/supervision/supervision-lifecycles.ts'
import { table } from '../billing/table.ts'
import { Bench, begin, HOUR } from './supervision-bench.ts'

type Kind = 'saas' | 'license' | 'service'
const bench = (kind: string, log: string, policies: Partial<Policies> = {}) =>
  new Bench(kind as Kind, policies).play(log)

test.each(
  table(`
    kind                  flag   supervised
    license               -      true
    professional-service  -      true
    saas                  true   true
    saas                  false  false
    saas                  -      false
    image                 -      false
    content               -      false
  `),
)('S-01: $kind, flagged $flag: $supervised', ({ kind, flag, supervised }) => {
  const product = { kind: kind as 'saas', supervised: flag === '-' ? null : flag === 'true' }
  expect(String(isSupervised(product))).toBe(supervised)
})

test('S-03: the three kinds number their states and events alike, so that a column can keep them', () => {
  for (const { states, events } of supervisionLifecycles) {
    expect(states).toEqual(supervisionLifecycles[0].states)
    expect(events).toEqual(supervisionLifecycles[0].events)
  }
})

test.each(
  table(`
    kind     log                                    state                order
    license  -                                      awaiting-seller      processing
    saas     -                                      awaiting-request     processing
    service  -                                      awaiting-request     processing
    saas     0 request                              awaiting-seller      processing
    saas     0 request, 1 refuse                    awaiting-request     processing
    license  1 deliver                              awaiting-acceptance  processing
    license  1 deliver, 2 reject                    awaiting-seller      processing
    license  1 deliver, 2 accept                    accepted             processing
    license  0 remind, 1 remind                     awaiting-seller      processing
    service  0 request, 1 deliver, 2 accept         accepted             processing
    saas     0 request, 200 appeal                  frozen               processing
    saas     0 request, 200 appeal, 201 resume      awaiting-seller      processing
    saas     0 request, 200 appeal, 201 complete    completed            completed
    saas     0 request, 200 appeal, 201 cancel      cancelled            cancelled
  `),
)('S-02..S-07: $kind after $log: $state', ({ kind, log, state, order }) => {
  const flow = bench(kind, log)
  expect([flow.state, flow.order]).toEqual([state, order])
})

test.each(
  table(`
    kind     log                    move          answer   why
    saas     -                      deliver       silence  nothing was requested yet: the seller is silent
    saas     0 request              accept        error    nothing was delivered
    saas     0 request              request       error    it was submitted
    license  1 deliver              remind        error    it is not the seller's turn
    license  1 deliver, 200 accept  reject        error    accepted is accepted
    saas     0 request, 200 appeal  deliver       silence  S-07: frozen, the seller may not act
    saas     0 request, 200 appeal  remind        error    S-07: frozen, the buyer may not act
  `),
)('Q-06, S-07: $kind after $log: no $move ($answer), since $why', ({ kind, log, move, answer }) => {
  const flow = bench(kind, log)
  const before = [...flow.facts.supervision_steps]
  const asked = () => flow.play(`201 ${move}`)
  if (answer === 'error') expect(asked).toThrow(/Q-06: .* does not allow step/)
  else expect(asked).not.toThrow()
  expect(flow.facts.supervision_steps).toEqual(before)
})

test('S-04: a license has no request to reject: its seller delivers', () => {
  expect(bench('license', '1 refuse').state).toBe('awaiting-acceptance')
})

test.each(
  table(`
    cap   fourth
    none  awaiting-request
    4     awaiting-request
    3     awaiting-acceptance
  `),
)('S-04: reject.cap $cap: the fourth rejection leads to $fourth', ({ cap, fourth }) => {
  const log = '0 request, 1 refuse, 2 request, 3 refuse, 4 request, 5 refuse, 6 request, 7 refuse'
  expect(bench('saas', log, { 'reject.cap': cap === 'none' ? 'none' : Number(cap) }).state).toBe(fourth)
})

const rejections = '0 request, 1 deliver, 2 reject, 3 deliver, 4 reject'
test.each(
  table(`
    kind     log                                                            at   buyer               seller
    license  -                                                              119  none                none
    license  -                                                              121  silence             none
    license  119 remind                                                     121  silence             none
    license  119 deliver                                                    121  none                none
    saas     -                                                              121  none                silence
    saas     0 request, 1 refuse                                            120  none                none
    saas     0 request, 1 refuse                                            122  none                silence
    saas     0 request, 1 refuse, 2 request, 3 refuse                       4    none                none
    saas     0 request, 1 refuse, 2 request, 3 refuse, 4 request, 5 refuse  6    request-rejections  request-rejections
    license  1 deliver, 2 reject                                            5    none                none
    license  1 deliver, 2 reject, 3 deliver, 4 reject                       5    product-rejections  product-rejections
    saas     ${rejections}                                                  5    none                none
    saas     ${rejections}, 5 deliver, 6 reject                             7    product-rejections  product-rejections
    service  ${rejections}, 5 deliver, 6 reject                             7    product-rejections  product-rejections
  `),
)('S-06: $kind after $log, $at h: buyer $buyer, seller $seller', ({ kind, log, at, buyer, seller }) => {
  const flow = bench(kind, log).until(Number(at))
  expect([flow.ground('buyer'), flow.ground('seller')]).toEqual([buyer, seller])
})

test.each([
  [120, 0, 'none'],
  [120, 1, 'silence'],
])('S-06: silence is MORE than 5 x 24 h: %i h and %i ms: %s', (hours, ms, ground) => {
  const flow = bench('license', '-')
  flow.until(hours, ms - 1)
  expect(flow.ground('buyer')).toBe(ground)
})

test.each(
  table(`
    policy                    setting                  kind     log                                at   buyer               seller
    appeal.silence            72h                      license  -                                  73   silence             none
    appeal.days               business                 license  -                                  140  none                none
    appeal.days               business                 license  -                                  169  silence             none
    appeal.sellerRejects      1                        saas     0 request, 1 refuse                2    request-rejections  request-rejections
    appeal.buyerRejects       {"license":3,"saas":3,"service":3}  license  1 deliver, 2 reject, 3 deliver, 4 reject  5  none  none
    appeal.seller             never                    saas     -                                  121  none                none
    appeal.seller             any-time                 saas     -                                  1    none                at-will
  `),
)('S-06: $policy = $setting: $kind after $log, $at h', ({ policy, setting, kind, log, at, buyer, seller }) => {
  const values: Record<string, unknown> = { '72h': 72 * HOUR, '1': 1 }
  const value = setting.startsWith('{') ? JSON.parse(setting) : (values[setting] ?? setting)
  const flow = bench(kind, log, { [policy]: value }).until(Number(at))
  expect([flow.ground('buyer'), flow.ground('seller')]).toEqual([buyer, seller])
})

test('S-06: a breach of five days is reported once per turn, with the ground', () => {
  const asked: string[] = []
  const flow = new Bench('license', {}, { appealPossible: (_, by) => asked.push(by) })
  flow.until(500)
  expect(flow.facts.silence_breaches.map(({ at }) => Number(at) - begin)).toEqual([120 * HOUR + 1])
  expect(asked).toEqual(['buyer'])
  flow.play('600 deliver').until(900)
  expect(flow.facts.silence_breaches.map(({ by }) => flow.word(by))).toEqual(['seller', 'buyer'])
  expect(asked).toEqual(['buyer', 'seller'])
})

test.each(
  table(`
    pauses      log                                                  breaches
    silence     -                                                    120
    silence     1 deliver, 2 reject, 3 deliver, 4 reject, 64 appeal, 200 resume  260
    completion  1 deliver, 2 reject, 3 deliver, 4 reject, 64 appeal, 200 resume  200
  `),
)('S-07: freeze.pauses [$pauses]: the seller is silent for too long at $breaches h', ({ pauses, log, breaches }) => {
  const flow = bench('license', log, { 'freeze.pauses': [pauses as 'silence'] }).until(700)
  const own = flow.facts.silence_breaches.filter(({ by }) => flow.word(by) === 'seller')
  expect(own.map(({ at }) => Math.floor((Number(at) - begin) / HOUR))).toEqual([Number(breaches)])
})

const stuck = '0 deliver, 1 reject, 2 deliver, 3 reject, 4 deliver, 5 accept'
test.each(
  table(`
    policy                     setting  log                                       ended      order
    completion.delay           3h       ${stuck}                                  S-08 8     completed
    completion.delay           1h       ${stuck}                                  S-08 6     completed
    completion.appealInWindow  allowed  ${stuck}, 7 appeal, 50 resume             S-08 51    completed
    completion.appealInWindow  allowed  ${stuck}, 7 appeal, 50 cancel             S-07 50    cancelled
    completion.appealInWindow  denied   ${stuck}, 7 appeal                        S-08 8     completed
    freeze.pauses              silence  ${stuck}, 7 appeal                        S-08 8     completed
  `),
)('S-08: $policy = $setting, $log: $ended, $order', ({ policy, setting, log, ended, order }) => {
  const values: Record<string, unknown> = { '3h': 3 * HOUR, '1h': HOUR, silence: ['silence'] }
  const flow = bench('license', log, { [policy]: values[setting] ?? setting }).until(100)
  expect([flow.ended, flow.order]).toEqual([ended, order])
})

test('S-08: an appeal denied in the window is a fact that freezes nothing; one that a clock overtakes has lapsed', () => {
  const denied = bench('license', `${stuck}, 7 appeal`, { 'completion.appealInWindow': 'denied' }).until(9)
  expect(
    denied.facts.appeal_steps.map(({ to_state, rule }) => `${denied.word(to_state)} ${denied.word(rule)}`),
  ).toEqual(['filed S-06', 'denied S-08'])
  const lapsed = bench('license', `${stuck}, 7 appeal`, { 'freeze.pauses': [] }).until(9)
  expect(lapsed.facts.appeal_steps.map(({ to_state }) => lapsed.word(to_state))).toEqual(['filed', 'lapsed'])
})

const year = 365 * 24
test.each(
  table(`
    kind     policies                                log                                    at      state             cash
    service  {}                                      -                                      ${year}  awaiting-request  1000
    service  {}                                      -                                      old     cancelled         2000
    service  {}                                      5 invoice                              old     completed         1000
    service  {"auto365.refund":"none"}               -                                      old     cancelled         1000
    service  {"auto365.invoice":"issued"}            5 invoice                              old     cancelled         2000
    service  {"auto365.invoice":"issued"}            5 issue                                old     completed         1000
    service  {"auto365.kinds":[]}                    -                                      old     awaiting-request  1000
    service  {"auto365.start":"first-request"}       -                                      old     awaiting-request  1000
    service  {"auto365.start":"first-request"}       9 request                              old     awaiting-seller   1000
    service  {"auto365.start":"first-request"}       9 request                              older   cancelled         2000
    service  {}                                      0 request, 200 appeal                  old     cancelled         2000
    service  {"freeze.pauses":["auto365"]}           0 request, 200 appeal                  older   frozen            1000
    service  {"freeze.pauses":["auto365"]}           0 request, 200 appeal, 205 resume      older   cancelled         2000
    license  {}                                      -                                      old     awaiting-seller   1634
    saas     {}                                      -                                      old     awaiting-request  1969
    license  {"auto365.kinds":["license","saas"]}    -                                      old     cancelled         2000
    saas     {"auto365.kinds":["license","saas"]}    -                                      old     cancelled         2000
  `),
)('S-09: $kind with $policies after $log: $state', ({ kind, policies, log, at, state, cash }) => {
  const hours = { old: year, older: year + 9 }[at] ?? Number(at)
  const flow = bench(kind, log, JSON.parse(policies)).until(hours, at.startsWith('old') ? 1 : 0)
  expect([flow.state, flow.cash]).toEqual([state, Number(cash)])
})

test.each(
  table(`
    start      log                                                 term       why
    accepted   1 deliver, 2 accept                                 2          at acceptance
    completed  1 deliver, 2 accept                                 5          three hours later
    paid       1 deliver, 2 accept                                 0          at payment
    accepted   150 appeal, 151 complete                            151        never accepted: when it was decided
    paid       150 appeal, 151 complete                            0          at payment
    accepted   1 deliver, 2 reject, 3 deliver, 4 reject, 5 deliver, 6 accept, 7 appeal, 9 complete  6  accepted, then decided
  `),
)('O-11: term.start = $start after $log: hour $term, $why', ({ start, log, term }) => {
  const flow = bench('license', log, { 'term.start': start as 'paid' }).until(200)
  const [step] = flow.facts.subscription_steps
  expect((Number(step.term_start) - begin) / HOUR).toBe(Number(term))
  expect(flow.order).toBe('completed')
})

test('O-11: a month that ended before its flow starts and expires immediately, and all of it is earned', () => {
  const { facts, market, word } = bench('saas', '0 request, 1000 deliver, 1001 accept', { 'term.start': 'paid' }).until(
    1010,
  )
  expect(facts.subscription_steps.map(({ event }) => word(event))).toEqual(['begin'])
  expect(market.subscriptions.subscriptions.termEnd[0]).toBeLessThan(market.supervision.now)
})

test('S-07, M-05: a cancelled order is paid back whole, out of what was deferred and through `refunds`', () => {
  const flow = bench('license', '150 appeal, 151 cancel')
  expect(flow.cash).toBe(2000)
  const refund = flow.facts.transactions.at(-1) as Record<string, number>
  expect([flow.word(refund.kind), flow.word(refund.rule)]).toEqual(['refund', 'S-07'])
  const legs = flow.facts.postings.filter(({ transaction_id }) => transaction_id === refund.id)
  expect(legs.map(({ ledger, amount }) => `${flow.word(ledger)} ${Number(amount) / 1e8}`)).toEqual([
    'deferred-revenue 366',
    'refunds -366',
    'refunds 366',
    'buyer-cash -366',
  ])
})

test('N-01: the buyer is warned at acceptance that there is no way back', () => {
  const flow = bench('saas', '0 request, 1 deliver')
  expect(flow.facts.notices).toEqual([])
  flow.play('2 accept')
  expect(flow.facts.notices.map(({ code, rule }) => `${flow.word(code)} ${flow.word(rule)}`)).toEqual([
    'no-unsubscription N-01',
  ])
})

test('S-10: renewing a license starts no new flow', () => {
  const set: number[] = []
  const flow = new Bench('license', {}, { handedToSeller: (order) => set.push(order) })
  flow.renew(flow.facts.orders[0].id as number)
  expect(flow.facts.orders.map(({ subject }) => subject)).toEqual([0, flow.facts.orders[0].id])
  expect(flow.facts.supervision_steps).toHaveLength(1)
  expect(set).toHaveLength(1)
})

test('S-11: a saas appears among the purchased apps once completed, no other kind does', () => {
  const flow = bench('saas', '0 request, 1 deliver, 2 accept').until(4)
  expect(flow.facts.app_credentials).toEqual([])
  flow.until(5)
  expect(flow.facts.app_credentials).toHaveLength(1)
  expect(Object.keys(flow.facts.app_credentials[0])).toEqual(['order_id', 'at', 'account', 'rule'])
  expect(bench('license', '1 deliver, 2 accept').until(9).facts.app_credentials).toEqual([])
})

test('C-02, M-05: what is bought once is earned whole when it is completed', () => {
  const flow = bench('service', '0 request, 1 deliver, 2 accept').until(5)
  const earned = flow.facts.transactions.filter(({ kind }) => flow.word(kind) === 'recognition')
  expect(earned.map(({ at }) => (Number(at) - begin) / HOUR)).toEqual([5])
  // L-06, agent: of 1,000, the commission of 15 % is revenue; the share that was deferred with the price is the seller's.
  const legs = flow.facts.postings.filter(({ transaction_id }) => transaction_id === earned[0].id)
  expect(Object.fromEntries(legs.map(({ ledger, amount }) => [flow.word(ledger), Number(amount) / 1e8]))).toEqual({
    'deferred-revenue': 1000,
    'deferred-seller-cost': -850,
    'marketplace-revenue': -150,
  })
})

test('every switch of the supervision has its default', () => {
  expect(defaultPolicies['appeal.outcomes']).toEqual({ complete: 1, cancel: 1, resume: 1 })
})
