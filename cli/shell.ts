/** A word as a shell reads it back: quoted only where it must be. */
export const quoted = (word: string): string =>
  /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** How the program is started: by npm from a clone, whose files are TypeScript, by its name from an installed package. */
const launcher = import.meta.url.endsWith('.ts') ? 'npm start --' : 'marketsim'

/** Whether `npm start` started the program. */
export const isUnderNpm = (): boolean => process.env.npm_lifecycle_event === 'start'

/** A message that names the program as it was started: `marketsim` where no npm did. */
export const asStarted = (text: string): string =>
  launcher === 'marketsim'
    ? text.replaceAll('npm start --silent --', launcher).replaceAll('npm start --', launcher)
    : text

/** The command line that repeats this call. */
export const commandLine = (words: readonly string[]): string => [launcher, ...words.map(quoted)].join(' ')
