/** What is wrong with rows of a log: each with its line, a few to show, all of them counted. */

/**
 * `order`: before an earlier row of its resource. `step`: impossible in its state, such as a second start. `conflict`: the
 * same event as an earlier row, with other names (U-09).
 */
export const problemKinds = [
  'row',
  'time',
  'order',
  'step',
  'conflict',
  'account',
  'product',
  'flavour',
  'price',
] as const
export type ProblemKind = (typeof problemKinds)[number]

export interface Problem {
  readonly line: number
  readonly kind: ProblemKind
  /** What is wrong, and how to fix it. */
  readonly text: string
}

export const problemTexts: Readonly<Record<ProblemKind, string>> = {
  row: 'unreadable rows',
  time: 'bad times',
  order: 'rows out of order',
  step: 'impossible steps, such as double starts',
  conflict: 'rows sent again with different content',
  account: 'resources that change their account',
  product: 'unknown or missing products',
  flavour: 'unknown or missing flavours and disks',
  price: 'use before the first price',
}

/** Raised in strict mode by the first problem. */
export class FirstProblem extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.text)
    this.name = 'FirstProblem'
    this.problem = problem
  }
}

export class Problems {
  readonly counts = Object.fromEntries(problemKinds.map((kind) => [kind, 0])) as Record<ProblemKind, number>
  readonly first: Problem[] = []
  total = 0
  readonly #shown: number
  readonly #strict: boolean
  readonly #onProblem: (problem: Problem) => void

  constructor({ shown, strict, onProblem }: { shown: number; strict: boolean; onProblem: (problem: Problem) => void }) {
    this.#shown = shown
    this.#strict = strict
    this.#onProblem = onProblem
  }

  add(line: number, kind: ProblemKind, text: string): void {
    const problem = { line, kind, text }
    if (this.#strict) throw new FirstProblem(problem)
    this.counts[kind]++
    this.total++
    if (this.first.length < this.#shown) this.first.push(problem)
    this.#onProblem(problem)
  }
}
