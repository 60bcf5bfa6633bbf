/** What a shell offers for the word that is being written: scenarios, run folders, figures, choices and IDs. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Subject } from '#reports/explain/subjects.ts'
import { type Command, type Completion, optionsOf, shortNames } from './command.ts'
import { commands } from './commands.ts'
import { runsFolder } from './settings.ts'

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Run folders below runs/ and here. */
const runFolders = (): string[] =>
  [runsFolder(), '.'].flatMap((folder) =>
    namesIn(folder)
      .filter((name) => existsSync(join(folder, name, 'run.sqlite')))
      .map((name) => join(folder, name)),
  )

const filesHere = (pattern: RegExp): string[] => namesIn('.').filter((name) => pattern.test(name))

async function templates(): Promise<string[]> {
  const { libraryPaths } = await import('#scenarios/library.ts')
  return [...(await libraryPaths()).keys()]
}

const policies = async (prefix: string) =>
  (await import('#scenarios/policies.ts')).policyKeys.map((key) => `${prefix}${key}=`)

/** The first IDs of a subject of `explain` in a run. */
const idQueries: Readonly<Record<Subject, string>> = {
  order: 'select id from orders limit 200',
  instance: 'select id from instances limit 200',
  bill: `select a.name, strftime('%Y-%m', (b.month + r.utc_offset) / 1000, 'unixepoch')
    from bills b join accounts a on a.id = b.account join temp.run r limit 200`,
  posting: 'select id from transactions limit 200',
  transaction: 'select id from transactions limit 200',
  refusal: 'select id from refusals limit 200',
  account: "select name from accounts where name <> '' limit 200",
  invoice: 'select id from invoices limit 200',
  credit: "select name from accounts where name <> '' limit 200",
  'credit-note': 'select number from credit_notes limit 200',
  'seller-bill': 'select id from seller_bills limit 200',
  coupon: 'select id from coupons limit 200',
  costs: `select z.zone || '/' || p.flavour FROM audit_capacity_costs c JOIN pools p ON p.id = c.pool JOIN zones z ON z.id = p.zone_id
    UNION select z.zone || '/' || g.hosts FROM audit_capacity_costs c JOIN host_groups g ON g.id = c.host_group JOIN zones z ON z.id = g.zone_id`,
  refund: 'select distinct order_id from refunds limit 200',
}

async function idsOf(run: string, what: string): Promise<string[]> {
  if (!Object.hasOwn(idQueries, what)) return []
  try {
    const { RunRecord } = await import('#reports/record.ts')
    const record = new RunRecord(run)
    try {
      return [...record.plainCursor(idQueries[what as Subject]).rows].map((row) => row.map(String).join('/'))
    } finally {
      record.close()
    }
  } catch {
    // A shell has no place for an error.
    return []
  }
}

const logs = /\.(csv|ndjson|jsonl|json|parquet|swf|gz|zst)$/

/** Words by what they are; `given` are the words before. */
const words: Readonly<
  Record<Completion, (given: readonly string[]) => Promise<readonly string[]> | readonly string[]>
> = {
  scenario: async () => [...(await templates()), ...filesHere(/\.ya?ml$/)],
  template: templates,
  run: runFolders,
  log: () => filesHere(logs),
  history: () => [...runFolders(), ...filesHere(logs)],
  file: () => filesHere(/^[^.]/),
  folder: () => [...runFolders(), ...filesHere(/^[^.]+$/)],
  figure: async () => (await import('#reports/figures/catalogue.ts')).figures.map(({ name }) => name),
  topic: async () => (await import('./reference.ts')).topics(),
  subject: async () => Object.keys((await import('#reports/explain/subjects.ts')).subjects),
  id: ([run, what]) => idsOf(run, what),
  policy: () => policies(''),
  set: () => policies('policies.'),
}

interface Spec {
  readonly choices?: unknown
  readonly completes?: Completion
}

const offered = async ({ choices, completes }: Spec, given: readonly string[]): Promise<readonly string[]> =>
  Array.isArray(choices) ? choices.map(String) : completes === undefined ? [] : words[completes](given)

/** The options of a command by everything that they are called. */
function named(command: Command | undefined) {
  const options = command === undefined ? {} : optionsOf(command)
  return new Map<string, (typeof options)[string]>(
    Object.entries(options).flatMap(([name, option]) => [
      [`--${name}`, option] as const,
      ...(Object.hasOwn(shortNames, name) ? [[`-${shortNames[name]}`, option] as const] : []),
    ]),
  )
}

/** Words that belong to no option. */
function looseWords(rest: readonly string[], options: ReturnType<typeof named>): string[] {
  return rest.filter((word, place) => {
    const before = options.get(rest[place - 1] ?? '')
    return (word === '-' || !word.startsWith('-')) && (before === undefined || before.type === 'boolean')
  })
}

/** What may follow the words so far, of which the last one is being written. */
export async function completionsOf(typed: readonly string[], command: Command | undefined): Promise<string[]> {
  const [name = '', ...rest] = typed
  const current = rest.at(-1) ?? ''
  const options = named(command)
  const matching = (values: readonly string[]) => values.filter((value) => value.startsWith(current))
  if (name === 'help') return matching(Object.keys(commands))
  if (name === 'completion') return matching(['bash', 'zsh', 'fish'])
  const option = options.get(rest.at(-2) ?? '')
  if (option !== undefined && option.type !== 'boolean') return matching(await offered(option, []))
  if (current.startsWith('-'))
    return matching([...[...options.keys()].filter((each) => each.startsWith('--')), '--help'])
  const given = looseWords(rest.slice(0, -1), options)
  const positionals = Object.values(command?.positionals ?? {})
  const positional = positionals[given.length] ?? positionals.findLast(({ array }) => array === true)
  return positional === undefined ? [] : matching(await offered(positional, given))
}
