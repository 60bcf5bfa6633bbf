/** YAML text read into plain data that remembers where each value is; bounded in size, depth and aliases. */
import { Composer, CST, isAlias, isMap, isScalar, isSeq, Lexer, type Node, Parser, type Scalar } from 'yaml'

export type Path = readonly (string | number)[]
export type Span = readonly [start: number, end: number]

/** 4 MiB of text, 64 levels, 100 uses of aliases, 100,000 values. */
export const bounds = { characters: 4 * 1024 * 1024, depth: 64, aliases: 100, values: 100_000 } as const

/** A path as a key of a map. */
export const joined = (path: Path) => path.map(String).join('\u0000')
const fresh = (): Record<string, unknown> => Object.create(null)

export interface RawFault {
  readonly span: Span
  readonly path: Path
  readonly what: string
  readonly expected: string
  readonly hint: string
  readonly code: 'syntax' | 'duplicate' | 'value'
  /** What to write in place of the span. */
  readonly instead?: string
  /** Whether to remove the key and its value. */
  readonly remove?: boolean
}

/** One pass over the text: tokens, depth, nodes, plain data. */
export class Reading {
  data: unknown
  broken = false
  /** Whether the text is no YAML, or more than one document of it. */
  isMalformed = false
  readonly text: string
  /** Offsets at which lines begin; the parser's own count loses lines where it finds errors. */
  readonly lines: readonly number[]
  readonly keys = new Map<string, Span>()
  readonly values = new Map<string, Span>()
  readonly faults: RawFault[] = []
  #aliases = 0
  #isCircular = false
  #count = 0
  readonly #anchors = new Map<string, Node>()
  /** Aliases that are being written out, from the outside. */
  readonly #opened: string[] = []

  constructor(text: string) {
    this.text = text
    this.lines = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]
  }

  read(): void {
    const tokens: CST.Token[] = []
    const deep = tokensOf(this.text, tokens) ?? tooDeep(tokens)
    if (deep !== null) {
      this.#fault([deep, deep + 1], [], 'nested too deeply', `at most ${bounds.depth} levels`, 'flatten it')
      this.broken = true
      return
    }
    const composer = new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, stringKeys: true })
    const [first, second] = [...composer.compose(tokens, true, this.text.length)]
    for (const problem of [...first.errors, ...first.warnings].slice(0, 10)) {
      const message = problem.message.replace(/\s+/g, ' ').slice(0, 200)
      this.#fault(problem.pos, [], message, 'valid YAML', syntaxHints[problem.code] ?? syntaxHints.other)
    }
    if (second) {
      const at = second.range[0]
      this.#fault(
        [at, at + 3],
        [],
        'a second document',
        'one scenario in a file',
        'remove this line, or put what follows it into a file of its own',
        { instead: '' },
      )
    }
    this.broken = this.faults.length > 0
    this.isMalformed = this.broken
    if (this.broken) return
    this.data = this.#plain(first.contents as Node | null, [], 0, true)
    this.broken = this.#count > bounds.values || this.#aliases > bounds.aliases || this.#isCircular
  }

  #fault(
    span: Span,
    path: Path,
    what: string,
    expected: string,
    hint: string,
    more: Partial<Pick<RawFault, 'code' | 'instead' | 'remove'>> = {},
  ): void {
    if (this.faults.length < 100)
      this.faults.push({ span: [span[0], span[1]], path, what, expected, hint, code: 'syntax', ...more })
  }

  /** Plain data of a node. Inside an alias no places are noted: they are those of the alias itself. */
  #plain(node: Node | null, path: Path, depth: number, noted: boolean): unknown {
    if (node === null) return null
    const span: Span = node.range ? [node.range[0], node.range[1]] : [0, 1]
    if (noted) this.values.set(joined(path), span)
    if (++this.#count > bounds.values || depth > bounds.depth) {
      if (this.#count === bounds.values + 1 || depth > bounds.depth)
        this.#fault(span, path, 'too much for a scenario', `at most ${bounds.values} values`, 'write less, by segments')
      return null
    }
    if (isAlias(node)) return this.#aliased(node.source, span, path, depth)
    const anchor = (node as { anchor?: string }).anchor
    if (anchor) this.#anchors.set(anchor, node)
    if (node.tag !== undefined) {
      this.#fault(span, path, `the tag ${node.tag}`, 'plain YAML without tags', 'remove the tag')
      return null
    }
    if (isScalar(node)) return this.#scalar(node, span, path)
    if (isSeq(node)) return node.items.map((item, i) => this.#plain(item as Node, [...path, i], depth + 1, noted))
    return isMap(node) ? this.#mapping(node.items as Pairs, path, depth, noted) : null
  }

  #aliased(name: string, span: Span, path: Path, depth: number): unknown {
    const node = this.#anchors.get(name)
    if (this.#opened.includes(name) || (node !== undefined && isAround(node, span))) {
      // Everything else that a circle does follows from it.
      if (!this.#isCircular)
        this.#fault(
          span,
          path,
          `alias *${name} inside the value that it repeats`,
          'an alias of a finished value',
          `remove ${path.at(-1)}: *${name}`,
          { remove: true },
        )
      this.#isCircular = true
      return null
    }
    if (++this.#aliases <= bounds.aliases && node) {
      this.#opened.push(name)
      const value = this.#plain(node, path, depth + 1, false)
      this.#opened.pop()
      return value
    }
    const expected = node ? `at most ${bounds.aliases} uses of aliases` : 'an alias of something written before'
    if (node) this.#fault(span, path, `alias *${name}`, expected, 'write the value out')
    else {
      const quoted = `"*${name}"`
      this.#fault(span, path, `alias *${name}, which nothing is called`, expected, `write ${quoted}, if it is a text`, {
        instead: quoted,
      })
      return `*${name}`
    }
    return null
  }

  #mapping(pairs: Pairs, path: Path, depth: number, noted: boolean): Record<string, unknown> {
    const result = fresh()
    for (const [index, { key, value }] of pairs.entries()) {
      const span: Span = key?.range ? [key.range[0], key.range[1]] : [0, 1]
      if (isScalar(key) && key.value === '__proto__') {
        const expected = 'a key of its place; an id must begin with a letter or digit'
        this.#fault(span, path, 'the key __proto__', expected, 'write another name')
        continue
      }
      if (!isScalar(key) || typeof key.value !== 'string') {
        this.#fault(span, path, 'a key that is not plain text', 'a key of plain text', 'write a plain key')
        continue
      }
      const inner = [...path, key.value]
      const before = pairs[index - 1]
      const joinedText = noted ? this.#splitNumber(before, key, value, path) : null
      if (joinedText !== null) {
        result[String((before.key as unknown as Scalar).value)] = joinedText
        continue
      }
      if (Object.hasOwn(result, key.value)) {
        const { line, isFirst } = this.#firstOf(pairs, key.value, span)
        const remove = `remove this ${key.value}, or the one of line ${line}`
        const hint = isFirst ? `${remove}; or write "- " before it, if it begins another item` : remove
        this.#fault(span, inner, `the key ${key.value} a second time`, 'each key once', hint, {
          code: 'duplicate',
          remove: true,
        })
      }
      if (noted) this.keys.set(joined(inner), span)
      // A key without a value holds null; it is where its key is.
      if (noted && !value) this.values.set(joined(inner), span)
      result[key.value] = this.#plain(value, inner, depth + 1, noted)
    }
    return result
  }

  /** The line of the first key of this name, and whether it is the first of an item of a list. */
  #firstOf(pairs: Pairs, name: string, second: Span): { line: number; isFirst: boolean } {
    const first = pairs.findIndex(({ key }) => isScalar(key) && key.value === name)
    const at = pairs[first].key?.range?.[0] ?? 0
    const line = this.lines.findLastIndex((begin) => begin <= at)
    const before = this.text.slice(this.lines[line], at)
    const own = this.lines.findLastIndex((begin) => begin <= second[0])
    return { line: line + 1, isFirst: first === 0 && /^\s*- +$/.test(before) && own !== line }
  }

  /** In brackets a comma ends a value: `{ hourly: 0,15 }` is hourly: 0 and a key 15. The text of both. */
  #splitNumber(before: Pairs[number] | undefined, key: Scalar, value: Node | null, path: Path): string | null {
    if (value || !before || !isScalar(before.key) || !isScalar(before.value) || !key.range) return null
    const [whole, decimals] = [before.value.source ?? '', String(key.source ?? key.value)]
    const [from, to] = [before.value.range?.[0] ?? 0, key.range[1]]
    const isBetween = /^\s*,\s*$/.test(this.text.slice(before.value.range?.[1] ?? 0, key.range[0]))
    // 1.000,50: the points of thousands before a decimal comma.
    const isGrouped = /^[-+]?[1-9]\d{0,2}(\.\d{3})+$/.test(whole)
    if (!isBetween || !(isGrouped || /^[-+]?\d+$/.test(whole)) || !/^\d+ ?([a-z%€$]+|\/[a-z]+)?$/i.test(decimals))
      return null
    const isThousands =
      /^\d{3}$/.test(decimals) && /^[1-9]\d{0,2}$/.test(whole) && wholeKeys.test(String(before.key.value))
    const units = isGrouped ? whole.replaceAll('.', '') : whole
    const instead = isThousands && !isGrouped ? `${units}${decimals}` : `${units}.${decimals}`
    const found = this.text.slice(from, to)
    const name = [...path, String(before.key.value)]
    this.#fault(
      [from, to],
      name,
      `found ${found}`,
      'a number with a point; a comma ends the value',
      `write ${instead}`,
      {
        code: 'value',
        instead,
      },
    )
    this.values.set(joined(name), [from, to])
    return found
  }

  /** Numbers pass only when their text and their float say the same: a price loses nothing on the way (M-01). */
  #scalar(node: Scalar, span: Span, path: Path): unknown {
    if (typeof node.value !== 'number') return node.value
    const source = node.source ?? ''
    const digits = source
      .replace(/e.*$/i, '')
      .replace(/\D/g, '')
      .replace(/^0+|0+$/g, '')
    const hex = /^[-+]?0[xo]/.test(source)
    const exact = hex ? Number.isSafeInteger(node.value) : digits.length <= 15 && (node.value !== 0 || digits === '')
    if (exact && Number.isFinite(node.value)) return node.value
    const expected = 'a plain number of at most 15 digits'
    this.#fault(span, path, `the number ${source.slice(0, 60)}`, expected, 'put longer numbers and texts in quotes', {
      code: 'value',
    })
    return node.value
  }
}

/** Keys whose values are whole, so that a comma groups thousands. */
const wholeKeys = /^(capacity|count|min|max|step|upTo|staff|quantity|n|vpcLimit|vcpu|memory|gpu)$/

/** Whether a node has a place inside itself. */
const isAround = (node: Node, [start, end]: Span): boolean =>
  node.range !== undefined && node.range !== null && node.range[0] <= start && end <= node.range[1]

type Pairs = readonly { key: Node; value: Node | null }[]

const syntaxHints: Record<string, string> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent this line like its neighbours',
  MISSING_CHAR: 'close the quote or bracket',
  BAD_ALIAS: 'put the text in quotes, or name an anchor written before',
  TAG_RESOLVE_FAILED: 'remove the tag',
  other: 'look at the indentation, quotes and brackets here',
}

/** Fills in the tokens; returns the offset where brackets nest too deeply for the parser to continue in good time. */
function tokensOf(text: string, tokens: CST.Token[]): number | null {
  const parser = new Parser()
  let offset = 0
  let open = 0
  for (const lexeme of new Lexer().lex(text)) {
    const kind = CST.tokenType(lexeme)
    if (kind === 'flow-seq-start' || kind === 'flow-map-start') open++
    if (kind === 'flow-seq-end' || kind === 'flow-map-end') open--
    if (open > bounds.depth) return offset
    offset = parser.offset
    tokens.push(...parser.next(lexeme))
  }
  tokens.push(...parser.end())
  return null
}

/** The offset of the first token nested deeper than the bound, found without recursion. */
function tooDeep(tokens: readonly CST.Token[]): number | null {
  const stack: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 })).reverse()
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { token, depth } = entry
    if (depth > 2 * bounds.depth) return token.offset
    if (token.type === 'document' && token.value) stack.push({ token: token.value, depth })
    if (!('items' in token)) continue
    for (const item of token.items) {
      if (item.key) stack.push({ token: item.key, depth: depth + 1 })
      if (item.value) stack.push({ token: item.value, depth: depth + 1 })
    }
  }
  return null
}
