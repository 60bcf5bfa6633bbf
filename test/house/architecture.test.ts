/** The house rules: who may import whom, and which calls would make a run depend on the machine. */
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { importGraph, reachedFrom } from './import-graph.ts'
import { codeOf, filesOf, importsOf, textOf } from './source-tree.ts'

/**
 * Left to right: each room imports from itself and from those before it. `engine` and `base` are first and know neither
 * each other nor anything else of the project. `bench` and `test` see all.
 */
const rooms = ['engine', 'base', 'scenarios', 'sim', 'reports', 'cli'] as const

/** The room an import of a file leads to; null for packages and Node. */
function roomOf(file: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1).split('/')[0]
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier)).split('/')[0]
  return null
}

test.each(rooms.map((room, place) => ({ room, allowed: room === 'base' ? [room] : rooms.slice(0, place + 1) })))(
  '$room imports from $allowed only',
  ({ room, allowed }) => {
    const strangers = filesOf(room).flatMap((file) =>
      importsOf(file)
        .filter((specifier) => {
          const target = roomOf(file, specifier)
          return target !== null && !(allowed as readonly string[]).includes(target) && target !== 'package.json'
        })
        .map((specifier) => `${file} imports ${specifier}`),
    )
    expect(strangers).toEqual([])
  },
)

/** The example service is the billing core behind HTTP, and no model. */
const SERVICE = 'examples/metering-service/'

test('the example service imports the billing core and nothing of the command line or the reports', () => {
  const files = filesOf('examples').filter((file) => file.startsWith(SERVICE))
  expect(files).not.toEqual([])
  const found = new Set(files.flatMap((file) => importsOf(file).map((specifier) => roomOf(file, specifier))))
  expect(['cli', 'reports', 'engine'].filter((room) => found.has(room))).toEqual([])
})

test('examples import the engine as a library, by its entry point, and nothing else of the house', () => {
  const models = filesOf('examples').filter((file) => !file.startsWith(SERVICE))
  const strangers = models.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => roomOf(file, specifier) !== 'examples' && roomOf(file, specifier) !== null)
      .filter((specifier) => specifier !== '#engine/index.ts')
      .map((specifier) => `${file} imports ${specifier}`),
  )
  expect(strangers).toEqual([])
})

test('another room is imported by its #name, never by a path', () => {
  const climbing = rooms.flatMap((room) =>
    filesOf(room).flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.') && roomOf(file, specifier) !== room)
        .filter((specifier) => !specifier.endsWith('package.json'))
        .map((specifier) => `${file} imports ${specifier}`),
    ),
  )
  expect(climbing).toEqual([])
})

/** Left to right: each folder of `sim/` imports from itself and from those before it. */
const folders = [
  'billing',
  'record',
  'world',
  'cell',
  'market',
  'people',
  'audit',
  'run',
  'metering-log',
  'usage-rating',
  'quote',
  'load-test',
] as const

/** Folders that know less than their place allows: the pure core, the machinery, and the judge. */
const knows: Partial<Record<string, readonly string[]>> = {
  record: ['record'],
  audit: ['record', 'audit'],
  'metering-log': ['billing', 'metering-log'],
  'usage-rating': ['billing', 'metering-log', 'usage-rating'],
  quote: ['billing', 'quote'],
}

test('the folders of sim/ are those of this list', () => {
  expect([...new Set(filesOf('sim').map((file) => file.split('/')[1]))].sort()).toEqual([...folders].sort())
})

test.each(folders.map((folder, place) => ({ folder, allowed: knows[folder] ?? folders.slice(0, place + 1) })))(
  'sim/$folder imports from $allowed of sim/ only, types as well',
  ({ folder, allowed }) => {
    const strangers = [...importGraph()]
      .filter(([file]) => file.startsWith(`sim/${folder}/`))
      .flatMap(([file, imports]) =>
        imports
          .filter((path) => path.startsWith('sim/') && !allowed.some((each) => path.startsWith(`sim/${each}/`)))
          .map((path) => `${file} imports ${path}`),
      )
    expect(strangers).toEqual([])
  },
)

test('what a folder reaches is found through others, without itself', () => {
  const graph = new Map([
    ['a/x', ['a/y']],
    ['a/y', ['b/z', 'a/x']],
    ['b/z', ['c/v']],
    ['c/v', []],
    ['d/w', ['a/x']],
  ])
  expect(reachedFrom('a', graph)).toEqual(['b/z', 'c/v'])
  expect(reachedFrom('d', graph)).toEqual(['a/x', 'a/y', 'b/z', 'c/v'])
})

test('an import of types alone loads nothing', () => {
  const values = importGraph('values').get('sim/billing/refund.ts') ?? []
  const all = importGraph().get('sim/billing/refund.ts') ?? []
  expect(all).toContain('scenarios/policies.ts')
  expect(values).not.toContain('scenarios/policies.ts')
  expect(values).toContain('scenarios/product-kinds.ts')
})

test('the auditor runs no code of what it judges, also not through others: base/, a digest, two lists and the reader of columns', () => {
  const reached = reachedFrom('sim/audit', importGraph('values')).filter((file) => !file.startsWith('base/'))
  // The reader is proved against a second one, which shares no code with it.
  expect(reached).toEqual([
    'engine/digest.ts',
    'sim/record/column-facts.ts',
    'sim/record/ledger-accounts.ts',
    'sim/record/load-ledger.ts',
    'sim/record/number-order.ts',
    'sim/record/parquet/bit-packing.ts',
    'sim/record/parquet/differences.ts',
    'sim/record/parquet/reader.ts',
    'sim/record/parquet/schema.ts',
    'sim/record/parquet/thrift.ts',
  ])
})

test('the record runs no rule, also not through others', () => {
  const reached = reachedFrom('sim/record', importGraph('values')).filter((file) => !file.startsWith('base/'))
  expect(reached).toEqual(['engine/fast-record.ts', 'engine/name-hash.ts', 'engine/wide-column.ts'])
})

test('docs/design.md names every room and every folder of sim/', () => {
  const page = textOf('docs/design.md')
  const missing = [...rooms, ...folders].filter((name) => !page.includes(`\n| \`${name}/\` |`))
  expect(missing).toEqual([])
})

const decimalDoors = { billing: /^sim\/billing\//, audit: /^sim\/audit\// }

test('decimal.js enters sim by at most one file of billing, and by the auditor', () => {
  const users = filesOf('sim').filter((file) => importsOf(file).includes('decimal.js'))
  expect(users.filter((file) => decimalDoors.billing.test(file)).length).toBeLessThanOrEqual(1)
  expect(users.filter((file) => !decimalDoors.billing.test(file) && !decimalDoors.audit.test(file))).toEqual([])
})

/** What would make one scenario and seed give two histories, and what to use instead. */
const banned: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bDate\.now\b|\bnew Date\b|\bDate\.parse\b/, 'the kernel`s `now`'],
  [/\bIntl\b|\blocaleCompare\b|\.toLocale\w+/, 'plain comparisons and civil-time.ts'],
  [/\bMath\.random\b/, 'a stream of engine/random'],
  [
    /\bMath\.(log|log1p|log2|log10|exp|expm1|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot)\b/,
    'engine/mathematics',
  ],
  [/\bperformance\.now\b|\bprocess\.hrtime\b/, 'nothing: engine and sim do not read the wall clock'],
]

/** A load test measures the machine: this one file of it reads the monotonic clock, and no amount depends on it. */
const clockDoors: Readonly<Record<string, RegExp>> = { 'sim/load-test/clock.ts': /performance|hrtime/ }

test.each(['engine', 'base', 'sim'])('%s asks neither the wall clock nor the machine for a number', (room) => {
  const found = filesOf(room).flatMap((file) =>
    banned
      .filter(([pattern]) => pattern.test(codeOf(file)))
      .filter(([pattern]) => !clockDoors[file]?.test(pattern.source))
      .map(([pattern, instead]) => `${file}: ${pattern}; use ${instead}`),
  )
  expect(found).toEqual([])
})

test('a cell of a column is read by its index, never by a computed name', () => {
  const named = /\{ *\[\w+\]: *\w+ *\} *=/
  const found = ['engine', 'base', 'sim'].flatMap((room) => filesOf(room)).filter((file) => named.test(codeOf(file)))
  // V8 makes a text of the number, and throws its optimised code away each time it meets another kind of number.
  expect(found, 'write `const state = states[row]`').toEqual([])
})

/** Spelled in parts, so that this file does not hold them. */
const markers = new RegExp(
  ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].map((word) => `\\b${word}\\b`).join('|'),
)

test('no drawer without an idea, no skipped test, no marker of unfinished work', () => {
  const all = [...rooms, 'examples', 'bench', 'test'].flatMap((room) => filesOf(room))
  expect(all.filter((file) => /\/(utils|helpers|common|types)(\.ts|\/)/.test(file))).toEqual([])
  const tests = filesOf('test').filter((file) => /\b(it|test|describe)\.(skip|only|todo)\b/.test(codeOf(file)))
  expect(tests).toEqual([])
  expect(all.filter((file) => markers.test(codeOf(file)))).toEqual([])
})
