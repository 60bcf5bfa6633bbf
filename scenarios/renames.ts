/**
 * Keys of a scenario file that were renamed. The old name works for one release and warns; the release after that
 * removes its line here, and the schema refuses it like any unknown key.
 */
import { type Path, type ScenarioDocument, valueAt } from './document.ts'
import type { Fault } from './errors.ts'
import { faultAt } from './explain.ts'
import { type Warning, type WarningWords, warningAt } from './warnings.ts'

export interface Rename {
  /** The mapping that holds the key; `*` means any item of a list and any key of a mapping. */
  readonly in: readonly string[]
  readonly from: string
  readonly to: string
}

/** The renames of this release. */
export const renames: readonly Rename[] = []

/** A renamed policy, wherever a scenario writes policies. */
export const renamedPolicy = (from: string, to: string): Rename[] => [
  { in: ['policies'], from, to },
  { in: ['events', '*', 'policyChange'], from, to },
]

export const renameWords = ({ from, to }: Rename): WarningWords => ({
  code: 'renamed-key',
  what: `the key ${from} is now called ${to}`,
  hint: `write ${to}; the next release no longer accepts ${from}`,
})

/** The rename of a path's last key, if there is one. */
const renameOf = (path: Path, known: readonly Rename[]): Rename | undefined =>
  known.find(
    ({ in: place, from }) =>
      place.length === path.length - 1 &&
      path.at(-1) === from &&
      place.every((step, index) => step === '*' || step === path[index]),
  )

/** A path with its renamed keys, and the renames that were met on the way. */
export function renamedPath(path: Path, known: readonly Rename[]): { path: Path; met: Rename[] } {
  const met: Rename[] = []
  const renamed: (string | number)[] = []
  for (const step of path) {
    const rename = renameOf([...renamed, step], known)
    if (rename !== undefined) met.push(rename)
    renamed.push(rename?.to ?? step)
  }
  return { path: renamed, met }
}

/** Each mapping that the pattern means. */
function mappingsAt(data: unknown, pattern: readonly string[], above: Path = []): Path[] {
  const [step, ...rest] = pattern
  const value = valueAt(data, above)
  if (typeof value !== 'object' || value === null) return []
  if (step === undefined) return Array.isArray(value) ? [] : [above]
  if (step !== '*') return mappingsAt(data, rest, [...above, step])
  const steps: Path = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return steps.flatMap((each) => mappingsAt(data, rest, [...above, each]))
}

/** The mapping with a key renamed; its keys keep their order. */
function withKey(mapping: object, from: string, to: string): object {
  const copy = Object.create(null) as Record<string, unknown>
  for (const [key, value] of Object.entries(mapping)) copy[key === from ? to : key] = value
  return copy
}

const without = (mapping: object, key: string): object =>
  Object.assign(Object.create(null), Object.fromEntries(Object.entries(mapping).filter(([each]) => each !== key)))

function withMapping(data: unknown, path: Path, change: (mapping: object) => object): unknown {
  const [step, ...rest] = path
  if (step === undefined) return change(data as object)
  if (Array.isArray(data)) return data.map((item, index) => (index === step ? withMapping(item, rest, change) : item))
  const copy = Object.assign(Object.create(null), data) as Record<string | number, unknown>
  copy[step] = withMapping(copy[step], rest, change)
  return copy
}

/** The document with the new names of its keys; warns at each old one. A key that has both names is an error. */
export function applyRenames(
  document: ScenarioDocument,
  known: readonly Rename[],
): { document: ScenarioDocument; faults: Fault[]; warnings: Warning[] } {
  const faults: Fault[] = []
  const warnings: Warning[] = []
  let renamed = document
  for (const rename of known) {
    const { from, to } = rename
    for (const place of mappingsAt(renamed.data, rename.in)) {
      const mapping = valueAt(renamed.data, place) as object
      if (!Object.hasOwn(mapping, from)) continue
      if (Object.hasOwn(mapping, to)) {
        const what = `${from}, the old name of ${to}, which is also given`
        faults.push(faultAt(renamed, [...place, from], { what, expected: `${to} once`, hint: `remove ${from}` }, 'key'))
        renamed = renamed.withOverrides(
          withMapping(renamed.data, place, (each) => without(each, from)),
          renamed.overrides,
        )
        continue
      }
      warnings.push(warningAt(renamed, [...place, from], renameWords(rename), 'key'))
      const data = withMapping(renamed.data, place, (each) => withKey(each, from, to))
      renamed = renamed.withRenamed(data, [...place, to], from)
    }
  }
  return { document: renamed, faults, warnings }
}
