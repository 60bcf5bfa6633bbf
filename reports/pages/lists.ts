/** The lists of a run: accounts, orders, bills, refusals and differences. Amounts are whole 1e-8 in two columns. */
import { shownInstant } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { decimalText, grouped } from '#base/decimal-text.ts'
import { moneyText } from '#base/money.ts'
import { own } from '#base/own.ts'
import { html, type Markup } from '../html/markup.ts'
import type { Cell, Row } from '../record.ts'
import { type ListName, subjectAddress } from './addresses.ts'
import { linkedText } from './linked-text.ts'
import { type Asked, type Choice, type Condition, containing, exactAccount, type List, searched } from './list.ts'
import { type OpenRun, wideAmount } from './open-run.ts'
import { ruleLink } from './rule-link.ts'

const amount = (low: Cell, high: Cell): string => moneyText(wideAmount(BigInt(low ?? 0), BigInt(high ?? 0)))
const when = (run: OpenRun, at: Cell): Markup | string =>
  Number(at) === 0
    ? ''
    : html`<time datetime="${formatInstant(Number(at), run.record.meta.utcOffset)}">${shownInstant(Number(at), run.record.meta.utcOffset)}</time>`
/** The civil month of its first instant: `2024-03`. */
export const monthText = (run: OpenRun, month: Cell): string =>
  formatInstant(Number(month), run.record.meta.utcOffset).slice(0, 7)

const accountLink = (run: OpenRun, name: Cell): Markup =>
  html`<a href="${subjectAddress(run.key, 'account', String(name))}">${String(name)}</a>`

/** Conditions of what was asked for: each of `makers` that has a value. */
const asConditions = (asked: Asked, makers: Readonly<Record<string, (value: string) => Condition>>): Condition[] =>
  Object.entries(makers).flatMap(([name, make]) => {
    const value = asked[name]
    return value === undefined || value === '' ? [] : [make(value)]
  })

/** The words of a column that occur in a table. */
const wordsOf =
  (table: string, column: string): Choice['choices'] =>
  (run) =>
    run.kept(`words of ${table}.${column}`, () =>
      run.record
        .plainRows(`SELECT DISTINCT w.word FROM ${table} t JOIN words w ON w.id = t.${column} ORDER BY 1`)
        .map(({ word: text }) => [String(text), String(text)] as const),
    )

const number = (title: string, cell: (row: Row) => string) => ({ title, number: true, cell })
const count = (title: string, name: string) => number(title, (row) => grouped(String(own(row, name) ?? 0)))

/** How many bills each account has, and what they come to. */
const billsOf = (run: OpenRun, account: Cell): Row | undefined =>
  run
    .kept('bills of accounts', () => {
      const rows = run.record.plainRows(
        'SELECT account, count(*) AS bills, sum(payable) AS low, sum(payable_high) AS high FROM bills GROUP BY account',
      )
      return new Map(rows.map((row) => [row.account, row]))
    })
    .get(account)

const accounts: List = {
  title: 'Accounts',
  what: 'accounts',
  searches: 'name or segment',
  text: 'Each account leads to its orders, bills and refusals, and to everything that moved its balance.',
  choices: [
    {
      name: 'region',
      label: 'Home region',
      choices: (run) =>
        run.record
          .plainRows('SELECT region FROM regions ORDER BY 1')
          .map(({ region }) => [String(region), String(region)]),
    },
  ],
  columns: (run) => [
    { title: 'Account', cell: ({ name }) => accountLink(run, name) },
    { title: 'segment', cell: ({ segment }) => String(segment) },
    { title: 'home region', cell: ({ region }) => String(region ?? '') },
    { title: 'bills', number: true, cell: ({ id }) => grouped(String(billsOf(run, id)?.bills ?? 0)) },
    {
      title: 'payable',
      number: true,
      cell: ({ id }) => amount(billsOf(run, id)?.low ?? 0, billsOf(run, id)?.high ?? 0),
    },
  ],
  conditions: (_, asked) =>
    asConditions(asked, {
      q: (text) => ({ sql: `b.name LIKE ? ESCAPE '\\'`, values: [containing(text)] }),
      region: (region) => ({ sql: 'r.region = ?', values: [region] }),
    }),
  from: 'accounts b LEFT JOIN regions r ON r.id = b.region_id',
  select: 'SELECT b.id, b.name, b.segment, r.region',
  order: () => 'b.id',
}

const orders: List = {
  title: 'Orders',
  what: 'orders',
  searches: 'number, buyer or product',
  text: 'Each order leads to how its amount is made up, and to every step that it took.',
  choices: [{ name: 'kind', label: 'Kind', choices: wordsOf('orders', 'kind') }],
  columns: (run) => [
    {
      title: 'Order',
      cell: ({ id }) => html`<a href="${subjectAddress(run.key, 'order', id as bigint)}">${String(id)}</a>`,
    },
    { title: 'created', cell: ({ at }) => when(run, at) },
    { title: 'buyer', cell: ({ name }) => accountLink(run, name) },
    { title: 'kind', cell: ({ kind }) => String(kind) },
    { title: 'product', cell: ({ product, pool }) => String(product ?? pool ?? '') },
    count('servers', 'instances'),
    number('amount', ({ low, high }) => amount(low, high)),
    { title: 'rule', cell: ({ rule }) => ruleLink(String(rule)) },
  ],
  conditions: (run, asked) =>
    asConditions(asked, {
      q: searched(run, 'orders', { goods: true }),
      account: exactAccount(run, 'orders'),
      kind: (kind) => ({ sql: `o.kind IN (SELECT id FROM words WHERE word = ?)`, values: [kind] }),
    }),
  from: 'orders o',
  select: `SELECT o.id, o.at, (SELECT name FROM accounts WHERE id = o.account) AS name,
    (SELECT word FROM words WHERE id = o.kind) AS kind, (SELECT word FROM words WHERE id = o.rule) AS rule,
    (SELECT product || '/' || specification FROM goods WHERE id = o.specification) AS product,
    (SELECT pool FROM pool_names WHERE id = o.pool) AS pool, o.instances, o.amount AS low, o.amount_high AS high`,
  order: () => 'o.id',
}

const bills: List = {
  title: 'Bills',
  what: 'bills',
  searches: 'account',
  text: 'Each bill leads to its charges, and each charge to the hours or the order that it is made of.',
  choices: [
    {
      name: 'month',
      label: 'Month',
      choices: (run) =>
        run.kept('months of bills', () =>
          run.record
            .plainRows('SELECT DISTINCT month FROM bills ORDER BY 1')
            .map(({ month }) => [String(month), monthText(run, month)] as const),
        ),
    },
    {
      name: 'sort',
      label: 'Sorted by',
      choices: () => [
        ['', 'account and month'],
        ['payable', 'payable, largest first'],
      ],
    },
  ],
  columns: (run) => [
    {
      title: 'Bill',
      cell: ({ name, month }) =>
        html`<a href="${subjectAddress(run.key, 'bill', `${name}/${monthText(run, month)}`)}">${String(name)}, ${monthText(run, month)}</a>`,
    },
    count('charges', 'lines'),
    number('sum of charges', ({ charges, charges_high: high }) => amount(charges, high)),
    number('rounding', ({ rounding, rounding_high: high }) => amount(rounding, high)),
    number('payable', ({ payable, payable_high: high }) => amount(payable, high)),
    { title: 'state', cell: ({ final }) => (final === 1n ? 'final' : 'provisional') },
  ],
  conditions: (run, asked) =>
    asConditions(asked, {
      q: searched(run, 'bills'),
      account: exactAccount(run, 'bills'),
      month: (month) => ({ sql: 'd.month = ?', values: [/^-?\d{1,15}$/.test(month) ? BigInt(month) : 0n] }),
    }),
  from: 'bills d',
  select: 'SELECT d.*, (SELECT name FROM accounts WHERE id = d.account) AS name',
  order: ({ sort }) => (sort === 'payable' ? 'd.payable_high DESC, d.payable DESC, d.rowid' : 'd.account, d.month'),
}

const refusals: List = {
  title: 'Refusals',
  what: 'refusals',
  searches: 'number, buyer, product or reason',
  text: 'Each refusal leads to why it was made. “Not sold” is the price of the order, or of one hour of the servers asked for.',
  choices: [{ name: 'code', label: 'Reason', choices: wordsOf('refusals', 'code') }],
  columns: (run) => [
    {
      title: 'Refusal',
      cell: ({ id }) => html`<a href="${subjectAddress(run.key, 'refusal', id as bigint)}">${String(id)}</a>`,
    },
    { title: 'when', cell: ({ at }) => when(run, at) },
    { title: 'buyer', cell: ({ name }) => accountLink(run, name) },
    { title: 'reason', cell: ({ code }) => String(code) },
    { title: 'rule', cell: ({ rule }) => ruleLink(String(rule)) },
    { title: 'product', cell: ({ product }) => String(product ?? '') },
    { title: 'pool', cell: ({ pool }) => String(pool ?? '') },
    count('quantity', 'quantity'),
    number('not sold', ({ low, high }) => amount(low, high)),
  ],
  conditions: (run, asked) =>
    asConditions(asked, {
      q: searched(run, 'refusals', { goods: true, word: 'code' }),
      account: exactAccount(run, 'refusals'),
      code: (code) => ({ sql: 'f.code IN (SELECT id FROM words WHERE word = ?)', values: [code] }),
    }),
  from: 'refusals f',
  select: `SELECT f.id, f.at, (SELECT name FROM accounts WHERE id = f.account) AS name,
    (SELECT word FROM words WHERE id = f.code) AS code, (SELECT word FROM words WHERE id = f.rule) AS rule,
    (SELECT product || '/' || specification FROM goods WHERE id = f.specification) AS product,
    (SELECT pool FROM pool_names WHERE id = f.pool) AS pool, f.quantity, f.lost AS low, f.lost_high AS high`,
  order: () => 'f.id',
}

/** A number of the auditor, by what it counts. */
const audited = (unit: Cell, low: Cell, high: Cell): string => {
  const value = wideAmount(BigInt(low ?? 0), BigInt(high ?? 0))
  return unit === 'money' ? moneyText(value) : unit === 'price' ? decimalText(value, 10, 2) : grouped(value.toString())
}

const differences: List = {
  title: 'Differences',
  what: 'differences',
  searches: 'subject or kind',
  text: 'Amounts that the auditor computed differently. A run that has one failed (Q-08).',
  choices: [],
  columns: (run) => [
    { title: 'What', cell: ({ kind, subject }) => html`${String(kind)} ${linkedText(run, String(subject))}` },
    { title: 'when', cell: ({ at }) => when(run, at) },
    { title: 'rule', cell: ({ rule }) => ruleLink(String(rule)) },
    number('recorded', ({ unit, recorded, recorded_high: high }) => audited(unit, recorded, high)),
    number('audited', ({ unit, audited: own, audited_high: high }) => audited(unit, own, high)),
    { title: 'why', cell: ({ text }) => String(text) },
  ],
  conditions: (_, asked) =>
    asConditions(asked, {
      q: (text) => ({
        sql: `d.subject LIKE ? ESCAPE '\\' OR d.kind LIKE ? ESCAPE '\\'`,
        values: [containing(text), containing(text)],
      }),
    }),
  from: 'audit_differences d',
  select: 'SELECT d.*',
  order: () => 'd.rowid',
}

export const lists: Readonly<Record<ListName, List>> = { accounts, orders, bills, refusals, differences }
