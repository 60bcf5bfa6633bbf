/**
 * One error for one cause. A wrong line often makes others look wrong: an id written twice hides the product that others
 * buy, a key indented too little leaves its list without zones. So each error that proposes an edit is tried: what is gone
 * after the edits was only a consequence, and is left out.
 */
import { withEdits } from '../edits.ts'
import type { Fault } from '../errors.ts'
import { type Repair, reindented } from './syntax.ts'

/** The errors of a text, as it is read without this. */
export type Reread = (text: string) => readonly Fault[]

const MOST_TRIALS = 6
const placeOf = ({ line, what }: Fault): string => `${line}\u0000${what}`

/** An unknown key that is one of another place: its line is indented wrongly. Null where no other place takes it. */
function misplaced(text: string, fault: Fault, faults: readonly Fault[], reread: Reread): Fault | null {
  const lines = text.split('\n')
  const line = lines[fault.line - 1] ?? ''
  if (!/^[\s-]*$/.test(line.slice(0, fault.column - 1))) return null
  const key = line.slice(fault.column - 1, fault.column - 1 + fault.length)
  const after = fault.fix === undefined ? faults.length : reread(withEdits(text, fault.fix)).length
  let best: { repair: Repair; left: readonly Fault[] } | undefined
  for (const repair of reindented(
    lines,
    fault.line - 1,
    () => `${key} in the wrong column, where it belongs to another key`,
  )) {
    const left = reread(withEdits(text, repair.edits))
    const isGone = !left.some((each) => each.line === fault.line || each.code === 'syntax')
    if (isGone && left.length < after && left.length < (best?.left.length ?? faults.length)) best = { repair, left }
  }
  if (best === undefined) return null
  const { didYouMean: _, fix: __, ...rest } = fault
  const { what, hint, edits } = best.repair
  return { ...rest, code: 'syntax', what, expected: 'the column of the keys next to it', hint, fix: edits }
}

/** An id a second time, where something else is asked for by a name that nothing has: this is it. */
function renamed(fault: Fault, faults: readonly Fault[]): Fault {
  const kinds: Readonly<Record<string, RegExp>> = {
    catalog: /^product$/,
    specifications: /^specification/,
    regions: /^region$/,
    zones: /^zone$/,
    pools: /^flavour/,
    sellers: /^seller segment$/,
    buyers: /^buyer segment$/,
  }
  const list = fault.path.split('.').findLast((step) => Object.hasOwn(kinds, step))
  const kind = list === undefined ? undefined : kinds[list]
  const [own] = fault.fix ?? []
  const isLike = (name: string) => fault.code === 'duplicate' || own?.text.toLowerCase().includes(name.toLowerCase())
  const wanted = faults.find(
    ({ missing }) => missing !== undefined && kind?.test(missing.kind) && isLike(missing.name),
  )?.missing
  const [edit] = fault.fix ?? []
  if (wanted === undefined || edit === undefined) return fault
  const hint = `write ${wanted.name}, which the scenario refers to and nothing is called`
  return { ...fault, hint, fix: [{ ...edit, text: wanted.name }] }
}

/** Something else in place of a list whose items have names that others refer to. */
const isUnreadList = ({ code, path, expected }: Fault): boolean =>
  code === 'value' &&
  /^a list/.test(expected) &&
  /(^|\.)(regions|zones|pools|catalog|specifications|sellers|buyers)$/.test(path)

/** The errors of a text without those that follow from others. `faults` are those of this file's text. */
export function causesOf(text: string, faults: readonly Fault[], reread: Reread): readonly Fault[] {
  let trials = 0
  const placed = faults.map((fault) => {
    if (fault.code === 'duplicate' || /\.(id|segment|flavour)$/.test(fault.path)) return renamed(fault, faults)
    if (fault.code !== 'unknown-key' || ++trials > MOST_TRIALS) return fault
    return misplaced(text, fault, faults, reread) ?? fault
  })
  // What a list that cannot be read would have named is not known yet.
  if (placed.some(isUnreadList))
    return placed.filter(({ code, missing }) => code !== 'reference' && missing === undefined)
  const causes = placed.filter(({ code, fix }) => fix !== undefined && code !== 'reference')
  if (causes.length === 0 || causes.length === placed.length) return placed
  const after = reread(
    withEdits(
      text,
      causes.flatMap(({ fix }) => fix ?? []),
    ),
  )
  if (after.some(({ code }) => code === 'syntax')) return placed
  const left = new Set(after.map(placeOf))

  return placed.filter((fault) => causes.includes(fault) || left.has(placeOf(fault)))
}
