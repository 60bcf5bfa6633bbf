/** Snapshots of things that hold state, by name, so that no list of them is kept twice. */

/** Something with a state of its own that a snapshot keeps: plain numbers, strings and typed arrays. */
export interface Saved {
  save(): unknown
  restore(state: never): void
}

export type Parts = Readonly<Record<string, Saved>>

export const saveParts = (parts: Parts): unknown =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.save()]))

export function restoreParts(parts: Parts, state: unknown): void {
  const saved = state as Readonly<Record<string, never>>
  for (const [name, part] of Object.entries(parts)) part.restore(saved[name])
}

/** An array of a fixed length as a part. */
export const savedArray = (values: Float64Array): { save(): Float64Array; restore(state: Float64Array): void } => ({
  save: () => values.slice(),
  restore: (state) => {
    values.set(state)
  },
})
