/** Commands that write, what they begin with, and what they leave. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { marketsim } from '../../cli/marketsim.ts'

const brief = ['--set', 'end=2024-03-01T03:00:00+08:00', '--quiet', '--threads', '1']

/** A command that writes below the folder `disk`. */
export interface Writer {
  /** What it begins with, copied from `inputs` to `disk`. */
  readonly given?: string
  readonly words: readonly string[]
  /** The folder that it writes. */
  readonly result: string
  /** Whether its manifest has checksums: then nothing may differ unseen. */
  readonly hasChecksums: boolean
  /** Whether work that was interrupted may be left for `resume`. */
  readonly resumes: boolean
  /** Files that differ from run to run. */
  readonly varying?: RegExp
}

export const writers: Readonly<Record<string, Writer>> = {
  run: {
    words: ['run', 'quickstart', ...brief, '--out', 'disk/run'],
    result: 'run',
    hasChecksums: true,
    resumes: true,
  },
  'run with checkpoints': {
    words: ['run', 'quickstart', ...brief, '--out', 'disk/run', '--checkpoint-every', '1h'],
    result: 'run',
    hasChecksums: true,
    resumes: true,
  },
  report: { given: 'run', words: ['report', 'disk/run'], result: 'run', hasChecksums: true, resumes: false },
  export: {
    given: 'run',
    words: ['export', 'disk/run', '--format', 'hledger', '--out', 'disk/books'],
    result: 'books',
    hasChecksums: false,
    resumes: false,
  },
  'export as one file': {
    given: 'run',
    words: ['export', 'disk/run', '--format', 'sqlite', '--out', 'disk/file'],
    result: 'file',
    hasChecksums: false,
    resumes: false,
  },
  sweep: {
    words: ['sweep', 'quickstart', ...brief, '--runs', '2', '--figure', 'orders.placed', '--out', 'disk/sweep'],
    result: 'sweep',
    hasChecksums: true,
    resumes: true,
  },
  meter: {
    given: 'log',
    words: ['meter', 'disk/log/events.csv', '--prices', 'disk/log/prices.csv', '--out', 'disk/rated'],
    result: 'rated',
    hasChecksums: false,
    resumes: false,
  },
  import: {
    given: 'log',
    words: [
      'import',
      'csv',
      'disk/log/usage.csv',
      '--map',
      'at=started,end=ended,account=customer,resource=machine,flavour=size',
      '--as',
      'events',
      '--out',
      'disk/imported',
    ],
    result: 'imported',
    hasChecksums: false,
    resumes: false,
  },
  load: {
    words: [
      'load',
      'quickstart',
      ...brief.slice(0, 3),
      '--threads',
      '1',
      '--users',
      '2',
      '--duration',
      '500ms',
      '--out',
      'disk/load',
    ],
    result: 'load',
    hasChecksums: true,
    resumes: false,
    // It measures time: its ledgers and figures differ from run to run.
    varying: /./,
  },
}

const events = `at,account,resource,do,product,flavour
2024-03-01T00:10:00+08:00,a,ecs-1,start,,small
2024-03-01T05:10:00+08:00,a,ecs-1,delete,,small
`
const usage = `started,ended,customer,machine,size
2024-03-01T00:10:00+08:00,2024-03-01T05:10:00+08:00,a,m-1,small
2024-03-01T01:00:00+08:00,2024-03-01T02:30:00+08:00,b,m-2,small
`
const prices = 'kind,name,hourly\necs,small,0.10\n'

/** A new disk with what a command begins with. */
export function prepare(cwd: string, { given }: Writer): void {
  rmSync(join(cwd, 'disk'), { recursive: true, force: true })
  mkdirSync(join(cwd, 'disk'))
  if (given !== undefined) cpSync(join(cwd, 'inputs', given), join(cwd, 'disk', given), { recursive: true })
}

/** Hashes of the files of a result. Of a manifest only the digest: the rest says when and where. */
export function contentOf(folder: string, varying?: RegExp): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
  return Object.fromEntries(
    names.map((name) => {
      if (varying?.test(name)) return [name, '']
      const bytes = readFileSync(join(folder, name))
      const content = name === 'manifest.json' ? String(JSON.parse(bytes.toString()).digest) : bytes
      return [name, createHash('sha256').update(content).digest('hex')]
    }),
  )
}

/** Makes what commands begin with, in `inputs`. */
export async function makeInputs(cwd: string): Promise<void> {
  const inputs = join(cwd, 'inputs')
  mkdirSync(join(inputs, 'log'), { recursive: true })
  writeFileSync(join(inputs, 'log', 'events.csv'), events)
  writeFileSync(join(inputs, 'log', 'prices.csv'), prices)
  writeFileSync(join(inputs, 'log', 'usage.csv'), usage)
  const { code, stderr } = await marketsim(['run', 'quickstart', ...brief, '--out', join(inputs, 'run')], { cwd })
  expect(code, stderr).toBe(exitCodes.done.code)
}
