import { expect, test } from 'vitest'
import { recordText } from '#cli/generate/references/record.ts'
import { massTables } from '#sim/record/column-files.ts'
import { schemaOf } from '#sim/record/mass-images.ts'
import { withRun } from '../sim/run/library-run.ts'

const page = recordText()

/** What a connection to a record has: its own file, the views of mass tables, and each of these. */
const schemas = [
  'sqlite_schema',
  'temp.sqlite_schema',
  ...massTables.map((table) => `${schemaOf(table)}.sqlite_schema`),
]
  .map((schema) => `SELECT type, name FROM ${schema}`)
  .join(' UNION ALL ')

test('a real record has the tables, columns and views of the page, and no others', async () => {
  const [tables, views] = await withRun('quickstart', { sets: ['end=2024-03-02T00:00:00+08:00'] }, (_, ask) => [
    JSON.parse(
      String(
        ask(`SELECT json_group_object(name, columns) FROM (SELECT s.name, group_concat(c.name) AS columns
          FROM (${schemas}) s, pragma_table_info(s.name) c WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%' GROUP BY 1)`),
      ),
    ) as Record<string, string>,
    String(ask(`SELECT group_concat(name) FROM (SELECT name FROM (${schemas}) WHERE type = 'view')`)).split(','),
  ])
  const documented = Object.fromEntries(
    [...page.matchAll(/^### `(\w+)`\n\n.*\n\n\| column .*\n.*\n((?:\| `\w+` .*\n)+)/gm)].map(([, name, rows]) => [
      name,
      [...rows.matchAll(/^\| `(\w+)`/gm)].map(([, column]) => column).join(','),
    ]),
  )
  expect(documented).toEqual(Object.fromEntries(Object.entries(tables).filter(([name]) => name !== 'meta')))
  const listed = [...page.split('## Views')[1].matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
  expect(listed.sort()).toEqual(views.sort())
})
