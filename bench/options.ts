/** What the command lines of several benches ask for: rows by their names, and lists of numbers. */
import { nearestName } from '#base/did-you-mean.ts'
import { UsageError } from '#cli/script.ts'

/**
 * The items that a list of names asks for, each by its name or by the beginning of it before a slash; all without a list.
 * @throws UsageError for a name that nothing has
 */
export function chosenOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  only: string | undefined,
): readonly Item[] {
  if (only === undefined) return items
  const names = [...new Set(items.map(nameOf))]
  const has = (wanted: string, name: string) => name === wanted || name.startsWith(`${wanted}/`)
  const wanted = only.split(',').map((name) => name.trim())
  for (const name of wanted)
    if (!names.some((own) => has(name, own))) {
      const hint = `did you mean ${nearestName(name, names)}? The benchmarks are ${names.join(', ')}`
      throw new UsageError(`--only: there is no benchmark '${name}'; ${hint}`)
    }
  return items.filter((item) => wanted.some((name) => has(name, nameOf(item))))
}

/** `1k,10k` as numbers. @throws UsageError */
export function countsOf(text: string, what: string, example: string): number[] {
  return text.split(',').map((word) => {
    const match = /^([1-9]\d*)(k?)$/.exec(word)
    if (match === null) throw new UsageError(`--${what} ${word} is not a number; write --${what} ${example}`)
    return Number(match[1]) * (match[2] === 'k' ? 1000 : 1)
  })
}
