import { expect, test } from 'vitest'
import { type Audited, auditFile, scratchFolder, smallRecord, withChange } from '../../sim/audit/small-record.ts'

/** One wrong thing, the SQL that plants it, and the kind that must name it. */
type Planted = readonly [what: string, sql: string, kind: string]

/** An order of so many units in the one pool, which is to have two from the middle of the month on. */
const poolWait = (event: string, units: number, waited: number): string =>
  `INSERT INTO pool_waits (order_id, at, event, pool, quantity, waited, hourly, rule) VALUES (1, at('03-10 12:00'), word('${event}'), 1, ${units}, ${waited}, 0, word('E-02'))`

const servers: readonly Planted[] = [
  ['an hour costs 1 more', `UPDATE usage_spans SET amount = amount + 1 WHERE rowid = 1`, 'ecs charge'],
  ['an hour costs 1 less', `UPDATE usage_spans SET amount = amount - 1 WHERE rowid = 3`, 'ecs charge'],
  ['49 of 51 equal hours cost 1 more', `UPDATE usage_spans SET amount = amount + 1 WHERE rowid = 5`, 'ecs charge'],
  ['an image hour costs 1 more', `UPDATE usage_spans SET amount = amount + 1 WHERE rowid = 4`, 'image charge'],
  ['a second too few', `UPDATE usage_spans SET seconds = seconds - 1 WHERE rowid = 1`, 'usage seconds'],
  [
    'another price, the same amount',
    `UPDATE usage_spans SET unit_price = unit_price + 1 WHERE rowid = 1`,
    'usage price',
  ],
  ['a span is missing', `DELETE FROM usage_spans WHERE rowid = 12`, 'image charge'],
  ['an hour at the end of a span is missing', `UPDATE usage_spans SET hours = hours - 1 WHERE rowid = 5`, 'ecs charge'],
  ['a span is there twice', `INSERT INTO usage_spans SELECT * FROM usage_spans WHERE rowid = 5`, 'double charge'],
  ['two spans share an hour', `UPDATE usage_spans SET hours = 3 WHERE rowid = 2`, 'double charge'],
  [
    'a span continues into suspension',
    `UPDATE usage_spans SET hours = hours + 1 WHERE rowid = 9`,
    'charge outside use',
  ],
  [
    'a charge while frozen',
    `INSERT INTO usage_spans SELECT instance_id, account, item, priced, at('03-04 12:00'), 1, seconds, unit_price, amount, rule FROM usage_spans WHERE rowid = 5`,
    'charge outside use',
  ],
  [
    'a charge before the launch',
    `UPDATE usage_spans SET first_hour = first_hour - 3600000 WHERE rowid = 1`,
    'charge outside use',
  ],
  [
    'the server is charged while stopped',
    `UPDATE usage_spans SET item = word('ecs') WHERE rowid = 7`,
    'charge outside use',
  ],
  ['another account is charged', `UPDATE usage_spans SET account = 3 WHERE rowid = 1`, 'usage span'],
  ['a span begins within an hour', `UPDATE usage_spans SET first_hour = first_hour + 1 WHERE rowid = 1`, 'usage span'],
  ['a span of no hours', `UPDATE usage_spans SET hours = 0 WHERE rowid = 1`, 'usage span'],
  ['another pool priced it', `UPDATE usage_spans SET priced = 2 WHERE rowid = 1`, 'charge outside use'],
  ['a span of a server that is none', `UPDATE usage_spans SET instance_id = 99 WHERE rowid = 1`, 'orphan'],
  [
    'the server was launched a second later',
    `UPDATE instance_steps SET at = at + 1000 WHERE rowid = 2`,
    'usage seconds',
  ],
  ['the list price is 1 higher', `UPDATE pools SET hourly = hourly + 1`, 'list price'],
  ['the capacity is 1 higher', `UPDATE capacities SET capacity = 3 WHERE rowid = 2`, 'list price'],
]

const orders: readonly Planted[] = [
  ['a price line is 1 higher', `UPDATE order_lines SET amount = amount + 1 WHERE rowid = 1`, 'order line'],
  ['a tax line is 1 lower', `UPDATE order_lines SET amount = amount - 1 WHERE rowid = 2`, 'tax line'],
  ['the amount is not the sum', `UPDATE orders SET amount = amount + 1 WHERE id = 2`, 'order amount'],
  ['a line is missing', `DELETE FROM order_lines WHERE rowid = 4`, 'tax line'],
  ['a line is there twice', `INSERT INTO order_lines SELECT * FROM order_lines WHERE rowid = 3`, 'tax line'],
  ['the wrong band at a limit', `UPDATE orders SET quantity = 300000000 WHERE id = 2`, 'order line'],
  ['more than is sold', `UPDATE orders SET quantity = 20100000000 WHERE id = 2`, 'order'],
  ['a duration without a plan', `UPDATE orders SET months = 2 WHERE id = 2`, 'order'],
  ['a line by a different rule', `UPDATE order_lines SET rule = word('P-03') WHERE rowid = 1`, 'order'],
  ['placed while in arrears', `UPDATE orders SET at = at('03-06 12:00') WHERE id = 7`, 'order'],
  ['no discount in the record', `UPDATE specifications SET discount = '' WHERE id = 2`, 'list price'],
  ['a purchase recorded as an upgrade', `UPDATE orders SET kind = word('upgrade') WHERE id = 3`, 'order line'],
  ['a server more than ordered', `UPDATE orders SET instances = 2, quantity = 200000000 WHERE id = 1`, 'order'],
  ['a server of another order', `UPDATE instances SET order_id = 4 WHERE id = 1`, 'order'],
  ['an order without an account', `UPDATE orders SET account = 9 WHERE id = 7`, 'orphan'],
  ['a refusal lost 1 more', `UPDATE refusals SET lost = lost + 1`, 'lost sale'],
  [
    'a refusal for arrears that were not',
    `UPDATE refusals SET code = word('in-arrears'), account = 1`,
    'refused change',
  ],
  ['an expired order without its refusal', `DELETE FROM refusals`, 'order'],
]

const money: readonly Planted[] = [
  ['a posting is 1 higher', `UPDATE postings SET amount = amount + 1 WHERE rowid = 5`, 'transaction'],
  [
    'two legs move 1 from one to the other',
    `UPDATE postings SET amount = amount + CASE ledger WHEN word('buyer-cash') THEN 1 ELSE -1 END WHERE transaction_id = 7 AND ledger IN (word('buyer-cash'), word('buyer-receivable'))`,
    'settlement',
  ],
  [
    'server revenue booked as image revenue',
    `UPDATE postings SET amount = amount + CASE ledger WHEN word('cloud-resource-revenue') THEN 1 ELSE -1 END WHERE transaction_id = 3 AND ledger <> word('buyer-cash')`,
    'settlement',
  ],
  [
    'a posting on a wrong ledger account',
    `UPDATE postings SET ledger = word('refunds') WHERE transaction_id = 4 AND ledger = word('marketplace-revenue')`,
    'transaction',
  ],
  ['a posting of another owner', `UPDATE postings SET owner = 2 WHERE rowid = 5`, 'transaction'],
  ['a posting is lost', `DELETE FROM postings WHERE rowid = 6`, 'transaction'],
  [
    'a posting of no transaction',
    `INSERT INTO postings (transaction_id, ledger, owner, amount) VALUES (99, word('buyer-cash'), 1, 1)`,
    'orphan',
  ],
  ['a transaction without postings', `DELETE FROM postings WHERE transaction_id = 11`, 'transaction'],
  ['an hour is settled once more', `UPDATE transactions SET repeats = repeats + 1 WHERE id = 8`, 'settlement'],
  ['an hour is not settled', `UPDATE transactions SET repeats = repeats - 1 WHERE id = 12`, 'settlement'],
  ['settled an hour late', `UPDATE transactions SET at = at + 3600000 WHERE id = 3`, 'settlement time'],
  [
    'an account opened with more',
    `UPDATE postings SET amount = amount + CASE owner WHEN 0 THEN 1 ELSE -1 END WHERE transaction_id = 1`,
    'opening',
  ],
  ['an account never opened', `DELETE FROM transactions WHERE id = 2`, 'opening'],
  ['a top-up did not pay the debt', `DELETE FROM transactions WHERE id = 10`, 'arrears paid'],
  [
    'a debt was paid that was none',
    `INSERT INTO transactions SELECT 99, at, repeats, kind, 1, order_id, hour, day, rule FROM transactions WHERE id = 10`,
    'arrears paid',
  ],
  [
    'the debt was paid 1 short',
    `UPDATE postings SET amount = amount - CASE ledger WHEN word('buyer-cash') THEN 1 ELSE -1 END WHERE transaction_id = 10`,
    'arrears paid',
  ],
  [
    '1 less was paid for an order',
    `UPDATE postings SET amount = amount - CASE ledger WHEN word('buyer-cash') THEN 1 WHEN word('deferred-revenue') THEN -1 ELSE 0 END WHERE transaction_id = 15`,
    'payment',
  ],
  ['a bill is rounded by 1 more', `UPDATE bills SET rounding = rounding + 1 WHERE rowid = 1`, 'rounding'],
  ['the rounding of a bill is not drawn', `DELETE FROM transactions WHERE id = 34`, 'rounding'],
  [
    'the rounding of a bill is drawn twice',
    `UPDATE postings SET amount = amount * 2 WHERE transaction_id = 33`,
    'rounding',
  ],
  ['the refund of a bill is lost', `DELETE FROM transactions WHERE id = 36`, 'arrears paid'],
  ['the rounding is about another month', `UPDATE transactions SET day = day + 1 WHERE id = 33`, 'rounding'],
  [
    'tax went to revenue',
    `UPDATE postings SET amount = amount + CASE ledger WHEN word('tax-payable') THEN 1 WHEN word('deferred-revenue') THEN -1 ELSE 0 END WHERE transaction_id = 15`,
    'payment',
  ],
  [
    'an order was paid twice',
    `INSERT INTO transactions SELECT 99, at, repeats, kind, account, order_id, hour, day, rule FROM transactions WHERE id = 15; INSERT INTO postings (transaction_id, ledger, owner, amount) SELECT 99, ledger, owner, amount FROM postings WHERE transaction_id = 15`,
    'payment',
  ],
  ['an order was never paid', `DELETE FROM transactions WHERE id = 13`, 'payment'],
  ['paid before the money was there', `UPDATE transactions SET at = at('03-20 11:00') WHERE id = 14`, 'payment'],
  [
    '1 more was earned',
    `UPDATE postings SET amount = amount + CASE owner WHEN 1 THEN 1 ELSE -1 END WHERE transaction_id = 17`,
    'recognition',
  ],
  ['earned a day early', `UPDATE transactions SET at = at('03-31 00:00') WHERE id = 16`, 'recognition'],
  [
    'earned twice',
    `INSERT INTO transactions SELECT 99, at, repeats, kind, account, order_id, hour, day, rule FROM transactions WHERE id = 20; INSERT INTO postings (transaction_id, ledger, owner, amount) SELECT 99, ledger, owner, amount FROM postings WHERE transaction_id = 20`,
    'deferred revenue',
  ],
  ['never earned', `DELETE FROM transactions WHERE id = 21`, 'recognition'],
  ['earned about another day', `UPDATE transactions SET day = day - 1 WHERE id = 16`, 'recognition'],
  ['use is about the day of its settlement', `UPDATE transactions SET day = day + 1 WHERE id = 18`, 'civil day'],
  ['a payment is about the day before', `UPDATE transactions SET day = day - 1 WHERE id = 13`, 'civil day'],
  [
    'use of March is about April',
    `UPDATE transactions SET day = day + 1, hour = hour + 86400000 WHERE id = 18`,
    'month end',
  ],
  [
    'a day more is earned than the row says',
    `UPDATE recognitions SET earned_to = earned_to + 1 WHERE rowid = 1`,
    'earned days',
  ],
  ['another period is earned', `UPDATE recognitions SET first_day = first_day + 1 WHERE rowid = 1`, 'earned days'],
  ['the days of another price', `UPDATE recognitions SET price = price + 1 WHERE rowid = 1`, 'earned days'],
  ['earned before it was paid', `UPDATE recognitions SET since = since - 1 WHERE rowid = 1`, 'earned days'],
  [
    'the days of another commission',
    `UPDATE recognitions SET commission = commission + 1 WHERE rowid = 1`,
    'earned days',
  ],
  [
    '1 of the share of the seller is revenue',
    `UPDATE postings SET amount = amount - CASE ledger WHEN word('marketplace-revenue') THEN 1 ELSE -1 END
      WHERE transaction_id = 16 AND ledger IN (word('marketplace-revenue'), word('deferred-seller-cost'))`,
    'seller share',
  ],
  [
    'a seller is owed 1 more for an order',
    `UPDATE postings SET amount = amount + CASE ledger WHEN word('unbilled-payable') THEN -1 ELSE 1 END WHERE transaction_id = 101`,
    'seller share',
  ],
  ['an order brings its seller nothing', `DELETE FROM transactions WHERE id = 102`, 'seller share'],
  [
    'the share of an order is on the bill of another month',
    `UPDATE seller_shares SET month = at('04-01') WHERE rowid = 1`,
    'seller share',
  ],
  ['another seller is owed', `UPDATE postings SET owner = 2 WHERE transaction_id = 101`, 'seller share'],
  [
    'a day`s use brings its seller 1 more',
    `UPDATE postings SET amount = amount + CASE ledger WHEN word('unbilled-payable') THEN -1 ELSE 1 END WHERE transaction_id = 112;
      UPDATE seller_shares SET cost = cost + 1 WHERE transaction_id = 112`,
    'seller share',
  ],
  [
    'the share of a day`s use is about the next',
    `UPDATE transactions SET day = day + 1 WHERE id = 112`,
    'seller share',
  ],
  ['the share of a day`s use is missing', `DELETE FROM transactions WHERE id = 118`, 'seller share'],
  [
    'what is deferred of a share is expensed immediately',
    `UPDATE postings SET ledger = word('marketplace-revenue'), owner = 0 WHERE transaction_id = 101 AND ledger = word('deferred-seller-cost')`,
    'month end',
  ],
  [
    'a coupon is money received',
    `UPDATE postings SET ledger = word('promotion-expense') WHERE transaction_id = 1 AND ledger = word('payment-clearing')`,
    'transaction',
  ],
  ['the days of a recognition are missing', `DELETE FROM recognitions WHERE rowid = 1`, 'earned days'],
  ['the days of no recognition', `UPDATE recognitions SET transaction_id = 999 WHERE rowid = 1`, 'orphan'],
  ['a closing balance moves', `DELETE FROM postings WHERE transaction_id = 19`, 'balance'],
]

const statements: readonly Planted[] = [
  [
    'use is not taxed',
    `DELETE FROM postings WHERE transaction_id = 30; DELETE FROM transactions WHERE id = 30`,
    'tax on use',
  ],
  [
    'the tax on use is 1 higher',
    `UPDATE postings SET amount = amount + CASE ledger WHEN word('tax-payable') THEN -1 ELSE 1 END WHERE transaction_id = 29`,
    'tax on use',
  ],
  [
    'the tax on use is due though the balance has it',
    `UPDATE postings SET ledger = word('buyer-receivable') WHERE transaction_id = 30 AND ledger = word('buyer-cash')`,
    'tax on use',
  ],
  [
    'the tax on use is drawn an hour late',
    `UPDATE transactions SET at = at + 3600000 WHERE id = 30`,
    'settlement time',
  ],
  [
    'the tax on use is about the day of its drawing',
    `UPDATE transactions SET day = day + 3 WHERE id = 30`,
    'tax on use',
  ],
  ['a bill says 1 less of tax on use', `UPDATE bill_taxes SET tax = tax - 1 WHERE account = 2`, 'tax on use'],
  ['a bill does not tell its tax on use', `DELETE FROM bill_taxes WHERE account = 3`, 'tax on use'],
  ['less use is taxed', `UPDATE bill_taxes SET taxable = taxable - 1 WHERE account = 2`, 'tax on use'],
  [
    'tax of orders on a bill is 1 higher',
    `UPDATE bill_taxes SET of_orders = of_orders + 1 WHERE account = 1`,
    'tax on use',
  ],
  ['use is taxed as in another region', `UPDATE bill_taxes SET region = 2 WHERE account = 1`, 'tax on use, of which'],
  [
    'another transaction drew the tax',
    `UPDATE bill_taxes SET transaction_id = 1 WHERE account = 2`,
    'tax on use, of which',
  ],
  ['a bill is 0.01 too high', `UPDATE bills SET payable = payable + 1000000 WHERE account = 2`, 'bill payable'],
  ['a bill is cut off to 2 decimals', `UPDATE bills SET payable = 953000000 WHERE account = 2`, 'bill payable'],
  ['charges are 1 too low', `UPDATE bills SET charges = charges - 1 WHERE account = 3`, 'bill charges'],
  ['a line is missing on a bill', `UPDATE bills SET lines = lines - 1 WHERE account = 3`, 'bill lines'],
  ['a bill is missing', `DELETE FROM bills WHERE account = 3`, 'bill charges'],
  ['a bill is there twice', `INSERT INTO bills SELECT * FROM bills WHERE account = 3`, 'bill charges'],
  ['a bill is final too early', `UPDATE bills SET final = 1 WHERE rowid = 2`, 'bill final'],
  [
    'the first hour of April is billed in March',
    `UPDATE bills SET lines = lines + 1 WHERE rowid = 1; UPDATE bills SET lines = lines - 1 WHERE rowid = 2`,
    'bill lines',
  ],
]

const disputes: readonly Planted[] = [
  [
    '1 less is refunded',
    `UPDATE postings SET amount = amount + CASE ledger WHEN word('buyer-cash') THEN 1 WHEN word('deferred-revenue') THEN -1 ELSE 0 END WHERE transaction_id = 23`,
    'refund',
  ],
  [
    'the tax is kept',
    `UPDATE postings SET amount = amount + CASE ledger WHEN word('tax-payable') THEN -1 WHEN word('deferred-revenue') THEN 1 ELSE 0 END WHERE transaction_id = 23`,
    'refund',
  ],
  ['nothing is refunded', `DELETE FROM transactions WHERE id = 23`, 'refund'],
  [
    'refunded twice',
    `INSERT INTO transactions SELECT 99, at, repeats, kind, account, order_id, hour, day, rule FROM transactions WHERE id = 23; INSERT INTO postings (transaction_id, ledger, owner, amount) SELECT 99, ledger, owner, amount FROM postings WHERE transaction_id = 23`,
    'refund',
  ],
  ['an order that is kept is refunded', `UPDATE transactions SET order_id = 9 WHERE id = 23`, 'refund'],
  ['refunded a second late', `UPDATE transactions SET at = at + 1000 WHERE id = 23`, 'supervision'],
  ['what was sold once is earned a second late', `UPDATE transactions SET at = at + 1000 WHERE id = 25`, 'recognition'],
  [
    'completed a second after three hours',
    `UPDATE supervision_steps SET at = at + 1000 WHERE rowid = 7`,
    'supervision',
  ],
  ['the freeze does not stop the clock', `UPDATE supervision_steps SET at = at - 14400000 WHERE rowid = 14`, 'step'],
  [
    'completed two hours after the freeze where one was left',
    `UPDATE supervision_steps SET at = at - 3600000 WHERE rowid = 14`,
    'supervision',
  ],
  [
    'a license whose request is rejected',
    `UPDATE supervision_steps SET event = word('reject-request'), to_state = word('awaiting-request') WHERE rowid = 5`,
    'step',
  ],
  [
    'resumed in another place than it was frozen in',
    `UPDATE supervision_steps SET event = word('resume-awaiting-seller'), to_state = word('awaiting-seller') WHERE rowid = 13`,
    'step',
  ],
  ['a paid order without its flow', `DELETE FROM supervision_steps WHERE order_id = 9`, 'step'],
  ['a flow of an order that needs none', `UPDATE supervision_steps SET order_id = 2 WHERE order_id = 9`, 'step'],
  ['a term starts at completion', `UPDATE subscription_steps SET term_start = at WHERE subscription_id = 10`, 'term'],
]

const lives: readonly Planted[] = [
  ['grace ends an hour early', `UPDATE account_steps SET at = at - 3600000 WHERE rowid = 5`, 'standing'],
  ['arrears begin an hour late', `UPDATE account_steps SET at = at + 3600000 WHERE rowid = 4`, 'standing'],
  ['an account is never released', `DELETE FROM account_steps WHERE rowid = 6`, 'standing'],
  [
    'an account leaves arrears while it owes',
    `INSERT INTO account_steps SELECT 3, at('03-12 00:00'), event, word('released'), to_state, rule FROM account_steps WHERE rowid = 3`,
    'standing',
  ],
  ['a message is missing', `DELETE FROM notices WHERE rowid = 3`, 'notice'],
  ['a message is a day late', `UPDATE notices SET at = at + 86400000 WHERE rowid = 6`, 'notice'],
  [
    'a server runs on while its account is suspended',
    `UPDATE instance_steps SET at = at + 60000 WHERE rowid = 6`,
    'suspension',
  ],
  ['a server is frozen too early', `UPDATE instance_steps SET at = at - 60000 WHERE rowid = 11`, 'suspension'],
  ['a server outlives its release', `UPDATE instance_steps SET at = at + 60000 WHERE rowid = 12`, 'suspension'],
  ['a step out of its table', `UPDATE instance_steps SET event = word('start') WHERE rowid = 7`, 'step'],
  ['a step from another state', `UPDATE instance_steps SET from_state = word('stopped') WHERE rowid = 3`, 'step'],
  [
    'a step after the end of a life',
    `INSERT INTO instance_steps SELECT instance_id, at, word('start'), word('deleted'), word('running'), rule, specification FROM instance_steps WHERE rowid = 3`,
    'step',
  ],
  ['a life begins twice', `INSERT INTO instance_steps SELECT * FROM instance_steps WHERE rowid = 13`, 'step'],
  ['a step goes back in time', `UPDATE order_steps SET at = at('03-10 12:00') WHERE rowid = 5`, 'step'],
  ['an order completed twice', `INSERT INTO order_steps SELECT * FROM order_steps WHERE rowid = 3`, 'step'],
  ['an order without a step', `DELETE FROM order_steps WHERE order_id = 7`, 'step'],
  ['an unpaid order expired a day late', `UPDATE order_steps SET at = at + 86400000 WHERE rowid = 20`, 'standing'],
  ['an unpaid order never expired', `DELETE FROM order_steps WHERE rowid = 20`, 'standing'],
  ['an order completed before its server was there', `UPDATE order_steps SET at = at - 1000 WHERE rowid = 3`, 'term'],
  ['a term ends a day early', `UPDATE subscription_steps SET term_end = term_end - 86400000 WHERE rowid = 1`, 'term'],
  [
    'a term begins with the payment',
    `UPDATE subscription_steps SET term_start = at('03-10 10:00') WHERE rowid = 1`,
    'term',
  ],
  ['an order completed without a term', `DELETE FROM subscription_steps WHERE rowid = 2`, 'term'],
  [
    'a pool holds one too many',
    `UPDATE instance_steps SET at = at('03-06 09:00') WHERE rowid IN (9, 10); UPDATE instance_steps SET at = at('03-06 09:00') WHERE rowid IN (1, 2)`,
    'pool held',
  ],
  ['a unit-millisecond too few', `UPDATE pool_hours SET held_ms = held_ms - 1 WHERE rowid = 4`, 'pool use'],
  [
    'a millisecond of capacity too few',
    `UPDATE pool_hours SET capacity_ms = capacity_ms - 1 WHERE rowid = 4`,
    'pool room',
  ],
  ['a full millisecond too few', `UPDATE pool_hours SET full_ms = full_ms - 1 WHERE rowid = 4`, 'pool full'],
  [
    'the peak counts a server that ended at the full hour',
    `UPDATE pool_hours SET peak = 1 WHERE rowid = 7`,
    'pool peak',
  ],
  ['another peak', `UPDATE pool_hours SET peak = 0 WHERE rowid = 8`, 'pool peak'],
  ['another capacity', `UPDATE pool_hours SET capacity = 1 WHERE rowid = 12`, 'pool capacity'],
  ['a pool hour is missing', `DELETE FROM pool_hours WHERE rowid = 8`, 'pool peak'],
  [
    'a pool hour after the end',
    `INSERT INTO pool_hours SELECT pool, at('04-05 12:00'), capacity, capacity_ms, held_ms, peak, full_ms FROM pool_hours WHERE rowid = 1`,
    'pool use',
  ],
  [
    'a server is deleted that was to stay',
    `UPDATE instances SET lifetime = 3600000 WHERE id = (SELECT instance_id FROM instance_steps WHERE event = word('delete'))`,
    'lifetime',
  ],
  ['a wait begins late', poolWait('wait', 1, 5), 'pool wait'],
  ['a wait ends that never began', poolWait('admit', 1, 0), 'pool wait'],
  ['an order waits for what will never be', poolWait('wait', 3, 0), 'never fits'],
  [
    'refused as too large although it will fit',
    `UPDATE refusals SET code = word('never-fits'), quantity = 2, pool = 1 WHERE rowid = 1`,
    'never fits',
  ],
]

const sums: readonly Planted[] = [
  ['a sum of the ledger is 1 more', 'UPDATE ledger_months SET amount = amount + 1 WHERE rowid = 1', 'ledger month'],
  ['a sum counts a leg too few', 'UPDATE ledger_months SET times = times - 1 WHERE rowid = 4', 'ledger month'],
  ['a sum of the ledger is missing', 'DELETE FROM ledger_months WHERE rowid = 5', 'ledger month'],
  ['a sum of nothing', 'INSERT INTO ledger_months SELECT * FROM ledger_months WHERE rowid = 2', 'ledger month'],
  ['a sum is of another month', `UPDATE ledger_months SET month = at('05-01 00:00') WHERE rowid = 3`, 'ledger month'],
  ['a sum is of another owner', 'UPDATE ledger_months SET owner = owner + 1 WHERE rowid = 2', 'ledger month'],
  ['a sum is of orders', 'UPDATE ledger_months SET of_orders = 1 - of_orders WHERE rowid = 2', 'ledger month'],
  ['use comes to 1 more', 'UPDATE metered_months SET amount = amount + 1 WHERE rowid = 1', 'metered month'],
  ['use has a second too few', 'UPDATE metered_months SET seconds = seconds - 1 WHERE rowid = 2', 'metered month'],
  ['use is of another pool', 'UPDATE metered_months SET pool = 7 WHERE rowid = 1', 'metered month'],
  ['use that is not counted', 'UPDATE metered_months SET measured = 0 WHERE rowid = 1', 'metered month'],
  ['sums of an account that is not there', 'UPDATE ledger_months SET account = 77 WHERE rowid = 1', 'ledger month'],
]

function plantAll(planted: readonly Planted[]): void {
  const path = smallRecord(scratchFolder())
  const missed = planted.filter(([, sql, kind]) => !withChange(path, sql).kinds.has(kind)).map(([what]) => what)
  expect(missed).toEqual([])
}

test('what servers used: every planted error is named', () => plantAll(servers))
test('what orders cost: every planted error is named', () => plantAll(orders))
test('where money went: every planted error is named', () => plantAll(money))
test('what bills say: every planted error is named', () => plantAll(statements))
test('what facts come to by month: every planted error is named', () => plantAll(sums))
test('disputes: every planted error is named', () => plantAll(disputes))
test('lives, standing and pools: every planted error is named', () => plantAll(lives))

test('one wrong cent is reported once, with both numbers and the subject', () => {
  const { findings, differences } = withChange(smallRecord(scratchFolder()), planted(servers, 'an hour costs 1 more'))
  expect(findings).toEqual([
    'ecs charge | instance 1 ecs | 9773663 -> 9773662 | 2850 s at 1234567891 (1e-10 an hour) cost 9773662, not 9773663 in this hour',
  ])
  expect(differences).toBe(1)
})

test('a charge in suspension is reported with the state of the server', () => {
  const { findings } = withChange(smallRecord(scratchFolder()), planted(servers, 'a charge while frozen'))
  expect(findings.join('\n')).toContain('none was billable (suspended)')
})

const planted = (list: readonly Planted[], name: string): string => list.find(([what]) => what === name)?.[1] ?? ''

/** The small record was made by the standard policies: by any other, these amounts are wrong. */
const byOtherPolicies: readonly [key: string, value: unknown, expected: Readonly<Record<string, string>>][] = [
  ['rounding.charge', 'half-up', { 'ecs charge': 'instance 1 ecs | 6224279 -> 6224280' }],
  ['rounding.monthTotal', 'truncate', { 'bill payable': 'account 1 bill | 10368000000 -> 10367000000' }],
  ['tax.percent', '7', { 'tax line': 'order 2 line 2 | 243000000 -> 283500000' }],
  ['ecs.granularity', 'hour-ceil', { 'usage seconds': 'instance 1 ecs | 2850 -> 3600' }],
  ['image.granularity', 'second', { 'image charge': 'instance 1 image | 5000000 -> 3958333' }],
  ['image.whenStopped', 'free', { 'charge outside use': 'instance 2 image | 15000000 -> 0' }],
  ['grace.payPerUseBilled', false, { 'charge outside use': 'instance 2 ecs | 592592544 -> 0' }],
  ['grace.days', 3, { standing: 'account 2' }],
  ['retention.days', 4, { standing: 'account 3' }],
  ['unfreeze.payPerUse', 'running', { suspension: 'instance 2' }],
  ['settlement.lag', 2 * 3_600_000, { 'settlement time': 'transaction 3 account 1' }],
  ['order.unpaidLife', 6 * 86_400_000, { standing: 'order 7' }],
  ['completion.delay', 4 * 3_600_000, { supervision: 'flow 9' }],
  ['freeze.pauses', [], { supervision: 'flow 10' }],
  ['term.start', 'paid', { term: 'subscription 10' }],
  ['image.hour', 'rolling', { 'charge outside use': 'instance' }],
]

test('each switch that the auditor follows changes its judgement', () => {
  const missed = byOtherPolicies.filter(([key, value, expected]) => {
    const { findings } = auditFile(smallRecord(scratchFolder(), { [key]: value }))
    return !Object.entries(expected).every(([kind, words]) =>
      findings.some((line) => line.startsWith(`${kind} | ${words}`)),
    )
  })
  expect(missed).toEqual([])
})

test('a file that is not a complete record is refused with an explanation', () => {
  const path = smallRecord(scratchFolder())
  expect(() => withChange(path, 'DROP TABLE usage_spans')).toThrow('no such table: usage_spans')
  expect(() => withChange(path, `DELETE FROM meta WHERE key = 'policies'`)).toThrow('its meta table lacks policies')
})

test('auditing again replaces what was found before', () => {
  const path = smallRecord(scratchFolder())
  const first: Audited = auditFile(path)
  expect(auditFile(path)).toEqual(first)
})
