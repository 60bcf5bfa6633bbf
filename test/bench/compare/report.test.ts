import { expect, test } from 'vitest'
import { callgrindCount, perfCount } from '../../../bench/compare/instructions.ts'
import { ticksOf } from '../../../bench/compare/machine.ts'
import { asHistory, asJson, asMarkdown, asText, type Report, type WorkReport } from '../../../bench/compare/report.ts'

const spent = { started: 1, warm: 2, whole: 3 }
const work: WorkReport = {
  work: 'price/linear',
  size: 10_000,
  finding: 'slower',
  decidedBy: 'time',
  change: 0.1,
  low: 0.08,
  high: 0.12,
  detectable: 0.035,
  isOneAnswer: true,
  nsPerOp: { base: 10, tree: 11 },
  digests: { base: '12345678', tree: '12345678' },
  instructions: null,
  rounds: [
    { round: 0, first: 'base', operations: { base: 10, tree: 10 }, spent, base: [1000], tree: [1100] },
    { round: 1, first: 'tree', operations: { base: 10, tree: 10 }, spent, base: [1000], tree: [1100] },
  ],
}

const report: Report = {
  outcome: 'slower',
  exitCode: 4,
  method: 'paired',
  base: { name: 'main', commit: 'c0ffee' },
  tree: { commit: 'c0ffee', dirty: true },
  tolerance: 0.03,
  falseAlarms: 0.02,
  at: '2026-11-28T00:00:00.000Z',
  seconds: 74.2,
  isPinned: true,
  machine: { processor: 'EPYC', processors: 2, memoryGiB: 24, system: 'linux', node: 'v24.21.0' },
  weather: { loadBefore: 1, loadAfter: 2.25, busy: 0.75, stolen: 0.001 },
  counter: null,
  works: [work],
  alone: [],
  unmeasured: [],
  stopped: [],
}

test('the text has a line for each work, the circumstances, and last what to do', () => {
  expect(asText(report).split('\n')).toEqual(
    [
      'work              base      tree   change            interval  would see  finding',
      'price/linear  10.00 ns  11.00 ns  +10.0 %  [+8.0 %, +12.0 %]      3.5 %  slower'.replace(
        '+10.0 %  [',
        '+10.0 %   [',
      ),
      '2 rounds in 74 s; EPYC, 2 processors, Node v24.21.0; load 1.0 to 2.3, busy 75.0 %, stolen 0.1 %',
      'SLOWER than main by more than 3.0 %: price/linear +10.0 %. Do not merge (exit 4)',
    ].map((line, at) =>
      at === 0 ? line.replace('            interval', '           interval') : line.replace('   [+8', '  [+8'),
    ),
  )
})

test.each([
  [
    { outcome: 'no change', exitCode: 0 },
    'no benchmark is slower than main by more than 3.0 %: the speed allows a merge (exit 0)',
  ],
  [
    { outcome: 'different result', exitCode: 3, works: [{ ...work, isOneAnswer: false }] },
    'DIFFERENT RESULT than main: price/linear. Do not merge before the changed amounts are explained (exit 3)',
  ],
  [
    { outcome: 'too noisy', exitCode: 6, works: [{ ...work, finding: 'too noisy' }] },
    'TOO NOISY about price/linear (load 2.3): try again on an idle machine, give it longer with --within 300, or count with --instructions (exit 6)',
  ],
  [
    { outcome: 'too noisy', exitCode: 6, works: [{ ...work, finding: 'no change' }], unmeasured: ['quote'] },
    'TOO NOISY about quote (load 2.3): try again on an idle machine, give it longer with --within 300, or count with --instructions (exit 6)',
  ],
  [
    {
      outcome: 'too noisy',
      exitCode: 6,
      works: [{ ...work, finding: 'no change' }],
      unmeasured: ['quote', 'rating'],
      stopped: ['tree had not ended a round of quote after 70 s'],
    },
    'NOT ENDED: tree had not ended a round of quote after 70 s. Not measured: quote, rating. Do not merge before this is explained (exit 6)',
  ],
  [
    { outcome: 'too noisy', exitCode: 6, works: [], alone: ['record'] },
    'NOTHING COMPARED: only one side has record; choose others with --only, or another base (exit 6)',
  ],
  [
    { outcome: 'too noisy', exitCode: 6, works: [] },
    'TOO NOISY: nothing was measured in time; allow more with --within 300 (exit 6)',
  ],
  [
    {
      outcome: 'slower',
      exitCode: 4,
      works: [{ ...work, decidedBy: 'instructions', instructions: { base: 100, tree: 120 } }],
    },
    'SLOWER than main by more than 3.0 %: price/linear +20.0 % instructions. Do not merge (exit 4)',
  ],
] as const)('the last line of %j', (change, line) => {
  expect(
    asText({ ...report, ...(change as Partial<Report>) })
      .split('\n')
      .at(-1),
  ).toBe(line)
})

test('what decided, and what was counted by what, is said', () => {
  const counted: WorkReport = { ...work, decidedBy: 'instructions', instructions: { base: 100, tree: 104 } }
  const text = asText({ ...report, works: [counted], counter: { isThere: true, tool: 'callgrind' } })
  expect(text).toContain('slower (instructions)')
  expect(text).toContain('instructions counted by callgrind')
  expect(text).toContain('+4.0 %')
  expect(asText({ ...report, counter: { isThere: false, reason: 'no valgrind' } })).toContain(
    'instructions not counted: no valgrind',
  )
})

test('markdown is a table with the conclusion above it', () => {
  const lines = asMarkdown(report).split('\n')
  expect(lines[0]).toBe(
    '**Speed against main: SLOWER than main by more than 3.0 %: price/linear +10.0 %. Do not merge (exit 4)**',
  )
  expect(lines[2]).toBe('| work | base | tree | change | interval | would see | finding |')
  expect(lines[4]).toBe('| price/linear | 10.00 ns | 11.00 ns | +10.0 % | [+8.0 %, +12.0 %] | 3.5 % | slower |')
})

test('data has every sample, a line of history how many rounds', () => {
  expect(JSON.parse(asJson(report))).toEqual(report)
  const line = asHistory(report)
  expect(line).not.toContain('\n')
  expect(JSON.parse(line)).toEqual({ ...report, works: [{ ...work, rounds: 2 }] })
})

test('a base without its sources is said to be weaker', () => {
  expect(asText({ ...report, method: 'figures of another time' })).toContain('"no change" cannot')
})

test('counts are read as perf and callgrind write them, and nothing where they count nothing', () => {
  expect(perfCount('123456,,instructions:u,1000,100.00,,\n')).toBe(123456)
  expect(perfCount('<not supported>,,instructions:u,0,100.00,,\n')).toBe(null)
  expect(perfCount('')).toBe(null)
  expect(callgrindCount('events: Ir\nsummary: 381150\ntotals: 381150\n')).toBe(381150)
  expect(callgrindCount('events: Ir\ntotals: 0\n')).toBe(null)
})

test('busy and stolen time come from the first line of /proc/stat', () => {
  expect(ticksOf('cpu  10 0 5 80 4 0 0 1 0 0\ncpu0 5 0 2 40 2 0 0 1 0 0\n')).toEqual({ all: 100, idle: 84, stolen: 1 })
  expect(ticksOf('not linux')).toBe(null)
})
