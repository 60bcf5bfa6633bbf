/** A run that was broken off and goes on is the run that never was: the same digest and the same facts to the byte. */
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { libraryScenarios } from '#scenarios/library.ts'
import { type ReadScenario, readScenario } from '#scenarios/reader.ts'
import { lastCheckpoint, saveCheckpoint } from '#sim/run/checkpoint.ts'
import { readProgress, writeProgress } from '#sim/run/resume.ts'
import { live, type RunRequest, simulate } from '#sim/run/simulate.ts'

const DAY = 86_400_000
const scratch = mkdtempSync(join(tmpdir(), 'marketsim-resume-'))
afterAll(() => rmSync(scratch, { recursive: true }))

let folders = 0
function newFolder(): string {
  const folder = join(scratch, String(folders++))
  mkdirSync(join(folder, 'unfinished'), { recursive: true })
  return folder
}

/** Every third of the run is a checkpoint. */
function requestOf({ scenario, traces }: ReadScenario, folder: string, threads: number): RunRequest {
  const checkpointEvery = Math.ceil((scenario.end - scenario.start) / 3)
  return {
    scenario,
    traces: Object.fromEntries(traces),
    seed: scenario.seed,
    threads,
    folder,
    recovery: { folder: join(folder, 'unfinished'), checkpointEvery },
  }
}

const factsIn = (folder: string): Record<string, Buffer> =>
  Object.fromEntries(
    readdirSync(join(folder, 'facts')).map((name) => [name, readFileSync(join(folder, 'facts', name))]),
  )

/** Of a scenario too large for a test, its first days. */
async function briefly(path: string): Promise<ReadScenario> {
  const read = await readScenario(path)
  const { scenario } = read
  const buyers = scenario.buyers.reduce((sum, segment) => sum + (segment.count ?? 1), 0)
  const days = Math.max(1, Math.min(40, Math.floor(8_000 / buyers)))
  const end = Math.min(scenario.end, scenario.start + days * DAY)
  return { ...read, scenario: { ...scenario, end } }
}

const library = await libraryScenarios()

test.each(library.map(({ name, path }) => [name, path] as const))(
  '%s goes on from each checkpoint, on another number of threads, as if nothing had happened',
  async (_, path) => {
    const read = await briefly(path)
    const whole = newFolder()
    const { digest, events } = await live(requestOf(read, whole, 1))
    const facts = factsIn(whole)
    const checkpoints = readdirSync(join(whole, 'unfinished')).filter((name) => name.startsWith('checkpoint-'))
    expect(checkpoints).toHaveLength(2)
    for (const [index, name] of checkpoints.entries()) {
      const broken = newFolder()
      cpSync(join(whole, 'facts'), join(broken, 'facts'), { recursive: true })
      copyFileSync(join(whole, 'unfinished', name), join(broken, 'unfinished', name))
      const again = await live(requestOf(read, broken, [2, 4][index]))
      expect({ digest: again.digest, events: again.events }, name).toEqual({ digest, events })
      for (const [file, bytes] of Object.entries(factsIn(broken))) expect(bytes.equals(facts[file]), file).toBe(true)
    }
  },
  60_000,
)

const quickstart = async (): Promise<ReadScenario> => {
  const read = await readScenario(library.find(({ name }) => name === 'quickstart')?.path as string)
  return { ...read, scenario: { ...read.scenario, end: read.scenario.start + 6 * DAY } }
}

test('the last two checkpoints are kept, and one that is damaged is passed over for the one before', async () => {
  const folder = newFolder()
  const { digest } = await live(requestOf(await quickstart(), folder, 1))
  const unfinished = join(folder, 'unfinished')
  const blob = lastCheckpoint(unfinished) as Uint8Array
  for (const at of [7, 8, 9]) saveCheckpoint(unfinished, blob, 1e15 + at)
  const kept = readdirSync(unfinished).filter((name) => name.startsWith('checkpoint-'))
  expect(kept).toEqual([`checkpoint-${1e15 + 8}`, `checkpoint-${1e15 + 9}`])
  const spoilt = Uint8Array.from(blob)
  spoilt[spoilt.length >> 1] ^= 1
  writeFileSync(join(unfinished, kept[1]), spoilt)
  expect(lastCheckpoint(unfinished)).toEqual(Buffer.from(blob))
  expect((await live(requestOf(await quickstart(), folder, 2))).digest).toBe(digest)
})

test('a fact file that lacks what the checkpoint says was written is refused, never filled up', async () => {
  const folder = newFolder()
  await live(requestOf(await quickstart(), folder, 1))
  truncateSync(join(folder, 'facts', 'cell-0.facts'), 800)
  await expect(live(requestOf(await quickstart(), folder, 1))).rejects.toThrow(/lacks what the run had written/)
})

test('a run broken off after its simulation makes its record of the facts; one with its record makes nothing', async () => {
  const read = await quickstart()
  const folder = newFolder()
  const request = requestOf(read, folder, 1)
  const lived = await live(request)
  const recovery = { folder: join(folder, 'unfinished') }
  writeProgress(recovery, { phase: 'auditing', digest: lived.digest, events: lived.events })
  writeFileSync(join(folder, 'run.sqlite'), 'half a record')
  writeFileSync(join(folder, 'run.sqlite-journal'), 'half a journal')
  const outcome = await simulate(request)
  expect(outcome.digest).toBe(lived.digest)
  expect(outcome.differences).toBe(0)
  expect(readProgress(recovery).phase).toBe('reporting')
  const before = readFileSync(outcome.record)
  expect(await simulate(request)).toEqual(outcome)
  expect(readFileSync(outcome.record).equals(before)).toBe(true)
})
