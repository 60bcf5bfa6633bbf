/** A scenario's text and data, with the place of every value. */
import type { Edit } from './edits.ts'
import type { Fault, Place } from './errors.ts'
import { joined, type Path, Reading, type Span } from './yaml.ts'

export { bounds, type Path } from './yaml.ts'

/** What a person calls an item of a list: the first of these keys that it has. */
export const itemNames = ['id', 'segment', 'product', 'flavour', 'name'] as const

/** The id of a list item, or null. */
export function itemName(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return null
  const named = itemNames.map((key) => (item as Record<string, unknown>)[key]).find((name) => typeof name === 'string')
  return typeof named === 'string' ? named : null
}

/** A list item's name, or its position where it has none or shares it with another. */
function stepName(list: unknown, index: number): string {
  const name = Array.isArray(list) ? itemName(list[index]) : null
  const alone = name !== null && (list as unknown[]).every((item, other) => other === index || itemName(item) !== name)
  return alone ? name : String(index)
}

/** Descends plain data; undefined where the path leads nowhere. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

export interface Override {
  readonly path: Path
  readonly document: ScenarioDocument
  /** Characters of the option before its value. */
  readonly column: number
  readonly text: string
  readonly number: number
}

/** A scenario's text, its data, and where each value of it is. `data` is undefined when the text is no YAML. */
export class ScenarioDocument {
  readonly file: string
  readonly text: string
  readonly data: unknown
  readonly faults: readonly Fault[]
  /** Whether the text is so wrong that its data says nothing. */
  readonly broken: boolean
  /** Whether the text is no YAML. */
  readonly isMalformed: boolean
  readonly overrides: readonly Override[]
  readonly #reading: Reading
  /** Keys that the text calls otherwise: the joined path with the new name, and the old name. */
  readonly #writtenKeys: ReadonlyMap<string, string>

  private constructor(
    file: string,
    reading: Reading,
    data: unknown,
    overrides: readonly Override[] = [],
    writtenKeys: ReadonlyMap<string, string> = new Map(),
  ) {
    this.file = file
    this.text = reading.text
    this.data = data
    this.overrides = overrides
    this.broken = reading.broken
    this.isMalformed = reading.isMalformed
    this.#reading = reading
    this.#writtenKeys = writtenKeys
    this.faults = reading.faults.map(({ span, path, instead, remove, ...words }) => {
      const place = this.#place(span)
      const { line, column, length } = place
      const removal = remove === true ? this.removal(path) : null
      const fix =
        instead !== undefined
          ? { fix: [{ line, column, length, text: instead }] }
          : removal === null
            ? {}
            : { fix: [removal] }
      return { ...place, path: this.pathText(path), ...words, ...fix }
    })
  }

  static read(file: string, text: string): ScenarioDocument {
    const reading = new Reading(text)
    reading.read()
    return new ScenarioDocument(file, reading, reading.data)
  }

  /** The same document with other data, where options set some of it. */
  withOverrides(data: unknown, overrides: readonly Override[]): ScenarioDocument {
    return new ScenarioDocument(this.file, this.#reading, data, overrides, this.#writtenKeys)
  }

  /** The same document with other data, where the key at `path` has the old name `from` in the text. */
  withRenamed(data: unknown, path: Path, from: string): ScenarioDocument {
    const keys = new Map([...this.#writtenKeys, [joined(path), from]])
    return new ScenarioDocument(this.file, this.#reading, data, this.overrides, keys)
  }

  /** The path as the text writes it. */
  #written(path: Path): Path {
    if (this.#writtenKeys.size === 0) return path
    return path.map((step, index) => this.#writtenKeys.get(joined(path.slice(0, index + 1))) ?? step)
  }

  /** Where the value (or its key) is; for a value that is not there, the nearest thing around it. */
  place(path: Path, at: 'key' | 'value' = 'value'): Place {
    const { keys, values } = this.#reading
    const overridden = this.#overridden(path, at)
    if (overridden) return overridden
    for (let length = path.length; length >= 0; length--) {
      const name = joined(this.#written(path.slice(0, length)))
      // What is missing in a mapping is reported at the mapping's key; what a bare value means, at the value.
      const missing = length < path.length && typeof valueAt(this.data, path.slice(0, length)) === 'object'
      const span =
        (missing || (at === 'key' && length === path.length) ? keys.get(name) : undefined) ?? values.get(name)
      if (span) return this.#place(span)
    }
    return this.#place([0, 1])
  }

  /** Whether the text has this key or value itself, in one line. */
  isWritten(path: Path): boolean {
    const name = joined(this.#written(path))
    const span = this.#reading.values.get(name) ?? this.#reading.keys.get(name)
    return span !== undefined && this.#overridden(path, 'value') === null
  }

  /** The edit that removes a key and its value; null unless both are in one line of the text. */
  removal(path: Path): Edit | null {
    const name = joined(this.#written(path))
    const [key, value] = [this.#reading.keys.get(name), this.#reading.values.get(name)]
    if (key === undefined || value === undefined || this.#overridden(path, 'value') !== null) return null
    let [start, end] = [key[0], value[1]]
    if (this.text.slice(start, end).includes('\n')) return null
    const before = /,\s*$/.exec(this.text.slice(0, start))
    const after = /^\s*,\s*/.exec(this.text.slice(end))
    if (before !== null && !before[0].includes('\n')) start -= before[0].length
    else if (after !== null && !after[0].includes('\n')) end += after[0].length
    const { line, column } = this.#place([start, end])
    return { line, column, length: end - start, text: '' }
  }

  /** `regions.ap-1.zones.ap-1a`: list items by their ids where they have any. */
  pathText(path: Path): string {
    return path
      .map((step, index) =>
        typeof step === 'number' ? stepName(valueAt(this.data, path.slice(0, index)), step) : step,
      )
      .join('.')
  }

  #overridden(path: Path, at: 'key' | 'value'): Place | null {
    const name = joined(path)
    for (const option of [...this.overrides].reverse()) {
      const set = joined(option.path)
      // A mapping that is not written in the file came with the option that set something in it.
      if (set.startsWith(`${name}\u0000`) && !this.#reading.values.has(name))
        return { file: '--set', line: option.number, column: 1, length: option.column - 1, sourceLine: option.text }
      if (name !== set && !name.startsWith(`${set}\u0000`)) continue
      const place = option.document.place(path.slice(option.path.length), at)
      const column = place.line === 1 ? place.column + option.column : option.column + 1
      return { file: '--set', line: option.number, column, length: place.length, sourceLine: option.text }
    }
    return null
  }

  #place([start, end]: Span): Place {
    const { lines } = this.#reading
    const at = Math.min(start, this.text.length)
    const line = lines.findLastIndex((first) => first <= at)
    const sourceLine = this.text.slice(lines[line], lines[line + 1] ?? this.text.length + 1).replace(/\r?\n$/, '')
    const column = Math.min(at - lines[line], sourceLine.length) + 1
    const length = Math.max(1, Math.min(end - start, sourceLine.length - column + 1))
    return { file: this.file, line: line + 1, column, length, sourceLine }
  }
}
