import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bounds } from '#scenarios/document.ts'
import { type Fault, formatErrors, ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario, readScenario } from '#scenarios/reader.ts'
import { often } from '../house/effort.ts'
import { marketplace } from './marketplace.ts'

const quickstart = readFileSync(new URL('../../scenarios/quickstart.yaml', import.meta.url), 'utf8')

/** Errors of a text; anything but ScenarioErrors goes through. */
function faultsOf(text: string): readonly Fault[] {
  try {
    parseScenario(text, 'x.yaml')
    return []
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.faults
    throw error
  }
}

test('the parts of a scenario, read', () => {
  expect(parseScenario(marketplace, 'x.yaml')).toMatchObject({
    name: 'small',
    question: 'Is it read?',
    start: Date.parse('2024-02-29T16:00:00Z'),
    end: Date.parse('2024-03-31T16:00:00Z'),
    seed: '7',
    currency: { code: 'USD', decimals: 2 },
    partition: 'region',
    messageDelay: 1_800_000,
    regions: [
      { id: 'ap-1', zones: [{ pools: [{ capacity: [{ from: 0, capacity: 60 }], hourly: '0.12', plans: [] }] }] },
      { id: 'eu-1', zones: [{ pools: [{ hourly: '0.135' }] }] },
    ],
    sellers: [{ segment: 'isv', count: 6, regions: { 'ap-1': 2, 'eu-1': 1 }, workingHours: null }],
    catalog: [
      { id: 'stack', seller: { segment: 'isv', number: 1 }, specifications: [{ billing: 'pay-per-use' }] },
      {
        specifications: [
          {
            discount: { percentOff: '10' },
            plans: [{ price: { model: 'tiered' } }, { months: 12, price: { model: 'linear', unit: '95' } }],
          },
        ],
      },
    ],
    buyers: [{ wallet: { opening: '60', topUp: { below: '15' } }, load: { kind: 'poisson', perBuyer: true } }],
    events: [],
    thresholds: [{ figure: 'orders.refused', op: '==', value: '0' }],
  })
})

test('duration replaces end', () => {
  const text = marketplace.replace('end: 2024-04-01T00:00:00+08:00', 'duration: 31d')
  expect(parseScenario(text, 'x.yaml')).toEqual(parseScenario(marketplace, 'x.yaml'))
  expect(faultsOf(marketplace.replace('seed: 7', 'duration: 31d'))).toHaveLength(1)
})

test('anchors, comments, quotes, line ends and a byte order mark do not matter', () => {
  const plain = parseScenario(marketplace, 'x.yaml')
  const other = marketplace
    .replace('provisioning: 90s', 'provisioning: &time 90s # a comment')
    .replace('reaction: 2h', 'reaction: *time')
    .replaceAll('\n', '\r\n')
  const expected = parseScenario(marketplace.replace('reaction: 2h', 'reaction: 90s'), 'x.yaml')
  expect(parseScenario(`\ufeff${other}`, 'x.yaml')).toEqual(expected)
  expect(parseScenario(marketplace.replace('name: small', '"name": \'small\''), 'x.yaml')).toEqual(plain)
})

test('an error inside an alias is reported where the alias is', () => {
  const text = marketplace.replace('provisioning: 90s', 'provisioning: &x 90s').replace('count: 400', 'count: *x')
  expect(faultsOf(text)).toMatchObject([{ line: 52, column: 12, path: 'buyers.start-ups.count' }])
})

/** Each line repeats the one before ten times. */
const laughs = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]']
  .concat([...'bcdefghi'].map((name, line) => `${name}: &${name} [${`*${'abcdefgh'[line]},`.repeat(10)}]`))
  .join('\n')

const hostile: readonly [name: string, text: string, words: RegExp][] = [
  ['deep brackets', '['.repeat(100_000), /nested too deeply/],
  ['deep mappings', '{a: '.repeat(100_000), /nested too deeply/],
  ['deep dashes', '- '.repeat(20_000), /nested too deeply/],
  ['values', `a: [${'x,'.repeat(bounds.values)}]`, /too much for a scenario/],
  ['length', 'x'.repeat(bounds.characters + 1), /more than 4 MiB/],
  ['laughs', laughs, /at most 100 uses of aliases/],
  ['an alias of itself', 'a: &a [*a]', /alias \*a inside the value that it repeats/],
  ['a prototype', '__proto__: { name: x }', /the key __proto__; expected .*an id must begin with a letter or digit/],
  ['nothing', '', /found nothing; expected a mapping/],
  ['a list', '[1, 2]', /found a list of 2/],
  ['a zero byte', '\0', /./],
  ['key that is a list', '? [a]\n: 3', /valid YAML/],
  ['a merge', '<<: { name: x }', /unknown key </],
]

test.each(hostile)('hostile text: %s', (_, text, words) => {
  const faults = faultsOf(text)
  expect(faults.map(({ what, expected }) => `${what}; expected ${expected}`).join('\n')).toMatch(words)
  expect(faults.length).toBeLessThanOrEqual(200)
})

test('files that are none', async () => {
  const messages = async (path: string) => {
    const error = await readScenario(path).catch((thrown: unknown) => thrown)
    return error instanceof ScenarioErrors ? error.faults[0].what : error
  }
  expect(await messages('no/such/file.yaml')).toBe('there is no such file')
  expect(await messages('.')).toBe('a folder')
  expect(await messages(process.execPath)).toMatch(/a file of \d+ bytes/)
})

/** A shorter text is read in a third of the time. */
const good = often(marketplace, quickstart)

/** Texts near a good one: cut, doubled, moved, and sprinkled with what YAML makes something of. */
const mutation = fc.record({
  kind: fc.constantFrom('delete', 'insert', 'replace', 'copy'),
  at: fc.nat(good.length),
  length: fc.nat(60),
  other: fc.nat(good.length),
  text: fc.oneof(
    fc.constantFrom('[', ']', '{', '}', ':', '- ', '\n', '  ', '\t', '"', "'", '&a ', '*a', '!x ', '|', '>', '#', '?'),
    fc.constantFrom(
      'null',
      '~',
      '-1',
      '1e999',
      '0x10',
      '.nan',
      '9'.repeat(30),
      'true',
      '---\n',
      '\0',
      '\u2028',
      '<<: ',
    ),
    fc.string({ maxLength: 8 }),
  ),
})

function mutated(
  text: string,
  { kind, at, length, other, text: inserted }: typeof mutation extends fc.Arbitrary<infer M> ? M : never,
) {
  const rest = kind === 'insert' || kind === 'copy' ? at : at + length
  const middle = kind === 'delete' ? '' : kind === 'copy' ? good.slice(other, other + length) : inserted
  return text.slice(0, at) + middle + text.slice(rest)
}

test('on any mutated text the reader throws only ScenarioErrors, each with its position', () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      const text = mutations.reduce(mutated, good)
      const lines = text.replace(/^\ufeff/, '').split('\n')
      for (const fault of faultsOf(text)) {
        const line = lines[fault.line - 1]
        expect(line?.replace(/\r$/, '')).toBe(fault.sourceLine)
        expect(fault.column).toBeLessThanOrEqual(fault.sourceLine.length + 1)
        expect(formatErrors([fault])).toContain('hint: ')
      }
    }),
    { numRuns: often(15, 120) },
  )
})

test('any plain data in place of any part gives errors or is accepted', () => {
  const keys = [
    'name',
    'regions',
    'sellers',
    'catalog',
    'buyers',
    'events',
    'policies',
    'operations',
    'thresholds',
    'seed',
  ]
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 4 }), (key, value) => {
      const text = `${marketplace.replace(new RegExp(`^${key}:`, 'm'), `was-${key}:`)}${key}: ${JSON.stringify(value)}\n`
      expect(faultsOf(text).every(({ hint }) => hint.length > 0)).toBe(true)
    }),
    { numRuns: often(30, 120) },
  )
})
