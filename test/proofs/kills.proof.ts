/**
 * Real runs killed by SIGKILL at random moments of each phase: resumed, they end as the run that was never interrupted.
 * One round with `--short`, otherwise twelve.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { openRecord } from '#sim/record/open-record.ts'
import { marketsim, newFolder, removeFolders, withoutWarnings } from '../cli/marketsim.ts'
import { type At, killedBetween } from '../cli/moments.ts'
import { isShort } from './effort.ts'

const cwd = newFolder()
const brief = ['--set', 'end=2024-03-13T00:00:00+08:00', '--set', 'messageDelay=50ms', '--quiet']
const phases = ['simulating', 'recording', 'auditing', 'reporting'] as const
type Phase = (typeof phases)[number]

beforeAll(async () => {
  const { code, stderr } = await marketsim(['run', 'quickstart', ...brief, '--threads', '1', '--out', 'whole'], { cwd })
  expect([withoutWarnings(stderr), code]).toEqual(['', exitCodes.done.code])
})
afterAll(removeFolders)

const stagingOf = (name: string): string | undefined =>
  readdirSync(cwd).find((entry) => entry.startsWith(`${name}.partial-`))

/** The phase that a run says it is in; undefined before it has begun. */
function phaseOf(name: string): Phase | undefined {
  const staging = stagingOf(name)
  if (staging === undefined) return undefined
  const progress = join(cwd, staging, 'unfinished/progress.json')
  if (existsSync(progress)) return JSON.parse(readFileSync(progress, 'utf8')).progress.phase
  return existsSync(join(cwd, staging, 'facts/cell-0.facts')) ? 'simulating' : undefined
}

/** Where a run notes that it is in a phase. */
const noted = (phase: Phase): At => ({ path: /progress[.]json$/, text: new RegExp(`"phase":"${phase}"`) })

/** Where a run that is in `now`, or has not begun, enters a phase, and where it leaves it; the last ends with its name. */
function boundsOf(name: string, now: Phase | undefined, phase: Phase): { from: At; until: At } {
  const next = phases[phases.indexOf(phase) + 1]
  const begun = now === undefined ? /cell-0[.]facts$/ : new RegExp(`${name}[.]partial-`)
  return {
    from: phase === (now ?? 'simulating') ? { path: begun } : noted(phase),
    until: next === undefined ? { path: new RegExp(`(^|/)${name}$`) } : noted(next),
  }
}

/** Everything in the record but what the pages of its file look like. */
function contentOf(folder: string): Record<string, unknown[]> {
  const record = openRecord(join(cwd, folder, 'run.sqlite'))
  try {
    const tables = record.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
    return Object.fromEntries(tables.map((table) => [table, record.prepare(`SELECT * FROM ${table}`).raw().all()]))
  } finally {
    record.close()
  }
}

/** Ms after the beginning of a phase in which it is killed at a random moment, or at its end if that is sooner. */
const within: Readonly<Record<Phase, number>> = { simulating: 600, recording: 60, auditing: 150, reporting: 60 }

/** Kills one run in each phase, once more while simulating, and resumes it in between and at the end. */
async function killAndResume(name: string): Promise<void> {
  for (const [turn, phase] of (['simulating', ...phases] as const).entries()) {
    const threads = ['--threads', String((turn % 2) + 1)]
    const words =
      turn === 0
        ? ['run', 'quickstart', ...brief, ...threads, '--out', name, '--checkpoint-every', '3d']
        : ['resume', name, ...threads, '--quiet']
    const delayMs = 1 + Math.random() * within[phase]
    const environment = killedBetween({ ...boundsOf(name, phaseOf(name), phase), delayMs })
    const { code, stderr } = await marketsim(words, { cwd, environment })
    expect([code, stderr, phaseOf(name)]).toEqual([null, expect.any(String), phase])
    expect(existsSync(join(cwd, name)), `${name} has its name before it is complete`).toBe(false)
  }
  const { code, stderr } = await marketsim(['resume', name, '--quiet'], { cwd })
  expect([withoutWarnings(stderr), code]).toEqual(['', exitCodes.done.code])
}

function expectAlike(name: string): void {
  expect(stagingOf(name)).toBeUndefined()
  for (const file of ['summary.json', 'reconciliation.csv', 'report.html', 'charts/orders.vl.json'])
    expect(readFileSync(join(cwd, name, file), 'utf8'), file).toBe(readFileSync(join(cwd, 'whole', file), 'utf8'))
  expect(contentOf(name)).toEqual(contentOf('whole'))
  const manifest = (folder: string) => JSON.parse(readFileSync(join(cwd, folder, 'manifest.json'), 'utf8'))
  expect(manifest(name).digest).toBe(manifest('whole').digest)
  expect(Object.keys(manifest(name).files)).toEqual(Object.keys(manifest('whole').files))
  expect(readdirSync(join(cwd, name)).sort()).toEqual(readdirSync(join(cwd, 'whole')).sort())
}

test.each(Array.from({ length: isShort ? 1 : 12 }, (_, round) => [round + 1]))(
  'round %i: killed in each phase, once more while simulating, and resumed on other threads each time',
  async (round) => {
    const name = `killed-${round}`
    await killAndResume(name)
    expectAlike(name)
  },
)
