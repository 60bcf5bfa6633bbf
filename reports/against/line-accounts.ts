/** Whose charges the lines of the invoices are, where they say so, next to whose they are of ours. */
import type { InvoiceLines } from './invoices.ts'
import type { RatedLine, RatedSource } from './rated-line.ts'
import { because, type Reason } from './reason.ts'
import { rowFinder } from './row-finder.ts'
import { listed } from './whole-groups.ts'

/** Resources that are charged to others, held to be named. */
const MOST_RESOURCES = 1_000
/** More accounts or resources are not named. */
const MOST_ACCOUNTS = 8
const MOST_NAMED = 3

/** What is charged to an account of theirs in place of ours. */
interface Moved {
  readonly resources: Set<string>
  lines: number
}

export class LineAccounts {
  /** Lines that are another account's. */
  moved = 0
  readonly #lines: InvoiceLines
  readonly #numbers = new Map<string, number>()
  readonly #blank: number
  /** Lines of each account and resource of ours that have a counterpart. */
  readonly #ofAccount = new Map<string, number>()
  readonly #ofResource = new Map<string, number>()
  readonly #found = new Map<string, Map<string, Moved>>()

  constructor(lines: InvoiceLines) {
    this.#lines = lines
    this.#blank = this.#numberOf('')
  }

  /** Takes a line and its row; answers the account of theirs where it is another one than ours. */
  take(line: Pick<RatedLine, 'account' | 'resource'>, row: number): string | undefined {
    const { account, resource } = line
    this.#ofAccount.set(account, (this.#ofAccount.get(account) ?? 0) + 1)
    this.#ofResource.set(resource, (this.#ofResource.get(resource) ?? 0) + 1)
    const theirs = this.other(line, row)
    if (theirs === undefined) return undefined
    this.moved++
    const of = this.#found.get(account) ?? new Map<string, Moved>()
    this.#found.set(account, of)
    const moved = of.get(theirs) ?? { resources: new Set<string>(), lines: 0 }
    of.set(theirs, moved)
    moved.lines++
    if (moved.resources.size < MOST_RESOURCES) moved.resources.add(resource)
    return theirs
  }

  /** The account of theirs where it is another one than ours; undefined where it is the same, or not stated. */
  other({ account }: Pick<RatedLine, 'account'>, row: number): string | undefined {
    const number = this.#lines.table.account(row)
    if (number < 0 || number === this.#blank || number === this.#numberOf(account)) return undefined
    return this.#lines.accounts.text(number)
  }

  #numberOf(account: string): number {
    let number = this.#numbers.get(account)
    if (number === undefined) {
      const bytes = new TextEncoder().encode(account)
      this.#numbers.set(account, (number = this.#lines.accounts.find(bytes, 0, bytes.length)))
    }
    return number
  }

  /** What was done to the accounts, where it is one thing: names that are others, accounts that are swapped, whole resources. */
  get reason(): Reason | undefined {
    if (this.moved === 0 || this.#found.size > MOST_ACCOUNTS) return undefined
    return this.#ofAccounts() ?? this.#ofResources()
  }

  #ofAccounts(): Reason | undefined {
    const others = new Map<string, string>()
    for (const [account, of] of this.#found) {
      const [[name, { lines }]] = of
      if (of.size > 1 || lines !== this.#ofAccount.get(account)) return undefined
      others.set(account, name)
    }
    const names = new Set(others.values())
    if (names.size < others.size) return undefined
    if ([...names].every((name) => !this.#ofAccount.has(name)))
      return because(
        'swapped accounts',
        'I-02',
        [...others].map(([ours, name]) => `${ours} is called ${name}`).join(', '),
      )
    if (![...names].every((name) => others.has(name))) return undefined
    const [[a, b]] = others
    const text =
      others.size === 2
        ? `the charges of ${a} and ${b} are swapped`
        : `the charges of ${[...others].map(([ours, name]) => `${ours} are those of ${name}`).join(', of ')}`
    return because('swapped accounts', 'I-02', text)
  }

  /** Some resources with all of their charges. */
  #ofResources(): Reason | undefined {
    const said: string[] = []
    for (const [account, of] of this.#found)
      for (const [name, { resources, lines }] of of) {
        const all = [...resources].reduce((sum, resource) => sum + (this.#ofResource.get(resource) ?? 0), 0)
        if (resources.size > MOST_NAMED || all !== lines) return undefined
        said.push(`the charges of ${listed([...resources])} are those of ${name}, not of ${account}`)
      }
    return said.length > MOST_NAMED ? undefined : because('swapped accounts', 'I-02', said.join(', '))
  }
}

/** What was done to the accounts of lines; undefined where all are ours, or are not stated. */
export async function accountsOfLines(source: RatedSource, lines: InvoiceLines): Promise<LineAccounts | undefined> {
  if (lines.accounts.count === 0) return undefined
  const found = new LineAccounts(lines)
  const find = rowFinder(lines)
  await source.each((line) => {
    const { row } = find(line)
    if (row >= 0) found.take(line, row)
  }, lines.detail)
  return found.moved === 0 ? undefined : found
}
