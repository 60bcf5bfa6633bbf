/** A word as a shell reads it back: quoted only where it must be. */
export const quoted = (word: string): string =>
  /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** The command line that repeats this call. */
export const commandLine = (words: readonly string[]): string => ['npm start --', ...words.map(quoted)].join(' ')
