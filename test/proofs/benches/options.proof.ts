import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { helpOf, readOptions, UsageError } from '#cli/script.ts'
import { comparisonOf, usage } from '../../../bench/billing.ts'
import { usage as marketUsage, rowsOf } from '../../../bench/market.ts'
import { chosenOf } from '../../../bench/options.ts'

const comparison = (...words: string[]) => comparisonOf(readOptions(words, usage))

test.each([
  [['--tolerence', '5'], '--tolerence is unknown, did you mean --tolerance?'],
  [['--compare'], '--compare has no value: write --compare main'],
  [['--compare', '--json'], '--compare has no value: write --compare main'],
  [['--save'], '--save has no value: write --save before'],
  [['--save='], '--save has no value: write --save before'],
  [
    ['--compare', 'main', '--tolerance', 'much'],
    '--tolerance much is not a number of 0.1 or more: write --tolerance 3',
  ],
  [['--compare', 'main', '--tolerance', '-5'], '--tolerance -5 is not a number of 0.1 or more'],
  [['--compare', 'main', '--tolerance', '0'], '--tolerance 0 is not a number of 0.1 or more'],
  [['--compare', 'main', '--rounds', '2.5'], '--rounds 2.5 is not a whole number of 2 or more'],
  [['--compare', 'main', '--compare', 'main'], '--compare is given twice'],
  [['--compare', 'main', '--save', 'x'], '--save and --compare: one at a time'],
  [['--compare', 'main', '--json', '--markdown'], '--json and --markdown: one at a time'],
  [['--json=yes'], '--json takes no value'],
  [['quote'], "'quote' does not belong to an option"],
  [['--only', 'quotes'], "there is no benchmark 'quotes'; did you mean quote? The benchmarks are price/linear"],
  [['--only', 'quote,'], "there is no benchmark ''"],
  [['--tolerance', '5'], '--tolerance needs --compare'],
  [['--save', 'x', '--markdown'], '--markdown needs --compare'],
])('%j is refused', (words, message) => {
  expect(() => comparison(...words)).toThrow(UsageError)
  expect(() => comparison(...words)).toThrow(message)
})

test('what is not said has its standard', () => {
  expect(comparison('--compare', 'main')).toMatchObject({ tolerance: 0.03, within: 85, format: 'text' })
  expect(comparison('--compare=main', '--tolerance', '5 %').tolerance).toBe(0.05)
  expect(comparison('--compare', 'main', '--only', 'price, quote').pieces.map(({ work }) => work)).toEqual([
    'price/linear',
    'price/tiered',
    'price/volume',
    'quote',
  ])
})

test('the help names every option and every exit code', () => {
  const help = helpOf(usage)
  for (const name of Object.keys(usage.options)) expect(help).toContain(`--${name}`)
  for (const code of ['0 ', '2 ', '3 ', '4 ', '6 ', '74 ']) expect(help).toContain(`\n  ${code}`)
})

test('names are chosen whole, or by the part before a slash', () => {
  const names = ['hold', 'hold/heap', 'holding', 'queue']
  expect(chosenOf(names, (name) => name, 'hold')).toEqual(['hold', 'hold/heap'])
  expect(chosenOf(names, (name) => name, undefined)).toBe(names)
})

test('rows of a market have names that do not depend on what else is measured', async () => {
  const rows = (...words: string[]) => rowsOf(readOptions(words, marketUsage))
  expect(await rows()).toHaveLength(4)
  expect(await rows('--only', 'market/10k/2')).toMatchObject([{ market: '10k', threads: 2 }])
  expect(await rows('--buyers', '440', '--only', 'market/440')).toHaveLength(2)
  expect(await rows('--scenario', 'metropolis', '--set', 'end=2023-04-01', '--threads', '1')).toMatchObject([
    { market: 'metropolis', of: { sets: ['end=2023-04-01'] }, threads: 1 },
  ])
  await expect(rows('--only', 'market/20k')).rejects.toThrow(
    'did you mean market/10k/1? The benchmarks are market/1k/1',
  )
})

const run = (name: string, word: string) =>
  spawnSync(process.execPath, [fileURLToPath(new URL(`../../../bench/${name}.ts`, import.meta.url)), word], {
    encoding: 'utf8',
  })

const benches = ['billing', 'engine', 'digest', 'peers', 'cells', 'limit', 'market', 'growth', 'pages', 'prove-compare']

test('each bench is a script of the package', () => {
  const { scripts } = JSON.parse(readFileSync(fileURLToPath(new URL('../../../package.json', import.meta.url)), 'utf8'))
  const files = Object.values<string>(scripts).flatMap((line) => /^node .*bench\/(.*)\.ts$/.exec(line)?.slice(1) ?? [])
  expect(files.toSorted()).toEqual(benches.toSorted())
})

test.each(benches)('bench/%s.ts refuses an option that it does not know with exit code 2 and a hint', (name) => {
  const { status, stdout, stderr } = run(name, '--halp')
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(/^error: --halp is unknown, did you mean --help\?; see npm run bench.* --help\n$/)
})

test.each([
  [{ TMPDIR: '/no/such/folder' }, [], 'no folder for temporary files: ENOENT'],
  [{}, ['--history', '/no/such/folder/history'], '--history /no/such/folder/history cannot be written: ENOENT'],
])('where nothing can be written (%j %j), nothing is measured', (env, words, message) => {
  const file = fileURLToPath(new URL('../../../bench/billing.ts', import.meta.url))
  const commandLine = [file, '--compare', 'HEAD', ...words]
  const { status, stderr } = spawnSync(process.execPath, commandLine, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  expect(status).toBe(2)
  expect(stderr).toContain(message)
})

test.each(benches)('bench/%s.ts --help prints a page on stdout', (name) => {
  const { status, stdout, stderr } = run(name, '--help')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^usage: npm run bench[\s\S]*\n {2}--help[\s\S]*\nExit codes:\n {2}0 /)
})
