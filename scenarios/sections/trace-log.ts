/** `import` of a trace: the options of the command `import`, so that a run reads a log as it is. */
import { dateOrders, decimalSigns } from '../logs/conventions.ts'
import { encodings } from '../logs/encoding.ts'
import { formatNames } from '../logs/formats.ts'
import { type TimeUnit, timeUnits } from '../logs/log-times.ts'
import { type ColumnMap, type ImportRole, isRole, roles } from '../logs/usage.ts'
import { instant } from '../time.ts'
import { parseDuration } from '../time-text.ts'
import { z } from '../zod.ts'

const columnWords = 'expected the name of a column, or its number from 1'
const column = z
  .union([z.string().min(1).max(200), z.int().min(1).max(10_000).transform(String)], { error: columnWords })
  .optional()

const mapped = Object.fromEntries(
  Object.entries(roles).map(([role, text]) => [role, column.describe(`Column: ${text}.`)]),
) as Record<ImportRole, typeof column>

const columnMap = z.strictObject(mapped).transform((map): ColumnMap => {
  const found: Partial<Record<ImportRole, readonly string[]>> = {}
  for (const [role, name] of Object.entries(map)) if (isRole(role) && name !== undefined) found[role] = [name]
  return found
})

const units = Object.keys(timeUnits) as TimeUnit[]
const unit = z.enum(units).optional()

const shiftWords = 'expected a duration such as 7d or -7d'
const shift = z
  .string({ error: shiftWords })
  .transform((text, context) => {
    const size = parseDuration(text.replace(/^[+-]/, ''))
    if (size !== null) return text.startsWith('-') ? -size : size
    context.addIssue({ code: 'custom', message: shiftWords })
    return z.NEVER
  })
  .meta({ pattern: '^[+-]?(\\d+(ms|s|min|h|d|w))+$' })

const delimiterWords = 'expected one character such as ";", or tab'
const delimiter = z
  .string({ error: delimiterWords })
  .regex(/^(tab|[\t !#-&(-,./:;<=>?@[\\\]^`{|}~-])$/, { error: delimiterWords })
  .transform((text) => (text === 'tab' ? '\t' : text))

const rule = z.string().min(1).max(1_000)

/** What a segment may leave to its lines of `buys`. */
export const takenFromLog = ['lifetime', 'quantity', 'flavour'] as const

export const traceLog = z
  .strictObject({
    format: z.enum(formatNames as [string, ...string[]]).describe('Format of the log, as `import` reads it.'),
    map: columnMap
      .optional()
      .describe('Which column of the log is what, in place of those of the format; `+` joins several into one name.'),
    parts: z
      .array(z.string().min(1))
      .min(1)
      .max(10_000)
      .optional()
      .describe('Further files that continue where the first one ends.'),
    unit: unit.describe('Unit of times that are numbers; without it by the format, or by their number of digits.'),
    lifetimeUnit: unit.describe('Unit of lifetimes and waits; without it, that of the times.'),
    origin: instant.optional().describe('The instant of time 0; without it, what the log says.'),
    timeZone: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('UTC offset or place of times without an offset, such as Europe/Berlin; without it, `time.utcOffset`.'),
    begins: z
      .enum(['requested', 'started'])
      .default('requested')
      .describe('Whether a use begins when it was asked for, or after its wait.'),
    unitsPerServer: z
      .number()
      .gt(0)
      .max(1e9)
      .default(1)
      .describe('Units of the quantity that make one server; a fraction becomes a whole one.'),
    from: instant.optional().describe('Takes uses that begin at this instant or later.'),
    until: instant.optional().describe('Takes uses that begin before this instant.'),
    skip: z
      .union([rule.transform((one) => [one]), z.array(rule).max(100)])
      .default([])
      .describe('Leaves rows out by a column: `status=5`, `run<60`; one rule, or several.'),
    scale: z
      .number()
      .gt(0)
      .max(10_000)
      .default(1)
      .describe('How often each use is placed on average: 0.1 thins, 3 repeats; the same ones each time.'),
    accounts: z.number().gt(0).max(1).default(1).describe('Share of the accounts whose uses are taken.'),
    sampleSeed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1)
      .describe('Another number makes `scale` and `accounts` take others.'),
    shift: shift.default(0).describe('Moves all uses in time.'),
    pseudonyms: z.boolean().default(false).describe('Replaces the names of accounts by stable hashes.'),
    delimiter: delimiter.optional().describe('The character between fields, or tab; without it, found by the rows.'),
    header: z.boolean().default(true).describe('Whether the first line names the columns; otherwise they are numbers.'),
    decimal: z
      .enum(decimalSigns.answers as ['point', 'comma'])
      .optional()
      .describe('The decimal sign, where no row shows it.'),
    dates: z
      .enum(dateOrders.answers as ['dmy', 'mdy', 'ymd'])
      .optional()
      .describe('The order of dates in numbers, where no row shows it.'),
    encoding: z.enum(encodings).optional().describe('Encoding of the text; without it, detected.'),
    mostBytes: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('Bound on what the log decompresses to; without it 200 times its file, at least 1 GiB.'),
    strict: z.boolean().default(false).describe('Whether a row that cannot be read is an error; otherwise a warning.'),
    without: z
      .array(z.enum(takenFromLog))
      .default([])
      .describe('What is not taken from the log: each purchase has that of its line of `buys`.'),
  })
  .describe('Reads the log as the command `import` does, whose options these are.')

export type TraceLog = z.output<typeof traceLog>
