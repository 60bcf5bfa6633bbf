/**
 * Puts the modules of the program into few files, `dist/program/`: a module that Node finds, reads and links costs a command
 * 0.4 ms of its start, and `check` needs 400. The single modules stay for those who import the package.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** Where the program is, below `dist/`. All its files are in one folder, so that each is as far from the others' data. */
const PROGRAM = 'program'

/** Modules that are started by their address: the program, and what threads run. */
const started: readonly string[] = [
  'cli/main.js',
  'cli/sweep/one-run.js',
  'engine/cells/worker.js',
  'engine/runs/worker.js',
  'reports/report-thread.js',
  'sim/audit/part.js',
  'sim/load-test/worker.js',
  'sim/run/cell.js',
  'sim/run/proving.js',
]

/** What a process of its own is started by: it stays where it is. */
const LAUNCHER = 'cli/bin.js'

/** Packages whose files the program takes into its own: those that reading a command line and a scenario needs. */
const taken =
  /^(cliui|csv-parse|decimal\.js|emoji-regex|escalade|fastest-levenshtein|get-caller-file|get-east-asian-width|ansi-(regex|styles)|string-width|strip-ansi|wrap-ansi|y18n|yaml|yargs|yargs-parser|zod)(\/|$)/

/** What rolldown brings along for syntax that it rewrites. */
const OWN = '@oxc-project/runtime/'

/** The file of a module that is started by its address. */
const programFile = (module: string): string => module.replaceAll('/', '-')

/**
 * The text of a module with the addresses that it asks for its own as they are from `dist/program/`. Throws Error for a module
 * that is started by its address and not listed.
 */
export function withAddresses(text: string, module: string): string {
  const startedAs = (address: string): string => {
    const path = join(dirname(module), address).split(sep).join('/')
    if (path === LAUNCHER) return `new URL('../${path}', import.meta.url)`
    if (!started.includes(path)) throw new Error(`${module} starts ${path}, which is not among those of bundle.ts`)
    return `new URL('./${programFile(path)}', import.meta.url)`
  }
  const own = `./${module.split('/').at(-1)}`
  return text.replaceAll(
    /new URL\((?:(['"])(\.{1,2}\/[\w./-]+\.js)\1, )?import\.meta\.url\)|import\.meta\.url/g,
    (found, _quote, path) =>
      found.startsWith('new') ? startedAs(path ?? own) : `new URL('../${module}', import.meta.url).href`,
  )
}

/** The package of a file below node_modules. */
const packageOf = (id: string): string | undefined => /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1]

/** The licences of packages, whose files are now in ours. */
function licences(root: string, packages: readonly string[]): string {
  const texts = packages.map((name) => {
    const folder = join(root, 'node_modules', name)
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
    if (file === undefined) throw new Error(`${name} has no file with its licence`)
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  })
  return `The files of this folder contain code of these packages.\n\n${texts.join('\n---\n\n')}`
}

/** Makes `dist/program/` of the compiled modules in `dist/`. */
export async function bundle(root: string, dist: string): Promise<void> {
  // It comes with vitest; a package is built where the development tools are.
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    cwd: dist,
    input: Object.fromEntries(started.map((module) => [programFile(module).replace(/\.js$/, ''), join(dist, module)])),
    platform: 'node',
    transform: { target: 'node24' },
    logLevel: 'warn',
    checks: { ineffectiveDynamicImport: false },
    external: (id) => /^[a-z@]/.test(id) && !taken.test(id) && !id.startsWith(OWN),
    plugins: [
      {
        name: 'addresses',
        transform(text: string, id: string) {
          if (packageOf(relative(root, id)) !== undefined || !text.includes('import.meta.url')) return null
          return withAddresses(text, relative(dist, id).split(sep).join('/'))
        },
      },
    ],
  })
  const folder = join(dist, PROGRAM)
  const { output } = await build.write({ dir: folder, format: 'esm', chunkFileNames: '[name]-[hash].js' })
  await build.close()
  const files = output.flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []))
  const packages = [...new Set(files.flatMap((id) => packageOf(relative(root, id)) ?? []))].sort()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'LICENCES.txt'), licences(root, packages))
}
