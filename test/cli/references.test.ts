/** The pages of docs/reference are what the code says; `npm run references` writes them. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '#cli/commands.ts'
import { exitCodes } from '#cli/exit-codes.ts'
import { manText } from '#cli/generate/references/man.ts'
import { referencePages } from '#cli/generate/references/pages.ts'
import { tablesOfReports } from '#cli/generate/references/report-tables.ts'
import { manFile, referenceFolder } from '#cli/generate/references.ts'
import { entriesOf } from '#cli/reference.ts'
import { bookTables } from '#reports/exports/book-tables.ts'
import { bookFiles, importFiles, ratedFiles, reconciliationColumns } from '#reports/exports/csv-files.ts'
import { refusalTexts } from '#sim/cell/refusal-texts.ts'
import { words } from '#sim/market/words.ts'
import { answer, operations } from '#sim/quote/answer.ts'
import { operationTexts } from '#sim/quote/operation-texts.ts'
import { filesOf, textOf } from '../house/source-tree.ts'

const pages = await referencePages(await tablesOfReports())

test.each(Object.entries(pages))('docs/reference/%s is what the code says', (name, text) => {
  expect(readFileSync(`${referenceFolder}${name}`, 'utf8'), 'run `npm run references`').toBe(text)
})

test('the folder has no other page', () => {
  expect(readdirSync(referenceFolder).sort()).toEqual(Object.keys(pages).sort())
})

test('no row of a reference lacks its meaning', () => {
  for (const [name, text] of Object.entries(pages)) expect(text.match(/^\|.*\| *\|$/gm) ?? [], name).toEqual([])
})

test('the page of codes has every exit code', () => {
  for (const { code, text } of Object.values(exitCodes)) expect(pages['codes.md']).toContain(`| ${code} | ${text} |`)
})

test('each operation of quote is described with the keys that it takes, and its example has an answer', () => {
  expect(Object.keys(operationTexts).sort()).toEqual([...operations.keys()].sort())
  for (const [name, { keys, example }] of Object.entries(operationTexts)) {
    const taken = operations.get(name)?.keys ?? new Set()
    const described = [...Object.keys(keys).map((key) => key.replace('?', '')), 'id', 'op', 'policies', 'expect']
    expect(described.sort(), name).toEqual([...taken].sort())
    expect(JSON.parse(answer(JSON.stringify(example))), name).not.toHaveProperty('error')
    for (const key of Object.keys(keys).filter((each) => !each.endsWith('?')))
      expect(
        JSON.parse(answer(JSON.stringify({ ...example, [key]: undefined }))),
        `${name} without ${key}`,
      ).toHaveProperty('error')
  }
})

/** `'in-arrears', 'O-10'` and `refused: 'in-arrears', rule: 'O-10'` of the sources. */
const refusing = /'([a-z-]+)', (?:rule: )?'([A-Z]-\d\d)'/g

test('a refusal is described with the rules that the code refuses by', () => {
  const found = ['sim/market', 'sim/billing', 'sim/people']
    .flatMap((folder) => filesOf(folder))
    .flatMap((file) => [...textOf(file).matchAll(refusing)])
    .filter(([, code]) => Object.hasOwn(refusalTexts, code))
  expect(found.length).toBeGreaterThan(20)
  for (const [, code, rule] of found)
    expect(refusalTexts[code as keyof typeof refusalTexts].rules, code).toContain(rule)
  for (const code of Object.keys(refusalTexts)) expect(words).toContain(code)
})

test('`docs` prints a refusal with its rules', async () => {
  const [entry] = await entriesOf('no-host')
  expect(entry).toMatchObject({ kind: 'refusal', facts: [['rules', 'E-02, E-10']] })
})

test('the columns of rated files are those of their headers', () => {
  for (const [name, { head, columns }] of Object.entries({ ...ratedFiles, ...importFiles }))
    expect(`${Object.keys(columns).join(',')}\n`, name).toBe(head)
  expect(Object.entries(bookFiles).map(([name, { columns }]) => [name, ...Object.keys(columns)])).toEqual(
    bookTables.map(({ name, columns }) => [`${name}.csv`, ...Object.keys(columns)]),
  )
  const [head] = textOf('test/golden/reports/servers/reconciliation.csv').split('\n')
  expect(Object.keys(reconciliationColumns).join(',')).toBe(head)
})

test('man/marketsim.1 has every command, option and exit code, as the help has them', async () => {
  const text = await manText()
  expect(readFileSync(manFile, 'utf8'), 'run `npm run references`').toBe(text)
  expect(text.match(/^\.SS marketsim /gm)).toHaveLength(Object.keys(commands).length)
  expect(text).toContain('.B \\-s, \\-\\-set TEXT')
  for (const line of text.split('\n')) if (/^[.']/.test(line)) expect(line).toMatch(/^\.(\\"|TH|SH|SS|TP|B|I)( |$)/)
})
