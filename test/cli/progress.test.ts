import { expect, test } from 'vitest'
import { bar, progressView, shownWait, terminalLine } from '#cli/progress.ts'
import { type TaskProgressOptions, taskProgress } from '#cli/task-progress.ts'
import { columnsOf, cut, painter, printable, printableLines } from '#cli/terminal.ts'
import type { RunProgress } from '#sim/run/simulate.ts'

const plain = painter(false)
const state = (fraction: number, phase: RunProgress['phase'] = 'simulating'): RunProgress => ({
  phase,
  now: 1_709_222_400_000,
  start: 0,
  end: 1,
  executed: fraction * 1e6,
  fraction,
  threads: [
    { state: 'running', executed: 1 },
    { state: 'waiting', executed: 1 },
  ],
})

/** Shows progress at the given milliseconds and answers what was written. */
function written(isTTY: boolean, columns: number, moments: readonly [number, number][], quiet = false): string[] {
  const texts: string[] = []
  let now = 0
  const stream = { isTTY, columns, write: (text: string) => texts.push(text) }
  const view = progressView({ stream, quiet, paint: plain, clock: () => now, utcOffset: 0 })
  for (const [at, fraction] of moments) {
    now = at
    view.show(state(fraction))
  }
  view.end()
  return texts
}

test('on a terminal one line is redrawn at most ten times a second, and cleared at the end', () => {
  const moments = Array.from({ length: 100 }, (_, index): [number, number] => [index * 10, index / 100])
  const texts = written(true, 80, moments)
  expect(texts).toHaveLength(11)
  expect(texts[5]).toMatch(/^\r█+░+ 50 % · 2024-02-29 16:00 · 1 s left · 1 M\/s events/)
  expect(texts.at(-1)).toBe('\r\u001b[K')
})

test.each([20, 30, 40, 60, 80, 200])('the line of a terminal of %i columns never wraps', (columns) => {
  for (const text of written(true, columns, [
    [0, 0.1],
    [500, 0.4],
    [1000, 0.99],
  ]).slice(0, -1)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that clears the line
    const line = text.replace(/\r|\u001b\[K/g, '')
    expect([...line].length).toBeLessThan(columns)
  }
})

test('on a pipe there is a plain line every three seconds', () => {
  const moments = Array.from({ length: 100 }, (_, index): [number, number] => [index * 100, index / 100])
  const texts = written(false, 80, moments)
  expect(texts).toHaveLength(3)
  for (const text of texts) expect(text).toMatch(/^\d+ % · .*threads: 1 running, 1 waiting\n$/)
})

test('--quiet writes nothing at all', () => {
  expect(
    written(
      true,
      80,
      [
        [0, 0.1],
        [5000, 0.5],
      ],
      true,
    ),
  ).toEqual([])
})

test.each([
  [0, 4, '░░░░'],
  [0.5, 4, '██░░'],
  [1 / 32, 4, '▏░░░'],
  [1, 4, '████'],
  [7, 4, '████'],
])('a bar at %s', (fraction, width, text) => {
  expect(bar(fraction, width)).toBe(text)
})

test('waits are shown in a suitable unit', () => {
  expect([3.2, 125, 11_400].map(shownWait)).toEqual(['4 s', '2 min 05 s', '3 h 10 min'])
})

test('what does not fit is left out from the end', () => {
  expect(terminalLine(['50 %', 'a date', 'a long account of things'], 0.5, 30, plain)).toBe('███░░░ 50 % · a date')
})

test('text from a file cannot steer the terminal', () => {
  expect(printable('a\u001b[2Jb\r\n\u202Ec')).toBe('a\ufffd[2Jb\ufffd\ufffd\ufffdc')
  expect(printableLines('a\u001b[2J\nb\r\nc')).toBe('a\ufffd[2J\n  b\ufffd\n  c')
  expect(cut('abcdef', 4)).toBe('abc…')
})

/** What a task shows at the given milliseconds. */
function taskTexts(
  options: Partial<TaskProgressOptions> & { columns?: number; isTTY?: boolean },
  moments: readonly [number, number][],
) {
  const { columns = 80, isTTY = true, ...rest } = options
  const texts: string[] = []
  let now = 0
  const stream = { isTTY, columns, write: (text: string) => texts.push(text) }
  const task = taskProgress({ stream, quiet: false, paint: plain, clock: () => now, onPipe: false, ...rest })
  for (const [at, fraction] of moments) {
    now = at
    task.show(fraction, ['writing postings.csv'])
  }
  task.end()
  return texts
}

test('a task shows a bar with the time left, and clears it at its end', () => {
  const texts = taskTexts({}, [
    [0, 0],
    [50, 0.1],
    [1000, 0.25],
    [2000, 1],
  ])
  expect(texts).toHaveLength(4)
  expect(texts[1]).toMatch(/^\r█+.?░+ writing postings\.csv · 3 s left/)
  expect(texts[2]).toContain('█ writing postings.csv\u001b[K')
  expect(texts.at(-1)).toBe('\r\u001b[K')
})

test.each([
  [{ quiet: true }, 0],
  [{ isTTY: false }, 0],
  [{ isTTY: false, onPipe: true }, 1],
  [{ isTTY: false, onPipe: true, quiet: true }, 0],
])('with %j there are %i lines', (options, lines) => {
  expect(
    taskTexts(options, [
      [0, 0],
      [1000, 0.1],
      [4000, 0.5],
    ]),
  ).toHaveLength(lines)
})

test.each([20, 60, 80, 120, 200])('the bar of a task never wraps at %i columns', (columns) => {
  for (const text of taskTexts({ columns }, [
    [0, 0.1],
    [1000, 0.4],
  ]).slice(0, -1))
    expect(columnsOf(text.replace('\r', ''))).toBeLessThan(columns)
})
