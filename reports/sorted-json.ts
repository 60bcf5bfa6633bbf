/** Keys sorted at every depth, so that two equal summaries are equal bytes. */
export function sortedJson(value: unknown): string {
  const sorted = (_key: string, item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : item
  return `${JSON.stringify(value, sorted, 2)}\n`
}
