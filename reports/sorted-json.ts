const sorted = (_key: string, item: unknown): unknown =>
  typeof item === 'object' && item !== null && !Array.isArray(item)
    ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
    : item

/** Keys sorted at every depth, so that two equal summaries are equal bytes. */
export const sortedJson = (value: unknown): string => `${JSON.stringify(value, sorted, 2)}\n`

/** The same on one line, without its end. */
export const sortedLine = (value: unknown): string => JSON.stringify(value, sorted)
