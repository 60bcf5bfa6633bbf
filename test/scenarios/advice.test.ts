import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { figures } from '#reports/figures/catalogue.ts'
import { thresholdRemarks } from '#reports/threshold-remarks.ts'
import { withEdits } from '#scenarios/edits.ts'
import { type Fault, formatErrors, ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'

const right = readFileSync(new URL('tidepool.yaml', import.meta.url), 'utf8')

function faultsOf(text: string, sets: readonly string[] = []): readonly Fault[] {
  try {
    parseScenario(text, 'x.yaml', { sets, figures, judgeThresholds: thresholdRemarks })
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.faults
    throw error
  }
  return []
}

/** The errors that are left after what the message says is done, and nothing else. */
function leftAfter(text: string, fault: Fault): readonly Fault[] {
  const [, added, value] = /^add ([A-Za-z]+): ((?:\[.*\]|\{.*\}|"[^"]*"|[^\s,;]+))/.exec(fault.hint) ?? []
  if (added !== undefined) {
    const path =
      fault.path.endsWith(`.${added}`) || fault.path === added
        ? fault.path
        : [fault.path, added].filter((step) => step !== '').join('.')
    return faultsOf(text, [`${path}=${value}`])
  }
  const [, written] = /^write (.*)$/s.exec(fault.hint) ?? []
  if (fault.fix !== undefined) {
    // What a program does is what the person reads.
    if (written !== undefined && fault.fix.length === 1 && fault.fix[0].length === fault.length)
      expect(written.startsWith(fault.fix[0].text), fault.hint).toBe(true)
    return faultsOf(withEdits(text, fault.fix))
  }
  const [, instead] = /^write (?:for example )?(\[.*\]|\{.*\}|"[^"]*"|[^\s,;]+)/.exec(fault.hint) ?? []
  if (instead === undefined) return [fault]
  const { line, column, length } = fault
  return faultsOf(withEdits(text, [{ line, column, length, text: instead }]))
}

/** What is written instead of what, and words of the one error. */
const mistakes: readonly (readonly [instead: string, written: string, words: RegExp])[] = [
  // keys
  ['capacity: 30', 'capcity: 30', /write capacity/],
  ['capacity: 30', 'Capacity: 30', /write capacity/],
  ['capacity: 30', 'servers: 30', /write capacity/],
  ['hourly: "0.08"', 'price: "0.08"', /write hourly/],
  ['hourly: "0.31"', 'cost: "0.31"', /write hourly/],
  ['hourly: 0.15', 'price: 0.15', /write hourly/],
  ['sd: 1min', 'stddev: 1min', /write sd/],
  ['sd: 1min', 'sigma: 1min', /write sd/],
  ['    kind: saas', '    type: saas', /write kind/],
  ['    seller: tools/1', '    vendor: tools/1', /write seller/],
  ['  settlement.platformFee: 12', '  platformFee: 12', /write settlement.platformFee/],
  ['  tax.percent: 25', '  vat: 25', /write tax.percent/],
  ['    count: 120', '    number: 120', /write count/],
  ['flavour: m2.small, capacity: 30', 'flavour:m2.small, capacity: 30', /write flavour: m2.small/],
  ['\nseed: 7', '\nseed: 7\nseed: 8', /seed a second time.*remove this seed, or the one of line/],
  ['    name: Bergen\n', '    name: Bergen\n    colour: blue\n', /unknown key colour.*remove it/],
  // what is missing
  ['    seller: tools/1\n', '', /add seller: oceansoft\/1/],
  ['    kind: image\n', '', /add kind: image/],
  ['    category: tools\n', '', /add category: tools/],
  ['\nduration: 8w', '', /none of end, duration.*add duration: 30d/],
  [', hourly: 0.15 }', ' }', /add hourly: "0.12"/],
  ['    count: 120\n', '', /add count: 100/],
  [
    '{ product: survey, specification: one, weight: 0.3 }',
    '{ specification: one, weight: 0.3 }',
    /add product: survey/,
  ],
  [
    '    load:\n      profile:\n        perBuyer: 4/week\n        day: [1, 1, 1, 1, 1, 2, 4, 8, 10, 10, 9, 8, 6, 8, 9, 8, 6, 4, 3, 2, 1, 1, 1, 1]\n',
    '',
    /add load: \{ poisson/,
  ],
  // distributions
  ['lifetime: { exponential: { mean: 10h } }', 'lifetime: { mean: 10h }', /write \{ exponential: \{ mean: 10h \} \}/],
  [
    'lifetime: { exponential: { mean: 10h } }',
    'lifetime: { distribution: exponential, mean: 10h }',
    /write \{ exponential: \{ mean: 10h \} \}/,
  ],
  [
    'lifetime: { exponential: { mean: 10h } }',
    'lifetime: { type: exp, avg: 10h }',
    /write \{ exponential: \{ mean: 10h \} \}/,
  ],
  ['lifetime: { exponential: { mean: 10h } }', 'lifetime: { kind: constant, value: 10h }', /write \{ constant: 10h \}/],
  [
    'provisioning: { lognormal: { mean: 2min, sd: 1min } }',
    'provisioning: { mean: 2min, stddev: 1min }',
    /write \{ lognormal: \{ mean: 2min, sd: 1min \} \}, or normal/,
  ],
  [
    'response: { triangular: { min: 2h, mode: 6h, max: 3d } }',
    'response: { min: 2h, mode: 6h, max: 3d }',
    /write \{ triangular: \{ min: 2h, mode: 6h, max: 3d \} \}, or pert/,
  ],
  [
    'quantity: { uniform: { min: 5, max: 150 } }',
    'quantity: { name: uniform, low: 5, high: 150 }',
    /write \{ uniform: \{ min: 5, max: 150 \} \}/,
  ],
  [
    'quantity: { uniform: { min: 5, max: 150 } }',
    'quantity: 5-150',
    /write \{ uniform: \{ min: 5, max: 150 \} \}, any/,
  ],
  [
    'quantity: { uniform: { min: 5, max: 150 } }',
    'quantity: [5, 150]',
    /write \{ uniform: \{ min: 5, max: 150 \} \}, any/,
  ],
  ['lifetime: { exponential: { mean: 10h } }', 'lifetime: [8h, 12h]', /write \{ uniform: \{ min: 8h, max: 12h \} \}/],
  ['duration: 8w', 'duration: 8w\nmeasureFrom: day 3', /write 3d/],
  [
    '"supervision.acceptanceP95": "< 10d"',
    '"supervision.acceptanceP95": { test: below 10d, severity: warn }',
    /write \{ test: "< 10d", severity: warn \}/,
  ],
  ['"ecs.refusalRate{region=nordic}"', '"ecs.refusalRate{place=nordic}"', /write "ecs\.refusalRate\{region=nordic\}"/],
  ['"ecs.refusalRate{region=nordic}"', '"ecs.refusalRate{cluster=bergen-2}"', /write "ecs\.refusalRate\{pool=bergen-1/],
  ['capacity: 30', 'capacity: unlimited', /write 100000, or another number that the use never reaches/],
  ['capacity: 30', 'capacity: .inf', /write 100000/],
  // durations
  ['mean: 10h', 'mean: 10 hours', /write 10h/],
  ['mean: 10h', 'mean: 10hrs', /write 10h/],
  ['mean: 10h', 'mean: 1.5h', /write 1h30min/],
  ['mean: 10h', 'mean: 1,5h', /write 1h30min/],
  ['mean: 10h', 'mean: "1,5h"', /write 1h30min/],
  ['mean: 10h', 'mean: 90m', /write 1h30min/],
  ['mean: 10h', 'mean: PT10H', /write 10h/],
  ['mean: 10h', 'mean: 10', /the number 10 without a unit.*write 10h/],
  ['mean: 10h', 'mean: -10h', /a negative duration.*write 10h/],
  ['mean: 10h', 'mean: an hour', /write 1h/],
  ['mean: 10h', 'mean: 1 day and 2 hours', /write 1d2h/],
  ['mean: 10h', 'mean: 10:00', /write 10h/],
  ['duration: 8w', 'duration: 2 months', /write 59d/],
  ['duration: 8w', 'duration: 1 year', /write 365d/],
  ['duration: 8w', 'duration: 8 weeks', /write 56d/],
  ['duration: 8w', 'duration: 8W', /write 56d/],
  ['duration: 8w', 'duration: 1 quarter', /write 90d/],
  ['duration: 8w', 'duration: 0d', /write/],
  ['provisioning: 90s', 'provisioning: 90 seconds', /write 1min30s/],
  ['reaction: 4h', 'reaction: 4', /write 4h/],
  // instants
  ['2025-01-06T00:00:00+01:00', '2025-01-06T00:00:00', /without an offset.*write 2025-01-06T00:00:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '2025-01-06', /write 2025-01-06T00:00:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '2025-01-06 08:30', /write 2025-01-06T08:30:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '06.01.2025', /write 2025-01-06T00:00:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '6 January 2025', /write 2025-01-06T00:00:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '"Jan 6, 2025"', /write 2025-01-06T00:00:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '2025-1-6T0:00:00+01:00', /write 2025-01-06T00:00:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '2025-01-06T00:00:00+0100', /write 2025-01-06T00:00:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '2025-01-06T00:00:00+1', /write 2025-01-06T00:00:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '2025-02-30T00:00:00+01:00', /2025-02 has 28 days/],
  ['2025-01-06T00:00:00+01:00', '20250106', /write 2025-01-06T00:00:00\+01:00/],
  // offsets and times of day
  ['time.utcOffset: +01:00', 'time.utcOffset: +1', /write \+01:00/],
  ['time.utcOffset: +01:00', 'time.utcOffset: +0100', /write \+01:00/],
  ['time.utcOffset: +01:00', 'time.utcOffset: UTC+1', /write \+01:00/],
  ['time.utcOffset: +01:00', 'time.utcOffset: CET', /write \+01:00/],
  ['from: 08:00', 'from: 8:00', /write 08:00/],
  ['from: 08:00', 'from: 8am', /write 08:00/],
  ['to: 16:00', 'to: 4 pm', /write 16:00/],
  ['to: 16:00', 'to: 16', /write 16:00/],
  ['days: [mon, tue, wed, thu, fri]', 'days: mon-fri', /write \[mon, tue, wed, thu, fri\]/],
  ['days: [mon, tue, wed, thu, fri]', 'days: [monday, tue]', /write mon/],
  ['days: [mon, tue, wed, thu, fri]', 'days: weekdays', /write \[mon, tue, wed, thu, fri\]/],
  // probabilities and percentages
  ['failure: 0.01', 'failure: 5%', /write 0\.05/],
  ['failure: 0.01', 'failure: 5', /above 1.*write 0\.05 if you mean 5 %/],
  ['failure: 0.01', 'failure: 0,05', /write 0\.05/],
  ['failure: 0.01', 'failure: "0.05"', /write 0\.05/],
  ['failure: 0.01', 'failure: 1 in 20', /write 0\.05/],
  ['failure: 0.01', 'failure: -0.05', /a negative probability.*write 0\.05/],
  ['failure: 0.01', 'failure: never', /write 0/],
  ['reject: 0.1', 'reject: 10 %', /write 0\.1/],
  ['taxPercent: 23', 'taxPercent: 23,5', /write 23\.5/],
  ['taxPercent: 23', 'taxPercent: 23 percent', /write 23/],
  ['taxPercent: 23', 'taxPercent: 230', /write 100/],
  ['taxPercent: 23', 'taxPercent: -23', /a negative percentage.*write 23/],
  // prices, amounts and counts
  ['hourly: 0.15', 'hourly: -0.15', /a negative price.*write 0\.15/],
  ['hourly: 0.15', 'hourly: 0,15', /write 0\.15/],
  ['hourly: 0.15', 'hourly: $0.15', /write 0\.15/],
  ['hourly: 0.15', 'hourly: 0.15 EUR', /write 0\.15/],
  ['hourly: 0.15', 'hourly: 0.15/h', /write 0\.15/],
  ['hourly: 0.15', 'hourly: “0.15”', /write 0\.15/],
  ['hourly: 0.15', 'hourly: 0.123456789012', /write 0\.123456789/],
  ['hourly: "0.08"', 'hourly: "0,08"', /write 0\.08/],
  ['hourly: "0.08"', 'hourly: "EUR 0.08"', /write 0\.08/],
  ['opening: 5000', 'opening: "5.000,50"', /write 5000\.5/],
  ['opening: 5000', 'opening: 5 000', /write 5000/],
  ['opening: 5000', 'opening: 5k', /write 5000/],
  ['opening: 5000', 'opening: -5000', /a negative amount.*write 5000/],
  ['price: 2400', 'price: 2,400', /write 2400, or 2\.400 if the comma is a decimal one/],
  ['capacity: 30', 'capacity: "30"', /write 30/],
  ['capacity: 30', 'capacity: 30 servers', /write 30/],
  ['capacity: 30', 'capacity: thirty', /write/],
  ['capacity: 30', 'capacity: 1,000', /write 1000/],
  ['capacity: 30', 'capacity: -30', /negative.*write 30|write/],
  ['    count: 120', '    count: 1,200', /write 1200/],
  ['    count: 120', '    count: 0', /write 1/],
  ['    count: 120', '    count: 120.5', /write 121/],
  ['staff: 3', 'staff: three', /write 3/],
  ['months: 1 }', 'months: one }', /write 1/],
  ['{ months: 12, price: { model: volume', '{ months: 10, price: { model: volume', /write (9|12)/],
  ['{ months: 12, price: { model: volume', '{ months: 1 year, price: { model: volume', /write 12/],
  ['weight: 12', 'weight: -12', /write/],
  // rates
  ['perBuyer: 4/week', 'perBuyer: 4 per week', /write 4\/week/],
  ['perBuyer: 4/week', 'perBuyer: 4 / week', /write 4\/week/],
  ['perBuyer: 4/week', 'perBuyer: 4/weeks', /write 4\/week/],
  ['perBuyer: 4/week', 'perBuyer: 4/month', /write 0\.133333333\/day/],
  ['perBuyer: 4/week', 'perBuyer: 4', /write 4\/day/],
  ['perBuyer: 4/week', 'perBuyer: weekly', /write 1\/week/],
  ['perBuyer: 4/week', 'perBuyer: 4,5/week', /write 4\.5\/week/],
  ['perBuyer: 4/week', 'perBuyer: 1 every 2 days', /write 0\.5\/day/],
  // words of a list
  ['kind: professional-service', 'kind: service', /write professional-service/],
  ['kind: professional-service', 'kind: Professional Service', /write professional-service/],
  ['kind: saas', 'kind: SaaS', /write saas/],
  ['kind: saas', 'kind: software', /write saas/],
  ['kind: image', 'kind: vm', /write image/],
  ['billing: pay-per-use', 'billing: payg', /write pay-per-use/],
  ['billing: pay-per-use', 'billing: PayPerUse', /write pay-per-use/],
  ['billing: one-off', 'billing: once', /write one-off/],
  ['billing: monthly', 'billing: month', /write monthly/],
  ['model: volume', 'model: Volume', /write volume/],
  ['currency: EUR', 'currency: eur', /write EUR/],
  ['currency: EUR', 'currency: €', /write EUR/],
  ['currency: EUR', 'currency: Euro', /write EUR/],
  // names and references
  ['  - id: sonar', '  - id: fleet', /id fleet a second time.*write sonar/],
  ['  - id: iberia', '  - id: nordic', /id nordic a second time.*write iberia/],
  ['segment: divers', 'segment: tools', /segment tools a second time.*write divers/],
  ['name: tidepool', 'name: Tide pool', /write Tide-pool/],
  ['  - id: survey\n', '  - id: harbour survey\n', /write survey, which the scenario refers to/],
  ['seller: tools/1', 'seller: tools', /write tools\/1/],
  ['seller: tools/1', 'seller: tool/1', /write tools/],
  ['seller: tools/1', 'seller: tools/2', /seller number 2 of 1/],
  ['product: sonar', 'product: sonr', /write sonar/],
  ['specification: std', 'specification: standard', /no specification/],
  ['flavour: m2.small, lifetime', 'flavour: m2.smal, lifetime', /write m2\.small/],
  // structure
  [
    'lifetime: { exponential: { mean: 10h } }',
    'lifetime: { exponential: { mean: 10h }, constant: 10h }',
    /both exponential and constant.*remove constant, or exponential/,
  ],
  [
    '\nduration: 8w',
    '\nduration: 8w\nend: 2025-03-01T00:00:00+01:00',
    /both duration and end.*remove end, or duration/,
  ],
  ['perBuyer: 4/week\n', 'perBuyer: 4/week\n        total: 4/h\n', /both perBuyer and total/],
  ['specifications:\n      - { id: std', '   specifications:\n      - { id: std', /indent it by 4 spaces/],
  ['    zones:\n      - id: porto-1', 'zones:\n      - id: porto-1', /indent it by 4 spaces/],
  ['    specifications:\n      - { id: std', '   specifications:\n      - { id: std', /indent it by 4 spaces/],
  ['    name: Porto', '\tname: Porto', /a tab in the indentation.*4 spaces/],
  ['    name: Porto', '      name: Porto', /indent/],
  ['    name: Porto', '  name: Porto', /indent/],
  ['    name: Sonar image', '    name: Sonar: image', /write "Sonar: image", in quotes/],
  ['name: Sonar image', 'name: "Sonar image', /a quote that is not closed.*write "Sonar image"/],
  ['name: Sonar image', "name: 'Sonar image", /a quote that is not closed/],
  ['name: Sonar image', 'name: @sonar', /write "@sonar", in quotes/],
  ['name: Sonar image', 'name: *sonar*', /write "\*sonar\*", if it is a text/],
  ['name: Sonar image', 'name "Sonar image"', /a key without a colon/],
  ['seed: 7', 'seed:7', /write seed: 7/],
  ['seed: 7', 'seed = 7', /write seed: 7/],
  ['seed: 7', 'seed 7', /write seed: 7/],
  ['hourly: 0.15 }', 'hourly: 0.15', /add \} at the end/],
  ['hourly: 0.15 }', 'hourly: 0.15 }}', /remove this \}/],
  ['4, 3, 2, 1, 1, 1, 1]', '4, 3, 2, 1, 1, 1, 1', /add \] at the end/],
  ['capacity: 30, hourly', 'capacity: 30 hourly', /add a comma before hourly/],
  ['policies:\n', 'policies: &a\n  self: *a\n', /remove self: \*a/],
  ['  - id: sonar', '  -id: sonar', /hyphen/],
  ['seed: 7', '---\nseed: 7', /a second document.*remove this line/],
  // thresholds
  ['"< 10d"', '"< 5%"', /is not a share.*write "< 5h"/],
  ['"< 10d"', '"< 10 days"', /write "< 10d"/],
  ['"< 10d"', '"under 10d"', /write "< 10d"/],
  ['"== 0"', '"= 0"', /write "== 0"/],
  ['"== 0"', '"0"', /write "== 0"/],
  ['{region=nordic}": "< 1%"', '{region=nordic}": "=< 1%"', /write "<= 1%"/],
  ['{region=nordic}": "< 1%"', '{region=nordic}": "< 1,5%"', /write "< 1\.5%"/],
  ['{region=nordic}": "< 1%"', '{region=nordic}": "< 1d"', /is not a time.*write "< 1%"/],
  ['{region=nordic}":', '{regoin=nordic}":', /no label 'regoin'.*write "ecs.refusalRate\{region=nordic\}"/],
  ['{region=nordic}":', '{region=nordik}":', /no region 'nordik'.*write "ecs.refusalRate\{region=nordic\}"/],
  [
    '"ecs.refusalRate{region=nordic}":',
    '"ecs.refusalrate{region=nordic}":',
    /write "ecs.refusalRate\{region=nordic\}"/,
  ],
  ['"reconciliation.differences":', '"differences":', /write reconciliation.differences/],
  // what planners also write: about, ranges, fractions, cents, other names of distributions and their parameters
  ['mean: 10h', 'mean: ~10h', /write 10h/],
  ['mean: 10h', 'mean: about 10 hours', /write 10h/],
  ['mean: 10h', 'mean: 1/2 day', /write 12h/],
  ['mean: 10h', 'mean: 1.5d', /write 1d12h/],
  ['mean: 10h', 'mean: 600 minutes', /write 10h/],
  ['exponential: { mean: 10h }', 'exponential: 10h', /write \{ mean: 10h \}/],
  ['exponential: { mean: 10h }', 'exponential: [10h]', /write \{ mean: 10h \}/],
  ['exponential: { mean: 10h }', 'exponental: { mean: 10h }', /write exponential/],
  ['exponential: { mean: 10h }', 'expo: { mean: 10h }', /write exponential/],
  ['exponential: { mean: 10h }', 'gaussian: { mean: 10h, sd: 2h }', /write normal/],
  ['exponential: { mean: 10h }', 'normal: { mean: 10h, std: 2h }', /write sd/],
  [
    'lifetime: { exponential: { mean: 10h } }',
    'lifetime: exponential(10h)',
    /write \{ exponential: \{ mean: 10h \} \}/,
  ],
  ['lifetime: { exponential: { mean: 10h } }', 'lifetime: 8-12h', /write \{ uniform: \{ min: 8h, max: 12h \} \}/],
  ['lifetime: { exponential: { mean: 10h } }', 'lifetime: 8h to 12h', /write \{ uniform: \{ min: 8h, max: 12h \} \}/],
  ['lifetime: { exponential', 'lifetimes: { exponential', /write lifetime/],
  ['min: 2h, mode: 6h, max: 3d', 'min: 3d, mode: 6h, max: 2h', /write \{ min: 2h, mode: 6h, max: 3d \} if/],
  ['min: 2h, mode: 6h, max: 3d', 'low: 2h, mode: 6h, max: 3d', /write min/],
  ['min: 2h, mode: 6h, max: 3d', 'min: 2h, likely: 6h, max: 3d', /write mode/],
  [
    'regions: { nordic: 3, iberia: 1 }',
    'regions: [nordic, iberia]',
    /write \{ nordic: 1, iberia: 1 \}, or other weights/,
  ],
  ['regions: { nordic: 3, iberia: 1 }', 'regions: { Nordic: 3, iberia: 1 }', /write nordic/],
  ['regions: { nordic: 3, iberia: 1 }', 'region: { nordic: 3, iberia: 1 }', /write regions/],
  ['\ncatalog:', '\ncatalogue:', /write catalog/],
  ['\nbuyers:', '\ncustomers:', /write buyers/],
  ['\nquestion:', '\ntitle:', /write question/],
  ['flavour: m2.small, capacity: 20', 'flavor: m2.small, capacity: 20', /write flavour/],
  ['2025-01-06T00:00:00+01:00', '2025-13-06T00:00:00+01:00', /write 2025-06-13T00:00:00\+01:00 if the day came before/],
  ['2025-01-06T00:00:00+01:00', '13/01/2025 08:00', /write 2025-01-13T08:00:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '1736118000', /write 2025-01-06T00:00:00\+01:00/],
  ['2025-01-06T00:00:00+01:00', '2025-01', /write 2025-01-01T00:00:00\+01:00/],
  ['hourly: 0.15', 'hourly: 15ct', /write 0\.15/],
  ['hourly: 0.15', 'hourly: 15 cents', /write 0\.15/],
  ['hourly: 0.15', 'hourly: free', /write 0/],
  ['price: 2400', 'price: 2.400,00', /write 2400/],
  ['opening: 5000', 'opening: 5.000,50', /write 5000\.5/],
  ['opening: 5000', 'balance: 5000', /write opening/],
  ['upTo: null, unit: 7 }', 'upTo: infinity, unit: 7 }', /write null/],
  ['upTo: 20, unit: 12', 'up_to: 20, unit: 12', /write upTo/],
  ['    count: 120', '    count: ~120', /write 120/],
  ['failure: 0.01', 'failure: { probability: 0.01 }', /write 0\.01/],
  ['failure: 0.01', 'failures: 0.01', /write failure/],
  ['from: 08:00', 'start: 08:00', /write from/],
  ['workingHours:', 'working-hours:', /write workingHours/],
  ['seed: 7', 'seed: [7]', /write 7/],
  ['name: Bergen', 'name: [Bergen]', /write Bergen/],
  ['topUp: {', 'top_up: {', /write topUp/],
  ['weight: 12', 'wieght: 12', /write weight/],
  ['perBuyer: 4/week', 'perBuyer: 4/7d', /write/],
]

test('the scenario of the mistakes has none', () => {
  expect(faultsOf(right)).toEqual([])
})

test.each(mistakes)('%j as %j is one error, and following its message fixes the file', (instead, written, words) => {
  expect(right.split(instead).length, instead).toBeGreaterThan(1)
  const text = right.replace(instead, () => written)
  const faults = faultsOf(text)
  expect(faults.length, formatErrors(faults)).toBe(1)
  const [fault] = faults
  expect(`${fault.what}; expected ${fault.expected}; ${fault.hint}`).toMatch(words)
  const left = leftAfter(text, fault)
  expect(left.length === 0 ? '' : `${formatErrors(faults)}\nleaves\n${formatErrors(left)}`).toBe('')
})

test.each(['regions', 'zones', 'pools', 'sellers', 'catalog', 'buyers'])(
  'a mapping in place of the list of %s is one error: what it would have named is not known yet',
  (key) => {
    const at = new RegExp(`^( *)${key}:\n *- `, 'm')
    expect(right).toMatch(at)
    const [found] = right.match(new RegExp(`^( *)${key}:\n(?:\\1 +.*\n)+`, 'm')) ?? ['']
    const faults = faultsOf(right.replace(found, `${/^ */.exec(found)?.[0]}${key}: { id: x }\n`))
    expect(faults.length, formatErrors(faults)).toBe(1)
    expect(faults[0].path).toMatch(new RegExp(`(^|\\.)${key}$`))
  },
)
