/** Writes the API reference of the entry points into `api-reference/`: `npm run docs:api`. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runScript } from '../script.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** TypeDoc has its own folder, with the version of TypeScript that it supports. */
const folder = 'cli/package/api'

const called = (program: string, ...words: string[]): number =>
  spawnSync(program, words, { cwd: root, stdio: 'inherit' }).status ?? 1

await runScript(
  {
    command: 'npm run docs:api --',
    about: 'Writes the API reference of the package into api-reference/.',
    options: {},
  },
  () =>
    called('npm', 'ci', '--prefix', folder) ||
    called(process.execPath, `${folder}/node_modules/typedoc/bin/typedoc`, '--options', `${folder}/typedoc.json`),
)
