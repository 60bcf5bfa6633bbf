/** Generators that share a load, in one process; `npm run generators` has them as processes, and kills one. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { InputError } from '#base/input-error.ts'
import { Arguments } from '#cli/command.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { commandOf } from '#cli/load-generators/coordinator.ts'
import { expectSoon, meet } from '#cli/load-generators/meeting.ts'
import type { LoadPlan } from '#cli/load-generators/plan.ts'
import { servePart } from '#cli/load-generators/serve-part.ts'
import { forgetStop, stopGenerators, watchStop } from '#cli/load-generators/stop.ts'
import { loadRequest } from '#cli/load-request.ts'
import type { LoadSummary } from '#reports/load-test/summary.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'

afterAll(removeFolders)

test.each([
  [{ generator: '3/2', results: 'r' }, /--generator 3\/2 is not a part/, /1\/3/],
  [{ generator: 'one', results: 'r' }, /--generator one is not a part/, /1\/3/],
  [{ generator: '1/2' }, /needs a folder/, /--results/],
  [{ generator: '1/2', results: 'r', users: '5' }, /--generator and --users cannot be combined/, /--rate/],
  [{ generator: '1/2', results: 'r', 'find-knee': true }, /--generator and --find-knee cannot/, /--rate/],
  [{ generator: '1/2', results: 'r', threshold: 'p99<1s' }, /--threshold is of the whole load/, /load merge/],
  [{ generator: '1/2', results: 'r', generators: '2' }, /--generator and --generators/, /remove one/],
  [{ generator: '1/2', results: 'r', 'start-at': 'noon' }, /'noon' is not an instant/, /--start-at 20/],
  [{ generator: '1/2', results: 'r', 'start-at': '2020-01-01T00:00:00Z' }, /has passed/, /get ready/],
  [{ 'start-at': '2020-01-01T00:00:00Z' }, /--start-at needs --generator/, /1\/2/],
  [{ results: 'r' }, /--results needs/, /--generators 2/],
  [{ generators: '0' }, /must be a whole number from 1/, /--generators 1/],
  [{ generators: '2', users: '5' }, /--generators and --users cannot be combined/, /--stages/],
  [{ generators: '2', file: '-' }, /stdin/, /write it to a file/],
  [{ 'start-by': 'ssh a{i} {command}' }, /needs the number of generators/, /--generators 4/],
  [{ 'start-by': 'ssh a{i} {command}', generators: '2' }, /needs a folder that all machines share/, /--start-at/],
  [{ 'start-by': 'ssh a{i}', generators: '2', results: 'r' }, /does not say where/, /\{command\}/],
  [
    { generators: '2', target: 'http://127.0.0.1:1' },
    /--generators and --target .* only the process that sent/,
    /several tests/,
  ],
])('%o is refused with a hint how to fix it', async (values, what, hint) => {
  const fault = await loadRequest(new Arguments({ file: 'quickstart', ...values }, false)).catch(
    (error: unknown) => error,
  )
  expect(fault).toBeInstanceOf(InputError)
  expect((fault as InputError).message).toMatch(what)
  expect((fault as InputError).hint).toMatch(hint)
})

test('the command of a generator elsewhere is one word, and each of its words is quoted for the shell there', () => {
  const words = ['load', "it's.yaml", '--rate', '5k/s', '--set', 'a=$b c']
  const line = commandOf('echo {i}/{n} {command} {x}', 2, 3, words)
  expect(line).toMatch(/^echo 2\/3 '.*' \{x\}$/)
  const { stdout } = spawnSync('sh', ['-c', commandOf('sh -c {command}', 1, 1, words)], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${shim()}:${process.env.PATH}` },
  })
  expect(stdout.trim().split('\n')).toEqual(words)
})

/** A folder with a program `marketsim` that prints its words, each on a line. */
function shim(): string {
  const folder = newFolder()
  writeFileSync(join(folder, 'marketsim'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 })
  return folder
}

test('a generator is stopped by a file in the folder of its load, but not by one of an earlier attempt', async () => {
  const folder = newFolder()
  const { promise: stopped, resolve } = Promise.withResolvers<void>()
  const unwatch = watchStop(folder, resolve)
  stopGenerators(folder)
  await stopped
  unwatch()
  let again = false
  watchStop(folder, () => {
    again = true
  })()
  forgetStop(folder)
  expect([again, readdirSync(folder)]).toEqual([false, []])
})

test('a start is at most a day away', () => {
  expect(() => expectSoon(Date.now() + 2 * 86_400_000, 'then')).toThrow(/more than a day away/)
  expect(expectSoon(Date.now() + 60_000, 'soon')).toBeGreaterThan(0)
})

test('a generator that is ready after the start serves nothing, and says by how much it was late', async () => {
  const appointment = { folder: newFolder(), generator: 2, generators: 3, startAt: Date.now() - 2_500 }
  const late = meet({ ...appointment, signal: new AbortController().signal, onWait() {} })
  await expect(late).rejects.toThrow(/generator 2 was ready \d+\.\d s after the start/)
})

test('a generator that waits for others does not count what has been silent for long, and stops when it is asked to', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'ready'))
  const stop = new AbortController()
  const said: string[] = []
  const onWait = (text: string): void => {
    said.push(text)
    stop.abort()
  }
  const waiting = meet({ folder, generator: 1, generators: 2, startAt: undefined, signal: stop.signal, onWait })
  await expect(waiting).rejects.toThrow(/aborted/)
  expect(said[0]).toBe('ready; 1 of 2 generators are')
})

describe('two generators that met in a folder', () => {
  const cwd = newFolder()
  const options = {
    set: ['end=2024-03-01T08:00:00+08:00', 'buyers.start-ups.count=60', 'buyers.companies.count=12'],
    sync: 'off',
    rate: '20k/s',
    duration: '50ms',
    'warm-up': '0',
  }
  const words = [
    'load',
    'quickstart',
    ...options.set.flatMap((each) => ['--set', each]),
    '--sync',
    'off',
    '--rate',
    '20k/s',
    '--duration',
    '50ms',
  ]
  let whole: LoadSummary

  beforeAll(async () => {
    const results = join(cwd, 'shared')
    const quiet = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
    const codes = await Promise.all(
      ['1', '2'].map(async (threads, index) => {
        const asked = { file: 'quickstart', ...options, threads, generator: `${index + 1}/2`, results, quiet: true }
        const request = await loadRequest(new Arguments(asked, false))
        if (request.generator === undefined) throw new Error('it is a generator')
        return servePart(request, request.generator, 'npm start -- load')
      }),
    )
    expect(quiet.mock.calls.join('')).toMatch(/generator 1 of 2 of load [0-9a-f]{16}: [\d,]+ operations done/)
    quiet.mockRestore()
    expect(codes).toEqual([0, 0])
    const one = await inThisProcess([...words, '--threads', '1', '--warm-up', '0', '--json', '--quiet'], cwd)
    whole = JSON.parse(one.stdout)
  })

  const merge = async (...rest: string[]) => inThisProcess(['load', 'merge', ...rest], cwd)

  test('are merged into the digests, counts and ledgers of one test, and thresholds are judged', async () => {
    const merged = await merge(
      'shared',
      '--out',
      'all',
      '--json',
      '--threshold',
      'done==1000',
      '--threshold',
      'p99<0.1us',
    )
    expect(merged.code).toBe(exitCodes.thresholdMissed.code)
    const summary = JSON.parse(merged.stdout) as LoadSummary
    expect(summary.complete).toBe(true)
    expect(summary.digest).toEqual(whole.digest)
    expect(summary.audit).toEqual(whole.audit)
    expect(summary.thresholds.map(({ passed }) => passed)).toEqual([true, false])
    expect(summary.generators).toMatchObject({ count: 2, missing: [], clocks: { machines: 1, differenceMs: 0 } })
    expect(summary.generators?.each.map(({ threads }) => threads)).toEqual([1, 2])
    expect(summary.generators?.each.every(({ clockAheadMs }) => Math.abs(clockAheadMs ?? 1e9) < 60_000)).toBe(true)
    const ledgers = ['generator-1-ledger-0.sqlite', 'generator-2-ledger-0.sqlite', 'generator-2-ledger-1.sqlite']
    expect(readdirSync(join(cwd, 'all/ledgers'))).toEqual(ledgers)
    expect(readFileSync(join(cwd, 'all/load.html'), 'utf8')).toContain('2 on one machine')
  })

  test('lack one: the result is incomplete, says which, has no digest of the books, and is kept', async () => {
    cpSync(join(cwd, 'shared'), join(cwd, 'lacking'), { recursive: true })
    const load = readdirSync(join(cwd, 'lacking/loads'))[0]
    rmSync(join(cwd, 'lacking/loads', load, 'generator-1'), { recursive: true })
    const { code, stdout } = await merge('lacking', '--out', 'part', '--json')
    expect(code).toBe(exitCodes.incomplete.code)
    const summary = JSON.parse(stdout) as LoadSummary
    expect(summary).toMatchObject({ complete: false, generators: { missing: [1] }, digest: { books: null } })
    expect(summary.audit.differences).toBe(0)
    expect(JSON.parse(readFileSync(join(cwd, 'part/manifest.json'), 'utf8')).complete).toBe(false)
    const shown = await merge('lacking')
    expect(shown.stdout).toMatch(/^INCOMPLETE quickstart/)
    expect(shown.stdout).toMatch(/^Generators +2 on one machine; 1 MISSING$/m)
    // Its folder, copied from another machine, completes it.
    const elsewhere = join(cwd, 'elsewhere/loads', load)
    mkdirSync(elsewhere, { recursive: true })
    for (const name of ['plan.json', 'generator-1'])
      cpSync(join(cwd, 'shared/loads', load, name), join(elsewhere, name), { recursive: true })
    const both = await merge('lacking', 'elsewhere', '--json')
    expect(JSON.parse(both.stdout).digest).toEqual(whole.digest)
    const twice = await merge('shared', 'elsewhere')
    expect([twice.code, twice.stderr]).toEqual([
      exitCodes.badInput.code,
      expect.stringMatching(/generator 1 has served twice/),
    ])
  })

  test('of which a file was changed end with exit code 5', async () => {
    cpSync(join(cwd, 'shared'), join(cwd, 'changed'), { recursive: true })
    const load = readdirSync(join(cwd, 'changed/loads'))[0]
    const part = join(cwd, 'changed/loads', load, 'generator-2/part.json')
    writeFileSync(part, readFileSync(part, 'utf8').replace('"due"', '"duf"').replace('"round":', '"round":1'))
    const { code, stderr } = await merge('changed')
    expect(code).toBe(exitCodes.damaged.code)
    expect(stderr).toMatch(/part\.json is damaged/)
  })

  test.each([
    [
      'another program',
      (plan: LoadPlan) => ({ ...plan, versions: { ...plan.versions, program: 'f00d' } }),
      /the program: .*f00d/,
    ],
    [
      'another schedule',
      (plan: LoadPlan) => ({ ...plan, shape: { ...plan.shape, spacing: 'poisson' } }),
      /the schedule: 20000\/s:0\.05s (even|poisson)/,
    ],
    ['another seed', (plan: LoadPlan) => ({ ...plan, seed: '8' }), /the seed: \d+, and \d+/],
  ])('are not added to one of %s', async (name, change, what) => {
    const folder = join(cwd, name)
    const load = readdirSync(join(cwd, 'shared/loads'))[0]
    cpSync(join(cwd, 'shared/loads', load), join(folder, 'loads', 'ffffffffffffffff'), { recursive: true })
    const path = join(folder, 'loads/ffffffffffffffff/plan.json')
    writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))))
    const { code, stderr } = await merge('shared', folder)
    expect(code).toBe(exitCodes.badInput.code)
    expect(stderr).toMatch(/parts of 2 load tests/)
    expect(stderr).toMatch(what)
  })

  test('of another version are refused with both versions; a folder without results and one without parts are named', async () => {
    const alone = await merge('another program')
    expect([alone.code, alone.stderr]).toEqual([
      2,
      expect.stringMatching(/another program served this load: .*f00d.*and this is/),
    ])
    const empty = await merge(newFolder())
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringMatching(/no generator of a load test/)])
    const nowhere = await merge('nowhere')
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringMatching(/no such folder/)])
    const load = readdirSync(join(cwd, 'shared/loads'))[0]
    mkdirSync(join(cwd, 'none/loads', load), { recursive: true })
    renameSync(join(cwd, 'another seed/loads/ffffffffffffffff/plan.json'), join(cwd, 'none/loads', load, 'plan.json'))
    const none = await merge('none')
    expect([none.code, none.stderr]).toEqual([6, expect.stringMatching(/none of the 2 generators has left its part/)])
    expect((await merge('none', '--json')).stdout).toContain('"missing"')
  })

  test('have served: a third call of the same, and one that comes after the start, are refused', async () => {
    const again = await inThisProcess([...words, '--warm-up', '0', '--generator', '1/2', '--results', 'shared'], cwd)
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/generator 1 has served its part/)])
    const after = await inThisProcess([...words, '--warm-up', '0', '--generator', '1/2', '--results', 'lacking'], cwd)
    expect([after.code, after.stderr]).toEqual([2, expect.stringMatching(/have started already, at 20/)])
  })
})
