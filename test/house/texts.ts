/** The texts of source files: comments and string literals of TypeScript, comments and questions of YAML. */

export interface Text {
  readonly kind: 'comment' | 'string'
  /** Line of the first character, from 1. */
  readonly line: number
  readonly text: string
}

/** Code after which a slash starts a regular expression rather than a division. */
const beforePattern = /(?:^|[=(,:;!&|?{}[\]+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|yield|await))\s*$/

/** Where a string or regular expression that starts at `start` ends: the index after its closing character. */
function endOf(code: string, start: number, quote: string): number {
  let inClass = false
  for (let index = start + 1; index < code.length; index++) {
    if (code[index] === '\\') index++
    else if (quote === '/' && code[index] === '[') inClass = true
    else if (quote === '/' && code[index] === ']') inClass = false
    else if (code[index] === quote && !inClass) return index + 1
  }
  return code.length
}

/** Reads the texts of one file from start to end. */
class Scanner {
  readonly texts: Text[] = []
  readonly #code: string
  #index = 0
  #line = 1
  #counted = 0
  /** For each open template substitution, the number of braces open within it. */
  readonly #open: number[] = []

  constructor(code: string) {
    this.#code = code
  }

  scan(): Text[] {
    while (this.#index < this.#code.length) this.#step()
    return this.texts
  }

  #add(kind: Text['kind'], start: number, end: number): void {
    for (; this.#counted < start; this.#counted++) if (this.#code[this.#counted] === '\n') this.#line++
    this.texts.push({ kind, line: this.#line, text: this.#code.slice(start, end) })
  }

  #step(): void {
    const char = this.#code[this.#index]
    if (this.#code.startsWith('//', this.#index)) this.#comment('\n', 0)
    else if (this.#code.startsWith('/*', this.#index)) this.#comment('*/', 2)
    else if (char === "'" || char === '"') {
      const end = endOf(this.#code, this.#index, char)
      this.#add('string', this.#index + 1, end - 1)
      this.#index = end
    } else if (char === '`') this.#template(this.#index + 1)
    else if (char === '/' && beforePattern.test(this.#code.slice(Math.max(0, this.#index - 40), this.#index)))
      this.#index = endOf(this.#code, this.#index, '/')
    else if (char === '}' && this.#open.at(-1) === 0) {
      this.#open.pop()
      this.#template(this.#index + 1)
    } else {
      if (this.#open.length > 0 && char === '{') this.#open[this.#open.length - 1]++
      if (this.#open.length > 0 && char === '}') this.#open[this.#open.length - 1]--
      this.#index++
    }
  }

  #comment(closing: string, length: number): void {
    const found = this.#code.indexOf(closing, this.#index)
    const end = found < 0 ? this.#code.length : found + length
    this.#add('comment', this.#index, end)
    this.#index = end
  }

  /** The text of a template up to its end or its next substitution, whose code is scanned as well. */
  #template(start: number): void {
    let end = start
    while (end < this.#code.length && this.#code[end] !== '`' && !this.#code.startsWith('${', end))
      end += this.#code[end] === '\\' ? 2 : 1
    this.#add('string', start, end)
    if (this.#code[end] === '`') this.#index = end + 1
    else {
      this.#open.push(0)
      this.#index = end + 2
    }
  }
}

/** The comments and string literals of TypeScript, in order. A template gives one text between two substitutions. */
export const textsOfTypeScript = (code: string): Text[] => new Scanner(code).scan()

/** The comments of YAML, and the values of its keys `question` and `name`. */
export const textsOfYaml = (yaml: string): Text[] =>
  yaml.split('\n').flatMap((row, index) => {
    const comment = /(?:^|\s)#.*$/.exec(row)
    const value = /^\s*(?:question|name): (.*)$/.exec(row)
    const line = index + 1
    return [
      ...(comment === null ? [] : [{ kind: 'comment' as const, line, text: comment[0] }]),
      ...(value === null ? [] : [{ kind: 'string' as const, line, text: value[1] }]),
    ]
  })

/** Whether a string literal is prose: it has two words side by side. Names, keys and paths are not. */
export const isProse = (text: string): boolean => /[A-Za-z,;:]\s+[A-Za-z]/.test(text)
