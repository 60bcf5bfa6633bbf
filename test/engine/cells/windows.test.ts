import { expect, test } from 'vitest'
import { run } from './running.ts'

test('a window ends at the earliest event anywhere + lookahead, and empty time costs nothing', async () => {
  const script = [
    { cell: 0, at: 50 },
    { cell: 1, at: 149 },
    { cell: 1, at: 150 },
    { cell: 0, at: 900_000 },
  ]
  const { results, windows, executed } = await run('log', script, { cells: 2, end: 1_000_000 })
  expect(results).toEqual([
    ['50 rank 4', '150 boundary', '250 boundary', '900000 rank 4', '900100 boundary'],
    ['149 rank 4', '150 boundary', '150 rank 4', '250 boundary', '900100 boundary'],
  ])
  expect({ windows, executed }).toEqual({ windows: 3, executed: 4 })
})

test('time is half-open: an event at the end does not run, nor does a message that arrives there', async () => {
  const script = [
    { cell: 0, at: 999 },
    { cell: 0, at: 1000 },
    { cell: 1, at: 999, to: 0 },
    { cell: 1, at: 1000, to: 0 },
  ]
  const { results } = await run('log', script, { cells: 2 })
  expect(results[0]).toEqual(['999 line 2 from 1', '999 rank 4', '1000 boundary'])
})

test('T-06: messages run after the settlements and before the actions, by sender, then in the order sent', async () => {
  const script = [
    ...[4, 3, 2, 0].map((rank) => ({ cell: 0, at: 500, rank })),
    { cell: 2, at: 500, to: 0 },
    { cell: 1, at: 500, to: 0 },
    { cell: 0, at: 500, to: 0 },
    { cell: 1, at: 500, to: 0 },
    { cell: 1, at: 499, to: 0 },
  ]
  const expected = [
    '499 line 8 from 1',
    '500 rank 0',
    '500 rank 2',
    '500 rank 3',
    '500 line 6 from 0',
    '500 line 5 from 1',
    '500 line 7 from 1',
    '500 line 4 from 2',
    '500 rank 4',
    '599 boundary',
  ]
  for (const threads of [1, 3]) expect((await run('log', script, { threads })).results[0]).toEqual(expected)
})

test('a run without events ends immediately', async () => {
  for (const threads of [1, 2]) {
    expect(await run('log', [], { threads })).toMatchObject({ results: [[], [], []], executed: 0, windows: 0 })
  }
  expect(await run('log', [{ cell: 0, at: 0 }], { end: 0 })).toMatchObject({ executed: 0, windows: 0 })
})

test('a flood of messages in one window is neither lost nor reordered, and threads may outnumber cells', async () => {
  const spec = { burst: 900 }
  const alone = await run('flood', spec, { cells: 5, end: 5000 })
  for (const cell of alone.results) expect(cell).toEqual({ inOrder: true, received: [900, 900, 900, 900, 900] })
  for (const threads of [2, 8]) expect(await run('flood', spec, { cells: 5, end: 5000, threads })).toEqual(alone)
})

test.each([
  [{ cells: 0 }, 'cells is a whole number from 1 on, not 0'],
  [{ threads: 1.5 }, 'threads is a whole number from 1 on, not 1.5'],
  [{ lookahead: 0 }, 'lookahead is a whole number from 1 on, not 0'],
  [{ start: 5, end: 4 }, 'end is a whole number from 5 on, not 4'],
  [{ end: Infinity }, 'end is a whole number from 0 on, not Infinity'],
  [{ checkpointEvery: 0 }, 'checkpointEvery is a whole number from 1 on, not 0'],
  [{ checkpointBy: -1 }, 'checkpointBy is a whole number from 0 on, not -1'],
])('options %j are refused', async (options, message) => {
  await expect(run('log', [], options)).rejects.toThrow(new RangeError(message))
})
