/** An interrupted run that resumes equals the run that was never interrupted: the same digest and facts, to the byte. */
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { libraryScenarios } from '#scenarios/library.ts'
import { type ReadScenario, readScenario } from '#scenarios/reader.ts'
import { saveCheckpoint, wholeCheckpoints } from '#sim/run/checkpoint.ts'
import { readProgress, writeProgress } from '#sim/run/resume.ts'
import { live, simulate } from '#sim/run/simulate.ts'
import { often } from '../../house/effort.ts'
import { checkpointedRequest, expectResumable, newRunFolder, removeRunFolders } from './checkpointed-run.ts'

const DAY = 86_400_000
afterAll(removeRunFolders)

/** Of a scenario too large for a test, its first days. */
async function briefly(path: string): Promise<ReadScenario> {
  const read = await readScenario(path)
  const { scenario } = read
  const buyers = scenario.buyers.reduce((sum, segment) => sum + (segment.count ?? 1), 0)
  const days = Math.max(1, Math.min(often(5, 40), Math.floor(8_000 / buyers)))
  const end = Math.min(scenario.end, scenario.start + days * DAY)
  return { ...read, scenario: { ...scenario, end } }
}

const library = await libraryScenarios()
const pathOf = (name: string): string => library.find((scenario) => scenario.name === name)?.path as string

/** `npm run histories` does it with every scenario of the library at full length. */
test.each(often(['every-rule'], ['every-rule', 'black-friday']))(
  '%s resumes from each of its checkpoints, on another number of threads, to the same facts',
  async (name) => expectResumable(await briefly(pathOf(name))),
)

const quickstart = async (): Promise<ReadScenario> => {
  const read = await readScenario(pathOf('quickstart'))
  return { ...read, scenario: { ...read.scenario, end: read.scenario.start + DAY } }
}

test('the last two checkpoints are kept, and one that is damaged is passed over for the one before', async () => {
  const folder = newRunFolder()
  const { digest } = await live(checkpointedRequest(await quickstart(), folder, 1))
  const unfinished = join(folder, 'unfinished')
  const [{ blob }] = wholeCheckpoints(unfinished)
  for (const at of [7, 8, 9]) saveCheckpoint(unfinished, blob, 1e15 + at)
  const kept = readdirSync(unfinished).filter((name) => name.startsWith('checkpoint-'))
  expect(kept).toEqual([`checkpoint-${1e15 + 8}`, `checkpoint-${1e15 + 9}`])
  const spoilt = Uint8Array.from(blob)
  spoilt[spoilt.length >> 1] ^= 1
  writeFileSync(join(unfinished, kept[1]), spoilt)
  expect([...wholeCheckpoints(unfinished)]).toEqual([{ at: 1e15 + 8, blob: Buffer.from(blob) }])
  expect((await live(checkpointedRequest(await quickstart(), folder, 2))).digest).toBe(digest)
})

/** A run that a power cut interrupted, and its digest. */
const cutOff = newRunFolder()
let expectedDigest = ''
beforeAll(async () => {
  expectedDigest = (await live(checkpointedRequest(await quickstart(), cutOff, 1))).digest
})

const facts = (folder: string): string => join(folder, 'facts', 'cell-0.facts')
const latest = (folder: string): string =>
  join(
    folder,
    'unfinished',
    readdirSync(join(folder, 'unfinished'))
      .filter((name) => name.startsWith('checkpoint-'))
      .sort()
      .at(-1) as string,
  )

const flip = (path: string, place: (size: number) => number): void => {
  const bytes = readFileSync(path)
  bytes[place(bytes.length)] ^= 4
  writeFileSync(path, bytes)
}

test.each<[string, (folder: string) => void, readonly RegExp[]]>([
  ['nothing', () => {}, []],
  [
    'facts that end early',
    (folder) => truncateSync(facts(folder), 800),
    [/it has 800 bytes, and the run wrote \d+/, /it has 800/],
  ],
  ['facts that are missing', (folder) => rmSync(facts(folder)), [/it has 0 bytes/, /it has 0 bytes/]],
  [
    'a bit of the first facts',
    (folder) => flip(facts(folder), () => 4_000),
    [/its checksum is another one/, /its checksum/],
  ],
  ['a bit of the latest checkpoint', (folder) => flip(latest(folder), (size) => size >> 1), []],
  [
    'a torn note of the phase',
    (folder) => writeFileSync(join(folder, 'unfinished', 'progress.json'), '{"progr'),
    [/progress.json is damaged/],
  ],
])('damage by a power cut: %s. The run resumes to the same history', async (_, spoil, expected) => {
  const folder = newRunFolder()
  cpSync(cutOff, folder, { recursive: true })
  spoil(folder)
  const found: string[] = []
  const request = checkpointedRequest(await quickstart(), folder, 1)
  const recovery = { folder: join(folder, 'unfinished'), onDamage: (what: string) => void found.push(what) }
  expect((await simulate({ ...request, recovery })).digest).toBe(expectedDigest)
  expect(found.length).toBe(expected.length)
  for (const [index, what] of expected.entries()) expect(found[index]).toMatch(what)
})

test('a run interrupted after its simulation builds its record from the facts; one with its record builds nothing', async () => {
  const read = await quickstart()
  const folder = newRunFolder()
  const request = checkpointedRequest(read, folder, 1)
  const lived = await live(request)
  const recovery = { folder: join(folder, 'unfinished') }
  writeProgress(recovery, { phase: 'auditing', digest: lived.digest, events: lived.events, files: lived.files })
  writeFileSync(join(folder, 'run.sqlite'), 'half a record')
  writeFileSync(join(folder, 'run.sqlite-journal'), 'half a journal')
  const outcome = await simulate(request)
  expect(outcome.digest).toBe(lived.digest)
  expect(outcome.differences).toBe(0)
  expect(readProgress(recovery, folder).phase).toBe('reporting')
  const before = readFileSync(outcome.record)
  expect(await simulate(request)).toEqual(outcome)
  expect(readFileSync(outcome.record).equals(before)).toBe(true)
})
