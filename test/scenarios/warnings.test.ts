import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { type ReadOptions, readScenario } from '#scenarios/reader.ts'
import { type Rename, renamedPolicy } from '#scenarios/renames.ts'
import { formatWarnings } from '#scenarios/warnings.ts'
import { marketplace } from './marketplace.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-warnings-'))
mkdirSync(folder, { recursive: true })
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'x.yaml')

/** Warnings as `line:column code what`, or errors in the same form. */
async function allMessages(text: string, options: ReadOptions = {}): Promise<string[]> {
  writeFileSync(path, text)
  try {
    const { warnings } = await readScenario(path, options)
    return warnings.map(
      ({ file, line, column, code, what }) => `${file.replace(path, 'x')}:${line}:${column} ${code} ${what}`,
    )
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error
    return error.faults.map(
      ({ file, line, column, what, hint }) => `${file.replace(path, 'x')}:${line}:${column} error ${what}; ${hint}`,
    )
  }
}

/** The same without what no buyer buys: the marketplace sells more than its one segment buys. */
const messages = async (text: string, options: ReadOptions = {}): Promise<string[]> =>
  (await allMessages(text, options)).filter((line) => !line.includes(' unused-'))

const traced = (
  csv: string,
  { wallet = '{ opening: 60 }', columns = '{ at: t, lifetime: life, quantity: n, buyer: who }' } = {},
) => {
  writeFileSync(join(folder, 't.csv'), csv)
  return marketplace
    .replace('    count: 400\n', '')
    .replace('{ opening: 60, topUp: { below: "15", amount: "50", reaction: 2h } }', wallet)
    .replace(
      '{ poisson: { perBuyer: 3/week } }',
      `{ trace: { file: t.csv, origin: 2024-03-01T00:00:00+08:00, unit: h, columns: ${columns} } }`,
    )
    .replace(', lifetime: { exponential: { mean: 9h } }', '')
    .replace(/ {6}- \{ product: crm.*\n/, '')
}

test('a scenario in which all is as usual has no warning', async () => {
  expect(await messages(marketplace)).toEqual([])
  expect(await messages(traced('t,life,n,who\n1,1,1,a\n'))).toEqual([])
})

test('orders at or after the end of the run are counted, at the first of them', async () => {
  const what = (count: string) => `trace-after-end ${count} at or after the end of the run, 2024-03-31T16:00:00Z, and`
  // 744 hours are the whole of March.
  expect(await messages(traced('t,life,n,who\n743,1,1,a\n744,1,1,a\n'))).toEqual([
    `t.csv:3:1 ${what('1 of 2 orders of the trace is')} is not placed`,
  ])
  expect(await messages(traced('life,t,n,who\n1,9000,1,a\n1,5,1,a\n1,800,1,b\n'))).toEqual([
    expect.stringMatching(`^t.csv:2:3 ${what('2 of 3 orders of the trace are')}`),
  ])
})

test.each([
  ['{}', true],
  ['{ opening: "0.00" }', true],
  ['{ credit: { limit: 0 } }', true],
  ['{ opening: "0.01" }', false],
  ['{ credit: { limit: 100 } }', false],
  ['{ topUp: { below: 1, amount: 50 } }', false],
  ['{ coupons: [{ amount: 5 }] }', false],
])('the buyers of a trace with the wallet %s: warned %s', async (wallet, isWarned) => {
  const all = await messages(traced('t,life,n,who\n1,1,1,a\n', { wallet }))
  expect(all.map((line) => line.split(' ')[1])).toEqual(isWarned ? ['wallet-cannot-pay'] : [])
})

test.each([
  ['0.15', '0.15', '15'],
  ['"0.5%"', '0.5', '50'],
  ['".99"', '0.99', '99'],
  ['0', null, null],
  ['1', null, null],
  ['"15%"', null, null],
])('a platform fee of %s is shown as a percentage (L-03)', async (fee, percent, meant) => {
  const words = (place: string) =>
    expect.stringMatching(`^x:${place} fee-below-one-percent the platform fee is ${percent} %, a percentage`)
  const policies = marketplace.replace(/^policies:$/m, `policies:\n  settlement.platformFee: ${fee}`)
  expect(await messages(policies)).toEqual(percent === null ? [] : [words('\\d+:27')])
  const change = `{ at: 2024-03-02T00:00:00+08:00, policyChange: { settlement.platformFee: ${fee} } }`
  const event = marketplace.replace('events: []', `events: [${change}]`)
  expect(await messages(event)).toEqual(percent === null ? [] : [words('\\d+:\\d+')])
  const { warnings } = await readScenario(path, {})
  const warning = warnings.find(({ code }) => code === 'fee-below-one-percent')
  if (meant !== null) expect(warning?.hint).toContain(`write ${meant} if you mean ${meant} %`)
})

test('a trace without a header is reported as such, at its first line', async () => {
  expect(await messages(traced('0,1,1,a\n1,1,1,b\n'))).toEqual([
    't.csv:1:1 error data in the first line: the file has no header; add that line, or write columns by number: ' +
      '{ at: 1, lifetime: 2, quantity: 3, buyer: 4 }',
  ])
})

test.each([
  ['0,1,1,a\n1,1,1,b\n', '{ at: 1, lifetime: 2, quantity: 3, buyer: 4 }', []],
  ['t,life,n,who\n1,1,1,b\n', '{ at: 1, lifetime: 2 }', [/t.csv:1:1 error found "t"/, /t.csv:1:3 error found "life"/]],
  ['0,1\n', '{ at: 1, lifetime: 3 }', [/x:.* error no column 3/]],
  [
    '0,1\n',
    '{ at: 1, lifetime: life }',
    [/x:.* error found a mapping; write columns that are all named, or all numbered/],
  ],
  ['0,1\n', '{ at: 0, lifetime: 2 }', [/x:.* error found 0/]],
  ['t,life,t\n0,1,5\n', '{ at: t, lifetime: life }', [/x:.* error the column "t" 2 times in the file/]],
  // A header may be a number; only a first line in which nothing is found is taken for data.
  ['1,2\n0,1\n', '{ at: "1", lifetime: "2" }', []],
])('trace %j with columns %s', async (csv, columns, words) => {
  const all = await messages(traced(csv, { columns }))
  expect(all.map((line, index) => words[index]?.test(line) ?? line)).toEqual(words.map(() => true))
})

test.each([
  [
    '    unmet: { probability: 0.1, categories: { tools: 1 } }',
    [/:5 ignored-with-trace a trace has only orders: none of its visits/],
  ],
  ['    channels: { popular: 1 }', [/:5 ignored-with-trace a trace has only orders: its buyers search for no product/]],
  ['    tier: V2', []],
])('a segment with a trace and %s', async (line, words) => {
  const text = traced('t,life,n,who\n1,1,1,a\n').replace('    buys:', `${line}\n    buys:`)
  const all = await messages(text)
  expect(all.map((each, index) => words[index]?.test(each) ?? each)).toEqual(words.map(() => true))
})

test('resamples of fewer than sixty blocks are warned of', async () => {
  const text = traced('t,life,n,who\n1,1,1,a\n').replace(
    /load: \{ trace: \{/,
    'load: { trace: { resample: { block: day }, ',
  )
  expect(await messages(text)).toEqual([
    expect.stringMatching(/few-blocks resamples of \d+ days: the interval of a sweep/),
  ])
})

test('a quantity of a buy has no effect next to a column of quantities', async () => {
  const csv = 't,life,n,who\n1,1,1,a\n'
  const text = (columns: string) =>
    traced(csv, { columns }).replace('flavour: c6.large }', 'flavour: c6.large, quantity: 2 }')
  expect(await messages(text('{ at: t, lifetime: life, quantity: n }'))).toEqual([
    expect.stringMatching(/ignored-with-trace/),
  ])
  expect(await messages(text('{ at: t, lifetime: life }'))).toEqual([])
})

const known: readonly Rename[] = [
  ...renamedPolicy('mercy.days', 'grace.days'),
  { in: ['buyers', '*', 'wallet'], from: 'cash', to: 'opening' },
  { in: [], from: 'dealers', to: 'sellers' },
]

test('a renamed key works under its old name, and warns at it', async () => {
  const text = marketplace
    .replace('grace.days', 'mercy.days')
    .replace('opening: 60', 'cash: 60')
    .replace('\nsellers:', '\ndealers:')
  const line = (part: string) => text.split('\n').findIndex((each) => each.includes(part)) + 1
  expect(await messages(text, { renames: known })).toEqual([
    `x:${line('mercy.days')}:3 renamed-key the key mercy.days is now called grace.days`,
    `x:${line('dealers:')}:1 renamed-key the key dealers is now called sellers`,
    `x:${line('cash: 60')}:15 renamed-key the key cash is now called opening`,
  ])
  writeFileSync(path, text)
  const old = await readScenario(path, { renames: known })
  writeFileSync(path, marketplace)
  const current = await readScenario(path)
  expect([old.scenario, old.hash]).toEqual([current.scenario, current.hash])
  expect(await messages(text)).toContainEqual(expect.stringMatching(/error unknown key mercy.days/))
})

test('an error below a renamed key has the position in the text', async () => {
  const text = marketplace.replace('grace.days: 15', 'mercy.days: many')
  const line = text.split('\n').indexOf('  mercy.days: many') + 1
  expect(await messages(text, { renames: known })).toEqual([expect.stringMatching(`^x:${line}:15 error found "many"`)])
})

test('both names of a key are an error', async () => {
  const text = marketplace.replace('grace.days: 15', 'mercy.days: 14\n  grace.days: 15')
  expect(await messages(text, { renames: known })).toEqual([
    expect.stringMatching(/^x:\d+:3 error mercy.days, the old name of grace.days, which is also given; remove mercy/),
  ])
})

test.each([
  ['policies.mercy.days=3', marketplace],
  ['policies={ mercy.days: 3 }', marketplace],
  ['policies.grace.days=3', marketplace.replace('grace.days', 'mercy.days')],
  ['policies.mercy.days=3', marketplace.replace('grace.days', 'mercy.days')],
])('--set %s wins over the file, whichever of the names either has', async (set, text) => {
  writeFileSync(path, text)
  const { scenario, warnings } = await readScenario(path, { renames: known, sets: [set] })
  expect(scenario.policies['grace.days']).toBe(3)
  expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['renamed-key', 'unused-pool']))
})

test('warnings as the terminal shows them', async () => {
  const text = traced('t,life,n,who\n1,1,1,a\n', { wallet: '{}' })
  writeFileSync(path, text)
  const { warnings } = await readScenario(path)
  const shown = formatWarnings(
    warnings.filter(({ code }) => !code.startsWith('unused-')).map((warning) => ({ ...warning, file: 'x.yaml' })),
  )
  const line = text.split('\n').indexOf('    wallet: {}') + 1
  expect(
    shown,
  ).toBe(`x.yaml:${line}:13: warning: buyers.start-ups.wallet: the buyers of this trace have no money: their orders are refused once they are in arrears (A-01, O-10) [wallet-cannot-pay]
   ${line} |     wallet: {}
      |             ^^
        hint: add a wallet such as { opening: "1000000" }, or write money: ignore if you ask about capacity only

1 warning`)
})

const tidepool = readFileSync(new URL('tidepool.yaml', import.meta.url), 'utf8')
  .replace('response: { triangular: { min: 2h, mode: 6h, max: 3d } }', 'response: 4h')
  .replace('          - { flavour: m2.large, capacity: 12, hourly: "0.31" }\n', '')

test.each([
  ['seed: 7', 'seed: 7', []],
  ['regions: { nordic: 3, iberia: 1 }', 'regions: { nordic: 3 }', []],
  [
    'hourly: "0.07", provisioning: 90s }',
    'hourly: "0.07" }\n          - { flavour: m2.huge, capacity: 1, hourly: 1 }',
    ['unused-pool no buyer buys a server of m2.huge'],
  ],
  [
    'hourly: "0.07", provisioning: 90s }',
    'hourly: "0.07", costs: { owned: { units: 9000, hourly: 1 }, committed: [{ units: 9, term: 30d, hourly: 1 }], leased: { hourly: 1 } } }',
    [expect.stringMatching(/^units-never-offered 9009 units are owned or committed, and at most \d+ are ever part/)],
  ],
  ['weight: 0.3', 'weight: 0', ['unused-product no buyer buys survey']],
  ['  - segment: divers', '  - segment: idle\n  - segment: divers', ['unused-seller no product is sold by idle']],
])('what no buyer buys is warned of: %j as %j', async (instead, written, words) => {
  const found = await allMessages(tidepool.replace(instead, () => written))
  expect(found.map((line) => line.replace(/^\S+ /, ''))).toEqual(words)
})

const bergen = readFileSync(new URL('tidepool.yaml', import.meta.url), 'utf8')

/** What is written instead of what, and the one warning that it adds. */
const surprises: readonly (readonly [instead: string, written: string, code: string, what: RegExp])[] = [
  [
    'lifetime: { exponential: { mean: 10h } }',
    'lifetime: { exponential: { mean: 200d } }',
    'longer-than-run',
    /% of the lifetimes are longer than the run of 1300 h/,
  ],
  [
    'acceptance: { exponential: { mean: 2d } }',
    'acceptance: { exponential: { mean: 60d } }',
    'longer-than-run',
    /39 % of the delays of an acceptance/,
  ],
  [
    'provisioning: 90s }',
    'provisioning: 90s, capacity: [{ from: 2025-01-06T00:00:00+01:00, capacity: 20 }, { from: 2025-06-01T00:00:00+02:00, capacity: 30 }] }',
    'cannot-happen',
    /this capacity is at or after the end of the run/,
  ],
  [
    '\nthresholds:',
    '\nevents:\n  - { at: 2025-04-01T00:00:00+02:00, demandSurge: { factor: 2, for: 1d } }\nthresholds:',
    'cannot-happen',
    /this demandSurge is at or after the end of the run/,
  ],
  [
    'wallet: { opening: 5000, topUp: { below: 1000, amount: 5000, reaction: 4h } }',
    'wallet: {}',
    'wallet-cannot-pay',
    /the buyers of harbours have no money/,
  ],
  ['topUp: { below: 1000, amount: 5000', 'topUp: { below: 1000, amount: 0', '', /./],
  [
    'response: { triangular: { min: 2h, mode: 6h, max: 3d } }',
    'response: { triangular: { min: 1h, mode: 2h, max: 6h } }',
    '-working-time',
    /working day has 8 h: one response in twenty takes \d+ h of work/,
  ],
  ['from: 08:00, to: 16:00 }', 'from: 08:00, to: 12:00 }', 'working-time', /a working day has 4 h/],
  ['response: { triangular: { min: 2h, mode: 6h, max: 3d } }', 'response: 4h', '-working-time', /./],
]

test.each(surprises)('%s as %s: %s', async (instead, written, code, what) => {
  expect(bergen).toContain(instead)
  const changed = instead.startsWith('provisioning: 90s') ? bergen.replace('capacity: 20, ', '') : bergen
  const [before, after] = [await allMessages(bergen), await allMessages(changed.replace(instead, written))]
  const codes = (lines: readonly string[]) =>
    lines.filter((line) => !line.includes('cold-start')).map((line) => line.replace(/^\S+ /, ''))
  const [added, removed] = [
    codes(after).filter((line) => !codes(before).includes(line)),
    codes(before).filter((line) => !codes(after).includes(line)),
  ]
  const expected = code.startsWith('-') ? removed : added
  if (code === '') expect(added.join()).not.toMatch(/wallet/)
  else expect(expected).toEqual([expect.stringMatching(`${code.replace(/^-/, '')} .*${what.source}`)])
})
