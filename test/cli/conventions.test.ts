/** What every command has in common, as one table over all of them. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { shortNames } from '#cli/command.ts'
import { commands } from '#cli/commands.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, marketsim, newFolder, removeFolders } from './marketsim.ts'

afterAll(removeFolders)
const cwd = newFolder()
const names = Object.keys(commands)

describe.each(names)('%s', (name) => {
  test('has the same help by --help, -h and help', async () => {
    const [long, short, asked] = [
      await inThisProcess([name, '--help'], cwd),
      await inThisProcess([name, '-h'], cwd),
      await inThisProcess(['help', name], cwd),
    ]
    expect(long).toMatchObject({ code: exitCodes.done.code, stderr: '' })
    expect([short.stdout, asked.stdout]).toEqual([long.stdout, long.stdout])
    expect(long.stdout).toContain(`marketsim ${name}`)
  })

  test('has a short name for each option that many commands have', async () => {
    const { options } = await commands[name].load()
    const { stdout } = await inThisProcess([name, '--help'], cwd)
    for (const [long, short] of Object.entries(shortNames))
      if (Object.hasOwn(options, long)) expect(stdout).toContain(`-${short}, --${long}`)
  })

  test('refuses an unknown option with a hint, in any length', async () => {
    for (const option of ['--no-such-thing', '-Z']) {
      const { code, stdout, stderr } = await inThisProcess([name, option], cwd)
      expect([code, stdout]).toEqual([exitCodes.badInput.code, ''])
      expect(stderr).toMatch(/has no option/)
      expect(stderr).toMatch(/hint: /)
    }
  })

  test('offers its options to a shell', async () => {
    const { options } = await commands[name].load()
    const { stdout } = await inThisProcess(['--get-yargs-completions', 'marketsim', name, '--'], cwd)
    const offered = stdout.split('\n')
    for (const option of Object.keys(options)) expect(offered).toContain(`--${option}`)
  })

  test('fits any terminal from 60 columns on', async () => {
    for (const width of [60, 80, 120, 200]) {
      const columns = Object.getOwnPropertyDescriptor(process.stdout, 'columns')
      Object.defineProperty(process.stdout, 'columns', { value: width, configurable: true })
      const { stdout } = await inThisProcess([name, '--help'], cwd)
      if (columns === undefined) delete (process.stdout as { columns?: number }).columns
      else Object.defineProperty(process.stdout, 'columns', columns)
      const words = stdout.split('\n').filter((line) => line.length > width)
      // A command line of an example is never cut: it is there to be copied.
      expect(words.filter((line) => !/npm start|marketsim/.test(line))).toEqual([])
    }
  })
})

test('without words the program says what it can do, except under `npm start`', async () => {
  const [bare, help, asked] = [
    await inThisProcess([], cwd),
    await inThisProcess(['--help'], cwd),
    await inThisProcess(['help'], cwd),
  ]
  expect(bare).toEqual(help)
  expect(asked).toEqual(help)
  expect(await inThisProcess(['-h'], cwd)).toEqual(help)
})

test.each([
  ['run', '', 'quickstart'],
  ['check', 'black', 'black-friday'],
  ['figures', 'ecs.ref', 'ecs.refusalRate'],
  ['init', '--template\tquick', 'quickstart'],
  ['export', '--format\thl', 'hledger'],
  ['check', '--format\tsa', 'sarif'],
  ['sweep', '--figure\torders.re', 'orders.refused'],
  ['explain', 'runs/x\tinv', 'invoice'],
  ['docs', 'A-0', 'A-04'],
  ['help', 'swe', 'sweep'],
])('a shell completes %s %s with %s', async (name, words, offered) => {
  const { stdout } = await inThisProcess(['--get-yargs-completions', 'marketsim', name, ...words.split('\t')], cwd)
  expect(stdout.split('\n')).toContain(offered)
})

test.each([
  ['bash', '###-begin-marketsim-completions-###'],
  ['zsh', '#compdef marketsim'],
  ['fish', 'complete -c marketsim'],
])('completion %s prints a script for that shell', async (shell, words) => {
  const { code, stdout } = await inThisProcess(['completion', shell], cwd)
  expect(code).toBe(0)
  expect(stdout).toContain(words)
})

const mistake = readFileSync(new URL('../scenarios/tidepool.yaml', import.meta.url), 'utf8').replace(
  'failure: 0.01',
  'failure: 5%',
)

describe('check for programs', () => {
  test('--json has the place, the code and the edits of each error', async () => {
    const file = `${cwd}/five.yaml`
    const { writeFileSync } = await import('node:fs')
    writeFileSync(file, mistake)
    const { code, stdout, stderr } = await inThisProcess(['check', file, '--json'], cwd)
    expect([code, stderr]).toEqual([exitCodes.badInput.code, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      errors: 1,
      warnings: 0,
      diagnostics: [
        {
          severity: 'error',
          code: 'value',
          file,
          line: 35,
          column: 14,
          endColumn: 16,
          path: 'sellers.tools.failure',
          hint: 'write 0.05',
          fix: [{ line: 35, column: 14, length: 2, text: '0.05' }],
        },
      ],
    })
    expect((await inThisProcess(['check', file, '--format', 'json'], cwd)).stdout).toBe(stdout)
  })

  test('--format sarif has the same as results with fixes', async () => {
    const { stdout } = await inThisProcess(['check', `${cwd}/five.yaml`, '--format', 'sarif'], cwd)
    const { version, runs } = JSON.parse(stdout)
    expect(version).toBe('2.1.0')
    expect(runs[0].tool.driver).toMatchObject({ name: 'marketsim', rules: [{ id: 'value' }] })
    expect(runs[0].results[0]).toMatchObject({
      ruleId: 'value',
      level: 'error',
      locations: [{ physicalLocation: { region: { startLine: 35, startColumn: 14, endColumn: 16 } } }],
      fixes: [{ artifactChanges: [{ replacements: [{ insertedContent: { text: '0.05' } }] }] }],
    })
  })

  test('a scenario without errors is valid, with its warnings', async () => {
    const { code, stdout } = await inThisProcess(['check', 'quickstart', '-j'], cwd)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, errors: 0 })
  })
})

test('check - reads the scenario from stdin', async () => {
  const { code, stdout, stderr } = await marketsim(['check', '-'], { cwd, input: mistake })
  expect([code, stdout]).toEqual([exitCodes.badInput.code, ''])
  expect(stderr).toMatch(/^-:35:14: sellers\.tools\.failure: found "5%"/)
})

test('docs prints the entry of a rule, a figure, a switch, a key and a code', async () => {
  for (const [topic, words] of [
    ['A-04', /A-04 \(rule\)/],
    ['a-04', /A-04 \(rule\)/],
    ['ecs.refusalRate', /ecs\.refusalRate \(figure\)[\s\S]*\{pool=…\}/],
    ['grace.days', /grace\.days \(switch\)[\s\S]*default +15/],
    ['topUp', /buyers\.wallet\.topUp \(key\)/],
    ['wallet-cannot-pay', /wallet-cannot-pay \(warning\)/],
    ['syntax', /syntax \(error\)/],
    ['74', /74 \(exit code\)/],
  ] as const) {
    const { code, stdout } = await inThisProcess(['docs', topic], cwd)
    expect(code).toBe(0)
    expect(stdout).toMatch(words)
  }
  expect((await inThisProcess(['docs', 'refusalRat'], cwd)).stderr).toMatch(/no entry 'refusalRat'[\s\S]*did you mean/)
})

test('init --template starts from a bundled scenario, with the line for editors', async () => {
  const folder = newFolder()
  const { code, stderr } = await inThisProcess(['init', 'mine', '--template', 'black-friday'], folder)
  expect([code, stderr]).toEqual([0, ''])
  const text = readFileSync(`${folder}/mine.yaml`, 'utf8')
  expect(text).toMatch(/^# yaml-language-server: \$schema=\S+scenario\.schema\.json\n/)
  expect(text).toMatch(/^name: mine$/m)
  expect((await inThisProcess(['check', 'mine.yaml'], folder)).code).toBe(0)
  expect((await inThisProcess(['init', 'other', '--template', 'blackfriday'], folder)).stderr).toMatch(
    /did you mean black-friday/,
  )
})
