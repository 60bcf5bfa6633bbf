/**
 * Every signal ends every command that computes for long, and nothing half-made stays: a run on one thread and on two, a
 * metering, a run with checkpoints. `--short` leaves out what `interruptions.proof.ts` does with one signal each.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newFolder, removeFolders, withoutWarnings } from '../../cli/marketsim.ts'
import {
  endings,
  entries,
  expectMeterLeavesNothing,
  expectRunLeavesNothing,
  type Stop,
  stoppedHotRun,
  writeInputs,
} from '../../cli/stopped-by-signal.ts'
import { isShort } from '../effort.ts'

const cwd = newFolder()
beforeAll(() => writeInputs(cwd))
afterAll(removeFolders)
const signals = Object.keys(endings) as Stop[]
const all = (suite: Stop) => signals.filter((signal) => !isShort || signal !== suite)

test.each(all('SIGINT'))('%s ends a run', (signal) => expectRunLeavesNothing(cwd, signal))

test.each(all('SIGHUP'))('%s ends `meter`', (signal) => expectMeterLeavesNothing(cwd, signal))

test.each(all('SIGTERM'))('%s leaves a run with checkpoints to be resumed', async (signal) => {
  const name = `kept-${signal}`
  const { code, stderr } = await stoppedHotRun(cwd, name, signal, ['--checkpoint-every', '1h'])
  expect(code).toBe(endings[signal])
  expect(withoutWarnings(stderr)).toContain(`resume ${name}`)
  expect(entries(cwd, `${name}.partial-`)).toHaveLength(1)
})
