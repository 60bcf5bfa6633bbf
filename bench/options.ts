/** Options of the benches' command lines. */

/** The text after an option. */
export function optionOf(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(`--${name}`)
  return at < 0 ? undefined : words[at + 1]
}
