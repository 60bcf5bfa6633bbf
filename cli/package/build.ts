/**
 * Builds the installable package into `dist/`: `npm run build`. The clone runs its TypeScript as it is; below
 * `node_modules` Node refuses to, so that the package holds compiled JavaScript with declarations. `npm run package` makes a
 * tarball of it.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runScript } from '../script.ts'
import { bundle } from './bundle.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const dist = join(root, 'dist')

/** What an importer may name. Each is a promise; every other file of the package may move. */
const entries: Readonly<Record<string, string>> = {
  '.': 'cli/index',
  './engine': 'engine/index',
  './billing': 'sim/billing/index',
  './record': 'reports/record-reader',
}

/** Files that a run of the package reads next to its code. */
const isData = (path: string): boolean => /\.(ya?ml|csv|schema\.json|wasm)$/.test(path)

function compile(): void {
  rmSync(dist, { recursive: true, force: true })
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  // `npm run typecheck` checks types; here TypeScript only emits, since it would object to the `#room` imports.
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('TypeScript could not compile the package')
}

/** Imports of a room (`#engine/x.ts`) and of a neighbour (`./x.ts`, as worker files are named) become paths of JavaScript. */
function rewriteImports(file: string): void {
  const text = readFileSync(file, 'utf8')
  const fromRoom = (path: string): string => {
    const here = relative(dirname(file), join(dist, path)).split(sep).join('/')
    return here.startsWith('.') ? here : `./${here}`
  }
  const rewritten = text
    .replace(/(['"])#((?:engine|scenarios|sim|reports|cli|base)\/[\w./-]+)\.ts\1/g, (_, quote, path) => {
      return `${quote}${fromRoom(path)}.js${quote}`
    })
    .replace(/(['"])(\.{1,2}\/[\w./-]+)\.ts\1/g, '$1$2.js$1')
  if (rewritten !== text) writeFileSync(file, rewritten)
}

function copyData(): void {
  for (const room of ['scenarios', 'sim', 'reports'])
    for (const name of readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })) {
      if (!isData(name)) continue
      mkdirSync(dirname(join(dist, room, name)), { recursive: true })
      copyFileSync(join(root, room, name), join(dist, room, name))
    }
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE']) copyFileSync(join(root, name), join(dist, name))
  cpSync(join(root, 'docs'), join(dist, 'docs'), { recursive: true })
  cpSync(join(root, 'man'), join(dist, 'man'), { recursive: true })
  copyFileSync(join(root, 'cli/package/bin.js'), join(dist, 'cli/bin.js'))
  copyFileSync(join(root, 'cli/supervise.js'), join(dist, 'cli/supervise.js'))
}

function writePackage(): void {
  const { name, version, description, license, type, dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const exports = Object.fromEntries([
    ...Object.entries(entries).map(([entry, file]) => [entry, { types: `./${file}.d.ts`, default: `./${file}.js` }]),
    ['./package.json', './package.json'],
  ])
  const manifest = {
    ...{ name, version, description, license, type },
    engines: { node: '>=24' },
    bin: { marketsim: 'cli/bin.js' },
    man: 'man/marketsim.1',
    exports,
    types: `./${entries['.']}.d.ts`,
    dependencies,
    // For pools; Node itself is installed by other means.
    optionalDependencies: Object.fromEntries(
      Object.entries<string>(optionalDependencies).filter(([optional]) => !optional.startsWith('node-linux-')),
    ),
  }
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

await runScript(
  {
    command: 'npm run build --',
    about: 'Builds the installable package into dist/.',
    options: { pack: { help: 'also make a tarball of it, as `npm run package` does' } },
  },
  async ({ has }) => {
    compile()
    for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' }))
      if (/\.(js|d\.ts)$/.test(name)) rewriteImports(join(dist, name))
    copyData()
    await bundle(root, dist)
    writePackage()
    if (has('pack')) return spawnSync('npm', ['pack', dist], { cwd: root, stdio: 'inherit' }).status ?? 1
  },
)
