/** A list of a run: what its rows are, how they are searched, and how one page of them is read. */

import type { FactTableName } from '#sim/record/columns.ts'
import type { Column } from '../html/table.ts'
import type { Parameter, Row } from '../record.ts'
import type { OpenRun } from './open-run.ts'

/** What a list is asked for: the names of the fields of its form, and `q`. */
export type Asked = Readonly<Record<string, string | undefined>>

/** A condition of SQL with its values. */
export interface Condition {
  readonly sql: string
  readonly values: readonly Parameter[]
}

/** A field of a list's form: a choice of some values. */
export interface Choice {
  readonly name: string
  readonly label: string
  /** Value and text of each choice. */
  readonly choices: (run: OpenRun) => readonly (readonly [value: string, text: string])[]
}

export interface List {
  readonly title: string
  /** `orders`: what is counted. */
  readonly what: string
  /** What can be searched for. */
  readonly searches: string
  readonly text: string
  readonly choices: readonly Choice[]
  /** Columns of a row of `rows`. */
  readonly columns: (run: OpenRun) => readonly Column<Row>[]
  readonly conditions: (run: OpenRun, asked: Asked) => readonly Condition[]
  /** The tables of the conditions: `orders o`. The rows are those of the first. */
  readonly from: string
  /** The statement that `WHERE …`, an order and a limit are added to. */
  readonly select: string
  readonly order: (asked: Asked) => string
}

/** The characters that LIKE gives a meaning are searched for as they are. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

const any = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.length === 0 ? '0' : conditions.map(({ sql }) => `(${sql})`).join(' OR '),
  values: conditions.flatMap(({ values }) => values),
})

/** A condition where anything fulfils it, else none: a search looks through a long table only if it has to. */
const ifAny = (
  run: OpenRun,
  from: string,
  condition: string,
  text: string,
  use: (ids: string) => string,
): Condition[] => {
  const ids = `SELECT id FROM ${from} WHERE ${condition} LIKE ? ESCAPE '\\'`
  const found = run.record.plainRows(`${ids} LIMIT 1`, containing(text))
  return found.length === 0 ? [] : [{ sql: use(ids), values: [containing(text)] }]
}

/** Rows of a table of whom the account is one of these. */
const byAccount = (run: OpenRun, table: FactTableName, accounts: string): string =>
  `rowid IN (SELECT row FROM ${run.record.keepRowsBy(table, 'account')} WHERE value IN (${accounts}))`

export const exactAccount =
  (run: OpenRun, table: FactTableName) =>
  (name: string): Condition => ({
    sql: byAccount(run, table, 'SELECT id FROM accounts WHERE name = ? OR CAST(id AS TEXT) = ?'),
    values: [name, name],
  })

/** Rows whose number, account, product or word is meant by a text. `word`: a column of words. */
export const searched =
  (
    run: OpenRun,
    table: FactTableName,
    { goods = false, word }: { readonly goods?: boolean; readonly word?: string } = {},
  ) =>
  (text: string): Condition =>
    any([
      ...(/^\d{1,15}$/.test(text) && table !== 'bills' ? [{ sql: 'id = ?', values: [BigInt(text)] }] : []),
      ...ifAny(run, 'accounts', 'name', text, (ids) => byAccount(run, table, ids)),
      ...(goods
        ? ifAny(run, 'goods', `product || '/' || specification`, text, (ids) => `specification IN (${ids})`)
        : []),
      ...(word === undefined ? [] : ifAny(run, 'words', 'word', text, (ids) => `${word} IN (${ids})`)),
    ])

const whereOf = (conditions: readonly Condition[]): string =>
  conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => `(${sql})`).join(' AND ')}`

/** How many rows a list has. */
export function countOf(run: OpenRun, list: List, asked: Asked): number {
  const conditions = list.conditions(run, asked)
  const sql = `SELECT count(*) AS n FROM ${list.from}${whereOf(conditions)}`
  const count = (): number => Number(run.record.plainRows(sql, ...conditions.flatMap(({ values }) => values))[0].n)
  return conditions.length === 0 ? run.kept(`count ${list.what}`, count) : count()
}

/** Some rows of a list. */
export function rowsOf(run: OpenRun, list: List, asked: Asked, offset: number, limit: number): Row[] {
  const conditions = list.conditions(run, asked)
  const order = list.order(asked)
  const rowid = `${list.from.split(' ')[1]}.rowid`
  // Names are looked up for these rows alone, not for all that are sorted.
  const rows = `SELECT ${rowid} FROM ${list.from}${whereOf(conditions)} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`
  return run.record.plainRows(
    `${list.select} FROM ${list.from} WHERE ${rowid} IN (${rows}) ORDER BY ${order}`,
    ...conditions.flatMap(({ values }) => values),
  )
}
