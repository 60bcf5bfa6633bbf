/** `--from FORMAT`: a log of a format of `import` as the events that `import --as events` writes, without writing them. */
import { basename } from 'node:path'
import { grouped } from '#base/decimal-text.ts'
import { standardOf } from '#scenarios/logs/civil-zone.ts'
import { logFormats } from '#scenarios/logs/formats.ts'
import type { LogSettings, LogTotals } from '#scenarios/logs/read-log.ts'
import type { Arguments } from './command.ts'
import { mapOf } from './import-options.ts'
import { checkInputFile } from './input-file.ts'
import { filesOf, STDIN, stdinFile } from './log-file.ts'
import { askedConventions } from './table-options.ts'
import { delimiterOf, encodingOf } from './text-options.ts'

export interface ImportedEvents {
  /** For messages, whose lines are those of the events. */
  readonly name: string
  open(): AsyncIterable<Uint8Array>
  /** What was read and what was not; empty before. */
  summary(): string
}

/** Opens a log of a format. `map`: the option that names its columns. Throws InputError. */
export async function importedEvents(
  from: string,
  path: string,
  map: string,
  utcOffset: number,
  arguments_: Arguments,
): Promise<ImportedEvents> {
  const format = logFormats[from]
  const [first, ...parts] = path === '-' ? [await stdinFile()] : filesOf([path])
  const name = path === '-' ? STDIN : basename(path)
  for (const each of [first, ...parts]) checkInputFile(each, `a log of the format ${from}`, true)
  const { decimal, dates, timeZone } = askedConventions(arguments_)
  const asked: LogSettings = {
    path: first,
    parts,
    file: name,
    format,
    map: mapOf(arguments_.texts(map)),
    header: true,
    delimiter: delimiterOf(arguments_.text('delimiter')),
    encoding: encodingOf(arguments_.text('encoding')),
    decimal,
    dates,
    ...{ unit: undefined, lifetimeUnit: undefined, origin: undefined },
    utcOffset: timeZone === undefined ? utcOffset : standardOf(timeZone),
    zone: timeZone,
    unitsPerServer: 1,
    begins: 'started',
    mostBytes: arguments_.count('most-bytes', 1, Number.MAX_SAFE_INTEGER),
    strict: arguments_.flag('strict'),
    selection: {
      ...{ from: undefined, until: undefined, skip: [], scale: 1, accounts: 1 },
      ...{ shiftMs: 0, pseudonyms: undefined, seed: 1 },
    },
  }
  const { surveyed } = await import('#scenarios/logs/decimal-survey.ts')
  const settings = await surveyed(asked)
  let totals: LogTotals | undefined
  async function* open(): AsyncGenerator<Uint8Array> {
    const { readingOf } = await import('#scenarios/logs/read-log.ts')
    const { eventsHead, LogEvents } = await import('#scenarios/logs/log-events.ts')
    const { csvField } = await import('#base/csv-text.ts')
    const plain = /^[\w.-]+$/
    const field = (text: string): string => (plain.test(text) && !text.startsWith('-') ? text : csvField(text))
    const events = new LogEvents(settings.utcOffset, format.isUnique === true, field)
    let text = [eventsHead]
    const reading = readingOf(settings, {
      use: (usage, copies) => text.push(events.lines(usage, copies)),
      skipped: () => {},
    })
    for (let step = await reading.next(); ; step = await reading.next()) {
      if (text.length > 0) yield Buffer.from(text.join(''))
      text = []
      if (step.done !== true) continue
      totals = step.value
      return
    }
  }
  return {
    name: `${name} as events`,
    open,
    summary: () => (totals === undefined ? '' : `${name} as ${from}: ${summaryOf(totals)}`),
  }
}

const count = (value: number): string => grouped(String(value))

function summaryOf({ rows, read, skipped, leftOut, twice }: LogTotals): string {
  const list = (words: string, reasons: ReadonlyMap<string, number>): string[] =>
    reasons.size === 0
      ? []
      : [`${words} ${[...reasons].map(([reason, times]) => `${count(times)} ${reason}`).join(', ')}`]
  return [
    `${count(rows)} rows, ${count(read)} read as uses`,
    ...list('skipped', skipped),
    ...list('left out', leftOut),
    ...(twice > 0 ? [`${count(twice)} times in an hour that clocks show twice, of which the first is meant`] : []),
  ].join('; ')
}
