/** Warnings of a scenario as the terminal shows them. */
import { formatWarnings, type Warning, warningsInOrder } from '#scenarios/warnings.ts'
import { asStarted } from './shell.ts'
import { colourful, painter, screenWidth } from './terminal.ts'

/** Warns that a word of the command line has a new name; the old one works for one more release. */
export function warnOfName(old: string, current: string): void {
  const what = `${old} is now called ${current}; the next release no longer accepts the old name [renamed-key]`
  process.stderr.write(`${painter(colourful(process.stderr))('yellow', 'warning')}: ${what}\n`)
}

/** Prints warnings to stderr, each once, also where several readings of a scenario have it. */
export function printWarnings(warnings: readonly Warning[]): void {
  const single = warningsInOrder(warnings)
  if (single.length > 0)
    process.stderr.write(
      `${asStarted(formatWarnings(single, { colour: colourful(process.stderr), width: screenWidth(process.stderr) }))}\n`,
    )
}
