/** Options that say how a text file is written: `import`, `meter` and `reconcile` have them. */
import { InputError } from '#base/input-error.ts'
import { type Encoding, encodings } from '#scenarios/logs/encoding.ts'

/** `at=StartTime,lifetime=Seconds`, in one option or several, as pairs of role and column. Throws InputError. */
export function columnsOf(
  option: string,
  texts: readonly string[],
  roles: readonly string[],
): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (const part of texts.flatMap((text) => text.split(/,(?=\s*[A-Za-z]+=)/))) {
    const [, role, column] = /^\s*([A-Za-z]+)=(.+)$/s.exec(part) ?? []
    if (role === undefined || column === undefined)
      throw new InputError(`--${option} ${part} is not role=COLUMN`, `write --${option} ${roles[0]}=COLUMN`)
    if (!roles.includes(role))
      throw new InputError(`--${option}: '${role}' is no role of a column`, `roles are ${roles.join(', ')}`)
    if (map.has(role)) throw new InputError(`--${option} names ${role} twice`, 'name one column')
    map.set(role, column.trim())
  }
  return map
}

const delimiterWords: Readonly<Record<string, string>> = {
  tab: '\t',
  '\\t': '\t',
  comma: ',',
  semicolon: ';',
  bar: '|',
  pipe: '|',
}

export function delimiterOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const delimiter = Object.hasOwn(delimiterWords, text) ? delimiterWords[text] : text
  if (delimiter.length === 1 && delimiter.charCodeAt(0) < 128 && !/["\r\n\w]/.test(delimiter)) return delimiter
  throw new InputError(
    `--delimiter ${JSON.stringify(text)} is not one character`,
    'write --delimiter ";" or --delimiter tab',
  )
}

export function encodingOf(text: string | undefined): Encoding | undefined {
  if (text === undefined) return undefined
  const found = encodings.find((each) => each.replace(/-/g, '') === text.toLowerCase().replace(/[-_]/g, ''))
  if (found !== undefined) return found
  throw new InputError(`--encoding ${text} is not known`, `write one of ${encodings.join(', ')}`)
}
