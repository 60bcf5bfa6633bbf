import { expect, test } from 'vitest'
import { CellError } from '#engine/cells/cell-error.ts'
import type { CellsProgress } from '#engine/cells/progress.ts'
import type { RunCellsOptions } from '#engine/cells/run-cells.ts'
import type { FaultySpec } from './programs/faulty.ts'
import { program, run, watchWorkers } from './running.ts'

/** Runs the wrong program and returns the error, with every worker gone. */
async function death(fault: FaultySpec['fault'], options: Partial<RunCellsOptions> = {}): Promise<CellError> {
  const spec: FaultySpec = { fault, cell: 1, at: 500 }
  const { alive } = watchWorkers()
  const error = await run('faulty', spec, { end: 5000, ...options }).then(
    () => expect.unreachable(`${fault} went unnoticed`),
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(CellError)
  expect(alive()).toBe(0)
  return error
}

const checkpoints = { checkpointEvery: 300, onCheckpoint: () => {} }

test.each<[FaultySpec['fault'], Partial<RunCellsOptions>, string, number]>([
  ['throw', {}, 'failed at virtual time 500 ms: the bridge is out', 500],
  ['throw text', {}, 'failed at virtual time 500 ms: only a text', 500],
  ['throw in receive', {}, 'failed at virtual time 100 ms: the bridge is out', 100],
  ['throw in boundary', {}, 'failed at virtual time 600 ms: the bridge is out', 600],
  ['throw in createCell', {}, 'could not be created: the bridge is out', 0],
  ['throw in finish', {}, 'failed to finish at virtual time 5000 ms: the bridge is out', 5000],
  ['throw in save', checkpoints, 'could not be saved at virtual time 300 ms: the bridge is out', 300],
  [
    'send too soon',
    {},
    'failed at virtual time 500 ms: a message from cell 1 to cell 2 takes a whole number of ms and at least the ' +
      'lookahead of 100 ms, not 99 ms',
    500,
  ],
  ['send nowhere', {}, 'failed at virtual time 500 ms: there is no cell 3: the cells of this run are 0 to 2', 500],
  ['send too much', {}, 'failed at virtual time 500 ms: a message carries at most 12 numbers, not 13', 500],
  [
    'send in finish',
    {},
    'failed to finish at virtual time 5000 ms: cell 1 may send only while it is created or runs',
    5000,
  ],
  ['symbol as result', {}, 'failed to finish at virtual time 5000 ms: Symbol(no data) could not be cloned.', 5000],
])('%s ends the run with its cell and time', async (fault, options, message, time) => {
  const alone = await death(fault, options)
  expect(alone.message).toBe(`Cell 1 (in the calling thread) ${message}`)
  const threaded = await death(fault, { ...options, threads: 2 })
  expect(threaded.message).toBe(`Cell 1 (in thread 2 of 2) ${message}`)
  for (const { cell, time: at } of [alone, threaded]) expect({ cell, at }).toEqual({ cell: 1, at: time })
  expect((threaded.cause as Error).name).toBe((alone.cause as Error).name)
})

test('the cause keeps name, message and stack of the error across threads', async () => {
  const { cause } = await death('throw', { threads: 3 })
  expect(cause).toMatchObject({ name: 'OwnError', message: 'the bridge is out' })
  expect((cause as Error).stack).toContain('faulty.ts')
})

test('of several cells that fail in one window, the first is named, on any threads', async () => {
  for (const threads of [1, 2, 4]) {
    const { message } = await death('throw everywhere', { threads, cells: 4 })
    expect(message).toMatch(/^Cell 1 .* failed at virtual time 540 ms: the bridge is out$/)
  }
})

test('a thread that exits ends the run with its cell and time', async () => {
  const { message } = await death('exit', { threads: 3 })
  expect(message).toBe('Cell 1 (in thread 2 of 3) died at virtual time 500 ms: worker exited with code: 3')
})

test('a thread that exhausts its heap ends the run', async () => {
  const { message } = await death('exhaust the heap', { threads: 3, threadHeapMb: 40 })
  expect(message).toMatch(/^Cell 1 \(in thread 2 of 3\) died at virtual time \d+ ms: .*memory/)
})

test('a thread that is terminated from outside ends the run', async () => {
  const { started } = watchWorkers()
  const onProgress = ({ now }: CellsProgress) => void (now > 0 && started[1].terminate())
  const { message } = await death('none', { threads: 2, end: 10 ** 12, progressEveryMs: 20, onProgress })
  expect(message).toMatch(/hread 2 of 2\)? died at virtual time [1-9]\d* ms: worker exited with code: 1$/)
})

test('a spec that cannot be handed on is an error', async () => {
  for (const threads of [1, 2]) {
    await expect(run('log', [() => {}], { threads })).rejects.toThrow(/^The spec is not plain data: .* be cloned\.$/)
  }
})

test('a module that is not there, or exports no createCell, is an error', async () => {
  for (const threads of [1, 2]) {
    await expect(run('nowhere', {}, { threads })).rejects.toThrow(/hread.* could not load the program: .*nowhere\.ts/)
    const module = new URL('./running.ts', program('log'))
    const failing = run('log', {}, { threads, module: new URL('../../../../engine/digest.ts', module) })
    await expect(failing).rejects.toThrow(/could not load the program: .*digest\.ts exports no function createCell$/)
  }
})
