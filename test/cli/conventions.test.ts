/** What every command has in common, as one table over all of them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { optionsOf, shortNames } from '#cli/command.ts'
import { commands } from '#cli/commands.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, marketsim, newFolder, removeFolders, sharedRun } from './marketsim.ts'

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
    const options = optionsOf(await commands[name].load())
    expect(Object.keys(options)).toEqual(expect.arrayContaining(['quiet', 'json']))
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
    const options = optionsOf(await commands[name].load())
    const { stdout } = await inThisProcess(['--get-yargs-completions', 'marketsim', name, '--'], cwd)
    const offered = stdout.split('\n')
    for (const option of Object.keys(options)) expect(offered).toContain(`--${option}`)
  })

  test('fits any terminal from 60 columns on', async () => {
    // The wrapping is one function; the command with the longest options shows every width.
    for (const width of name === 'load' ? [60, 80, 120, 200] : [60, 120]) {
      const columns = Object.getOwnPropertyDescriptor(process.stdout, 'columns')
      Object.defineProperty(process.stdout, 'columns', { value: width, configurable: true })
      const { stdout } = await inThisProcess([name, '--help'], cwd)
      if (columns === undefined) delete (process.stdout as { columns?: number }).columns
      else Object.defineProperty(process.stdout, 'columns', columns)
      const words = stdout.split('\n').filter((line) => line.length > width)
      // A command line of an example is never cut: it is there to be copied.
      expect(words.filter((line) => !/npm start|marketsim|bin\.js/.test(line))).toEqual([])
    }
  })
})

/** What each command is called with, for the conventions of its input; a run, or a file, that is not there. */
interface Input {
  /** Called with something that is not there: the error says so. Null for a command that reads nothing. */
  readonly missing: readonly string[] | null
  /** Called with `-`, and what it reads from stdin then; null where `-` means nothing. */
  readonly stdin: { readonly words: readonly string[]; readonly text: string; readonly says: RegExp } | null
}

const mistake = readFileSync(new URL('../scenarios/tidepool.yaml', import.meta.url), 'utf8').replace(
  'failure: 0.01',
  'failure: 5%',
)
const readsScenario = (...[name, ...options]: [string, ...string[]]): Input['stdin'] => ({
  words: [name, '-', ...options],
  text: mistake,
  says: /^-:35:14: sellers\.tools\.failure: found "5%"/,
})
const log = 'at,account,resource,do,product,flavour\n2024-03-01T00:00:00+08:00,a,r,start,,c6\n'

const inputs: Readonly<Record<string, Input>> = {
  run: { missing: ['run', 'none.yaml'], stdin: readsScenario('run') },
  sweep: { missing: ['sweep', 'none.yaml'], stdin: readsScenario('sweep') },
  size: {
    missing: ['size', 'none.yaml', '--vary', 'x=1..2'],
    stdin: readsScenario('size', '--vary', 'buyers.harbours.count=100..120'),
  },
  rare: { missing: ['rare', 'none.yaml'], stdin: readsScenario('rare', '--pool', 'z') },
  'sweep plan': {
    missing: ['sweep', 'plan', 'none.yaml', '--for', 'slurm', '--shards', '2', '--results', 'r'],
    stdin: null,
  },
  'sweep status': { missing: null, stdin: null },
  'sweep cancel': { missing: null, stdin: null },
  worker: { missing: null, stdin: null },
  'sweep merge': { missing: ['sweep', 'merge', 'none'], stdin: null },
  'load merge': { missing: ['load', 'merge', 'none'], stdin: null },
  fork: { missing: ['fork', 'none'], stdin: null },
  resume: { missing: ['resume', 'none'], stdin: null },
  check: { missing: ['check', 'none.yaml'], stdin: readsScenario('check') },
  report: { missing: ['report', 'none'], stdin: null },
  verify: { missing: ['verify', 'none'], stdin: null },
  compare: { missing: ['compare', 'none', 'none'], stdin: null },
  diff: { missing: ['diff', 'none', 'none'], stdin: null },
  list: { missing: null, stdin: null },
  init: { missing: ['init', 'x', '--template', 'none'], stdin: null },
  schema: { missing: null, stdin: null },
  figures: { missing: ['figures', 'none'], stdin: null },
  docs: { missing: ['docs', 'none'], stdin: null },
  sql: { missing: ['sql', 'none', 'select 1'], stdin: { words: ['sql', 'none', '-'], text: 'select 1', says: /none/ } },
  quote: { missing: ['quote', 'none'], stdin: { words: ['quote', '-'], text: '{"x":1}\n', says: /1 of 1 requests/ } },
  meter: {
    missing: ['meter', 'none.csv', '--prices', 'prices.csv'],
    stdin: { words: ['meter', '-', '--prices', 'prices.csv'], text: log, says: /^$/ },
  },
  reprice: {
    missing: ['reprice', 'none.csv', '--from', 'prices.csv', '--prices', 'prices.csv'],
    stdin: {
      words: ['reprice', '-', '--from', 'prices.csv', '--prices', 'prices.csv'],
      text: log,
      says: /^$/,
    },
  },
  import: {
    missing: ['import', 'swf', 'none', '--out', 'x'],
    stdin: { words: ['import', 'swf', '-', '--out', 'from-stdin'], text: '1 0 5 10 2\n', says: /fields/ },
  },
  calibrate: {
    missing: ['calibrate', 'none.csv'],
    stdin: { words: ['calibrate', '-', '--format', 'csv'], text: 'a,b\n1,2\n', says: /at/ },
  },
  load: { missing: ['load', 'none.yaml'], stdin: readsScenario('load') },
  export: { missing: ['export', 'none', '--format', 'csv', '--out', 'x'], stdin: null },
  open: { missing: ['open', 'none'], stdin: null },
  explain: { missing: ['explain', 'none', 'order', '1'], stdin: null },
  reconcile: {
    missing: ['reconcile', 'none.csv', '--prices', 'prices.csv', '--against', 'none.csv'],
    stdin: {
      words: ['reconcile', 'events.csv', '--prices', 'prices.csv', '--against', '-'],
      text: 'account,month,amount\na,2024-03,0\n',
      says: /^$/,
    },
  },
  'trial-balance': { missing: ['trial-balance', 'none'], stdin: null },
}

test('the table of inputs has every command', () => {
  expect(Object.keys(inputs).sort()).toEqual([...names].sort())
  writeFileSync(`${cwd}/prices.csv`, 'kind,name,hourly\necs,c6,0.5\n')
  writeFileSync(`${cwd}/events.csv`, log)
})

const cases = Object.entries(inputs)

test.each(cases.flatMap(([name, { missing }]) => (missing === null ? [] : [[name, missing] as const])))(
  '%s reads nothing from a file that is not there, with a hint and exit code 2',
  async (_, missing) => {
    const { code, stdout, stderr } = await inThisProcess([...missing, '-q', '-j'], cwd)
    expect([code, stdout], stderr).toEqual([exitCodes.badInput.code, ''])
    expect(stderr).toMatch(/none/)
    expect(stderr).toMatch(/\n {2}hint: .+/)
    expect(stderr).not.toMatch(/\n\s+at /)
  },
)

test.each(cases.flatMap(([name, { stdin }]) => (stdin === null ? [] : [[name, stdin] as const])))(
  '%s reads stdin by a hyphen',
  async (_, { words, text, says }) => {
    const { stderr } = await inThisProcess(words, cwd, {}, text)
    expect(stderr).toMatch(says)
  },
)

const withoutStdin = await Promise.all(
  cases
    .filter(([name, { stdin }]) => stdin === null && name !== 'init')
    .map(async ([name]) => ({ name, positionals: Object.keys((await commands[name].load()).positionals) })),
)

test.each(withoutStdin.filter(({ positionals }) => positionals.length > 0).map(({ name }) => name))(
  '%s reads no stdin: a hyphen is refused',
  async (name) => {
    const { code, stderr } = await inThisProcess([...name.split(' '), '-'], cwd)
    expect(code).toBe(exitCodes.badInput.code)
    expect(stderr).toMatch(/hint: /)
  },
)

test('two inputs cannot both be stdin', async () => {
  const { code, stderr } = await inThisProcess(['meter', '-', '--prices', '-'], cwd)
  expect(code).toBe(exitCodes.badInput.code)
  expect(stderr).toMatch(/events and --prices cannot both be -/)
})

test('a run of a scenario from stdin keeps it, and says how to repeat it', async () => {
  const text = readFileSync(new URL('../scenarios/tidepool.yaml', import.meta.url), 'utf8')
  const words = ['run', '-', '-j', '-q', '--threads', '1', '-s', 'duration=1d', '-s', 'thresholds={}']
  const { code, stdout } = await inThisProcess(words, cwd, {}, text)
  expect(code).toBe(exitCodes.done.code)
  expect(JSON.parse(stdout).run.name).toBe('tidepool')
  expect(readFileSync(`${cwd}/runs/tidepool-7/scenario.yaml`, 'utf8')).toBe(text)
  const { repeat } = JSON.parse(readFileSync(`${cwd}/runs/tidepool-7/manifest.json`, 'utf8'))
  expect(repeat).toMatch(/ run - --seed 7 .* < runs\/tidepool-7\/scenario\.yaml$/)
})

test('init - prints the scenario', async () => {
  const { stdout } = await inThisProcess(['init', '-', '--template', 'region-outage'], cwd)
  expect(stdout).toMatch(/^name: region-outage$/m)
})

test('messages name the program as it was started', async () => {
  const hintOf = async (environment: Record<string, string>) =>
    (await inThisProcess(['run'], cwd, environment)).stderr.split('\n')[1]
  expect(await hintOf({ npm_lifecycle_event: 'start' })).toMatch(/`npm start -- run FILE`/)
  expect(await hintOf({ npm_lifecycle_event: 'test' })).toMatch(/`node \S+cli\/bin\.js run FILE`/)
  expect(await hintOf({ MARKETSIM_STARTED_AS: 'marketsim' })).toMatch(/`marketsim run FILE`/)
  const help = await inThisProcess(['run', '--help'], cwd, { MARKETSIM_STARTED_AS: 'marketsim' })
  expect(help.stdout).not.toMatch(/npm start/)
})

test.each([
  ['--threads', 'x', /--threads must be a whole number from 1 to 256 \(got 'x'\)/],
  ['--threads', '0x2', /got '0x2'/],
  ['--threads', '1.5', /got '1\.5'/],
])('run %s %s is refused with what was written', async (option, value, words) => {
  expect((await inThisProcess(['run', 'quickstart', option, value], cwd)).stderr).toMatch(words)
})

test.each([
  [['check', 'quickstart', '--format', 'jsn'], /there is no format 'jsn'\n {2}hint: did you mean json\?/],
  [['load', 'quickstart', '--sync', 'fulll'], /there is no sync 'fulll'\n {2}hint: did you mean full\?/],
  [['load', 'quickstart', '--arrivals', 'poison'], /there is no arrivals 'poison'\n {2}hint: did you mean poisson\?/],
  [['import', 'wsf', 'x', '-o', 'y'], /import: there is no format 'wsf'\n {2}hint: did you mean swf\?/],
  [['export', 'x', '--format', 'ledger', '-o', 'y'], /did you mean hledger\?/],
])('%j has a word that is none of the choices', async (words, message) => {
  const { code, stderr } = await inThisProcess(words, cwd)
  expect([code, stderr]).toEqual([exitCodes.badInput.code, expect.stringMatching(message)])
})

test('a shell completes IDs of a run, each of which explain knows', async () => {
  const { folder } = await sharedRun()
  for (const what of ['order', 'instance', 'bill', 'transaction', 'account', 'refusal']) {
    const words = ['--get-yargs-completions', 'marketsim', 'explain', 'runs/quickstart-42', what, '']
    const [id] = (await inThisProcess(words, folder)).stdout.split('\n')
    expect(id, what).not.toBe('')
    expect((await inThisProcess(['explain', 'runs/quickstart-42', what, id], folder)).code, `${what} ${id}`).toBe(0)
  }
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
  ['load', '--arrivals\tpo', 'poisson'],
  ['import', 's', 'swf'],
  ['meter', '--policy\tgrace', 'grace.days='],
  ['run', '-s\tpolicies.grace', 'policies.grace.days='],
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

describe('check for programs', () => {
  test('--json has the place, the code and the edits of each error', async () => {
    const file = `${cwd}/five.yaml`
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
