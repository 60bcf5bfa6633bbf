/**
 * The power is cut while a command writes: what was not synced is lost, wholly or in part (`recorded-disk.ts`). The command is
 * run once and recorded; then the disk is made as it would be after each of its operations. What looks whole then is whole; what
 * was interrupted resumes, or is made again, to the same bytes; what ended is there. `--short` cuts at a few operations.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { marketsim, newFolder, removeFolders } from '../../cli/marketsim.ts'
import { hasProgram } from '../../house/programs.ts'
import { isShort } from '../effort.ts'
import { compileRecorder, Disk, hashOf, type Left, operationsIn, recordedDisk } from './recorded-disk.ts'
import { contentOf, makeInputs, prepare, writers } from './writers.ts'

const cwd = newFolder()
let library = ''
afterAll(removeFolders)
beforeAll(async () => {
  library = hasProgram('gcc') ? compileRecorder(cwd) : ''
  await makeInputs(cwd)
})

/** Codes of a command that finds too little to continue with. */
const refusals = [exitCodes.badInput.code, exitCodes.damaged.code, exitCodes.diskFailed.code]

/** Cuts of a kind that are tried: all, or a few spread over them. */
const few = isShort ? 2 : Number.POSITIVE_INFINITY
/** Random remainders of each operation. */
const seeds = isShort ? [1] : [1, 2]

interface Cut {
  readonly after: number
  readonly left: Left
}

describe.skipIf(!hasProgram('gcc')).each(Object.entries(writers))('%s', (name, writer) => {
  const { words, result, hasChecksums, resumes, varying } = writer
  const disk = join(cwd, 'disk')
  const place = join(disk, result)
  const log = join(cwd, 'operations')
  let whole: Record<string, string> = {}
  let cuts: Cut[] = []
  let last = 0
  let again: () => ReturnType<typeof operationsIn> = () => []
  let first: Disk

  beforeAll(async () => {
    prepare(cwd, writer)
    first = new Disk(disk)
    const { code, stderr } = await marketsim(words, { cwd, environment: recordedDisk(library, log, disk) })
    expect(code, stderr).toBe(exitCodes.done.code)
    whole = contentOf(place, varying)
    const operations = operationsIn(log)
    again = () => operations
    last = operations.length
    cuts = cutsOf(first, operations)
  })

  /** One cut for each different disk. */
  function cutsOf(start: Disk, operations: ReturnType<typeof operationsIn>): Cut[] {
    const seen = new Set<string>()
    const found: { nothing: Cut[]; some: Cut[] } = { nothing: [], some: [] }
    operations.forEach((operation, index) => {
      start.take(operation)
      const isBarrier = operation.kind !== 'written' && operation.kind !== 'cut'
      if (!isBarrier && index % 7 !== 0) return
      for (const left of ['nothing', ...seeds.map((seed) => ({ seed: seed * 7919 + index }))] as Left[]) {
        const hash = hashOf(start.afterCut(left))
        if (seen.has(hash)) continue
        seen.add(hash)
        found[left === 'nothing' ? 'nothing' : 'some'].push({ after: index + 1, left })
      }
    })
    return [...spread(found.nothing), ...spread(found.some)]
  }

  function spread(all: Cut[]): Cut[] {
    const tried = Math.min(all.length, few)
    return Array.from({ length: tried }, (_, index) => all[Math.floor(((index + 0.5) * all.length) / tried)])
  }

  /** Makes the disk as it is after a cut, from the beginning. */
  function cut({ after, left }: Cut): void {
    prepare(cwd, writer)
    const now = new Disk(disk)
    for (const operation of again().slice(0, after)) now.take(operation)
    now.write(now.afterCut(left))
  }

  const looksWhole = (): boolean =>
    hasChecksums
      ? existsSync(join(place, 'manifest.json'))
      : existsSync(place) && readdirSync(place).some((file) => !file.startsWith('.'))

  async function expectSound(where: string): Promise<void> {
    if (hasChecksums) {
      const { code, stdout } = await marketsim(['verify', `disk/${result}`], { cwd })
      expect(code, `${where}: ${stdout}`).toBe(exitCodes.done.code)
    }
    if (writer.given === result) return
    const there = Object.entries(contentOf(place, varying)).filter(([file]) => !file.startsWith('.'))
    // Of several files of an export some may have their names already, each of them whole.
    if (hasChecksums) expect(Object.fromEntries(there), where).toEqual(whole)
    else expect(whole, where).toMatchObject(Object.fromEntries(there))
  }

  async function repeat(where: string): Promise<void> {
    const isLeft = readdirSync(disk).some((folder) => folder.startsWith(`${result}.partial-`))
    if (isLeft && resumes) {
      const { code, stderr } = await marketsim(['resume', `disk/${result}`, '--quiet'], { cwd })
      if (code === exitCodes.done.code) {
        expect(contentOf(place, varying), `${where}: resumed`).toEqual(whole)
        return
      }
      expect(refusals, `${where}: ${stderr}`).toContain(code)
      expect(stderr, where).toMatch(/error: [\s\S]*hint: /)
    }
    const force = existsSync(place) && name !== 'report' ? ['--force'] : []
    const { code, stderr } = await marketsim([...words, ...force], { cwd })
    expect(code, `${where}: ${stderr}`).toBe(exitCodes.done.code)
    expect(contentOf(place, varying), `${where}: made again`).toEqual(whole)
  }

  test('what ended is there', async () => {
    cut({ after: last, left: 'nothing' })
    expect(contentOf(place, varying)).toEqual(whole)
    if (hasChecksums) await expectSound('at the end')
  })

  test('what is cut off is made again, and nothing else looks whole', async () => {
    for (const each of cuts) {
      cut(each)
      const where = `after operation ${each.after} of ${last}, ${JSON.stringify(each.left)} left`
      if (looksWhole()) await expectSound(where)
      if (!hasChecksums || !looksWhole() || name === 'report') await repeat(where)
    }
  })
})
