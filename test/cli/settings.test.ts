/** Settings: from variables and a file, below options, and never anything of a history. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { optionsOf } from '#cli/command.ts'
import { commands } from '#cli/commands.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { settings, withSettings } from '#cli/settings.ts'
import { inThisProcess, newFolder, removeFolders, tiny } from './marketsim.ts'

afterAll(removeFolders)
const cwd = newFolder()
let files = 0

/** The environment of a program with this text as its configuration file. */
function configured(text: string): { MARKETSIM_CONFIG: string } {
  const path = join(cwd, `config-${++files}.yaml`)
  writeFileSync(path, text)
  return { MARKETSIM_CONFIG: path }
}

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

test.each(Object.entries(settings))('%s is in the documentation and in the help', async (key, { variable, text }) => {
  expect(page).toContain(`| \`${key}\` | \`${variable}\` | ${text} |`)
  expect((await inThisProcess(['--help'], cwd)).stdout).toContain(variable)
})

/** What a call shows of a setting, and how it is changed by the file, a variable, and what wins over the variable. */
const precedence: Readonly<
  Record<
    Exclude<keyof typeof settings, 'threads'>,
    {
      words: readonly string[]
      option?: readonly string[]
      file: string
      variable: string
      shows: (screen: string) => unknown
      expected: readonly [none: unknown, file: unknown, variable: unknown, option?: unknown]
    }
  >
> = {
  quiet: {
    words: ['check', 'quickstart'],
    option: ['--quiet=false'],
    file: 'false',
    variable: 'true',
    shows: (screen) => screen === '',
    expected: [false, false, true, false],
  },
  color: {
    words: ['list'],
    file: 'always',
    variable: 'never',
    shows: (screen) => screen.includes('\u001b['),
    expected: [false, true, false],
  },
  width: {
    words: ['list'],
    file: '100',
    variable: '60',
    shows: (screen) => {
      const widest = Math.max(...screen.split('\n').map((line) => line.length))
      return [60, 80, 100].find((width) => widest <= width)
    },
    expected: [80, 100, 60],
  },
  runsFolder: {
    words: ['run', 'quickstart', '--force', '--no-compare', ...tiny],
    option: ['--out', 'elsewhere'],
    file: 'mine',
    variable: 'ours',
    shows: (screen) => /\b(runs|mine|ours|elsewhere)\b/.exec(screen.slice(screen.indexOf('report.html') - 120))?.[1],
    expected: ['runs', 'mine', 'ours', 'elsewhere'],
  },
  editorLine: {
    words: ['init', '-'],
    file: 'false',
    variable: 'true',
    shows: (screen) => screen.startsWith('# yaml-language-server'),
    expected: [true, false, true],
  },
  // What it does is tested by `npm run disks`.
  sync: {
    words: ['list', '-q'],
    file: 'off',
    variable: 'on',
    shows: () => undefined,
    expected: [undefined, undefined, undefined],
  },
}

test.each(Object.entries(precedence))(
  '%s: an option wins over a variable, and a variable over the file',
  async (key, { words, option, file, variable, shows, expected }) => {
    const environment = { [settings[key as keyof typeof settings].variable]: variable }
    const shown = async (extra: readonly string[], values: Readonly<Record<string, string>>) => {
      const { code, stdout, stderr } = await inThisProcess([...words, ...extra], cwd, values)
      expect([code, stderr.includes('error')], stderr).toEqual([exitCodes.done.code, false])
      return shows(stdout)
    }
    const text = `${key}: ${file}\n`
    expect(await shown([], {})).toEqual(expected[0])
    expect(await shown([], configured(text))).toEqual(expected[1])
    expect(await shown([], { ...configured(text), ...environment })).toEqual(expected[2])
    if (option !== undefined) expect(await shown(option, { ...configured(text), ...environment })).toEqual(expected[3])
  },
)

test('threads: an option wins over the setting, which work on other machines and resumed work do not take', async () => {
  vi.stubEnv('MARKETSIM_THREADS', '4')
  const threads = async (command: string, values: object = {}) =>
    withSettings(optionsOf(await commands[command].load()), { ...values })
  expect(await threads('run')).toEqual({ threads: '4' })
  expect(await threads('run', { threads: '1' })).toEqual({ threads: '1' })
  for (const command of ['resume', 'sweep plan', 'check']) expect(await threads(command)).toEqual({})
  vi.unstubAllEnvs()
})

test.each([
  ['', { NO_COLOR: '1', MARKETSIM_COLOR: 'always' }, true],
  ['color: always', { NO_COLOR: '1' }, false],
  ['color: never', { FORCE_COLOR: '1' }, true],
  ['color: auto', {}, false],
])('the file %j and %j: colours are %s', async (text, environment, isColoured) => {
  const { stdout } = await inThisProcess(['list'], cwd, { ...configured(text), ...environment })
  expect(stdout.includes('\u001b[')).toBe(isColoured)
})

test.each([
  ['threads: many', /threads must be a whole number from 1 to 256 \(got 'many'\)/, /write threads: 4/, ':1:1'],
  ['quiet: true\nthreads: 0', /got '0'/, /write threads: 4/, ':2:1'],
  ['quiet: yes', /quiet must be true or false/, /write quiet: true/, ':1:1'],
  ['color: allways', /auto or always or never/, /write color: always/, ':1:1'],
  ['width: 20', /from 40 to 1000/, /write width: 100/, ':1:1'],
  ['runsFolder:', /the path of a folder/, /write runsFolder: runs/, ':1:1'],
  ['colour: never', /there is no setting colour/, /did you mean color\?/, ':1:1'],
  ['json: true', /there is no setting json/, /settings are threads, quiet/, ':1:1'],
  ['seed: 7', /seed belongs to the history of a run/, /--seed/, ':1:1'],
  ['set: [a=1]', /set belongs to the history/, /--set/, ':1:1'],
  ['quiet: true\npolicies: { grace.days: 3 }', /policies belongs to the history/, /in the scenario/, ':2:1'],
  ['threads: 1\nthreads: 2', /no YAML: .*unique/i, /one setting a line/, ':2:1'],
  ['threads: [1', /no YAML/, /one setting a line/, ':1:'],
  ['- threads', /has no settings/, /threads: 4/, ':1:1'],
])('the file %j is refused with its place', async (text, what, hint, where) => {
  const environment = configured(text)
  const { code, stdout, stderr } = await inThisProcess(['list'], cwd, environment)
  expect([code, stdout]).toEqual([exitCodes.badInput.code, ''])
  expect(stderr).toMatch(what)
  expect(stderr).toMatch(new RegExp(`hint: .*${hint.source}`))
  expect(stderr).toContain(`where: ${environment.MARKETSIM_CONFIG}${where}`)
})

test.each([
  ['MARKETSIM_THREADS', '0x4', /must be a whole number from 1 to 256 \(got '0x4'\)/, /write MARKETSIM_THREADS=4/],
  ['MARKETSIM_SYNC', 'false', /must be on or off/, /write MARKETSIM_SYNC=on/],
  ['MARKETSIM_THREAD', '4', /there is no variable MARKETSIM_THREAD/, /did you mean MARKETSIM_THREADS\?/],
  ['MARKETSIM_COLOUR', 'never', /there is no variable/, /did you mean MARKETSIM_COLOR\?/],
  ['MARKETSIM_SEED', '7', /belongs to the history of a run/, /--seed/],
  ['MARKETSIM_POLICIES', 'x', /belongs to the history of a run/, /in the scenario/],
])('%s=%s is refused', async (variable, value, what, hint) => {
  const { code, stdout, stderr } = await inThisProcess(['list'], cwd, { [variable]: value })
  expect([code, stdout]).toEqual([exitCodes.badInput.code, ''])
  expect(stderr).toMatch(what)
  expect(stderr).toMatch(new RegExp(`hint: .*${hint.source}`))
})

test('the file is found by the XDG convention, and may be missing unless it is named', async () => {
  const home = newFolder()
  mkdirSync(join(home, 'marketsim'))
  vi.stubEnv('MARKETSIM_CONFIG', undefined)
  try {
    expect((await inThisProcess(['list'], cwd, { XDG_CONFIG_HOME: home })).code).toBe(exitCodes.done.code)
    writeFileSync(join(home, 'marketsim/config.yaml'), '# nothing but a comment\ncolor: always\n')
    expect((await inThisProcess(['list'], cwd, { XDG_CONFIG_HOME: home })).stdout).toContain('\u001b[')
  } finally {
    vi.unstubAllEnvs()
  }
  const { code, stderr } = await inThisProcess(['list'], cwd, { MARKETSIM_CONFIG: 'none.yaml' })
  expect([code, stderr]).toEqual([exitCodes.badInput.code, expect.stringMatching(/there is no file 'none\.yaml'/)])
})

test('a wrong setting refuses neither help nor completion', async () => {
  const environment = configured('seed: 7')
  const help = await inThisProcess(['run', '--help'], cwd)
  expect(await inThisProcess(['run', '--help'], cwd, { ...environment, MARKETSIM_WIDTH: 'wide' })).toEqual(help)
  const { stdout } = await inThisProcess(['--get-yargs-completions', 'marketsim', 'swe'], cwd, environment)
  expect(stdout).toContain('sweep')
})

test('settings change no history: the digest of a run is the same with all of them', async () => {
  const digest = async (out: string, environment: Readonly<Record<string, string>>) => {
    const words = ['run', 'quickstart', '--out', out, '--no-compare', ...tiny.slice(2)]
    expect((await inThisProcess(words, cwd, environment)).code).toBe(exitCodes.done.code)
    const { digest, repeat } = JSON.parse(readFileSync(join(cwd, out, 'manifest.json'), 'utf8'))
    return { digest, repeat }
  }
  const all = Object.entries(settings).map(([key, { example }]) => `${key}: ${example}\n`)
  expect(await digest('with', configured(all.join('')))).toEqual(await digest('without', {}))
  expect(existsSync(join(cwd, 'with/report.html'))).toBe(true)
})
