/**
 * Every command that writes, on a disk that fails at one of its operations: afterwards there is the same result, or a clear
 * error and nothing that looks whole; what was interrupted resumes, or is made again, to the same bytes. `--short` tries one
 * operation of each kind and command, the whole proof every one.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { type Ended, marketsim, newFolder, removeFolders } from '../../cli/marketsim.ts'
import { hasProgram } from '../../house/programs.ts'
import { isShort } from '../effort.ts'
import { classOf, compileFaults, countedIn, type FaultKind, faultyDisk, type Operations } from './faulty-disk.ts'
import { contentOf, makeInputs, prepare, writers } from './writers.ts'

const cwd = newFolder()
afterAll(removeFolders)

let library = ''
const state = join(cwd, 'counts')

async function onDisk(words: readonly string[], kind: FaultKind, at: number): Promise<Ended & { done: Operations }> {
  const ended = await marketsim(words, { cwd, environment: faultyDisk(library, state, join(cwd, 'disk'), kind, at) })
  return { ...ended, done: countedIn(state) }
}

const folders = (): string[] => readdirSync(join(cwd, 'disk')).filter((name) => !['log'].includes(name))

beforeAll(async () => {
  library = hasProgram('gcc') ? compileFaults(cwd) : ''
  await makeInputs(cwd)
})

/** Failures that the system reports, and those that it does not. */
const honest: readonly FaultKind[] = ['full', 'io', 'sync', 'name']
const silent: readonly FaultKind[] = ['lost', 'misdirected', 'flipped']

/** Which operations of a class are tried: all, or a few spread over them. */
function placesIn(count: number, few: number): number[] {
  const tried = isShort ? Math.min(count, few) : count
  return [...new Set(Array.from({ length: tried }, (_, index) => 1 + Math.floor(((index + 0.5) * count) / tried)))]
}

describe.skipIf(!hasProgram('gcc')).each(Object.entries(writers))('%s', (name, writer) => {
  const { words, result, hasChecksums, resumes, varying } = writer
  const place = join(cwd, 'disk', result)
  let whole: Record<string, string> = {}
  let before: Record<string, string> | undefined
  let operations: Operations = { write: 0, sync: 0, name: 0 }

  beforeAll(async () => {
    prepare(cwd, writer)
    before = existsSync(place) ? contentOf(place, varying) : undefined
    const { code, stderr, done } = await onDisk(words, 'none', 0)
    expect(code, stderr).toBe(exitCodes.done.code)
    whole = contentOf(place, varying)
    operations = done
    expect(operations.write).toBeGreaterThan(0)
  })

  /** The result, made after a failure by whatever the program left. */
  async function repeat(): Promise<void> {
    const left = folders().some((folder) => folder.startsWith(`${result}.partial-`))
    const isResumable = left && resumes
    const again = isResumable
      ? ['resume', `disk/${result}`, '--quiet']
      : [...words, ...(existsSync(place) && name !== 'report' ? ['--force'] : [])]
    const { code, stderr } = await marketsim(again, { cwd })
    expect(code, `${again.join(' ')}: ${stderr}`).toBe(exitCodes.done.code)
    expect(contentOf(place, varying)).toEqual(whole)
  }

  /** Whether there is nothing new that looks whole. */
  function expectNothingNew(): void {
    if (before !== undefined) return
    expect(existsSync(join(place, 'manifest.json')), `${result} looks whole`).toBe(false)
    if (!hasChecksums)
      expect(existsSync(place) ? readdirSync(place).filter((file) => !file.startsWith('.')) : []).toEqual([])
  }

  test.each(honest)('a disk that says what failed: %s', async (kind) => {
    for (const at of placesIn(operations[classOf(kind)], 1)) {
      prepare(cwd, writer)
      const { code, stderr } = await onDisk(words, kind, at)
      const where = `${kind} at ${classOf(kind)} ${at}: ${stderr}`
      if (code === exitCodes.done.code) {
        expect(contentOf(place, varying), where).toEqual(whole)
        continue
      }
      expect(code, where).toBe(exitCodes.diskFailed.code)
      expect(stderr, where).toMatch(/error: [\s\S]*hint: /)
      expectNothingNew()
      await repeat()
    }
  })

  test('a write that takes only half of its bytes is continued', async () => {
    for (const at of placesIn(operations.write, 1)) {
      prepare(cwd, writer)
      const { code, stderr } = await onDisk(words, 'short', at)
      expect(code, `short at write ${at}: ${stderr}`).toBe(exitCodes.done.code)
      expect(contentOf(place, varying)).toEqual(whole)
    }
  })

  test.skipIf(!hasChecksums).each(silent)('a disk that fails without a word: %s', async (kind) => {
    for (const at of placesIn(operations.write, 1)) {
      prepare(cwd, writer)
      const { code, stderr } = await onDisk(words, kind, at)
      const where = `${kind} at write ${at}: ${stderr}`
      if (code === exitCodes.done.code) {
        const isSame = varying === undefined && JSON.stringify(contentOf(place)) === JSON.stringify(whole)
        if (isSame) continue
        const verified = await marketsim(['verify', `disk/${result}`], { cwd })
        if (verified.code === exitCodes.damaged.code) continue
        // What SQLite meant to write is known to SQLite alone: of its files the auditor judges the amounts.
        expect(verified.code, `${where}: verify says ${verified.stdout}`).toBe(exitCodes.done.code)
        const now = contentOf(place, varying)
        const names = Object.keys({ ...whole, ...now }).filter((file) => now[file] !== whole[file])
        expect(
          names.filter((file) => !file.endsWith('.sqlite')),
          where,
        ).toEqual([])
        continue
      }
      expect([exitCodes.damaged.code, exitCodes.difference.code, exitCodes.diskFailed.code], where).toContain(code)
      if (code !== exitCodes.difference.code) expectNothingNew()
    }
  })

  test('a process that is killed while it writes', async () => {
    for (const at of placesIn(operations.write, 1)) {
      prepare(cwd, writer)
      const { code, stderr } = await onDisk(words, 'kill', at)
      // The launcher's parent is killed with it: nothing is said.
      expect(code, stderr).not.toBe(exitCodes.done.code)
      expectNothingNew()
      await repeat()
    }
  })
})
