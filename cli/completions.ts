/** What a shell offers for the word that is being written: scenarios, run folders, figures, formats and IDs. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './command.ts'
import { commands } from './commands.ts'

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Run folders below runs/ and here. */
const runFolders = (): string[] =>
  ['runs', '.'].flatMap((folder) =>
    namesIn(folder)
      .filter((name) => existsSync(join(folder, name, 'run.sqlite')))
      .map((name) => join(folder, name)),
  )

const filesHere = (pattern: RegExp): string[] => namesIn('.').filter((name) => pattern.test(name))

async function scenarios(): Promise<string[]> {
  const { libraryPaths } = await import('#scenarios/library.ts')
  return [...(await libraryPaths()).keys(), ...filesHere(/\.ya?ml$/)]
}

const figureNames = async () => (await import('#reports/figures/catalogue.ts')).figures.map(({ name }) => name)

/** The first IDs of a subject of `explain` in a run. */
async function idsOf(run: string, what: string): Promise<string[]> {
  const queries: Readonly<Record<string, string>> = {
    order: 'select id from orders limit 200',
    bill: "select account || '/' || month from v_bills limit 200",
  }
  if (!Object.hasOwn(queries, what)) return []
  try {
    const { RunRecord } = await import('#reports/record.ts')
    const record = new RunRecord(run)
    try {
      return [...record.plainCursor(queries[what]).rows].map((row) => String(row[0]))
    } finally {
      record.close()
    }
  } catch {
    return []
  }
}

/** Words that an option takes, by its name; undefined where any text may come. */
async function valuesOf(command: string, option: string): Promise<string[] | undefined> {
  const key = option.replace(/^-+/, '')
  if (key === 'figure') return figureNames()
  if (key === 'arrivals') return ['even', 'poisson']
  if (key === 'sync') return ['full', 'normal', 'off']
  if (key === 'template') return (await scenarios()).filter((name) => !/\.ya?ml$/.test(name))
  if (key !== 'format') return undefined
  if (command === 'export') return [...(await import('#reports/exports/formats.ts')).exportNames]
  return command === 'check' ? ['text', 'json', 'sarif'] : command === 'sql' ? ['csv', 'json'] : undefined
}

async function positionalsOf(command: string, given: readonly string[]): Promise<string[]> {
  if (['run', 'sweep', 'size', 'check', 'load'].includes(command)) return given.length === 0 ? scenarios() : []
  if (command === 'help') return Object.keys(commands)
  if (command === 'figures') return figureNames()
  if (command === 'docs') return (await import('./reference.ts')).topics()
  if (command === 'quote' || command === 'meter') return filesHere(/\.(csv|ndjson|jsonl|json)$/)
  if (command === 'explain' && given.length === 1) {
    const { subjects } = await import('#reports/explain/subjects.ts')
    return Object.keys(subjects)
  }
  if (command === 'explain' && given.length === 2) return idsOf(given[0], given[1])
  if (['init', 'schema', 'list'].includes(command)) return []
  return given.length === 0 || command === 'compare' ? runFolders() : []
}

/** What may follow the words so far, of which the last one is being written. */
export async function completionsOf(words: readonly string[], command: Command | undefined): Promise<string[]> {
  const [name = '', ...rest] = words
  const current = rest.at(-1) ?? ''
  const before = rest.at(-2) ?? ''
  if (before.startsWith('-')) {
    const values = await valuesOf(name, before)
    if (values !== undefined) return values.filter((value) => value.startsWith(current))
  }
  if (current.startsWith('-'))
    return [...Object.keys(command?.options ?? {}), 'help']
      .map((option) => `--${option}`)
      .filter((option) => option.startsWith(current))
  const given = rest.slice(0, -1).filter((word) => !word.startsWith('-'))
  return (await positionalsOf(name, given)).filter((value) => value.startsWith(current))
}
