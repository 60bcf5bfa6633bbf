/**
 * Files of other containers as the CSV that `meter` and `reconcile` read: Parquet, and JSON in lines or lists. What is read of
 * a row is the same text that `import` reads.
 */
import { InputError } from '#base/input-error.ts'
import { shown } from '#base/shown.ts'
import { utf8Of } from './encoding.ts'
import { JsonObjects } from './json-objects.ts'
import { type LogColumns, type LogRow, plainName } from './log-row.ts'
import { parquetGroups } from './parquet-rows.ts'
import { Lines, textAt, valueAt } from './text-rows.ts'

/** A line with its end. It is one line whatever is in it, so that rows keep their numbers. */
const csvLine = (fields: readonly string[]): string => `${fields.map(quoted).join(',')}\n`
const quoted = (text: string): string =>
  /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replace(/[\r\n]+/g, ' ').replaceAll('"', '""')}"` : text

/** What is known of the columns beforehand: the roles of the file, and the columns that are named for some of them. */
export interface KnownColumns {
  readonly roles: readonly string[]
  readonly map?: Readonly<Record<string, string>> | undefined
}

/** Every row of a Parquet file, all columns as text; the header is line 0, so that a line is the number of its row. */
export async function* csvOfParquet(path: string, file: string): AsyncGenerator<Uint8Array> {
  let names: readonly string[] = []
  let text: string[] = []
  const taker = {
    columns(columns: LogColumns) {
      names = columns.names
      for (const name of names) columns.find(name)
      text.push(csvLine(names))
    },
    row(row: LogRow) {
      text.push(csvLine(names.map((_, field) => row.text(field))))
    },
    skip: () => {},
  }
  for await (const _ of parquetGroups(path, file, taker)) {
    yield Buffer.from(text.join(''))
    text = []
  }
  if (text.length > 0) yield Buffer.from(text.join(''))
}

/** Objects whose keys are the columns. */
const MOST_FIRST = 1_000
const DEEPEST = 4

type JsonObject = Readonly<Record<string, unknown>>

/** Paths of the values in an object: `data.account`. */
function* pathsOf(value: JsonObject, prefix = '', depth = 1): Generator<string> {
  for (const [key, each] of Object.entries(value))
    if (typeof each === 'object' && each !== null && !Array.isArray(each) && depth < DEEPEST)
      yield* pathsOf(each as JsonObject, `${prefix}${key}.`, depth + 1)
    else yield `${prefix}${key}`
}

/** A number of JSON with three decimals is no thousand: with a fourth that is certain. */
function cellOf(value: JsonObject, path: string): string {
  const text = textAt(value, path)
  return /\.\d{3}$/.test(text) && typeof valueAt(value, path) === 'number' ? `${text}0` : text
}

class JsonAsCsv extends Lines {
  /** What is to be handed over next. */
  text: string[] = []
  readonly #objects: JsonObjects
  readonly #file: string
  readonly #known: KnownColumns
  #first: { value: JsonObject; line: number }[] = []
  #paths: string[] | undefined
  readonly #names = new Set<string>()
  /** Keys that were found to be no role. */
  readonly #others = new Set<string>()
  #line = 0

  constructor(file: string, known: KnownColumns) {
    super(file)
    this.#file = file
    this.#known = known
    this.#objects = new JsonObjects(file, {
      object: (value, line) => this.#object(value, line),
      skip: (line, reason) => {
        throw new InputError(
          reason.replace('json: ', ''),
          'write one object a line, or a list of them',
          where(file, line),
        )
      },
    })
  }

  protected line(text: string, number: number): void {
    this.#objects.line(number === 1 ? text.replace(/^\ufeff/, '') : text, number)
  }

  override end(): void {
    super.end()
    this.#objects.end()
    if (this.#paths === undefined) this.#head()
  }

  #object(value: JsonObject, line: number): void {
    if (this.#paths !== undefined) this.#row(value, line)
    else if (this.#first.push({ value, line }) === MOST_FIRST) this.#head()
  }

  #head(): void {
    const paths = new Set<string>()
    for (const { value } of this.#first) for (const path of pathsOf(value)) paths.add(path)
    for (const path of Object.values(this.#known.map ?? {}))
      if (this.#first.some(({ value }) => textAt(value, path) !== '')) paths.add(path)
    this.#paths = [...paths]
    for (const path of this.#paths) this.#names.add(plainName(path))
    this.text.push(csvLine(this.#paths))
    for (const { value, line } of this.#first) this.#row(value, line)
    this.#first = []
  }

  /** Blank lines keep the numbers of lines; of several objects in a line, the later ones have later numbers. */
  #row(value: JsonObject, line: number): void {
    for (const key of Object.keys(value)) this.#checkKey(key, line)
    const blank = Math.max(0, line - this.#line - 1)
    this.#line += blank + 1
    this.text.push('\n'.repeat(blank), csvLine((this.#paths ?? []).map((path) => cellOf(value, path))))
  }

  /** A role that comes late would be a column that the first rows lack: the file is not what it seems. */
  #checkKey(key: string, line: number): void {
    if (this.#others.has(key)) return
    this.#others.add(key)
    const name = plainName(key)
    if (this.#names.has(name) || !this.#known.roles.some((role) => plainName(role) === name)) return
    throw new InputError(
      `${shown(key)} is in none of the first ${MOST_FIRST} objects`,
      'write it in the first of them as well, empty where it has no value',
      where(this.#file, line),
    )
  }
}

const where = (file: string, line: number): string => `${file}, line ${line}`

/** Objects of JSON, in any encoding, as CSV; the header is line 0. */
export async function* csvOfJson(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  known: KnownColumns,
): AsyncGenerator<Uint8Array> {
  const rows = new JsonAsCsv(file, known)
  for await (const bytes of utf8Of(chunks, undefined, () => {}, file)) {
    rows.take(bytes)
    if (rows.text.length > 0) yield Buffer.from(rows.text.join(''))
    rows.text = []
  }
  rows.end()
  if (rows.text.length > 0) yield Buffer.from(rows.text.join(''))
}
