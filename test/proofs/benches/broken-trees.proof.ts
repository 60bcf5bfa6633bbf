/**
 * Comparisons whose trees hang, fail, print or find no disk: each ends, in time, with what was wrong and where. A hang never ends
 * by itself, so that only the end of the time does; how far a side gets before is the machine's.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { UsageError } from '#cli/script.ts'
import { type Measurement, MisfitError, measure } from '../../../bench/compare/measure.ts'
import { commitOf, treeIn, treeOf } from '../../../bench/compare/trees.ts'
import { Workshop } from '../../../bench/compare/workshop.ts'

const scratch = mkdtempSync(join(tmpdir(), 'marketsim-test-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const file = 'sim/billing/metering/rating.ts'
const seconds = 8

/** Compares the tree with one that has a text at the head of a module, or a statement in its hot path. */
async function against(change: (source: string) => string, ends = Number.POSITIVE_INFINITY): Promise<Measurement> {
  const shop = new Workshop()
  try {
    const trees = { base: treeIn(shop, 'base'), tree: treeIn(shop, 'tree') }
    const path = join(trees.tree.folder, file)
    const source = readFileSync(path, 'utf8')
    const changed = change(source)
    expect(changed).not.toBe(source)
    writeFileSync(path, changed)
    const pieces = [{ work: 'rating', size: 100 }]
    const effort = { ends, time: 1, rounds: 1 }
    return await measure(
      shop,
      trees,
      pieces,
      effort,
      (works) => works.map(() => true),
      () => {},
    )
  } finally {
    await shop.remove()
    expect(existsSync(shop.folder)).toBe(false)
  }
}

const atHead = (text: string) => (source: string) => `${text}\n${source}`
const inside = (text: string) => (source: string) =>
  source.replace('Math.floor(product / DIVISOR)', `(${text}, Math.floor(product / DIVISOR))`)

test.each([
  ['never ends to load', atHead('for (;;);')],
  ['waits forever to load', atHead('await new Promise(() => setInterval(() => {}, 1000))')],
  ['never ends a batch', inside('(() => { for (;;); })()')],
])('a tree that %s is stopped when time is over, and named', async (_, change) => {
  const began = performance.now()
  const { works, stopped } = await against(change, began + seconds * 1000)
  expect(works).toEqual([])
  for (const each of stopped)
    expect(each).toMatch(/^(base and )?tree had not (started|ended a round of rating) after \d+ s$/)
  expect(stopped).toHaveLength(new Set(stopped).size)
  expect(stopped.length).toBeGreaterThan(0)
})

test.each([
  [
    'throws while it loads',
    atHead(`throw new Error('a rule is missing')`),
    /^the process of the tree ended with 1: [\s\S]*a rule is missing/,
  ],
  ['ends while it loads', atHead('process.exit(0)'), /^the process of the tree ended with 0: $/],
  ['does not parse', atHead('const = 5'), /^the process of the tree ended with 1: [\s\S]*SyntaxError/],
  [
    'throws in a batch',
    inside(`(() => { throw new Error('no such rate') })()`),
    /^the process of the tree ended with 1: [\s\S]*no such rate/,
  ],
  [
    'is killed in a batch',
    inside(`process.kill(process.pid, 'SIGKILL')`),
    /^the process of the tree ended with SIGKILL: $/,
  ],
])('a tree that %s does not fit, and says why', async (_, change, message) => {
  const fault = await against(change).catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(MisfitError)
  expect((fault as Error).message).toMatch(message)
})

test('a tree that finds no room on the disk is an error of the disk', async () => {
  const full = `throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })`
  await expect(against(atHead(full))).rejects.toMatchObject({ code: 'ENOSPC' })
})

test.each([
  ['while it loads', atHead(`console.log('{"works":[]}'); process.stdout.write('half a line')`)],
  ['in a batch', inside(`globalThis.said ??= console.log('debugging') ?? 1`)],
])('what a tree prints %s is no answer', async (_, change) => {
  const { works, stopped } = await against(change)
  expect([works.map(({ work, isOneAnswer }) => [work, isOneAnswer]), stopped]).toEqual([[['rating', true]], []])
})

/** Calls with only these programs, each a script, where PATH has them. */
async function withPrograms<Result>(programs: Readonly<Record<string, string>>, call: () => Promise<Result>) {
  const folder = mkdtempSync(join(scratch, 'bin-'))
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const before = process.env.PATH
  process.env.PATH = folder
  try {
    return await call()
  } finally {
    process.env.PATH = before
  }
}

/** The error of taking a tree out of git. */
async function faultOf(programs: Readonly<Record<string, string>>) {
  const shop = new Workshop()
  const fault = await withPrograms(programs, () =>
    treeOf(shop, 'base', '0'.repeat(40)).catch((error: unknown) => error),
  )
  await shop.remove()
  expect(existsSync(shop.folder)).toBe(false)
  return fault as NodeJS.ErrnoException
}

const git = ': > "$4"'

test.each([
  ['no git', {}, /^git is not installed$/],
  ['no tar', { git }, /^tar is not installed$/],
  [
    'a commit whose files are not here',
    { git: `echo 'fatal: not a tree object' >&2; exit 128` },
    /^git archive 0{12}: fatal: not a tree object$/,
  ],
  ['git that is killed', { git: 'kill -9 $$' }, /^git archive 0{12}: ended by a signal$/],
])('%s is bad input, in the words of git', async (_, programs: Record<string, string>, message) => {
  const fault = await faultOf(programs)
  expect(fault).toBeInstanceOf(UsageError)
  expect(fault.message).toMatch(message)
})

test.each([
  [
    'git',
    { git: `echo 'fatal: write error: No space left on device' >&2; exit 128` },
    /^fatal: write error: No space left/,
  ],
  [
    'tar',
    { git, tar: `echo 'tar: x: Wrote only 512 of 10240 bytes' >&2; exit 2` },
    /^tar: x: Wrote only 512 of 10240 bytes$/,
  ],
  [
    'tar, for each file',
    {
      git,
      tar: `echo 'tar: a: Cannot write: No space left on device' >&2; echo 'tar: b' >&2; echo 'tar: c' >&2; exit 2`,
    },
    /^tar: a: Cannot write: No space left on device \(and 2 more lines\)$/,
  ],
])('a full disk under %s is an error of the disk', async (_, programs: Record<string, string>, message) => {
  const fault = await faultOf(programs)
  expect([fault.code, fault.message]).toEqual(['EIO', expect.stringMatching(message)])
})

test('without git there is no commit, and this is said', async () => {
  expect(await withPrograms({}, async () => commitOf('main'))).toEqual({ commit: null, fault: 'git is not installed' })
})
