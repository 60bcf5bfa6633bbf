/** Saved bases: what is damaged is named before anything is measured, and a base that is replaced stays whole until then. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { UsageError } from '#cli/script.ts'
import { codeOf } from '../../../bench/billing.ts'
import { BASE_VERSION, findBase, saveBase } from '../../../bench/compare/base.ts'
import { reasonOf } from '../../../bench/compare/compare.ts'
import { isStuck } from '../../../bench/compare/measure.ts'

const scratch = mkdtempSync(join(tmpdir(), 'marketsim-test-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const newStore = (): string => mkdtempSync(join(scratch, 'store-'))
const work = { size: 100, digest: '12345678', nsPerOp: [10, 11] }
const base = {
  ...{ version: BASE_VERSION, name: 'before', commit: null, dirty: false, savedAt: '2026-11-30', machine: {} },
  works: { quote: work },
}

test.each<[string, unknown, string]>([
  ['half a file', '{"works":', 'Expected|Unexpected'],
  ['nothing in it', 'null', 'it is not an object'],
  ['a list', [], 'it is not an object'],
  ['no commit', { ...base, commit: undefined }, 'it does not name its commit'],
  ['changes unknown', { ...base, dirty: 'no' }, 'it does not say whether the sources were changed'],
  ['no instant', { ...base, savedAt: undefined }, 'it does not say when it was saved'],
  ['a list of works', { ...base, works: [] }, 'it has no works'],
  ['no works', { ...base, works: {} }, 'it has no works'],
  ['a number as work', { ...base, works: { quote: 5 } }, 'its work quote has no size, digest or times'],
  ['no digest', { ...base, works: { quote: { ...work, digest: undefined } } }, 'its work quote has no'],
  ['no times', { ...base, works: { quote: { ...work, nsPerOp: [] } } }, 'its work quote has no'],
  ['a time that is null', { ...base, works: { quote: { ...work, nsPerOp: [null] } } }, 'its work quote has no'],
])('a base that is damaged is refused: %s', (_, content, fault) => {
  const store = newStore()
  writeFileSync(join(store, 'before.json'), typeof content === 'string' ? content : JSON.stringify(content))
  expect(() => findBase('before', store)).toThrow(UsageError)
  expect(() => findBase('before', store)).toThrow(
    new RegExp(
      `before.json is not a saved base: .*(${fault}).*; make it again in the sources .*: npm run bench -- --save before$`,
    ),
  )
})

const commit = 'c0ffee'.repeat(6).padEnd(40, '0')

test.each<[unknown, boolean, string]>([
  [
    undefined,
    false,
    'its version is none, as before version 1, and this program reads version 1; make it again (npm run bench -- --save before), or compare with its commit: npm run bench -- --compare c0ffeec0ffee',
  ],
  [2, false, 'its version is 2, and this program reads version 1; make it again (npm run bench -- --save before), or'],
  [
    '1',
    true,
    'its version is "1", and this program reads version 1; make it again in the sources that it was made of: npm run bench -- --save before',
  ],
])(
  'a base of version %j, changed: %j, is refused with both versions and what makes it again',
  (version, dirty, message) => {
    const store = newStore()
    writeFileSync(join(store, 'before.json'), JSON.stringify({ ...base, version, commit, dirty }))
    expect(() => findBase('before', store)).toThrow(UsageError)
    expect(() => findBase('before', store)).toThrow(message)
  },
)

test.each([
  ['{', 'Expected'],
  ['{}', 'the package.json of its sources has no imports'],
])('sources whose package.json is %s are refused', (text, fault) => {
  const store = newStore()
  writeFileSync(join(store, 'before.json'), JSON.stringify(base))
  mkdirSync(join(store, 'before'))
  writeFileSync(join(store, 'before', 'package.json'), text)
  expect(() => findBase('before', store)).toThrow(fault)
})

/** A tree of one room, with a text in it. */
function newTree(text: string): { readonly folder: string } {
  const folder = mkdtempSync(join(scratch, 'tree-'))
  mkdirSync(join(folder, 'room'))
  writeFileSync(join(folder, 'room', 'file.ts'), text)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ imports: { '#room/*': './room/*' } }))
  return { folder }
}

test('a base has the sources that were measured, and replaces one of its name only when it is whole', () => {
  const store = newStore()
  const of = { commit: null, dirty: true }
  const works = { quote: work }
  saveBase('before', { tree: newTree('old'), of, works }, store)
  const broken = { folder: join(scratch, 'no-such-tree') }
  expect(() => saveBase('before', { tree: broken, of, works }, store)).toThrow('ENOENT')
  expect(readFileSync(join(store, 'before/room/file.ts'), 'utf8')).toBe('old')
  saveBase('before', { tree: newTree('new'), of, works }, store)
  expect(readFileSync(join(store, 'before/room/file.ts'), 'utf8')).toBe('new')
  expect(readdirSync(store).sort()).toEqual(['before', 'before.json'])
  expect(findBase('before', store)).toMatchObject({ kind: 'sources', base: { ...of, works } })
})

test('a peer with a different result ends the benches with exit code 3', () => {
  const ours = { ...work, name: 'quote', subject: 'marketsim', nsPerOp: 10 }
  const peer = (digest: string) => ({ ...ours, subject: 'decimal.js', digest })
  const codeWith = (digest: string) => codeOf([ours, peer(digest)] as unknown as Parameters<typeof codeOf>[0])
  expect([codeWith('12345678'), codeWith('87654321')]).toEqual([0, 3])
})

test.each([
  [
    'a stack trace',
    `the process of the base ended with 1: node:internal/modules/esm/resolve:272
    throw new ERR_MODULE_NOT_FOUND(
          ^

Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/shm/m-1/own-/bench/billing/works.ts' imported from /shm/m-1/own-/bench/compare/side.ts
    at finalizeResolution (node:internal/modules/esm/resolve:272:11)`,
    `Error [ERR_MODULE_NOT_FOUND]: Cannot find module 'bench/billing/works.ts' imported from bench/compare/side.ts`,
  ],
  [
    'a name that is gone',
    `the process of the base ended with 1: file:///shm/m-1/base/bench/billing/quote.ts:3
SyntaxError: The requested module '#sim/quote/answer.ts' does not provide an export named 'answer'`,
    `SyntaxError: The requested module '#sim/quote/answer.ts' does not provide an export named 'answer'`,
  ],
  ['no error', 'the process of the base ended with SIGKILL: ', 'the process of the base ended with SIGKILL: '],
])('why a base does not run is one line: %s', (_, message, line) => {
  expect(reasonOf(message, '/shm/m-1')).toBe(line)
})

/** What took so long when 80 s were over, the longest of its kind, and whether that is named. */
test.each([
  [2_000, 0, false],
  [41_000, 0, true],
  [5_000, 3_000, false],
  [6_000, 3_000, true],
])('%d ms, where the longest took %d ms, are stuck: %j', (ms, longest, stuck) => {
  expect(isStuck(ms, longest, 80_000)).toBe(stuck)
})
