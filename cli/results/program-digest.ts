/** Which program a result is of: two programs that differ anywhere in what computes a run never share results. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** A clone runs TypeScript, a package the JavaScript made of it. */
const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
/** What a run and its figures are computed by. Programs around them, such as progress and pages, are left out. */
const rooms = ['base', 'engine', 'scenarios', 'sim', 'reports']
const files = [`cli/sweep/one-run${ending}`, `cli/results/stored-run${ending}`]

let digest: string | undefined

/** The first 16 hex digits of the SHA-256 of every source file, with its path. */
export function programDigest(): string {
  digest ??= digestOf([...rooms.flatMap(sourcesIn), ...files])
  return digest
}

const sourcesIn = (room: string): string[] =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.endsWith('.d.ts'))
    .map((name) => join(room, name).replaceAll('\\', '/'))

function digestOf(paths: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of [...paths].sort()) {
    const bytes = readFileSync(join(root, path))
    hash.update(`${path}\n${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex').slice(0, 16)
}
