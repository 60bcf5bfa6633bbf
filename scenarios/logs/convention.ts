/**
 * Something that all rows of a file write in the same way, and that single rows do not always show: whether `1.234` is a
 * thousand, whether `05/06/2024` is in May. Rows that can be read in one way only answer the question for the others.
 * Where none does, and some row would be another amount, the file is refused with that row and the option that decides.
 */
import { InputError } from '#base/input-error.ts'
import { shown } from '#base/shown.ts'

export interface Choice<A extends string> {
  readonly answers: readonly A[]
  /** The option of the command line, without its hyphens. */
  readonly option: string
  /** What a text means by each answer, for the message. */
  readonly words: Readonly<Record<A, string>>
}

interface OpenRow {
  readonly line: number
  readonly text: string
  readonly meanings: readonly string[]
}

export class Convention<A extends string> {
  /** What rows are read by until the whole file is known. */
  assumed: A
  readonly #choice: Choice<A>
  readonly #asked: A | undefined
  readonly #possible: Set<A>
  /** Where an answer was excluded first. */
  readonly #excluded = new Map<A, { line: number; text: string }>()
  /** The first row that two answers read differently, by the two. */
  readonly #open = new Map<string, OpenRow>()

  constructor(choice: Choice<A>, asked: A | undefined) {
    this.#choice = choice
    this.#asked = asked
    this.#possible = new Set(choice.answers)
    this.assumed = asked ?? choice.answers[0]
  }

  /**
   * What a text means, undefined where it means nothing by any answer. An answer by which it means nothing is excluded
   * where it means something by another.
   */
  weigh<M extends bigint | number>(
    line: number,
    text: string,
    meaning: (answer: A) => M | undefined,
    inWords: (meaning: M) => string,
  ): M | undefined {
    const { answers } = this.#choice
    const meanings: readonly (M | undefined)[] = answers.map((answer) => meaning(answer))
    const first = meanings.find((each) => each !== undefined)
    if (first === undefined) return undefined
    answers.forEach((answer, index) => {
      if (meanings[index] === undefined) this.exclude(answer, line, text)
    })
    for (let a = 0; a < answers.length; a++)
      for (let b = a + 1; b < answers.length; b++) {
        const one = meanings[a]
        const other = meanings[b]
        if (one === undefined || other === undefined) continue
        const key = pair(answers[a], answers[b])
        if (one.toString() === other.toString() || this.#open.has(key)) continue
        this.#open.set(key, { line, text, meanings: [inWords(one), inWords(other)] })
      }
    return meanings[answers.indexOf(this.assumed)] ?? first
  }

  /** A row that cannot be read by an answer. */
  exclude(answer: A, line: number, text: string): void {
    if (this.#possible.delete(answer)) this.#excluded.set(answer, { line, text })
  }

  /**
   * Decides, after the last row. True where rows were read by another answer than the one that is right, so that the file has
   * to be read again. Throws InputError where no row decides.
   */
  settle(file: string): boolean {
    const { answers } = this.#choice
    const left = answers.filter((answer) => this.#possible.has(answer))
    const before = this.assumed
    // A file that excludes every answer mixes them: rows that can be read in one way only are read in that way.
    const candidates = left.length > 0 ? left : answers
    if (this.#asked !== undefined && (left.length === 0 || left.includes(this.#asked))) this.assumed = this.#asked
    else {
      for (const answer of candidates)
        for (const other of candidates) this.#refuseOpen(file, answer, other, left.length === 0)
      const [found] = candidates
      if (this.#asked !== undefined) this.#refuseConflict(file, this.#asked, found)
      this.assumed = found
    }
    return before !== this.assumed && this.#open.has(pair(before, this.assumed))
  }

  #refuseOpen(file: string, answer: A, other: A, isMixed: boolean): void {
    const open = answer === other ? undefined : this.#open.get(pair(answer, other))
    if (open === undefined) return
    const { option, words } = this.#choice
    const [one, two] = [answer, other].sort((a, b) => this.#choice.answers.indexOf(a) - this.#choice.answers.indexOf(b))
    throw new InputError(
      `${shown(open.text)} is ${open.meanings[0]} with ${words[one]}, ${open.meanings[1]} with ${words[two]}, and ${isMixed ? 'the file has both' : 'no other row decides'}`,
      `add --${option} ${one} or --${option} ${two}`,
      `${file}, line ${open.line}`,
    )
  }

  #refuseConflict(file: string, asked: A, found: A): void {
    const open = this.#open.get(pair(asked, found))
    const excluded = this.#excluded.get(asked)
    if (open === undefined || excluded === undefined) return
    const { option, words } = this.#choice
    throw new InputError(
      `${shown(excluded.text)} cannot be read with ${words[asked]}, and line ${open.line} has ${shown(open.text)}`,
      `remove --${option} ${asked}, or correct the line`,
      `${file}, line ${excluded.line}`,
    )
  }
}

const pair = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`)
