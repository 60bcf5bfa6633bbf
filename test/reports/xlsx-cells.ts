/** A spreadsheet, read as the ZIP and XML that it is. */
import { inflateRawSync } from 'node:zlib'

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

/** Cells of each row by column letter: text as text, numbers as numbers. */
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

/** The XML of the only sheet of a file. */
export const sheetOf = (file: Buffer): string => unzipped(file).get('xl/worksheets/sheet1.xml') ?? ''

/** The first cell that is not that of the CSV: amounts are numbers, with the exact text in a column of its own. */
export function differentCell(
  sheet: string,
  head: readonly string[],
  lines: readonly (readonly string[])[],
): string | undefined {
  const [headings, ...rows] = rowsOf(sheet)
  if (rows.length !== lines.length) return `${rows.length} rows instead of ${lines.length}`
  const letters = new Map([...headings].map(([letter, heading]) => [heading, letter]))
  const places = head.map((title) => [letters.get(title) ?? '', letters.get(`${title} (exact)`)] as const)
  for (const [index, line] of lines.entries())
    for (const [column, [letter, exact]] of places.entries()) {
      const text = line[column]
      const cell = rows[index].get(letter)
      const expected = text === '' ? undefined : typeof cell === 'number' ? Number(text) : text
      const isSame = cell === expected && (exact === undefined || text === '' || typeof cell === 'number')
      const isExact = exact === undefined || text === '' || rows[index].get(exact) === text
      if (!isSame || !isExact) return `row ${index}, ${head[column]}: ${cell} instead of ${text}`
    }
  return undefined
}
