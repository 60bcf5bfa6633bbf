import { distance } from 'fastest-levenshtein'

/** Something the person who called us can mend: what is wrong, where, and how to mend it. Exit code 2. */
export class InputFault extends Error {
  readonly where: string | undefined
  readonly mend: string

  constructor(what: string, mend: string, where?: string) {
    super(what)
    this.name = 'InputFault'
    this.mend = mend
    this.where = where
  }
}

/** Letters to change; two that changed places count as one. */
function far(a: string, b: string): number {
  const letters = (text: string) => [...text].sort().join('')
  return distance(a, b) - (letters(a) === letters(b) && a !== b ? 1 : 0)
}

/** The name that was probably meant: at most a third of its letters, and never more than three, differ. */
export function didYouMean(wrong: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, far: far(wrong.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
  if (best === undefined) return undefined
  return best.far <= Math.min(3, Math.ceil(best.name.length / 3)) ? best.name : undefined
}
