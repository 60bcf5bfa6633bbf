/** The spreadsheets, read as the ZIP and XML that they are, against the CSV of the same run. */
import { inflateRawSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportTables } from '#reports/exports/tables.ts'
import { exportXlsx, guarded } from '#reports/exports/xlsx.ts'
import { type ShortRun, shortRun } from './short-run.ts'

let run: ShortRun
beforeAll(async () => {
  run = await shortRun(['end=2024-03-02T00:00:00+08:00', 'buyers.start-ups.count=30', 'buyers.companies.count=10'])
})
afterAll(() => run.remove())

async function written(): Promise<Map<string, Buffer>> {
  const parts = new Map<string, Uint8Array[]>()
  await exportXlsx(run.record, {
    open(name) {
      const list: Uint8Array[] = []
      parts.set(name, list)
      return { writeBytes: (bytes) => list.push(bytes.slice()) }
    },
  })
  return new Map([...parts].map(([name, list]) => [name, Buffer.concat(list)]))
}

/** The files of a ZIP, by its central directory. */
function unzipped(zip: Buffer): Map<string, string> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'))
  const files = new Map<string, string>()
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [size, name, extra, comment] = [20, 28, 30, 32].map((offset) =>
      offset === 20 ? zip.readUInt32LE(at + offset) : zip.readUInt16LE(at + offset),
    )
    const start = zip.readUInt32LE(at + 42)
    const content = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28)
    const text = inflateRawSync(zip.subarray(content, content + size)).toString('utf8')
    files.set(zip.subarray(at + 46, at + 46 + name).toString(), text)
    at += 46 + name + extra + comment
  }
  return files
}

const plain = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')

/** Cells by column letter: text as text, numbers as numbers. */
const rowsOf = (sheet: string): Map<string, string | number>[] =>
  [...sheet.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(
    ([, cells]) =>
      new Map(
        [...cells.matchAll(/<c r="([A-Z]+)\d+"([^>/]*)(?:\/>|>(.*?)<\/c>)/gs)].flatMap(
          ([, column, attributes, content]) => {
            if (content === undefined) return []
            const [, text] = /<t[^>]*>(.*?)<\/t>/s.exec(content) ?? []
            const [, value] = /<v>(.*?)<\/v>/.exec(content) ?? []
            return [[column, attributes.includes('inlineStr') ? plain(text) : Number(value)] as const]
          },
        ),
      ),
  )

test('--format xlsx: every cell is that of the CSV, amounts as number and exact text, and nothing is a formula', async () => {
  const texts = new Map<string, string>()
  exportTables(run.record, { open: (name) => ({ write: (text) => texts.set(name, (texts.get(name) ?? '') + text) }) })
  const files = await written()
  expect([...files.keys()]).toEqual([...texts.keys()].map((name) => name.replace('.csv', '.xlsx')))
  for (const [name, text] of texts) {
    const [head, ...lines] = parse(text) as string[][]
    const parts = unzipped(files.get(name.replace('.csv', '.xlsx')) as Buffer)
    const sheet = parts.get('xl/worksheets/sheet1.xml') ?? ''
    expect(sheet).not.toContain('<f>')
    const [headings, ...rows] = rowsOf(sheet)
    const letters = new Map([...headings].map(([letter, heading]) => [heading, letter]))
    expect(rows.length, name).toBe(lines.length)
    for (const [index, line] of lines.entries())
      for (const [column, title] of head.entries()) {
        const cell = rows[index].get(letters.get(title) ?? '')
        const exact = letters.get(`${title} (exact)`)
        const where = `${name}, row ${index}, ${title}`
        if (line[column] === '') expect(cell, where).toBeUndefined()
        else if (typeof cell === 'number') expect(cell, where).toBe(Number(line[column]))
        else expect(cell, where).toBe(line[column])
        if (exact !== undefined && line[column] !== '') {
          expect(rows[index].get(exact), where).toBe(line[column])
          expect(typeof cell, where).toBe('number')
        }
      }
  }
})

test('the same bytes twice', async () => {
  const [first, second] = [await written(), await written()]
  for (const [name, bytes] of first) expect(second.get(name)?.equals(bytes), name).toBe(true)
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\n=1', '|calc', '%x', '＝1', '＋1', '－1', '＠SUM(A1)'])(
  'text such as %j is no formula',
  (text) => {
    expect(guarded(text)).toBe(`'${text}`)
    expect(guarded(`a${text}`)).toBe(`a${text}`)
  },
)
