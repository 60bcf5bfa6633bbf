/**
 * How many rows a statement reads by SQLite's own plan: the tables it goes through, each as often as the loops around it
 * turn. A bound, not a count: it leaves out what conditions skip. What matters is how it grows with the record.
 */
import type { RunRecord } from '#reports/record.ts'

/** What asks a record of its plans and sizes. */
export interface Planner {
  /** Rows read by one execution of a statement. */
  rowsOf(sql: string): number
}

interface Node {
  readonly detail: string
  readonly children: Node[]
}

/** What a list of loops reads in all, and how many rows come out of the innermost. */
interface Work {
  readonly read: number
  readonly out: number
}

export function plannerOf(record: RunRecord): Planner {
  const schema = record.plainRows<{ name: string; type: string; sql: string | null }>(
    `SELECT name, type, sql FROM sqlite_schema UNION ALL SELECT name, type, sql FROM sqlite_temp_schema`,
  )
  const views = new Map(
    schema.flatMap(({ name, type, sql }) => (type === 'view' ? [[name, String(sql)] as const] : [])),
  )
  const tables = new Set(schema.flatMap(({ name, type }) => (type === 'table' ? [name] : [])))
  const counts = new Map<string, number>()
  const countOf = (table: string): number => {
    let count = counts.get(table)
    if (count === undefined)
      counts.set(table, (count = Number(record.plainRows(`SELECT count(*) AS n FROM ${table}`)[0].n)))
    return count
  }
  /** Average rows of an index by one value of its first column. */
  const perKey = new Map(
    record
      .plainRows<{ idx: string | null; stat: string }>('SELECT idx, stat FROM sqlite_stat1')
      .map(({ idx, stat }) => [idx, Number(String(stat).split(' ')[1] ?? 1)]),
  )

  /** The statement and every view that it looks through. */
  function textOf(sql: string, seen = new Set<string>()): string {
    let text = sql
    for (const word of sql.match(/\w+/g) ?? []) {
      const view = views.get(word)
      if (view === undefined || seen.has(word)) continue
      seen.add(word)
      text += `\n${textOf(view, seen)}`
    }
    return text
  }

  function rowsOf(sql: string): number {
    const text = textOf(sql)
    const named = new Map<string, Set<string>>()
    for (const [, table, alias] of text.matchAll(/(?:FROM|JOIN|,)\s+(?:main\.|temp\.)?(\w+)(?:\s+(?:AS\s+)?(\w+))?/g))
      for (const name of [table, alias ?? table]) named.set(name, (named.get(name) ?? new Set()).add(table))
    const subqueries = new Map<string, number>()

    /** Rows behind a name of the plan. */
    function sizeOf(name: string): number {
      const own = subqueries.get(name)
      if (own !== undefined) return own
      const known = [...(named.get(name) ?? [name])].filter((table) => tables.has(table)).map(countOf)
      const made = [...(named.get(name) ?? []), name].flatMap((each) => subqueries.get(each) ?? [])
      return Math.max(0, ...known, ...made)
    }

    function loop(detail: string): Work {
      const [, how, name] = /^(SCAN|SEARCH) (\S+)/.exec(detail) ?? []
      if (how === 'SCAN') return { read: sizeOf(name), out: sizeOf(name) }
      if (how !== 'SEARCH') return { read: 0, out: 1 }
      if (/PRIMARY KEY \(rowid=\?\)/.test(detail)) return { read: 1, out: 1 }
      if (/PRIMARY KEY|INDEX \S+ \(\w+[<>]/.test(detail)) return { read: sizeOf(name), out: sizeOf(name) }
      const [, index] = /USING (?:COVERING )?INDEX (\S+)/.exec(detail) ?? []
      const rows = perKey.get(index) ?? 1
      return { read: rows, out: rows }
    }

    function workOf(nodes: readonly Node[]): Work {
      let read = 0
      let turns = 1
      for (const { detail, children } of nodes) {
        const inner = workOf(children)
        const [, made] = /^(?:CO-ROUTINE|MATERIALIZE) (\S+)/.exec(detail) ?? []
        if (made !== undefined) subqueries.set(made, inner.out)
        if (/^CORRELATED/.test(detail)) {
          read += turns * inner.read
          continue
        }
        read += inner.read
        if (!/^(SCAN|SEARCH)/.test(detail)) {
          if (/^(COMPOUND|UNION|LEFT-MOST|MERGE|LEFT|RIGHT|SETUP|RECURSIVE)/.test(detail))
            turns = Math.max(turns, inner.out)
          continue
        }
        const { read: each, out } = loop(detail)
        // Such an index is made once for the statement, of the whole table.
        if (/AUTOMATIC/.test(detail)) read += sizeOf(/^SEARCH (\S+)/.exec(detail)?.[1] ?? '')
        read += turns * each
        turns *= Math.max(1, out)
      }
      return { read, out: turns }
    }

    return workOf(planOf(record, sql)).read
  }

  return { rowsOf }
}

function planOf(record: RunRecord, sql: string): Node[] {
  const roots: Node[] = []
  const nodes = new Map<number, Node>()
  for (const { id, parent, detail } of record.plainRows(`EXPLAIN QUERY PLAN ${sql}`)) {
    const node = { detail: String(detail), children: [] }
    nodes.set(Number(id), node)
    const above = nodes.get(Number(parent))
    if (above === undefined) roots.push(node)
    else above.children.push(node)
  }
  return roots
}
