import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { readScenario } from '#scenarios/reader.ts'
import { readTrace } from '#scenarios/trace.ts'
import { marketplace } from './marketplace.ts'

const root = mkdtempSync(join(tmpdir(), 'marketsim-trace-'))
const folder = join(root, 'scenario')
mkdirSync(join(folder, 'data'), { recursive: true })
afterAll(() => rmSync(root, { recursive: true }))
const scenarioPath = join(folder, 'x.yaml')

const start = Date.parse('2024-03-01T00:00:00+08:00')
const trace = `{ trace: { file: FILE, origin: 2024-03-01T00:00:00+08:00, unit: s,
        columns: { at: t, lifetime: life, quantity: n, buyer: who } } }`

const traceOf = (file: string, where?: string) =>
  trace
    .replace('FILE', JSON.stringify(file))
    .replace('unit: s,', where === undefined ? 'unit: s,' : `unit: s, where: ${where},`)

async function read(file: string, csv: string | null, where?: string) {
  if (csv !== null) writeFileSync(join(folder, file), csv)
  const text = marketplace
    .replace('    count: 400\n', '')
    .replace('{ poisson: { perBuyer: 3/week } }', traceOf(file, where))
    .replace(', lifetime: { exponential: { mean: 9h } }', '')
  writeFileSync(scenarioPath, text)
  try {
    return await readScenario(scenarioPath)
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.faults
    throw error
  }
}

test('columns of a trace, sorted by time and stable, buyers by first appearance', async () => {
  const csv = 't,life,n,who,extra\n5,60,2,bo,x\n0.5,1,1,al,x\n5,7,3,al,x\n\n'
  const result = await read('data/a.csv', csv)
  const read1 = 'traces' in result ? result.traces.get('start-ups') : undefined
  expect(read1).toMatchObject({
    at: Float64Array.of(start + 500, start + 5000, start + 5000),
    lifetime: Float64Array.of(1000, 60_000, 7000),
    quantity: Int32Array.of(1, 2, 3),
    buyer: Int32Array.of(1, 0, 1),
    buyers: ['bo', 'al'],
  })
})

test('the hash follows the trace and what the scenario says, not its seed or comments', async () => {
  const hash = async (csv: string, change = (text: string) => text) => {
    await read('data/h.csv', csv)
    const { readFileSync } = await import('node:fs')
    writeFileSync(scenarioPath, change(readFileSync(scenarioPath, 'utf8')))
    return (await readScenario(scenarioPath)).hash
  }
  const one = await hash('t,life,n,who\n1,1,1,a\n')
  expect(await hash('t,life,n,who\n1,1,1,a\n', (text) => `# why\n${text.replace('seed: 7', 'seed: 8')}`)).toBe(one)
  expect(await hash('t,life,n,who\n1,1,2,a\n')).not.toBe(one)
  expect(await hash('t,life,n,who\n1,1,1,a\n', (text) => text.replace('capacity: 60', 'capacity: 61'))).not.toBe(one)
})

const broken: readonly [csv: string, place: string, words: RegExp][] = [
  ['t,life,n,who\n1,1,x,a\n', 'data/b.csv:2:5', /found "x"; expected a whole quantity/],
  ['t,life,n,who\n1,1,1,a\n2,-3,0,\n', 'data/b.csv:3:3', /found "-3"; expected a time/],
  [
    't,life,n,who\n1e300,1,1,a\n',
    'data/b.csv:2:1',
    /found "1e300"; expected a time from 0 to 999,999,999,999,999 .*without an exponent/,
  ],
  ['t,life,n,who\n1,1,1\n', 'data/b.csv:2:1', /3 fields; expected 4/],
  ['t,life,n,who\n', 'data/b.csv:1:1', /no orders/],
  ['t,life,n,who\n1,1,1,"a\n', 'data/b.csv:2:1', /Quote|quotes/],
  ['', `${scenarioPath}:`, /no column "t"/],
  ['t,lief,n,who\n1,1,1,a\n', `${scenarioPath}:`, /no column "life"; expected one of the columns of b.csv: t, lief/],
]

test.each(broken)('trace %j', async (csv, place, words) => {
  const faults = await read('data/b.csv', csv)
  if (!Array.isArray(faults)) throw new Error('it was read')
  const messages = faults.map((f) => `${f.file}:${f.line}:${f.column} ${f.what}; expected ${f.expected}; ${f.hint}`)
  expect(
    messages.some((line) => line.startsWith(place) && words.test(line)),
    messages.join('\n'),
  ).toBe(true)
})

test('all errors of a trace are reported together, up to 20', async () => {
  const faults = await read('data/c.csv', `t,life,n,who\n${'x,y,z,\n'.repeat(100)}`)
  expect(faults).toHaveLength(20)
})

test('a trace must be inside the folder of its scenario', async () => {
  writeFileSync(join(root, 'secret.csv'), 't,life,n,who\n1,1,1,a\n')
  symlinkSync(join(root, 'secret.csv'), join(folder, 'data', 'link.csv'))
  symlinkSync(root, join(folder, 'up'))
  writeFileSync(join(folder, 'data', 'own.csv'), 't,life,n,who\n1,1,1,a\n')
  symlinkSync('own.csv', join(folder, 'data', 'inner.csv'))
  for (const path of [
    '../secret.csv',
    join(root, 'secret.csv'),
    'data/link.csv',
    'up/secret.csv',
    'data/../../secret.csv',
  ])
    expect(await read(path, null), path).toMatchObject([
      { file: scenarioPath, what: expect.stringContaining('leads out') },
    ])
  expect(await read('data/none.csv', null)).toMatchObject([{ what: expect.stringContaining('there is no file') }])
  expect(await read('data', null)).toMatchObject([{ what: expect.stringContaining('is a folder, not a file') }])
  expect(await read('data/inner.csv', null)).toHaveProperty('scenario')
})

test('readTrace on its own throws its errors', async () => {
  const columns = { at: 't', lifetime: null, quantity: null, flavour: null, buyer: null }
  const load = {
    kind: 'trace',
    file: 'data/d.csv',
    origin: 0,
    columns,
    flavours: null,
    unitMs: 1000,
    where: null,
  } as const
  await expect(readTrace(load, scenarioPath)).rejects.toThrow(ScenarioErrors)
  writeFileSync(join(folder, 'data', 'd.csv'), 't\n3\n')
  expect(await readTrace(load, scenarioPath)).toMatchObject({
    lifetime: null,
    quantity: Int32Array.of(1),
    buyers: ['1'],
  })
})

const selected: readonly [where: string, answer: object][] = [
  ['{ pool: a }', { at: Float64Array.of(start, start + 2000), buyers: ['al', 'bo'] }],
  ['{ pool: [a, 7], who: bo }', { at: Float64Array.of(start + 2000, start + 3000), buyers: ['bo'] }],
  ['{ pool: 7 }', { at: Float64Array.of(start + 3000) }],
]

test.each(selected)('one file feeds several segments: where %s', async (where, answer) => {
  writeFileSync(join(folder, 'data', 'w.csv'), 't,life,n,who,pool\n0,1,1,al,a\n1,x,1,al,b\n2,1,1,bo,a\n3,1,1,bo,7\n')
  const result = await read('data/w.csv', null, where)
  expect('traces' in result ? result.traces.get('start-ups') : result).toMatchObject(answer)
})

test('where: a column that is not there, and values that no order has', async () => {
  writeFileSync(join(folder, 'data', 'w.csv'), 't,life,n,who,pool\n0,1,1,al,a\n')
  expect(await read('data/w.csv', null, '{ pol: a }')).toMatchObject([{ what: 'no column "pol"', hint: 'write pool' }])
  expect(await read('data/w.csv', null, '{ pool: b }')).toMatchObject([{ what: 'no order is what `where` says' }])
})
