/** `size` as a person calls it: the least value that keeps the bounds, or what is open. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, expect, test, vi } from 'vitest'
import type { InputError } from '#base/input-error.ts'
import { Arguments } from '#cli/command.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { ResultFolder } from '#cli/results/result-folder.ts'
import { sizeAnswer } from '#cli/size/answer.ts'
import { sizeRequest } from '#cli/size/request.ts'
import type { SizedPlace, SizeResult } from '#reports/size/result.ts'
import { formatErrors, ScenarioErrors } from '#scenarios/errors.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'
import { capacity, errorsOf } from './short-sweep.ts'

const cwd = newFolder()
const here = (...line: string[]) => inThisProcess(line, cwd)
afterAll(removeFolders)

const bound = 'pool.capacity{pool=ap-1a} >= 30'
/** An hour of two buyers: the bound is on what the scenario says, so that a run need not be long. */
const hour = ['end=2024-03-01T01:00:00+08:00', 'buyers.start-ups.count=1', 'buyers.companies.count=1']
const words = [
  ...['size', 'quickstart', '--threads', '1', ...hour.flatMap((set) => ['--set', set])],
  ...['--keep', bound, '--quiet'],
]

test('the first line is the answer; the folder has a page, tables and a manifest that repeats it', async () => {
  const found = await here(...words, '--vary', `${capacity}=29..30`, '--out', 'found', '--junit', 'found.xml')
  expect([errorsOf(found), found.code]).toEqual([[], exitCodes.done.code])
  const text = found.stdout.replaceAll('\n', ' ')
  expect(text.startsWith(`30 is the least capacity that keeps ${bound} (95 % confidence); 29 misses it`)).toBe(true)
  expect(found.stdout).toMatch(/✗ 29 .* missed\n✓ 30 .* kept\n/)
  expect(readdirSync(join(cwd, 'found')).sort()).toEqual([
    ...['estimates.csv', 'manifest.json', 'runs.csv', 'size.html', 'size.json', 'use.csv'],
  ])
  const xml = readFileSync(join(cwd, 'found.xml'), 'utf8')
  expect(xml).toContain('<testsuites name="marketsim" tests="2" failures="0" skipped="0" errors="0">')
  expect(xml).toContain(`a value of ${capacity} from 29 to 30 keeps pool.capacity{pool=ap-1a} &gt;= 30`)
  const page = readFileSync(join(cwd, 'found/size.html'), 'utf8')
  expect(page).toContain('30 is the least capacity that keeps')
  const { kind, repeat } = JSON.parse(readFileSync(join(cwd, 'found/manifest.json'), 'utf8'))
  expect(kind).toBe('size')
  expect(repeat).toContain(`--vary ${capacity}=29..30`)
  expect(repeat).toContain('--confidence 95% --most 400 --within 0')
  const runs: Record<string, string>[] = parse(readFileSync(join(cwd, 'found/runs.csv')), { columns: true })
  // Ten at each value, with the same seeds: common random numbers.
  expect(runs.map(({ seed }) => seed)).toEqual(
    [29, 30].flatMap(() => Array.from({ length: 10 }, (_, run) => (run === 0 ? '42' : `42-${run + 1}`))),
  )
})

test('an interrupted search keeps its runs, and ends as if it had not been', async () => {
  const keep = ResultFolder.prototype.createNow
  const kept = vi.spyOn(ResultFolder.prototype, 'createNow').mockImplementation(function (
    this: ResultFolder,
    ...result
  ) {
    if (kept.mock.calls.length === 3) process.listeners('SIGINT').at(-1)?.('SIGINT')
    return keep.apply(this, result)
  })
  const cut = await here(...words, '--vary', `${capacity}=29..30`, '--out', 'cut')
  kept.mockRestore()
  expect(cut.code).toBe(exitCodes.interrupted.code)
  expect(cut.stderr).toMatch(/interrupted: 3 finished runs are kept; resume with/)
  const resumed = await here('resume', 'cut', '--quiet', '--json')
  expect(resumed.code).toBe(exitCodes.done.code)
  const { places, runs } = JSON.parse(resumed.stdout) as SizeResult
  expect(places).toMatchObject([{ end: 'found', kept: '30', missed: '29', open: [] }])
  expect(runs.map(({ length }) => length)).toEqual([10, 10])
})

test('when the time of --spend is over the answer is undecided, with exit code 6', async () => {
  const spent = await here(...words, '--vary', `${capacity}=29..31`, '--spend', '0.001s', '--out', 'spent')
  expect([errorsOf(spent), spent.code]).toEqual([[], exitCodes.incomplete.code])
  expect(spent.stdout.replaceAll('\n', ' ')).toMatch(/^Undecided: the least capacity .* is not known.*time of --spend/)
})

const place = (given: Partial<SizedPlace>): SizedPlace => ({
  ...{ path: 'pools.a.capacity', from: '80', to: '120', end: 'found' },
  ...{ kept: '97', missed: '96', open: [], needed: null },
  ...given,
})

test.each<[string, Partial<SizeResult>, readonly string[]]>([
  ['found', {}, ['97 is the least capacity that keeps x < 1% (95 % confidence); 96 misses it']],
  [
    'the first value keeps it',
    { places: [place({ kept: '80', missed: null })] },
    [
      '80 is the least capacity that keeps x < 1% (95 % confidence)',
      '80 is the beginning of the range: widen --vary for less',
    ],
  ],
  [
    'within a value',
    { places: [place({ open: ['96'], missed: '95' })] },
    ['97 is a capacity that keeps x < 1% (95 % confidence); the least is 96 to 97'],
  ],
  [
    'none',
    { places: [place({ end: 'none', kept: null, missed: '120' })] },
    ['No capacity up to 120 keeps x < 1% (95 % confidence)'],
  ],
  [
    'undecided',
    { places: [place({ end: 'undecided', kept: '98', open: ['96', '97'], missed: '95', needed: 2300 })] },
    [
      'Undecided: the least capacity that keeps x < 1% is not known; 98 keeps it and 95 misses it (95 % confidence)',
      'Open: 96 to 97',
      'After up to 400 runs at a value (--most): about 2,300 runs at a value would decide (--most); --within 1 accepts the next value',
    ],
  ],
  [
    'a figure that grows',
    { places: [place({ end: 'contradiction', kept: '80', missed: '120' })] },
    ['Undecided: 80 keeps x < 1% and 120 misses it, so a larger capacity is not always better'],
  ],
  [
    'two places',
    {
      paths: ['pools.a.capacity', 'buyers.b.count'],
      places: [place({}), place({ path: 'buyers.b.count', kept: '500' })],
    },
    ['capacity 97 and count 500 keep x < 1% (95 % confidence); none of them can be lowered alone'],
  ],
])('the answer in words: %s', (_, given, lines) => {
  const result = {
    ...{ asked: [{ text: 'x < 1%' }], paths: ['pools.a.capacity'], places: [place({})] },
    ...{ confidence: 0.95, largest: false, mostRuns: 400, spent: false, ...given },
  } as SizeResult
  expect(sizeAnswer(result)).toEqual(lines)
})

const vary = [`${capacity}=1..9`]
test.each<[string, Record<string, unknown>, string]>([
  ['no scenario', { file: undefined }, 'size needs a scenario'],
  ['nothing to vary', { keep: [bound] }, 'size needs a value to vary'],
  ['no bound', { vary }, 'size needs a bound to keep'],
  ['a figure without a bound', { vary, keep: ['orders.completed'] }, 'has no bound'],
  ['a bound of equality', { vary, keep: ['orders.completed == 5'] }, 'does not become easier or harder'],
  ['a first value that is wrong', { vary: [`${capacity}=x,5`], keep: [bound] }, 'capacity'],
  ['a time that is none', { vary, keep: [bound], spend: '40' }, '--spend 40 is not a time'],
  ['a confidence that is none', { vary, keep: [bound], confidence: '0.95' }, 'is not a percentage'],
  ['too few runs', { vary, keep: [bound], most: '5' }, 'from 10 to 10000'],
])('%s is bad input', async (_, wrong, message) => {
  const refused = await sizeRequest(new Arguments({ file: 'quickstart', ...wrong }, false)).catch((error) => error)
  const text = refused instanceof ScenarioErrors ? formatErrors(refused.faults, {}) : (refused as InputError).message
  expect(text).toContain(message)
})

test('--largest searches from the end of the range', async () => {
  const { varied } = await sizeRequest(
    new Arguments({ file: 'quickstart', vary, keep: [bound], largest: 'true' }, false),
  )
  expect(varied[0].values).toEqual(['9', '8', '7', '6', '5', '4', '3', '2', '1'])
})
