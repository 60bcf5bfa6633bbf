/**
 * Proves that the package installs and works: `npm run package:prove`. Builds and packs it, installs the tarball in a
 * fresh folder, calls the program there, and compiles and runs a model that imports the engine. `--short` leaves out the
 * global installation. Exit code 1 names the step that failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runScript } from '../script.ts'
import { scriptFolder } from '../script-folder.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
// npm starts the programs it installs with the first `node` on the path: the one that runs this.
const environment = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` }

/** Runs a command; throws with its output when its exit code is another than expected. */
function step(what: string, cwd: string, [program, ...words]: readonly string[], expected = 0): string {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, env: environment, encoding: 'utf8' })
  if (status !== expected) throw new Error(`${what}: exit code ${status}\n${stdout}\n${stderr}`)
  console.log(`ok  ${what}`)
  return stdout
}

function contains(what: string, text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`${what}: expected ${JSON.stringify(part)} in\n${text}`)
}

/** An M/M/c queue written with the package only: load 0.8 on five servers, Erlang C says 0.554 wait. */
const model = `
import { Kernel, Streams } from 'marketsim/engine'

const servers = 5
const kernel = new Kernel()
const streams = new Streams('7')
const [arrivals, services] = [streams.stream('arrivals'), streams.stream('services')]
const exponential = (mean: number, u: number): number => Math.round(-mean * Math.log(1 - u))
let busy = 0
let waiting = 0
let arrived = 0
let delayed = 0

const arrive = kernel.on('arrive', 1, () => {
  arrived++
  if (busy < servers) begin()
  else {
    delayed++
    waiting++
  }
  if (arrived < 200_000) kernel.after(exponential(250, arrivals.next()), arrive, 0)
})
const leave = kernel.on('leave', 0, () => {
  busy--
  if (waiting > 0) {
    waiting--
    begin()
  }
})
function begin(): void {
  busy++
  kernel.after(exponential(1000, services.next()), leave, 0)
}
kernel.after(0, arrive, 0)
kernel.runUntil(Number.POSITIVE_INFINITY)
console.log(JSON.stringify({ arrived, delayed: delayed / arrived, digest: kernel.digest.hex() }))
`

/** Throws Error where a step fails. */
function prove(scratch: string, isShort: boolean): void {
  step('builds', root, [process.execPath, 'cli/package/build.ts'])
  step('packs', join(root, 'dist'), ['npm', 'pack', '--pack-destination', scratch])
  const tarball = join(scratch, readdirSync(scratch).find((name) => name.endsWith('.tgz')) as string)
  const project = join(scratch, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true, "type": "module" }\n')
  const install = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund']
  step('installs in a fresh folder', project, [...install, tarball])
  contains('npx marketsim list', step('lists', project, ['npx', 'marketsim', 'list']), 'quickstart')
  const run = ['npx', 'marketsim', 'run', 'quickstart', '--set', 'end=2024-03-02T00:00:00+08:00']
  const screen = step('runs a scenario on two threads', project, [...run, '--threads', '2', '--quiet'])
  contains('run', screen, ' 0 differences')
  step('refuses a scenario that is not there', project, ['npx', 'marketsim', 'check', 'nothing.yaml'], 2)
  const clone = join(root, 'cli/bin.js')
  const there = [process.execPath, clone, 'run', 'quickstart', '--set', 'end=2024-03-02T00:00:00+08:00', '--quiet']
  step('the clone runs the same', project, [...there, '--out', 'clone'])
  const digestOf = (folder: string): string => {
    const query = "select value from meta where key = 'digest'"
    return step(`asks the record of ${folder}`, project, ['npx', 'marketsim', 'sql', folder, query])
  }
  if (digestOf('clone') !== digestOf('runs/quickstart-42')) throw new Error('the package and the clone disagree')
  writeFileSync(join(project, 'model.mts'), model)
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const options = [
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--skipLibCheck',
    'false',
    '--noEmit',
    'false',
  ]
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
  step('a model compiles against the declarations', project, [process.execPath, tsc, 'model.mts', ...options, ...types])
  const { arrived, delayed } = JSON.parse(step('the model runs', project, [process.execPath, 'model.mjs']))
  if (arrived !== 200_000 || Math.abs(delayed - 0.5541) > 0.02)
    throw new Error(`M/M/5 delays ${delayed}, theory 0.5541`)
  writeFileSync(
    join(project, 'entries.mjs'),
    "for (const entry of ['', '/engine', '/billing', '/record']) await import('marketsim' + entry)\n",
  )
  step('every entry point loads', project, [process.execPath, 'entries.mjs'])
  writeFileSync(
    join(project, 'kernel.mjs'),
    "import { openHours } from 'marketsim/billing'\nconsole.log(openHours({ instances: 1, accounts: 1 }).constructor.name)\n",
  )
  contains('kernel', step('the metering kernel loads', project, [process.execPath, 'kernel.mjs']), 'WasmHours')
  if (isShort) return
  const prefix = join(scratch, 'global')
  step('installs globally', scratch, [...install, '--global', '--prefix', prefix, tarball])
  contains('global', step('the global program lists', scratch, [join(prefix, 'bin/marketsim'), 'list']), 'quickstart')
}

await runScript(
  {
    command: 'npm run package:prove --',
    about: 'Builds, packs and installs the package in a fresh folder, and calls and imports it there.',
    options: { short: { help: 'leave out the global installation' } },
    codes: ['0  every step works', '1  one failed; its output says why', '2  wrong command line'],
  },
  ({ has }) => {
    const { path: scratch, remove } = scriptFolder('marketsim-package-')
    try {
      prove(scratch, has('short'))
    } catch (error) {
      console.error((error as Error).message)
      return 1
    } finally {
      remove()
    }
  },
)
