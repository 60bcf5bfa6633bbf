/**
 * What is wrong with text that is no YAML, found by trial: changes that people usually need are made one at a time, and the
 * one after which the text reads best is proposed. The parser's own words name the place where it gave up, which is often
 * not the mistake.
 */
import { type Edit, withEdits } from '../edits.ts'

/** A mistake of the text: where it is in one line, what it is, and the edits that remove it. */
export interface Repair {
  readonly line: number
  readonly column: number
  readonly length: number
  readonly what: string
  readonly hint: string
  readonly edits: readonly Edit[]
}

/** How badly a text reads: 0 is a scenario without errors. */
export type Judge = (text: string) => number

const indentOf = (line: string) => /^[ \t]*/.exec(line)?.[0].length ?? 0
const isBlank = (line: string | undefined) => line === undefined || /^\s*(#.*)?$/.test(line)
const spaces = (count: number) => `${count} ${count === 1 ? 'space' : 'spaces'}`

/** Columns at which a line could begin here: those of lines above, after hyphens too, and of the next line. */
function columnsNear(lines: readonly string[], at: number): number[] {
  const found = new Set<number>()
  const add = (line: string) => {
    found.add(indentOf(line))
    const hyphen = /^( *)- +/.exec(line)
    if (hyphen) found.add(hyphen[0].length)
  }
  for (let above = at - 1; above >= 0 && found.size < 12 && above > at - 200; above--)
    if (!isBlank(lines[above]) && !lines[above].includes('\t')) add(lines[above])
  const below = lines.slice(at + 1).find((line) => !isBlank(line))
  if (below !== undefined && !/^\s*\t/.test(below)) add(below)
  const own = indentOf(lines[at])
  found.add(own + 2)
  return [...found].sort((a, b) => Math.abs(a - own) - Math.abs(b - own))
}

/** The lines of a block: the one at `at`, and those below it that are indented more. */
function blockEnd(lines: readonly string[], at: number): number {
  let end = at
  for (let below = at + 1; below < lines.length; below++) {
    if (isBlank(lines[below])) continue
    if (indentOf(lines[below]) <= indentOf(lines[at])) break
    end = below
  }
  return end
}

/** Re-indents one line, or it and its block, to other columns. */
export function reindented(lines: readonly string[], at: number, what: (column: number) => string): Repair[] {
  const line = lines[at]
  const own = indentOf(line)
  if (/\t/.test(line.slice(0, own))) return []
  const last = blockEnd(lines, at)
  return columnsNear(lines, at).flatMap((column) => {
    if (column === own) return []
    const one: Repair = {
      line: at + 1,
      column: 1,
      length: Math.max(1, line.trimEnd().length),
      what: what(column),
      hint: column === 0 ? 'remove the spaces before it' : `indent it by ${spaces(column)}`,
      edits: [{ line: at + 1, column: 1, length: own, text: ' '.repeat(column) }],
    }
    if (last === at) return [one]
    const shift = column - own
    const edits = lines.slice(at, last + 1).flatMap((each, index) => {
      if (isBlank(each)) return []
      return [
        {
          line: at + index + 1,
          column: 1,
          length: indentOf(each),
          text: ' '.repeat(Math.max(0, indentOf(each) + shift)),
        },
      ]
    })
    const move =
      shift > 0
        ? `indent lines ${at + 1} to ${last + 1} by ${spaces(shift)} more`
        : `remove ${spaces(-shift)} before lines ${at + 1} to ${last + 1}`
    return [one, { ...one, hint: move, edits }]
  })
}

const replaced = (at: number, from: number, to: number, text: string): Edit => ({
  line: at + 1,
  column: from + 1,
  length: to - from,
  text,
})

/** Tabs in the indentation of all lines, as spaces of a width. */
function withoutTabs(lines: readonly string[]): Repair[] {
  const tabbed = lines.flatMap((line, at) => (/^ *\t/.test(line) && !isBlank(line) ? [at] : []))
  const [at] = tabbed
  if (at === undefined) return []
  const own = /^[ \t]*/.exec(lines[at])?.[0] ?? ''
  const depth = (text: string, width: number) => text.replace(/\t/g, ' '.repeat(width)).length
  const repairs: Repair[] = [2, 4, 8, 1, 3].map((width) => {
    const count = depth(own, width)
    const where = tabbed.length === 1 ? '' : ` on ${tabbed.length} lines`
    return {
      line: at + 1,
      column: own.indexOf('\t') + 1,
      length: own.length - own.indexOf('\t'),
      what: `a tab in the indentation${where}`,
      hint:
        tabbed.length === 1
          ? `indent with ${spaces(count)} instead of the tab`
          : `write ${spaces(width)} instead of each tab at the beginning of a line`,
      edits: tabbed.map((each) => {
        const indent = /^[ \t]*/.exec(lines[each])?.[0] ?? ''
        return replaced(each, 0, indent.length, ' '.repeat(depth(indent, width)))
      }),
    }
  })
  if (tabbed.length > 1) return repairs
  return [
    ...columnsNear(lines, at).map(
      (column): Repair => ({
        line: at + 1,
        column: own.indexOf('\t') + 1,
        length: own.length - own.indexOf('\t'),
        what: 'a tab in the indentation',
        hint: `indent with ${spaces(column)} instead of the tab`,
        edits: [replaced(at, 0, own.length, ' '.repeat(column))],
      }),
    ),
    ...repairs,
  ]
}

/** A text in double quotes, or in single ones where it holds double ones. */
const inQuotes = (text: string): string => (/["\\]/.test(text) ? `'${text.replace(/'/g, "''")}'` : `"${text}"`)

/** Values of a line that could need quotes: after each `key: `, to the end of the line or to a comma or bracket. */
function quotedValues(lines: readonly string[], at: number): Repair[] {
  const line = lines[at].replace(/\r$/, '')
  const repairs: Repair[] = []
  for (const { index, 0: key } of line.matchAll(
    /(?:^\s*(?:- +)*|[{,[]\s*)(?:"[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)\s*:\s+|^\s*- +/g,
  )) {
    const from = index + key.length
    const rest = line.slice(from)
    const ends = new Set<number>([rest.replace(/\s+#.*$/, '').trimEnd().length])
    for (const { index: stop } of rest.matchAll(/\s*(?:,|\}|\])/g)) ends.add(stop)
    for (const end of ends) {
      const text = rest.slice(0, end).trim()
      if (text === '' || /^[{[]/.test(text) || !/:(\s|$)|^["'@`%&*!|>\]}#?,-]|\s#/.test(text)) continue
      const plain = text.replace(/^(["'])(.*)\1$/, '$2')
      const written = inQuotes(plain === text ? text : plain)
      const what = /:(\s|$)/.test(text)
        ? 'a colon inside a text without quotes'
        : /^["']/.test(text)
          ? 'text after a closing quote'
          : `a text that begins with ${text[0]}`
      repairs.push({
        line: at + 1,
        column: from + 1,
        length: Math.max(1, end),
        what,
        hint: `write ${written}, in quotes`,
        edits: [replaced(at, from, from + end, written)],
      })
    }
  }
  return repairs
}

/** A quote that is opened and not closed: closed at the end of the line, or before a bracket or comma. */
function closedQuotes(lines: readonly string[], at: number): Repair[] {
  const line = lines[at].replace(/\r$/, '')
  return [...line.matchAll(/(?<=^|[\s:{[,])["']/g)].flatMap(({ index, 0: quote }) => {
    const ends = new Set<number>([line.trimEnd().length])
    for (const { index: stop } of line.matchAll(/\s*(?:,|\}|\]|:(?=\s)| #)/g)) if (stop > index) ends.add(stop)
    return [...ends]
      .sort((a, b) => b - a)
      .map(
        (end): Repair => ({
          line: at + 1,
          column: index + 1,
          length: end - index,
          what: 'a quote that is not closed',
          hint: `write ${line.slice(index, end)}${quote}`,
          edits: [replaced(at, end, end, quote)],
        }),
      )
  })
}

/** Brackets that are missing or too many, at the end of the line. */
function brackets(lines: readonly string[], at: number): Repair[] {
  const line = lines[at].replace(/\r$/, '')
  const end = line.replace(/\s+#.*$/, '').trimEnd().length
  const added = ['}', ']', '] }', '} }', '}]', '}] }', '] } }', '} } }'].flatMap((text): Repair[] => {
    const compact = text.replace(/ /g, '')
    if (!/[{[]/.test(line)) return []
    const write = compact.length === 1 ? ` ${compact}` : ` ${text}`
    return [
      {
        line: at + 1,
        column: Math.max(1, end),
        length: 1,
        what: `an opening bracket without ${text}`,
        hint: `add ${text} at the end of the line`,
        edits: [replaced(at, end, end, write)],
      },
    ]
  })
  const inside = [...line.matchAll(/,\s/g)].flatMap(({ index }) =>
    ['}', ']'].map(
      (text): Repair => ({
        line: at + 1,
        column: index + 1,
        length: 1,
        what: `an opening bracket without ${text}`,
        hint: `add ${text} before this comma`,
        edits: [replaced(at, index, index, ` ${text}`)],
      }),
    ),
  )
  const removed = [...line.matchAll(/[}\]]/g)].reverse().map(
    ({ index, 0: text }): Repair => ({
      line: at + 1,
      column: index + 1,
      length: 1,
      what: `a closing ${text} that nothing opens`,
      hint: `remove this ${text}`,
      edits: [replaced(at, index, index + 1, '')],
    }),
  )
  const exchanged = [...line.matchAll(/[}\]]/g)].map(({ index, 0: text }): Repair => {
    const other = text === '}' ? ']' : '}'
    return {
      line: at + 1,
      column: index + 1,
      length: 1,
      what: `${text} where ${other} closes`,
      hint: `write ${other}`,
      edits: [replaced(at, index, index + 1, other)],
    }
  })
  const unopened = [...line.matchAll(/[{[]/g)].map(
    ({ index, 0: text }): Repair => ({
      line: at + 1,
      column: index + 1,
      length: 1,
      what: `an opening ${text} that nothing closes`,
      hint: `remove this ${text}`,
      edits: [replaced(at, index, index + 1, '')],
    }),
  )
  return [...added, ...removed, ...unopened, ...exchanged, ...inside]
}

/** Signs between a key and its value, after a hyphen, and between the pairs of a mapping in brackets. */
function separators(lines: readonly string[], at: number): Repair[] {
  const line = lines[at].replace(/\r$/, '')
  const repairs: Repair[] = []
  const add = (from: number, to: number, text: string, what: string, hint: string) =>
    repairs.push({
      line: at + 1,
      column: from + 1,
      length: Math.max(1, to - from),
      what,
      hint,
      edits: [replaced(at, from, to, text)],
    })
  for (const { index, 0: pair, 1: key } of line.matchAll(/([A-Za-z][\w.-]*):(?=[^\s:/,}\]])/g)) {
    const end = index + pair.length
    const value = /^[^\s,}\]]*/.exec(line.slice(end))?.[0] ?? ''
    add(
      index,
      end + value.length,
      `${key}: ${value}`,
      'a colon without a space after it',
      `write ${key}: ${value}, with a space`,
    )
  }
  const hyphen = /^(\s*)-(?=[^\s-])/.exec(line)
  if (hyphen)
    add(hyphen[1].length, hyphen[0].length, '- ', 'a hyphen without a space after it', 'add a space after the hyphen')
  const bare = /^(\s*(?:- +)?)([A-Za-z][\w.-]*)(\s*=\s*|\s+)(\S.*)$/.exec(line)
  if (bare && !/^:/.test(bare[4])) {
    const from = bare[1].length
    add(
      from,
      from + bare[2].length + bare[3].length,
      `${bare[2]}: `,
      'a key without a colon',
      `write ${bare[2]}: ${bare[4].trimEnd()}`,
    )
  }
  const alone = /^(\s*(?:- +)?)([A-Za-z][\w.-]*)\s*$/.exec(line)
  if (alone) add(alone[1].length, line.length, `${alone[2]}:`, 'a key without a colon', `write ${alone[2]}:`)
  for (const { index, 1: gap, 2: key } of line.matchAll(/(\s+)([A-Za-z][\w.-]*):\s/g))
    if (/[{[]/.test(line.slice(0, index)))
      add(index, index + gap.length, ', ', `no comma before ${key}`, `add a comma before ${key}`)
  for (const { index, 0: sign } of line.matchAll(/[;,](?=\s|$)/g)) {
    add(
      index,
      index + 1,
      sign === ';' ? ',' : '',
      sign === ';' ? 'a semicolon' : 'a comma too many',
      sign === ';' ? 'write a comma' : 'remove the comma',
    )
    if (sign === ';') add(index, index + 1, '', 'a semicolon', 'remove the semicolon')
  }
  for (const { index, 0: gap } of line.matchAll(/(?<=[A-Za-z])\s*=\s*/g)) {
    add(index, index + gap.length, ': ', 'an equals sign after a key', 'write a colon and a space')
  }
  const before = /^(\s*(?:- +)?[A-Za-z][\w.-]*)\s+:/.exec(line)
  if (before) add(before[1].length, before[0].length, ':', 'a space before the colon', 'remove the space')
  return repairs
}

/** Every change worth a trial around a line. */
function repairsAt(lines: readonly string[], at: number): Repair[] {
  if (isBlank(lines[at])) return []
  const own = indentOf(lines[at])
  return [
    ...closedQuotes(lines, at),
    ...quotedValues(lines, at),
    ...separators(lines, at),
    ...brackets(lines, at),
    ...reindented(
      lines,
      at,
      () => `a line that is indented by ${spaces(own)}, unlike those that belong to the same list or mapping`,
    ),
  ]
}

/** Lines with a quote that has no other: the parser reads on to the end of the file. */
const oddQuotes = (lines: readonly string[]): number[] =>
  lines
    .flatMap((line, at) => {
      const text = line.replace(/(^|\s)#.*$/, '')
      const isOdd = ['"', "'"].some(
        (quote) => new RegExp(`(^|[\\s:{[,])${quote}`).test(text) && text.split(quote).length % 2 === 0,
      )
      return isOdd ? [at] : []
    })
    .slice(0, 3)

const MOST_TRIALS = 80

/** The change near a line (from 1) after which the text reads best, or null where none helps. */
function bestRepair(text: string, line: number, judge: Judge): Repair | null {
  const lines = text.split('\n')
  const at = line - 1
  const near = [at, at - 1, at + 1, at - 2, at - 3].filter((each) => each >= 0 && each < lines.length)
  const around = [...new Set([...near, ...oddQuotes(lines)])]
  let best: Repair | null = null
  let least = judge(text)
  const tries = [...withoutTabs(lines), ...around.flatMap((each) => repairsAt(lines, each))]
  for (const repair of tries.slice(0, MOST_TRIALS)) {
    const score = judge(withEdits(text, repair.edits))
    if (score >= least) continue
    least = score
    best = repair
    if (score === 0) break
  }
  return best
}

const MOST_REPAIRS = 3
/** Trials of a longer text would take too long. */
const LONGEST_TEXT = 200_000

/** The mistakes of a text, each once; `lineOfFault` finds where the parser gives up, or null where it does not. */
export function syntaxRepairs(text: string, lineOfFault: (text: string) => number | null, judge: Judge): Repair[] {
  if (text.length > LONGEST_TEXT) return []
  const repairs: Repair[] = []
  let current = text
  while (repairs.length < MOST_REPAIRS) {
    const line = lineOfFault(current)
    if (line === null) break
    const repair = bestRepair(current, line, judge)
    // A second change of a line would speak of columns that the first one moved.
    const isTouched = repairs.some(({ edits }) =>
      edits.some((edit) => repair?.edits.some((other) => other.line === edit.line)),
    )
    if (repair === null || isTouched) break
    repairs.push(repair)
    current = withEdits(current, repair.edits)
  }
  return repairs
}
