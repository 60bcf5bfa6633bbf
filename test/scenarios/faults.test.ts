import { expect, test } from 'vitest'
import { type Fault, formatErrors, ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario, type ReadOptions } from '#scenarios/reader.ts'
import { marketplace } from './marketplace.ts'

function faultsOf(text: string, options: ReadOptions = {}): readonly Fault[] {
  try {
    parseScenario(text, 'x.yaml', options)
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.faults
    throw error
  }
  return []
}

/** Reads the text without its marks; each mark « is where one error is expected. */
function marked(text: string) {
  const places: string[] = []
  const lines = text.split('\n').map((line, index) => {
    let plain = line
    for (let at = plain.indexOf('«'); at >= 0; at = plain.indexOf('«')) {
      places.push(`${index + 1}:${at + 1}`)
      plain = plain.slice(0, at) + plain.slice(at + 1)
    }
    return plain
  })
  return { text: lines.join('\n'), places: places.sort() }
}

const all = (fault: Fault) =>
  `${fault.path}: ${fault.what}; expected ${fault.expected}; hint: ${fault.hint}; ${fault.didYouMean} ${fault.rule}`

const bands = '[{ upTo: 50, unit: "9.5" }, { upTo: null, unit: "7" }]'
const open = '  - at: 2024-03-05T00:00:00Z\n    '

// What is written instead of what, « before the place of each error, words of the errors, and how many more errors
// follow elsewhere.
const cases: readonly [instead: string, written: string, words: RegExp, more?: number][] = [
  // values
  ['capacity: 60', 'capacity: «many', /found "many"; expected a number of servers/],
  ['capacity: 60', 'capacity: «-1', /capacity: a negative number, -1; expected at least 0; hint: write 1/],
  ['capacity: 60', 'capacity: «1.5', /expected a whole number/],
  ['hourly: "0.12"', 'hourly: «"0,12"', /expected a price such as "0.12" with at most 10 decimals/],
  ['hourly: "0.12"', 'hourly: «"0.12345678901"', /at most 10 decimals/],
  [
    'hourly: "0.12"',
    'hourly: «0.1234567890123456',
    /found 0.1234567890123456; expected a price .* at most 10 decimals.*hint: write 0.123456789/,
  ],
  ['hourly: "0.12"', 'hourly: «.inf', /the number .inf/],
  ['opening: 60', 'opening: «"1.123456789"', /at most 8 decimals/],
  ['opening: 60', 'opening: «-5', /expected an amount/],
  ['provisioning: 90s', 'provisioning: «90', /expected a duration such as 90s, or a distribution/],
  ['provisioning: 90s', 'provisioning: «90 sec', /found "90 sec"/],
  [
    'reaction: 2h',
    'reaction: { lognormal: { mean: «2, sd: 1h } }',
    /lognormal.mean: the number 2 without a unit; expected a duration/,
  ],
  ['reaction: 2h', 'reaction: { uniform: «{ min: 2h, max: 1h } }', /min not above max/],
  ['reaction: 2h', 'reaction: { exponential: { mean: «0s } }', /more than 0/],
  ['reaction: 2h', 'reaction: { constant: 1h, «exponential: { mean: 1h } }', /exactly one of: constant, uniform/],
  ['{ values: [5, 10] }', '«{ values: [5, 10], weights: [1] }', /as many weights as values/],
  ['start: 2024-03-01T00:00:00+08:00', 'start: «2024-02-30T00:00:00+08:00', /expected an instant such as/],
  [
    'start: 2024-03-01T00:00:00+08:00',
    'start: «2024-03-01',
    /hint: write 2024-03-01T00:00:00\+08:00, with the scenario's offset/,
  ],
  ['seed: 7', 'seed: «[1]', /expected a seed: a text or a whole number/],
  ['currency: USD', 'currency: «dollar', /a currency code such as USD/],
  ['currency: USD', 'currency: «usd', /"usd" is not an ISO 4217 code; write USD/],
  ['currency: USD', 'currency: «USX', /USX has no minor units in ISO 4217; .* \{ code: USX, decimals: 2 \}/],
  ['currency: USD', 'currency: «XAU', /XAU has no minor units in ISO 4217/],
  ['currency: USD', 'currency: «{ code: JPY, decimals: 2 }', /JPY has 0 decimals, not 2/],
  ['currency: USD', 'currency: { code: XTS, decimals: «9 }', /at most 8/],
  ['currency: USD', 'currency: { code: XTS, «decimal: 2 }', /write decimals/],
  [
    'amount: "50"',
    'amount: «"50.005"',
    /a top-up of 50.005 USD; expected an amount with at most 2 decimals.*M-08.*write 50.00 or 50.01/,
  ],
  ['opening: 60', 'opening: «"60.001"', /an opening balance of 60.001 USD; .*hint: write 60.00 or 60.01/],
  ['opening: 60', 'opening: 60, coupons: [{ amount: «"5.125" }]', /a coupon of 5.125 USD; .*hint: write 5.12 or 5.13/],
  [
    'opening: 60',
    'opening: 60, credit: { limit: «"0.999" }',
    /a credit limit of 0.999 USD; .*hint: write 0.99 or 1.00/,
  ],
  ['perBuyer: 3/week', 'perBuyer: «3/fortnight', /a rate such as 3\/week/],
  ['count: 400', 'count: «"400"', /found "400"; expected a number; hint: write 400, a number without quotes/],
  ['"== 0"', '«"= 0"', /a comparison such as "== 0"/],
  ['orders.refused:', '«"orders refused":', /expected a figure such as orders.refused/],
  // bounds (M-01)
  ['hourly: "0.12"', 'hourly: «"90071992.54740992"', /at most 90,071,992.54740991/],
  ['opening: 60', 'opening: «"1000000000000.00000001"', /at most 1,000,000,000,000 /],
  ['unit: 95 }', 'unit: «"1000000000000.01" }', /at most 1,000,000,000,000 /],
  [
    'price: { model: linear, unit: 95 }',
    'price: «{ model: linear, unit: 5000000001 }',
    /more than 1000000000000 for 200/,
  ],
  // keys
  ['capacity: 60', '«capactiy: 60', /unknown key capactiy.*write capacity, or remove it; capacity/],
  ['grace.days', '«grace.day', /unknown key grace.day.*grace.days/],
  ['grace.days: 15', 'grace.days: «-1', /at least 0.*A-04/],
  ['grace.days: 15', 'tiers: «de', /expected one of: none, cn/],
  ['load: {', '«laod: {', /write load/],
  ['exponential: { mean', '«exponentail: { mean', /write exponential/],
  ['      - id: seats\n', '      - «name: seats\n', /no id; expected id: an id/],
  ['    load: { poisson: { perBuyer: 3/week } }\n', '', /no load/],
  ['seed: 7', 'seed: 7\n«seed: 8', /the key seed a second time/],
  ['seed: 7', 'seed: 7\n«Seed: 8', /remove it; seed is written already/],
  ['billing: monthly', 'billing: «montly', /one of: pay-per-use, monthly, yearly, one-off; hint: write monthly/],
  ['model: tiered', 'model: «tierd', /write tiered/],
  [
    '{ poisson: { perBuyer: 3/week } }',
    '{ poisson: { perBuyer: 3/week, «total: 3/h } }',
    /exactly one of perBuyer or total/,
  ],
  ['{ poisson: { perBuyer: 3/week } }', '{ profile: { total: 3/h, day: «[1, 2] } }', /expected 24 weights/],
  ['{ percentOff: 10 }', '{ percentOff: «110 }', /at most 100/],
  ['events: []', `events:\n${open}«outrage: 1`, /unknown key outrage.*write outage/],
  // the market
  ['end: 2024-04', 'end: «2024-02', /an end that is not after the start.*T-01/],
  ['end: 2024-04-01T00:00:00+08:00', 'duration: «0d', /not after the start/],
  ['seed: 7', 'seed: 7\nmessageDelay: «0s', /at least 1ms/],
  ['id: eu-1\n', 'id: «ap-1\n', /id ap-1 a second time.*write eu-1/],
  ['id: eu-1a', 'id: «ap-1a', /zone id ap-1a a second time/],
  [
    'capacity: 60',
    'capacity: [{ from: «2024-03-02T00:00:00Z, capacity: 9 }]',
    /first step at 2024-02-29T16:00:00Z or before/,
  ],
  ['regions: { ap-1: 2, eu-1: 1 }', 'regions: { ap-1: 2, «eu-2: 1 }', /no region "eu-2".*eu-1/],
  ['regions: { ap-1: 2, eu-1: 1 }', 'regions: «{ ap-1: 0 }', /at least one weight above 0/],
  // the catalog
  ['seller: isv/2', 'seller: «isv/7', /seller number 7 of 6.*C-02/],
  ['seller: isv/2', 'seller: «isw/2', /no seller segment "isw".*write isv/],
  ['seller: isv/2', 'seller: «isv', /segment\/number such as isv\/1/],
  ['id: crm', 'id: «stack', /id stack a second time.*write crm/],
  ['kind: image', 'kind: image\n    supervised: «true', /the flag on saas only.*S-01/],
  ['kind: saas', 'kind: content', /billing monthly on kind content; expected one of: one-off \(C-03\)/],
  [
    'hourly: 0.135\n',
    'hourly: 0.135\n            plans: [{ months: «10, price: 7 }]\n',
    /1 to 9 months, or 12, 24 or 36/,
  ],
  ['billing: pay-per-use, hourly: "0.05"', 'billing: «one-off, price: "0.05"', /one-off on kind image/, 1],
  ['months: 12\n', 'months: «11\n', /1 to 9 months, or 12, 24 or 36.*P-05/],
  ['months: 12\n', 'months: «1\n', /months 1 a second time/, 1],
  [bands, '[{ upTo: 50, unit: "9.5" }, { upTo: «60, unit: "7" }]', /a last band that ends at 60.*P-04/],
  [bands, '[{ upTo: «null, unit: "9.5" }, { upTo: null, unit: "7" }]', /an open band before the last one.*P-04/],
  [bands, '[{ upTo: 50, unit: 1 }, { upTo: «50, unit: 1 }, { upTo: null, unit: 1 }]', /gap or overlap.*P-04/],
  [bands, '«[]', /expected bands such as/],
  [
    'hourly: "0.05" }',
    'hourly: "0.0500000001", discount: «{ percentOff: 10 } }',
    /10 percent off 0.0500000001 an hour, which leaves more than 10 decimals; .*M-06.*fixedPrice/,
  ],
  // buyers
  ['product: crm,', 'product: «crn,', /no product "crn".*write crm/],
  ['specification: seats', 'specification: «seat', /no specification of crm "seat".*write seats/],
  ['flavour: c6.large,', 'flavour: «c6.larg,', /no flavour "c6.larg".*write c6.large/],
  ['flavour: c6.large,', 'flavour: «m7.huge,', /no pool of m7.huge in ap-1, where buyers of start-ups live/],
  ['flavour: c6.large, ', '', /an image without a server.*E-06/],
  [', lifetime: { exponential: { mean: 9h } }', '', /no lifetime/],
  ['months: 12 }', 'months: «11 }', /11 months.*have a plan: 1, 12/],
  ['months: 12 }', 'months: «{ uniform: { min: 1, max: 12 } } }', /without known values/],
  [
    'flavour: c6.large,',
    'flavour: «c6.large, server: yearly-monthly, serverMonths: 1,',
    /no price of c6.large in ap-1a for 1 months/,
  ],
  ['count: 400\n    ', '', /no count/],
  ['amount: "50"', 'amount: «"0"', /a top-up of 0/],
  ['months: 12 }', 'months: 12, trial: «true }', /a trial of a specification without one.*O-12/],
  // events
  ['events: []', `events:\n${open}outage: { zone: «ap-1b, for: 3h }`, /no zone "ap-1b".*write ap-1a/],
  [
    'events: []',
    `events:\n${open}capacityChange: { zone: ap-1a, flavour: «x, capacity: 3 }`,
    /no flavour in ap-1a "x"/,
  ],
  ['events: []', `events:\n${open}demandSurge: { segment: «isv, for: 1d, factor: 2 }`, /no buyer segment "isv"/],
  [
    'events: []',
    `events:\n${open}priceChange: { product: stack, specification: plain, plans: «[{ months: 1, price: 2 }] }`,
    /plans of a specification billed pay-per-use; expected hourly/,
  ],
  [
    'events: []',
    `events:\n${open}priceChange: { product: stack, specification: plain, discount: «{ fixedPrice: 90071993 } }`,
    /a fixed price of 90071993 an hour/,
  ],
  ['events: []', `events:\n${open}accountFreeze: { buyer: «isv/1 }`, /no buyer segment "isv"/],
  [
    'events: []',
    `events:\n${open}accountFreeze: { buyer: «start-ups/999 }`,
    /buyer number 999 of 400.*write start-ups\/400/,
  ],
  [
    'events: []',
    `events:\n${open}accountFreeze: { buyer: start-ups/1, segment: «start-ups }`,
    /a segment next to a buyer; expected a buyer, or a segment.*O-14.*remove one of them/,
  ],
  ['events: []', `events:\n  - { at: «2024-02-05T00:00:00Z, list: { product: crm } }`, /an event before the run/],
  [
    'events: []',
    `events:\n${open}policyChange: { time.utcOffset: «"+09:00" }`,
    /the offset cannot change in a run.*T-02/,
  ],
  // the text itself
  ['seed: 7', 'seed: «"7', /a quote that is not closed; expected valid YAML; hint: write "7"/],
  ['seed: 7', '«\tseed: 7', /expected valid YAML/],
  ['seed: 7', 'seed: !!binary «"7"', /the tag tag:yaml.org,2002:binary; expected plain YAML without tags/],
  ['thresholds:', '«---\nthresholds:', /a second document; expected one scenario in a file/],
]

/** The attribute of `crm` is 5 to 200 users in steps of 5. */
const quantities: readonly [instead: string, written: string, words: RegExp, more?: number][] = [
  ['max: 200', 'max: «4', /max 4 below min 5.*C-04/, 2],
  ['[5, 10]', '[5, «7]', /a quantity of 7; expected a quantity of 5 to 200 in steps of 5/],
]

test.each(cases)('%j as %j', expectFaults)

test.each(quantities)('C-04: a quantity within its bounds and steps: %j as %j', expectFaults)

function expectFaults(instead: string, written: string, words: RegExp, more = 0): void {
  const before = marketplace.split(instead).length
  expect(before, `${instead} occurs`).toBeGreaterThanOrEqual(2)
  const { text, places } = marked(marketplace.replace(instead, () => written))
  const faults = faultsOf(text)
  const found = faults.map((fault) => `${fault.line}:${fault.column}`)
  for (const place of places) expect(found, formatErrors(faults)).toContain(place)
  if (places.length > 0) expect(new Set(found).size, formatErrors(faults)).toBe(places.length + more)
  expect(faults.map(all).join('\n')).toMatch(words)
  for (const fault of faults) expect(fault.hint.length, 'each error has a hint').toBeGreaterThan(3)
}

test('errors of the schema and of references are reported together, in text order', () => {
  const text = marketplace
    .replace('capacity: 60', 'capactiy: 60')
    .replace('seller: isv/2', 'seller: isv/9')
    .replace('product: crm,', 'product: crn,')
    .replace('"== 0"', '"0"')
  expect(faultsOf(text).map((fault) => fault.path)).toEqual([
    'regions.ap-1.zones.ap-1a.pools.c6.large.capactiy',
    'catalog.crm.seller',
    'buyers.start-ups.buys.crn.product',
    'thresholds.orders.refused',
  ])
})

test('a figure that no report has', () => {
  const [fault] = faultsOf(marketplace, {
    figures: ['orders.refused.share', 'orders.refusals'].map((name) => ({ name, unit: 'count' })),
  })
  expect(fault).toMatchObject({ line: 61, column: 3, didYouMean: 'orders.refusals' })
})

test('an error as the terminal shows it', () => {
  const faults = faultsOf(marketplace.replace('provisioning: 90s', 'provisioning: { constnat: 90s }'))
  expect(formatErrors(faults)).toBe(
    [
      'x.yaml:17:29: regions.ap-1.zones.ap-1a.pools.c6.large.provisioning.constnat: unknown key constnat',
      '   17 |             provisioning: { constnat: 90s }',
      '      |                             ^^^^^^^^',
      '        expected one of the keys constant, uniform, triangular, pert, beta, exponential, hyperexponential, erlang, ' +
        'gamma, weibull, pareto, normal, lognormal, discrete, empirical, truncated, mixture; did you mean constant?',
      '        hint: write constant, or remove it',
      '',
      '1 error',
    ].join('\n'),
  )
  expect(formatErrors(faults, { colour: true })).toContain('\u001b[31m')
})

test('a file cannot write to the terminal', () => {
  const faults = faultsOf('name: "\\e[2J"\n"a\\eb": 1\n# \u001b[2J')
  expect(faults.length).toBeGreaterThan(0)
  expect(formatErrors(faults)).not.toContain('\u001b')
})
