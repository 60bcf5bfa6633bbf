/** Tables that read like the rulebook's page: a header line, then a row a case; columns are parted by two spaces. */
export function table(text: string): Record<string, string>[] {
  const [header, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))
  return rows.map((cells) => {
    if (cells.length !== header.length)
      throw new Error(`${cells.join(' | ')} has not the columns ${header.join(' | ')}`)
    return Object.fromEntries(header.map((name, column) => [name, cells[column]]))
  })
}
